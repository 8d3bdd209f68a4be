# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Processes that are killed while the server works for them.
# only: access=client cache=none,loose

# One that waits for a lock which another client holds.
mount9 /mnt2
gtool lock /mnt2/flush/f 100 >held &
holder=$!
until [ -s held ]; do
	sleep 0.1
done
gtool lock f 0 >waited &
waiter=$!
sleep 1
kill -KILL $waiter
wait $waiter || true # for ever, if it could not be killed
equal "it waited" "" "$(cat waited)"
kill -KILL $holder
wait $holder || true
# Had the killed one got the lock after all, this would wait for ever.
equal "the lock is free" "locked f" "$(gtool lock f 0)"
umount9 /mnt2

# Readers and writers, at any moment.
gtool pattern write big 0 2000000
for i in 1 2 3 4 5 6 7 8; do
	dd if=big of=/dev/null bs=500k 2>/dev/null &
	one=$!
	gtool pattern write other$i 0 3000000 >/dev/null &
	two=$!
	find . -name x >/dev/null &
	three=$!
	usleep ${i}0000
	kill -KILL $one $two $three 2>/dev/null || true
	wait
done
gtool pattern check big 0 2000000
rm -f other*
gtool pattern write other 0 2000000
gtool pattern check other 0 2000000
