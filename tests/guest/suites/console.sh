# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A mount without network: over a virtio console, with trans=fd.
# only: access=client cache=none,loose

exec 3<>/dev/hvc0
stty raw -echo -F /dev/hvc0
mkdir -p /mnt2
mount -t 9p -o "trans=fd,rfdno=3,wfdno=3,version=9p2000.L,msize=65536,\
access=$ACCESS,cache=$CACHE,aname=$ANAME" nodev /mnt2
mkdir /mnt2/console/d
compare -d /mnt2/console/d links
gtool pattern write /mnt2/console/big 12345 3000000
gtool pattern check big 12345 3000000
gtool pattern check /mnt2/console/big 12345 3000000
rm big
umount9 /mnt2
exec 3<&-
