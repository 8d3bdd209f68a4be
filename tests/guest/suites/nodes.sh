# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# FIFOs, sockets and device nodes.

compare nodes
