#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# programs.sh -- a file system image with Debian's programs for the guest.
#
#	programs.sh FILE
#
# makes FILE, a squashfs with everything that PACKAGES need to run in a
# chroot, unless it is there and was made from the same list.  The packages
# are this machine's release's and come through its own apt; they are
# unpacked, never installed.

set -eu

PACKAGES="bash coreutils diffutils findutils grep sed mawk make gcc libc6-dev
    git sqlite3 fio stress-ng dbench tar gzip flex bison bc"

# Folders that nothing here needs to run.
NEEDLESS="usr/share/doc usr/share/man usr/share/locale usr/share/info
    usr/share/perl usr/lib/x86_64-linux-gnu/perl usr/share/bash-completion
    usr/lib/x86_64-linux-gnu/dri usr/share/icons usr/lib/python3
    usr/lib/gcc/x86_64-linux-gnu/*/lto* usr/lib/x86_64-linux-gnu/libLLVM*"

die()
{
	echo "programs.sh: $*" >&2
	exit 1
}

# To apt nothing is installed yet, so that it fetches all that is needed.
fetch()
{
	local dir=$1
	mkdir -p "$dir/cache/archives/partial"
	: >"$dir/status"
	echo "programs.sh: fetching ${PACKAGES//$'\n'   /}" >&2
	# shellcheck disable=SC2086  # a list of names
	apt-get -q -y --no-install-recommends --download-only \
	    -o "Dir::State::status=$dir/status" -o "Dir::Cache=$dir/cache" \
	    -o APT::Sandbox::User=root -o Debug::NoLocking=1 \
	    install $PACKAGES >&2
}

main()
{
	local image=${1:?} deb folder
	if [ "$(cat "$image.list" 2>/dev/null)" = "$PACKAGES" ] &&
	    [ -s "$image" ]; then
		return
	fi
	mkdir -p "${image%/*}"
	# One at a time; whoever comes second finds it done.
	exec 9>"$image.lock"
	flock 9
	if [ "$(cat "$image.list" 2>/dev/null)" != "$PACKAGES" ]; then
		work=$image.tmp
		rm -rf "$work" "$image"
		mkdir -p "$work/root"
		trap 'rm -rf "$work"' EXIT
		fetch "$work" || { apt-get -q update >&2 && fetch "$work"; } ||
		    die "cannot fetch"
		for deb in "$work"/cache/archives/*.deb; do
			dpkg-deb -x "$deb" "$work/root"
		done
		for folder in $NEEDLESS; do
			# shellcheck disable=SC2086  # a pattern
			(cd "$work/root" && rm -rf $folder)
		done
		(cd "$work/root" && mkdir -p mnt proc dev sys tmp etc &&
		    ln -sf bash bin/sh && ln -sf mawk usr/bin/awk &&
		    echo "root:x:0:0::/root:/bin/bash" >etc/passwd &&
		    echo "root:x:0:" >etc/group)
		mksquashfs "$work/root" "$work/image" -comp lz4 -quiet \
		    -no-progress -all-root >&2
		mv "$work/image" "$image"
		echo "$PACKAGES" >"$image.list"
	fi
}

main "$@"
