# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# fio writes at random and in order, and verifies what it reads.
# needs: programs
# short: etfs/none/client
# only: access=client
# limit: 900

[ -n "$LONG" ] && size=256M || size=4M
for rw in write randwrite randrw; do
	with fio --name=$rw --rw=$rw --bs=4k --size="$size" --ioengine=psync \
	    --verify=crc32c --verify_fatal=1 --do_verify=1 --randrepeat=1 \
	    --minimal --output=/tmp/fio.$rw
	echo "$rw: $(wc -l </tmp/fio.$rw) line, error $(cut -d';' -f5 /tmp/fio.$rw)"
	[ "$(cut -d';' -f5 /tmp/fio.$rw)" = 0 ]
done
with fio --name=large --rw=write --bs=1M --size="$size" --numjobs=2 \
    --ioengine=psync --verify=md5 --verify_fatal=1 --minimal \
    --output=/tmp/fio.large
grep -c . /tmp/fio.large
rm -f ./*.0 ./*.1
