# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Several processes at work on one mount.

rm -rf /tmp/tree
gtool mktree /tmp/tree 40
tar -C /tmp/tree -cf /tmp/tree.tar .
for i in 1 2 3; do
	mkdir $i
	tar -C $i -xf /tmp/tree.tar &
done
wait
for i in 1 2 3; do
	gtool sametree /tmp/tree $i &
done >log
wait
cat log
equal "trees without a difference" 3 "$(grep -c ' 0 differences' log)"
for i in 1 2 3; do
	rm -rf $i &
	gtool pattern write big $((i * 999999)) 999999 >/dev/null &
done
wait
gtool pattern check big 999999 2999997
equal "left behind" "big log" "$(echo *)"
rm -rf /tmp/tree /tmp/tree.tar
