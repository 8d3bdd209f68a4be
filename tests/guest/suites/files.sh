# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Opening, reading, writing, truncating, appending, holes, syncing.

compare files
