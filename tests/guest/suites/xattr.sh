# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Extended attributes, in two namespaces; of one, only that nobody has them
# where nobody is the host's root.

compare -x user. xattr
if [ "$NAMESPACE" = trusted. ]; then
	compare -x trusted. xattr
else
	compare -x trusted. roots
fi
