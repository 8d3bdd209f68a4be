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
# Not to a file of the mount: in mode mmap Linux 7.2 sets the size of a file to
# what the server said before another process wrote to it.
for i in 1 2 3; do
	sametree /tmp/tree $i &
done >/tmp/log
wait
cat /tmp/log
equal "trees without a difference" 3 "$(grep -c ' 0 differences' /tmp/log)"
for i in 1 2 3; do
	rm -rf $i &
	gtool pattern write big $((i * 999999)) 999999 >/dev/null &
done
wait
gtool pattern check big 999999 2999997
equal "left behind" big "$(echo *)"
rm -rf /tmp/tree /tmp/tree.tar /tmp/log
