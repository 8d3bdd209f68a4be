# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# dbench: eight clients with the load of an office's file server.
# needs: programs
# short: etfs/none/client
# only: access=client
# limit: 900

[ -n "$LONG" ] && seconds=120 || seconds=5
with dbench -D . -c /usr/share/dbench/client.txt -t "$seconds" 8 >/tmp/dbench ||
    { cat /tmp/dbench; exit 1; }
grep Throughput /tmp/dbench
# A guest without a semaphore lets its clients begin when they like.
if grep -v 'barrier semaphore' /tmp/dbench | grep -i 'fail\|error'; then
	exit 1
fi
