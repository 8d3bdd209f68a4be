# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Extended attributes, in two namespaces.

compare -x user. xattr
compare -x trusted. xattr
