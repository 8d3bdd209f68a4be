#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# cmocka.sh -- cmocka as a static library, which Debian does not have.
#
#	cmocka.sh FILE
#
# makes FILE, an archive, from the source package of this machine's release.
# That comes through apt, which checks it, from the mirror that apt has
# libcmocka-dev from; lists and sources are kept below a folder that is removed.

set -eu

die()
{
	echo "cmocka.sh: $*" >&2
	exit 1
}

# What the source asks for; all of it is there on Linux.
HAVE="SETJMP_H SIGNAL_H TIME_H UNISTD_H STRINGS_H MALLOC_H INTTYPES_H
    STRUCT_TIMESPEC CLOCK_REALTIME GCC_THREAD_LOCAL_STORAGE SNPRINTF VSNPRINTF
    STRSIGNAL"

# apt with everything it reads and writes in $work.
private_apt()
{
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg site release
	site=$(apt-get download --print-uris libcmocka-dev |
	    sed -n "s|^'\(.*\)/pool/.*|\1|p")
	[ -n "$site" ] || die "apt knows no Debian mirror"
	release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	: >"$work/status"
	echo "deb-src [signed-by=$keyring] $site $release main" \
	    >"$work/sources.list"
	cat >"$work/apt.conf" <<-END
	Dir::Etc::sourcelist "$work/sources.list";
	Dir::Etc::sourceparts "-";
	Dir::State "$work";
	Dir::State::lists "$work/lists";
	Dir::State::status "$work/status";
	Dir::Cache "$work/cache";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	END
	export APT_CONFIG=$work/apt.conf
	apt-get -q update >&2
}

main()
{
	local file=${1:?} source word flags=()
	mkdir -p "${file%/*}"
	work=$(cd "${file%/*}" && pwd)/${file##*/}.tmp
	rm -rf "$work"
	mkdir "$work"
	trap 'rm -rf "$work"' EXIT
	private_apt
	(cd "$work" && apt-get -q source --download-only cmocka >&2 &&
	    tar -xf cmocka_*.orig.tar.?z)
	source=$(echo "$work"/cmocka-*)
	[ -e "$source/src/cmocka.c" ] || die "there is no cmocka.c"
	for word in $HAVE; do
		flags+=("-DHAVE_$word")
	done
	"${CC:-gcc}" -O2 -g -D_GNU_SOURCE "${flags[@]}" -I"$source/include" \
	    -c -o "$work/cmocka.o" "$source/src/cmocka.c"
	ar rcs "$work/cmocka.a" "$work/cmocka.o"
	mv "$work/cmocka.a" "$file"
}

main "$@"
