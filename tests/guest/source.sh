#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# source.sh -- the source of a Linux kernel, as large a tree as there is.
#
#	source.sh FILE
#
# makes FILE, the tar archive in Debian's package linux-source of this machine's
# release, unless it is there.  It comes through the machine's own apt, and is
# unpacked, never installed.  The guest reads it as a block device.

set -eu

main()
{
	local file=${1:?} package work deb
	exec 9>"$file.lock"
	flock 9 # one at a time; whoever comes second finds it done
	[ ! -s "$file" ] || return 0
	work=$file.tmp
	rm -rf "$work"
	mkdir -p "$work"
	# shellcheck disable=SC2064  # now
	trap "rm -rf '$work'" EXIT
	package=$(apt-cache depends linux-source 2>/dev/null |
	    sed -n 's/^ *Depends: \(linux-source-[0-9].*\)/\1/p' | head -n 1)
	[ -n "$package" ] ||
	    { echo "source.sh: apt knows no linux-source" >&2; exit 1; }
	echo "source.sh: fetching $package" >&2
	(cd "$work" && apt-get -q -o APT::Sandbox::User=root download \
	    "$package" >&2)
	for deb in "$work"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" |
		    tar -xO --wildcards '*/linux-source-*.tar.xz' |
		    xz -dc >"$work/tar"
	done
	mv "$work/tar" "$file"
}

main "$@"
