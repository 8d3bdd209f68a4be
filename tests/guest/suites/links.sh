# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Hard links and symbolic links.

compare links
