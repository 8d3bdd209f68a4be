# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# POSIX ACLs, kept by a client that knows them.
# Linux 6.1 dereferenced a null pointer when it made a directory with an ACL in
# loose mode, up to an update not every machine has.
# only: access=client cache=none,mmap

mount9 /mnt2 posixacl
mkdir /mnt2/acl/below
compare -d /mnt2/acl/below acl
umount9 /mnt2
