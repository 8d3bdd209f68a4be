# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# etfs.bash -- completion of etfs(1) for bash.  What there is comes from etfs
# itself: commands and options from its help, paths from its server, and from
# this machine where put and get take those.
#
# Words are taken from the line, as bash cuts them at the colons of addresses.

# What help, given that, has for options: "-l", "--json".
_etfs_options()
{
	etfs "$@" 2>/dev/null |
		sed -n 's/^  //; s/,//; /^ *-/p' |
		awk '{ print $1; if ($2 ~ /^--/) print $2 }'
}

_etfs_local()
{
	mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	compopt -o filenames
}

_etfs_remote()
{
	local dir=${cur%"${cur##*/}"} all=() name

	[[ ${cur##*/} == .* ]] && all=(-a)
	while IFS= read -r name; do
		[[ $dir$name == "$cur"* ]] && COMPREPLY+=("$dir$name")
	done < <(etfs "${before[@]}" ls -p1 "${all[@]}" -- "${dir:-.}" \
		2>/dev/null)
	compopt -o filenames -o nospace
}

# The first operand of put is here, the last one of get, too; of those between
# nobody knows.
_etfs_paths()
{
	local word n=0

	for word in "${words[@]:i+1:${#words[@]}-i-2}"; do
		[[ $word == -* ]] || ((++n))
	done
	case ${words[i]}:$n in
	put:0)
		_etfs_local
		;;
	put:*)
		_etfs_remote
		[[ ${#COMPREPLY[@]} -gt 0 ]] || _etfs_local
		;;
	get:[1-9]*)
		_etfs_local
		[[ ${#COMPREPLY[@]} -gt 0 ]] || _etfs_remote
		;;
	*)
		_etfs_remote
		;;
	esac
}

_etfs()
{
	local words before=() cur i=1 word

	read -ra words <<<"${COMP_LINE:0:COMP_POINT}"
	[[ ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=('')
	cur=${words[-1]}
	COMPREPLY=()
	while ((i < ${#words[@]} - 1)) && [[ ${words[i]} == -* ]]; do
		before+=("${words[i]}")
		case ${words[i]} in
		-[anumt] | --address | --aname | --user | --msize | --timeout)
			((++i < ${#words[@]} - 1)) || return
			before+=("${words[i]}")
			;;
		esac
		((++i))
	done
	if ((i == ${#words[@]} - 1)); then
		if [[ $cur == -* ]]; then
			word=$(_etfs_options --help)
		else
			word=$(etfs help 2>/dev/null | awk '{ print $1 }')
		fi
		mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
	elif [[ $cur == -* ]]; then
		word=$(_etfs_options help "${words[i]}")
		mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
	elif [[ ${words[i]} == help ]]; then
		word=$(etfs help 2>/dev/null | awk '{ print $1 }')
		mapfile -t COMPREPLY < <(compgen -W "$word" -- "$cur")
	else
		_etfs_paths
	fi
}

complete -F _etfs etfs
