# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Directories: made, listed, removed.

compare dirs
