# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Locks of two processes: on one mount, where the client settles it, and on
# two mounts, where the server must.

compare locks
mount9 /mnt2 locktimeout=1
mkdir two
compare -d two -2 /mnt2/locks/two locks
umount9 /mnt2
