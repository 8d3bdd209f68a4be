# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Mapped files; shared writing where the cache mode has it.

compare mmap
