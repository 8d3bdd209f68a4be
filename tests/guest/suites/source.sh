# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A kernel's source: unpacked, compared with its archive, removed.
# needs: programs source
# long: etfs/none/client memfs/loose/client
# limit: 1080
#
# /dev/vdb is the archive, with some 80,000 names, of which PART has its share:
# an archive can be cut between two of them.

with tar -tnRf /dev/vdb | grep -v ' Block of NULs ' >/tmp/all
awk -v part="${PART%/*}" -v parts="${PART#*/}" -v all="$(wc -l </tmp/all)" '
    int((NR - 1) * parts / all) + 1 == part {
	if (first == "")
		first = $2 + 0
	print $3 >"/tmp/names"
	next
    }
    first != "" {
	last = $2 + 0
	exit
    }
    END { print first, last }' /tmp/all >/tmp/cut
read -r first last </tmp/cut
echo "part $PART: $(wc -l </tmp/names) of $(wc -l </tmp/all) names"

archive()
{
	dd if=/dev/vdb bs=64k iflag=skip_bytes,count_bytes \
	    skip=$((first * 512)) ${last:+count=$(((last - first) * 512))} 2>/dev/null
}

archive | with tar -xf -
echo "unpacked after $(seconds) s"
equal "what differs from the archive" "" "$(archive | with tar -df - 2>&1)"
echo "compared after $(seconds) s"
grep -v '/$' /tmp/names | sort >/tmp/expected
find ./* ! -type d | sed 's|^\./||' | sort >/tmp/found
cmp /tmp/expected /tmp/found
rm -rf ./*
equal "left behind" "" "$(ls -A)"
