# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# rename(2) with every rule, also of and above open files.

compare rename
