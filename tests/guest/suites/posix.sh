# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# What POSIX promises, call by call: tests/posix.  Where nothing is said about
# modes there are two runs, and each has half of the cases.
# short: memfs/none/user etfs/mmap/user
# limit: 900

entries=500
[ -z "$LONG" ] || entries=5000
part=1/1
case $DEALT/$TREE in
yes/memfs) part=1/2 ;;
yes/etfs) part=2/2 ;;
esac
status=0

# check CONDITIONS DIR [PATTERN]...
check()
{
	local conditions=$1
	shift
	posix "$conditions" --part $part --entries $entries "$@" || status=$?
}

check acl=no .

# The client knows ACLs where it is told to.  Linux 6.1 dereferenced a null
# pointer then, in loose mode.
if [ "$ACCESS" = client ] && [ "$CACHE" != loose ]; then
	mount9 /mnt2 posixacl
	mkdir acl
	check acl=yes /mnt2/posix/acl '*acl*'
	umount9 /mnt2
fi
[ "$status" = 0 ]
