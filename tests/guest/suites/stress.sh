# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# stress-ng's stressors of file systems, those that a 9p client can do.
# needs: programs
# short: etfs/none/client
# only: access=client
# limit: 900
#
# Left out, as the client lacks the calls: fallocate, fpunch, fiemap, iomix,
# io-uring, copy-file, leases, quota, verity.  The others of that class are
# about other file systems, or not about one.

if [ -n "$LONG" ]; then
	ops=200 many="link symlink unlink dirdeep filename inode-flags"
else
	ops=10 many=""
fi
# shellcheck disable=SC2086  # a list of names
for stressor in access chdir chmod chown dentry dir dup fcntl flock fstat \
    getdent hdd lockf lockofd mknod open readahead rename seek sync-file \
    touch utime $many; do
	sizes=""
	case $stressor in
	chdir) sizes="--chdir-dirs 64" ;;
	dentry) sizes="--dentries 64" ;;
	dir) sizes="--dir-dirs 64" ;;
	fstat) sizes="--fstat-dir ." ;;
	hdd) sizes="--hdd-bytes 1M" ;;
	open) sizes="--open-max 64" ;;
	readahead) sizes="--readahead-bytes 1M" ;;
	seek) sizes="--seek-size 1M" ;;
	sync-file) sizes="--sync-file-bytes 1M" ;;
	esac
	with stress-ng --$stressor 1 --$stressor-ops $ops $sizes \
	    --temp-path . --verify --timeout 30 >/tmp/stress 2>&1 ||
	    { cat /tmp/stress; echo "$stressor failed"; exit 1; }
	if grep -q "fail:\|skipp" /tmp/stress; then
		cat /tmp/stress
		exit 1
	fi
	echo "$stressor: $(tail -n 1 /tmp/stress | sed 's/^stress-ng: //')"
done
equal "left behind" "" "$(ls -A)"
