# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# One mount that holds two file systems of the server: the host's directory
# appears below the tree in memory.
# only: tree=memfs

host=/mnt/host
equal "listed" /mnt/host "$(find /mnt -maxdepth 1 -name host)"
rm -rf $host/cross
mkdir $host/cross
echo text >f
fails ln f $host/cross/f
mv f $host/cross/f
equal "moved by copying" text "$(cat $host/cross/f)"
fails rmdir $host
fails mv $host /mnt/elsewhere
equal "..'s inode" "$(stat -c %i /mnt)" "$(stat -c %i $host/..)"
equal "files with one inode number" "" \
    "$(find /mnt -exec stat -c '%i' {} + | sort | uniq -d)"
echo 2 >$host/cross/g
equal "seen by way of .." 2 "$(cat $host/cross/../../host/cross/g)"
df -P /mnt $host
rm -r $host/cross
