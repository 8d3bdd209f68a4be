# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A kernel is configured and built from its source.
# needs: programs source
# long: etfs/none/client memfs/loose/client
# limit: 2160
#
# /dev/vdb is the source's archive, of which what is needed for tinyconfig is
# unpacked: some 16,000 files.  An emulated processor compiles more than 400 of
# them, in some twelve seconds each with cache=loose, and longer where headers
# are not cached.  Two processors (--cpus 2) compile two at a time, but then a
# round trip takes several times as long.

with tar -xnf /dev/vdb --wildcards --wildcards-match-slash \
    '*/Kconfig*' '*/Makefile*' '*/Kbuild*' --no-wildcards-match-slash \
    'linux-*/arch/x86' 'linux-*/drivers/base' 'linux-*/drivers/char' \
    'linux-*/drivers/clocksource' 'linux-*/drivers/rtc' 'linux-*/fs' \
    'linux-*/include' 'linux-*/init' 'linux-*/io_uring' 'linux-*/kernel' \
    'linux-*/lib' 'linux-*/mm' 'linux-*/scripts' 'linux-*/security' \
    'linux-*/tools/include'
cd linux-source-* || exit
echo "unpacked after $(seconds) s: $(find . -type f | wc -l) files"
with make -s tinyconfig >/tmp/config
equal "configured" 1 "$(grep -c '^CONFIG_CC_OPTIMIZE_FOR_SIZE=y' .config)"
echo "configured after $(seconds) s"
with make -j "$(with nproc)" vmlinux >/tmp/make 2>&1 || { tail /tmp/make; exit 1; }
echo "built after $(seconds) s: $(grep -c '^  CC ' /tmp/make) files"
equal "an ELF file" "7f454c46" \
    "$(head -c 4 vmlinux | od -An -tx1 | tr -d ' ')"
equal "nothing is left to do" "" "$(with make -s vmlinux)"
cd .. || exit
rm -rf ./linux-source-*
equal "left behind" "" "$(ls -A)"
