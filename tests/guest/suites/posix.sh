# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# What POSIX promises, call by call: tests/posix.
# short: memfs/none/user etfs/mmap/user
# limit: 900

case $TREE in
memfs) where=fs=memfs,identity=client ;;
etfs) where=fs=tree,identity=client ;;
*) where=fs=tree,identity=$TREE ;;
esac
where=$where,cache=$CACHE,access=$ACCESS,kernel=$KERNEL
entries=500
[ -z "$LONG" ] || entries=5000
status=0
posix-check --entries $entries --expected /expected.tsv --as "$where" \
    . >/tmp/posix || status=$?
grep -v '^ok ' /tmp/posix | sed "s/^/$where: /"
[ "$status" = 0 ]
