# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Two clients of one server: what one does, the other sees.
# only: cache=none
# limit: 600

mount9 /mnt2
there=/mnt2/twomounts

text()
{
	tr '\n' ' '
}

echo one >f
equal "read over there" "one " "$(text <$there/f)"
echo two >>$there/f
equal "appended over there" "one two " "$(text <f)"
mv f g
fails cat $there/f
equal "renamed here" "one two " "$(text <$there/g)"

# The other one holds it open while it is changed, renamed and removed.
exec 4<>$there/g
mv g h
equal "size of what was renamed here" 8 "$(stat -L -c %s /proc/self/fd/4)"
echo three >>h
rm h
equal "links of what was removed here" 0 "$(stat -L -c %h /proc/self/fd/4)"
equal "contents of what was removed here" "one two three " "$(text <&4)"
exec 4<&-

# Only one can create it.
for i in 1 2 3 4 5 6 7 8; do
	for dir in . $there; do
		(set -C && : >"$dir/excl$i" && echo created) 2>/dev/null &
	done
done >created
wait
equal "exclusive creations" 8 "$(grep -c created created)"

# Lines appended by both at once are all there.
for dir in . $there; do
	for i in $(seq 100); do
		echo "$dir line $i" >>"$dir/log"
	done &
done
wait
equal "lines appended at once" 200 "$(sort -u log | wc -l)"

# A directory that goes away under the other's feet.
mkdir d
cd $there/d || exit
rmdir "$HERE/d"
fails touch x
equal "entries of a removed directory" "" "$(ls -A)"
cd "$HERE" || exit

# What is removed here takes room until the other one closes it.
if [ "$TREE" = memfs ]; then
	free=$(stat -f -c %f .)
	dd if=/dev/zero of=f bs=65536 count=64 2>/dev/null
	full=$(stat -f -c %f $there)
	equal "room for what was written here" yes \
	    "$([ "$full" -lt "$free" ] && echo yes)"
	exec 4<$there/f
	rm f
	equal "room while it is open over there" "$full" "$(stat -f -c %f .)"
	exec 4<&-
	equal "room when it is closed" "$free" "$(stat -f -c %f .)"
fi

umount9 /mnt2

# tests/posix has all the rest, for two trees if nothing is said about modes.
# The client knows ACLs where it is told to; who waits for a lock asks again each
# second.
case $DEALT/$TREE in
yes/memfs | yes/etfs) ;;
yes/*) return ;;
esac
acl=no
set -- locktimeout=1
if [ "$ACCESS" = client ]; then
	acl=yes
	set -- "$@" posixacl
fi
mount9 /mnt2 "$@"
mount9 /mnt3 "$@"
mkdir two
status=0
posix acl=$acl,mounts=two --other /mnt3/twomounts/two /mnt2/twomounts/two ||
    status=1
umount9 /mnt3
umount9 /mnt2
[ $status = 0 ]
