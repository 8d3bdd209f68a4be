# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Files that are open and have no name.

compare unlinked
