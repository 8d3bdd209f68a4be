# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A directory with many entries: made, listed, thinned out, listed, removed.
# limit: 240

# A round trip costs the emulated guest half a millisecond.
case $TREE/$CACHE/$ACCESS in
memfs/none/user) n=1000 long=100000 ;;
etfs/loose/user) n=2000 long=100000 ;;
*) n=500 long=5000 ;;
esac
[ -z "$LONG" ] || n=$long
# Of what kind a mapped file is does not stand in the host's directory.
types=
[ "$TREE" != mapped ] || types=-u
gtool many $types d $n
equal "left behind" "" "$(ls -A)"
