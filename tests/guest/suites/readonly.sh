# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# A host's directory that is shown read-only.
# only: tree=memfs

ro=/mnt/ro
equal "contents" text "$(cat $ro/file)"
before=$(stat -c '%a %s %y %h' $ro/file)
refused()
{
	fails "$@"
	grep -q 'Read-only file system' /tmp/why
}
refused touch $ro/new
refused mkdir $ro/new
refused ln -s x $ro/new
refused mkfifo $ro/new
refused ln $ro/file $ro/new
refused mv $ro/file $ro/new
refused rm -f $ro/file

refused chmod 600 $ro/file
refused chown 1 $ro/file
refused touch $ro/file
refused sh -c "echo more >>$ro/file"
refused truncate -s 0 $ro/file
equal "unchanged" "$before" "$(stat -c '%a %s %y %h' $ro/file)"
equal "listed" file "$(ls -A $ro)"
