# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# POSIX ACLs, kept by a client that knows them.
# only: access=client

mount9 /mnt2 posixacl
mkdir /mnt2/acl/below
compare -d /mnt2/acl/below acl
umount9 /mnt2
