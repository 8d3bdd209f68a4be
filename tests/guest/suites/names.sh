# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Long, odd and special names, deep paths.

compare names
