# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# git: a repository is made, cloned, checked, packed, and stays the same.
# needs: programs
# short: etfs/none/client
# only: access=client
# limit: 900

[ -n "$LONG" ] && commits=60 || commits=3
with git config --global user.name guest
with git config --global user.email guest@localhost
with git config --global safe.directory '*'
with git init -q -b main one
commit=0
while [ $commit -lt "$commits" ]; do
	commit=$((commit + 1))
	mkdir -p one/dir$((commit % 3))
	seq $commit $((commit * 50)) >one/dir$((commit % 3))/file$commit
	seq $commit >one/changed
	(cd one && with git add -A && with git commit -q -m "number $commit")
done
with git clone -q --no-hardlinks one two
(cd two && with git fsck --full --strict && with git status --porcelain)
equal "files that git sees changed" "" "$(cd two && with git status --porcelain)"
equal "commits" "$commits" "$(cd two && with git rev-list --count HEAD)"
equal "head" "$(cd one && with git rev-parse HEAD)" \
    "$(cd two && with git rev-parse HEAD)"
equal "a difference" "" "$(diff -r -x .git one two)"
(cd two && with git checkout -q -b other && with git rm -q -r dir1 &&
    with git commit -q -m "less" && with git checkout -q main &&
    with git gc -q && with git fsck --full)
(cd one && with git pull -q ../two other)
equal "what was pulled" "" "$(find one -maxdepth 1 -name dir1)"
