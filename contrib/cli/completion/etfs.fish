# SPDX-License-Identifier: BSD-2-Clause
#
# etfs.fish -- completion of etfs(1) for fish.  What there is comes from etfs
# itself: commands and options from its help, paths from its server.

# The options before the command, one on each line; and the command.
function __etfs_before
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]; and string match -q -- '-*' $words[1]
        echo -- $words[1]
        if string match -qr -- '^(-[anumt]|--(address|aname|user|msize|timeout))$' $words[1]
            set -e words[1]
            set -q words[1]; and echo -- $words[1]
        end
        set -e words[1]
    end
end

function __etfs_command
    set -l words (commandline -opc)
    set -l before (__etfs_before)
    set -l at (math 2 + (count $before))
    set -q words[$at]; and echo -- $words[$at]
end

function __etfs_options
    etfs $argv 2>/dev/null | string match -r -g -- '^ +(-\S+?),? '
    etfs $argv 2>/dev/null | string match -r -g -- '^  -\w, (--\S+)'
end

function __etfs_paths
    set -l cur (commandline -ct)
    set -l dir (string replace -r '[^/]*$' '' -- $cur)
    set -l from .
    test -n "$dir"; and set from $dir
    for name in (etfs (__etfs_before) ls -p1a -- $from 2>/dev/null)
        contains -- $name ./ ../; or echo -- $dir$name
    end
end

complete -c etfs -f
complete -c etfs -n 'test -z "$(__etfs_command)"' -a '(etfs help | string replace -r " +" "\t")'
complete -c etfs -n 'test -z "$(__etfs_command)"; and string match -q -- "-*" (commandline -ct)' -a '(__etfs_options --help)'
complete -c etfs -n 'test "$(__etfs_command)" = help' -a '(etfs help | string replace -r " +" "\t")'
complete -c etfs -n 'test -n "$(__etfs_command)"; and string match -q -- "-*" (commandline -ct)' -a '(__etfs_options help (__etfs_command))'
complete -c etfs -n 'test -n "$(__etfs_command)"; and test "$(__etfs_command)" != help' -a '(__etfs_paths)'
