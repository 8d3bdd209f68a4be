# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# Three of fio's jobs write and read anywhere for ten minutes, and verify.
# needs: programs
# long: any
# only: access=client
#
# A job's blocks are all of one size: fio takes those of several, where they
# overlap, for corrupt ones on any file system.  Those of 7000 bytes begin and
# end anywhere in a page.

with fio --name=global --rw=randrw --size=16M --ioengine=psync \
    --time_based --runtime=$((MINUTES * 60)) --verify=crc32c \
    --verify_fatal=1 --verify_backlog=1000 --minimal --output=/tmp/fio.soak \
    --name=small --bs=512 --name=odd --bs=7000 --name=large --bs=60k
awk -F';' '{ print $3 ": error " $5 ", " $6 " KiB read, " $47 " written" }' \
    /tmp/fio.soak
equal "jobs without an error, which wrote" 3 \
    "$(awk -F';' '$5 == 0 && $47 > 0' /tmp/fio.soak | wc -l)"
