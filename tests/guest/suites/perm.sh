# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Permissions of several users, setuid and setgid bits.

compare perm
