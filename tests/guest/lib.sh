# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# lib.sh -- what the suites in the guest are written with.
#
# A suite is a shell file in suites/.  It is sourced with "set -eu" in a fresh
# directory on the mount; whatever fails ends it and fails it.  It finds
#
#	TREE CACHE ACCESS MSIZE KERNEL	where it is: memfs, none, client, ..., 6.1
#	NAMESPACE			of the extended attributes that root may set
#	OWNER				of all files, as UID:GID; empty: who it is
#	LONG				not empty: take the time for large numbers
#	MINUTES				that a soak takes
#	PART				of a large piece of work, as 1/10
#	HERE				its directory, on the mount /mnt
#
# and prints what it compares.  Comments in its first lines tell the rig about
# it:
#
#	# only: cache=none,loose access=client tree=memfs
#	# limit: 240				(seconds; 120 if missing)
#	# short: memfs/none/client		(and nowhere else, but with --long or
#						where modes have been asked for)
#	# long: etfs/none/client		(there, or any for everywhere, and only
#						with --long)
#	# needs: programs source		(see "with" below; /dev/vdb)

# Only the host's root has trusted attributes, and gives files away.
NAMESPACE=trusted. OWNER=
case ${TREE-} in
squash) NAMESPACE=user. OWNER=1234:5678 ;;
mapped) NAMESPACE=user. ;;
esac

# mount9 DIR [OPTION]...: mount the server once more, as another client.
mount9()
{
	local dir=$1 option options
	shift
	options=trans=tcp,port=$PORT,version=9p2000.L,msize=$MSIZE
	options=$options,access=$ACCESS,cache=$CACHE,aname=$ANAME
	for option; do
		options=$options,$option
	done
	mkdir -p "$dir"
	echo "mount -t 9p -o $options 10.0.2.2 $dir"
	mount -t 9p -o "$options" 10.0.2.2 "$dir"
}

# umount9 DIR: nothing may hold it.
umount9()
{
	echo "umount $1"
	umount "$1"
}

# seconds: how long the suite has been running.
seconds()
{
	echo $(($(cut -d. -f1 /proc/uptime) - BEGAN))
}

run_suite()
{
	HERE=/mnt/$1 BEGAN=$(cut -d. -f1 /proc/uptime)
	rm -rf "$HERE"	# a failure leaves it
	mkdir "$HERE"
	cd "$HERE" || exit
	# shellcheck source=/dev/null
	. "/suites/$1.sh"
	cd /
	rm -rf "$HERE"
	[ ! -e "$HERE" ]
}

# compare [-x NAMESPACE] [-d DIR] [-2 DIR] GROUP: the same steps in a tmpfs
# and in DIR (here), where other processes use the second DIR.
compare()
{
	local namespace=$NAMESPACE dir=. dir2 group file
	while [ $# -gt 1 ]; do
		case $1 in
		-x) namespace=$2 ;;
		-d) dir=$2 ;;
		-2) dir2=$2 ;;
		esac
		shift 2
	done
	group=$1
	file=/tmp/transcripts/$group
	[ -e "$file" ] || gtool steps "$group" /tmp/tmpfs |
	    sed "s/ owner [0-9:]*/${OWNER:+ owner }${OWNER:-&}/" >"$file"
	gtool steps -x "$namespace" "$group" "$dir" "${dir2:-$dir}" >"$file.here"
	echo "steps of \"$group\", on a tmpfs and here:"
	gtool compare /differences \
	    "$TREE $CACHE $ACCESS $KERNEL $namespace ${dir2:+twomounts}" \
	    "$file" "$file.here"
}

# posix CONDITIONS [OPTION]... DIR [PATTERN]...: tests/posix in DIR, each line
# with where that was.  Conditions of the mount ("acl=no" is not worth telling).
posix()
{
	local conditions=$1 where rest=cache=$CACHE,access=$ACCESS,kernel=$KERNEL
	local name status=0
	shift
	case $TREE in
	memfs) where=fs=memfs,identity=client ;;
	etfs) where=fs=tree,identity=client ;;
	*) where=fs=tree,identity=$TREE ;;
	esac
	name=$where,$conditions,$rest
	[ "$conditions" != acl=no ] || name=$where,$rest
	posix-check --expected /expected.tsv --as "$where,$conditions,$rest" \
	    "$@" >/tmp/posix || status=$?
	grep -v '^ok ' /tmp/posix | sed "s/^/$name: /"
	return $status
}

# with PROGRAM [ARGUMENT]...: one of Debian's programs, see programs.sh, here.
with()
{
	if [ ! -d /prog ]; then
		mkdir /prog
		mount -t squashfs -o ro /dev/vda /prog
		for dir in mnt proc dev sys tmp; do
			mount --rbind /$dir /prog/$dir
		done
	fi
	# shellcheck disable=SC2016  # for the inner shell
	HOME=/tmp PATH=/usr/bin:/bin chroot /prog /bin/bash -c \
	    'cd "$0" && exec "$@"' "$PWD" "$@"
}

# sametree A B: as many files with the same contents and attributes.
sametree()
{
	gtool sametree ${OWNER:+-o "$OWNER"} "$1" "$2"
}

# equal WHAT A B: two texts must be.
equal()
{
	if [ "$2" != "$3" ]; then
		echo "$1: expected '$2', got '$3'"
		return 1
	fi
	echo "$1: $2"
}

# fails COMMAND...: the command must fail.
fails()
{
	if "$@" 2>/tmp/why; then
		echo "should have failed: $*"
		return 1
	fi
	echo "fails as it should: $* ($(tail -n 1 /tmp/why))"
}
