# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Which times change when.

compare times
