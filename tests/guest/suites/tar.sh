# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A tar of small files, with links, modes and times: unpacked, compared,
# packed again, removed.
# limit: 240

case $TREE/$CACHE/$ACCESS in
memfs/none/user) n=300 long=10000 ;;
etfs/loose/user) n=500 long=20000 ;;
*) n=100 long=1000 ;;
esac
[ -z "$LONG" ] || n=$long
rm -rf /tmp/tree /tmp/tree.tar
gtool mktree /tmp/tree $n
tar -C /tmp/tree -cf /tmp/tree.tar .
echo "unpacking $n files, $(stat -c %s /tmp/tree.tar) bytes"
mkdir tree
time tar -C tree -xf /tmp/tree.tar
sametree /tmp/tree tree
rm -rf /tmp/tree /tmp/tree.tar
if [ -n "$LONG" ]; then
	mkdir /tmp/tree
	tar -C tree -cf - . | tar -C /tmp/tree -xf -
	sametree tree /tmp/tree
	rm -rf /tmp/tree
fi
time rm -rf tree
equal "left behind" "" "$(ls -A)"
