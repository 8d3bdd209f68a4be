# SPDX-License-Identifier: BSD-2-Clause
#
# etfs.fish -- completion of etfs(1) for fish.  What there is comes from etfs
# itself: commands and options from its help, paths from its server, and from
# this machine where put and get take those.

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

# Operands before the one that is typed.
function __etfs_operands
    set -l at (math 2 + (count (__etfs_before)))
    set -l words (commandline -opc)
    string match -v -- '-*' $words[(math $at + 1)..-1] | count
end

# The first operand of put is here, the last one of get, too; of those between
# nobody knows.
function __etfs_can_be_local
    switch (__etfs_command)
        case put
            true
        case get
            test (__etfs_operands) -gt 0
        case '*'
            false
    end
end

function __etfs_can_be_remote
    set -l command (__etfs_command)
    test -n "$command"; and test "$command" != help
    and not test "$command" = put -a (__etfs_operands) = 0
end

complete -c etfs -f
complete -c etfs -n 'test -z "$(__etfs_command)"' -a '(etfs help | string replace -r " +" "\t")'
complete -c etfs -n 'test -z "$(__etfs_command)"; and string match -q -- "-*" (commandline -ct)' -a '(__etfs_options --help)'
complete -c etfs -n 'test "$(__etfs_command)" = help' -a '(etfs help | string replace -r " +" "\t")'
complete -c etfs -n 'test -n "$(__etfs_command)"; and string match -q -- "-*" (commandline -ct)' -a '(__etfs_options help (__etfs_command))'
complete -c etfs -n __etfs_can_be_remote -a '(__etfs_paths)'
complete -c etfs -n __etfs_can_be_local -F
