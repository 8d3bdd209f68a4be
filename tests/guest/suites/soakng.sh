# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# stress-ng's class of file systems, one after the other, for ten minutes.
# needs: programs
# long: any
# only: access=client
#
# Left out is what the client lacks the calls for, or is about other file
# systems, or not about one: see stress.  And when the time is over, dnotify and
# inotify do not do what they then wait for.  31 stressors remain.

status=0
with stress-ng --class filesystem --sequential 1 \
    --timeout $((MINUTES * 60 / 31)) \
    --exclude bind-mount,binderfs,copy-file,dnotify,eventfd,fallocate,fanotify,fiemap,fpunch,handle,inotify,io,iomix,ioprio,lease,procfs,verity \
    --dentries 64 --dir-dirs 64 --chdir-dirs 64 --hdd-bytes 1M \
    --open-max 64 --sync-file-bytes 1M --fstat-dir . \
    --temp-path . --verify >/tmp/stress 2>&1 || status=$?
sed 's/^stress-ng: //' /tmp/stress
equal "status" 0 $status
equal "of them" 31 "$(grep 'dispatching hogs' /tmp/stress | grep -o ' 1 ' | wc -l)"
fails grep "fail:\|skipp" /tmp/stress
equal "left behind" "" "$(ls -A)"
