# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A directory with many entries: made, listed, thinned out, listed, removed.
# limit: 240

# A round trip costs the emulated guest half a millisecond.
case $CACHE/$ACCESS in
none/client | loose/user) n=10000 ;;
*) n=500 ;;
esac
[ -z "$LONG" ] || n=${n}0
gtool many d $n
equal "left behind" "" "$(ls -A)"
