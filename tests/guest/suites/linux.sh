# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A kernel's source: unpacked, compared with its archive, built, removed.
# needs: programs source
# long: etfs/none/client memfs/loose/client
# limit: 2160
#
# /dev/vdb is the archive.  Some 80,000 files; an emulated processor compiles
# tinyconfig for some hours.

with tar -xf /dev/vdb
top=$(echo *)
equal "one folder" yes "$([ -d "$top" ] && echo yes)"
echo "$top: $(find . -type f | wc -l) files"
equal "what differs from the archive" "" "$(with tar -df /dev/vdb 2>&1)"
cd "$top" || exit
with make -s tinyconfig
equal "configured" 1 "$(grep -c '^CONFIG_CC_OPTIMIZE_FOR_SIZE=y' .config)"
with make -s vmlinux
echo "vmlinux: $(stat -c %s vmlinux) bytes"
equal "an ELF file" "7f454c46" \
    "$(head -c 4 vmlinux | od -An -tx1 | tr -d ' ')"
equal "nothing is left to do" 0 "$(with make vmlinux | grep -c ' CC ' || :)"
cd .. || exit
time rm -rf "$top"
equal "left behind" "" "$(ls -A)"
