# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A file with holes on both sides of 4 GiB, and a few megabytes of data.

gtool pattern write f 4294960000 20000
gtool pattern write f 12884901888 100001
gtool pattern write f 1 3000000
equal "size" 12885001889 "$(stat -c %s f)"
gtool pattern check f 4294960000 20000
gtool pattern check f 12884901888 100001
gtool pattern check f 1 3000000
equal "a hole" 0000000000000000 \
    "$(dd if=f bs=8 count=1 skip=1000000000 2>/dev/null | xxd -p)"
cp f g 2>/dev/null & # a copy of this size is left unfinished,
copy=$!
sleep 1
kill $copy
wait $copy || true
rm -f g
truncate -s 4294970000 f
equal "size" 4294970000 "$(stat -c %s f)"
gtool pattern check f 4294960000 10000
rm f
equal "left behind" "" "$(ls -A)"
