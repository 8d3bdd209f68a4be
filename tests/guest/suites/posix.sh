# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# What POSIX promises, call by call: tests/posix.  Where nothing is said about
# modes there are two runs, and each has half of the cases.
# short: memfs/none/user etfs/mmap/user
# limit: 900

case $TREE in
memfs) where=fs=memfs,identity=client ;;
etfs) where=fs=tree,identity=client ;;
*) where=fs=tree,identity=$TREE ;;
esac
rest=cache=$CACHE,access=$ACCESS,kernel=$KERNEL
entries=500
[ -z "$LONG" ] || entries=5000
part=1/1
case $DEALT/$TREE in
yes/memfs) part=1/2 ;;
yes/etfs) part=2/2 ;;
esac
status=0

# check DIR CONDITIONS [PATTERN]...
check()
{
	local dir=$1 conditions=$2 name=$where,$rest
	shift 2
	[ "$conditions" = acl=no ] || name=$where,$conditions,$rest
	posix-check --part $part --entries $entries --expected /expected.tsv \
	    --as "$where,$conditions,$rest" "$dir" "$@" >/tmp/posix || status=$?
	grep -v '^ok ' /tmp/posix | sed "s/^/$name: /"
}

check . acl=no

# The client knows ACLs where it is told to.  Linux 6.1 dereferenced a null
# pointer then, in loose mode.
if [ "$ACCESS" = client ] && [ "$CACHE" != loose ]; then
	mount9 /mnt2 posixacl
	mkdir acl
	check /mnt2/posix/acl acl=yes '*acl*'
	umount9 /mnt2
fi
[ "$status" = 0 ]
