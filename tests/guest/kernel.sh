#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# kernel.sh -- fetch a Debian kernel image and make it ready to boot.
#
#	kernel.sh [own|6.1|6.12|7.2|CODENAME] [FOLDER]
#
# prints the folder that then holds
#
#	kernel		the kernel, unpacked where we know how
#	release		what uname -r will say
#	wanted		what that was made for
#	modules/	what the guest needs, NN-name.ko, in the order of insmod
#
# The package is unpacked, never installed.  The machine's own release comes
# through the machine's own apt; another one through a private apt
# configuration (source list, lists and cache below FOLDER) on the same
# mirror, which is asked of apt and written down nowhere.  What is there
# already is not fetched again; remove the folder to get a newer one.

set -eu

# What mounts a 9P file system in a QEMU guest, and an image of programs; their
# dependencies follow.
WANTED="virtio_pci virtio_net virtio_console virtio_blk squashfs 9pnet_fd
    9pnet_virtio 9p"

die()
{
	echo "kernel.sh: $*" >&2
	exit 1
}

# The release in which a kernel series is the default one.
codename_of()
{
	case $1 in
	own) sed -n 's/^VERSION_CODENAME=//p' /etc/os-release ;;
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	7.2) echo sid ;;
	[a-z]*) echo "$1" ;;
	*) die "no Debian release is known for kernel $1" ;;
	esac
}

# apt with everything it reads and writes below $1, for release $2.
private_apt()
{
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	local dir=$1 release=$2 site

	# Created-By picks one line per source; Origin leaves out strangers.
	# shellcheck disable=SC2016  # $(...) is for apt to fill in
	site=$(apt-get indextargets --format '$(ORIGIN) $(SITE) $(CODENAME)' \
	    'Created-By: Packages' | awk '$1 == "Debian" && $3 !~ /-/ {
		print $2; exit }')
	# Without lists apt knows no origin: read the sources themselves.
	[ -n "$site" ] || site=$(sed -n -e 's/^URIs: *//p' \
	    -e 's/^deb  *\(\[[^]]*\]\)\{0,1\} *\([^ ]*\) .*/\2/p' \
	    /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
	    grep '/debian/*$' | head -n 1)
	[ -n "$site" ] || die "apt knows no Debian mirror"

	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	echo "deb [signed-by=$keyring] $site $release main" >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-END
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "-";
	Dir::State "$dir";
	Dir::State::lists "$dir/lists";
	Dir::State::status "$dir/status";
	Dir::Cache "$dir/cache";
	Acquire::Languages "none";
	APT::Sandbox::User "root";
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; };
	END
	export APT_CONFIG=$dir/apt.conf
	apt-get -q update >&2
}

# The real package behind the name that always means the newest image.
image_package()
{
	apt-cache depends linux-image-amd64 2>/dev/null |
	    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
}

# Unpack packages into $1 what a guest may need of them.
unpack()
{
	local to=$1 deb
	shift
	for deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$to" --wildcards \
		    '*/vmlinuz*' '*/kernel/drivers/char/*' \
		    '*/kernel/drivers/net/*virtio*' '*/kernel/drivers/virtio/*' \
		    '*/kernel/drivers/net/net_failover*' '*/kernel/fs/9p/*' \
		    '*/kernel/fs/netfs/*' '*/kernel/fs/fscache/*' \
		    '*/kernel/drivers/block/virtio*' '*/kernel/fs/squashfs/*' \
		    '*/kernel/lib/*' '*/kernel/net/9p/*' '*/kernel/net/core/*' \
		    2>/dev/null || :	# a pattern that matches nothing
	done
}

# Copy module $1 and, before it, what it depends on, into $modules.  One that
# is no file is built into the kernel: some packages list those, some do not,
# and the first mount tells anyway.
take_module()
{
	local name=${1//-/_} file dep deps
	case " $taken " in *" $name "*) return ;; esac
	taken="$taken $name"

	file=$(find "$tree" -name "$name.ko*" -o -name "${name//_/-}.ko*" |
	    head -n 1)
	[ -n "$file" ] || return 0
	case $file in
	*.xz) xz -d "$file" && file=${file%.xz} ;;
	*.zst) zstd -q -d --rm "$file" && file=${file%.zst} ;;
	*.gz) gunzip "$file" && file=${file%.gz} ;;
	esac
	deps=$(tr '\0' '\n' <"$file" | sed -n 's/^depends=//p')
	for dep in ${deps//,/ }; do
		take_module "$dep"
	done
	count=$((count + 1))
	cp "$file" "$modules/$(printf %02d $count)-$name.ko"
}

# An unpacked kernel boots three seconds sooner in an emulated machine.  Its
# place in the image stands in the image's header (Linux boot protocol 2.08):
# setup sectors at 0x1f1, offset and length of the payload at 0x248.
unpack_kernel()
{
	local image=$1 to=$2 sectors offset length
	sectors=$(od -An -tu1 -j $((0x1f1)) -N 1 "$image")
	offset=$(od -An -tu4 -j $((0x248)) -N 4 "$image")
	length=$(od -An -tu4 -j $((0x24c)) -N 4 "$image")
	tail -c +$(((sectors + 1) * 512 + offset + 1)) "$image" |
	    head -c "$length" >"$to.packed"
	# The size that follows the compressed data makes xz and zstd complain.
	xz -dc --single-stream <"$to.packed" >"$to" 2>/dev/null ||
	    zstd -dc <"$to.packed" >"$to" 2>/dev/null || :
	rm "$to.packed"
	[ "$(head -c 4 "$to" | tail -c 3)" = ELF ] || cp "$image" "$to"
}

fetch()
{
	local which=$1 work=$2 package more

	if [ "$(codename_of "$which")" != "$(codename_of own)" ] ||
	    [ -z "$(image_package)" ]; then
		private_apt "$work/apt" "$(codename_of "$which")"
	fi
	package=$(image_package)
	[ -n "$package" ] || die "apt knows no kernel image for $which"
	# Newer releases keep modules and kernel in packages of their own.
	more=$(apt-cache depends "$package" 2>/dev/null | sed -n \
	    's/^ *Depends: \(linux-\(modules\|binary\|image\)-.*\)/\1/p')
	# shellcheck disable=SC2086  # $more: none or several
	echo "kernel.sh: fetching" $package $more >&2
	# shellcheck disable=SC2086
	(cd "$work" &&
	    apt-get -q -o APT::Sandbox::User=root download "$package" $more >&2)
	mkdir "$work/root"
	unpack "$work/root" "$work"/*.deb
}

is_ready()
{
	[ "$(cat "$to/wanted" 2>/dev/null)" = "$WANTED" ]
}

main()
{
	local which=${1:-own} to tree release modules taken="" count=0 name
	to=${2:-build/guest/kernel-$which}

	if ! is_ready; then
		mkdir -p "${to%/*}"
		to=$(cd "${to%/*}" && pwd)/${to##*/}
		# One at a time; whoever comes second finds it done.
		exec 9>"$to.lock"
		flock 9
	fi
	if ! is_ready; then
		work=$to.tmp
		rm -rf "$work" "$to"
		mkdir "$work"
		trap 'rm -rf "$work"' EXIT
		fetch "$which" "$work"
		tree=$work/root
		release=$(basename "$(find "$tree" -path '*/lib/modules/*' \
		    -prune)")
		modules=$work/ready/modules
		mkdir -p "$modules"
		for name in $WANTED; do
			take_module "$name"
		done
		unpack_kernel "$(find "$tree" -name 'vmlinuz*')" \
		    "$work/ready/kernel"
		echo "$release" >"$work/ready/release"
		echo "$WANTED" >"$work/ready/wanted"
		mv "$work/ready" "$to"
	fi
	rm -f "$to.lock"
	echo "$to"
}

main "$@"
