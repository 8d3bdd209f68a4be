# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=dash
#
# sqlite3: two writers at a time lose nothing.
# needs: programs
# short: etfs/none/client
# only: access=client cache=none,mmap
# limit: 900

[ -n "$LONG" ] && rows=1000 || rows=20
with sqlite3 db 'create table t (who integer, n integer, primary key (who, n));'
for who in 1 2; do
	n=0
	while [ $n -lt "$rows" ]; do
		n=$((n + 1))
		echo "insert into t values ($who, $n);"
	done >/tmp/sql.$who
done
with sqlite3 -bail -cmd '.timeout 60000' db ".read /tmp/sql.1" &
one=$!
with sqlite3 -bail -cmd '.timeout 60000' db ".read /tmp/sql.2" &
two=$!
wait $one
wait $two
equal "check" "ok" "$(with sqlite3 db 'pragma integrity_check;')"
equal "rows" $((2 * rows)) "$(with sqlite3 db 'select count(*) from t;')"
equal "sum" $((rows * (rows + 1))) "$(with sqlite3 db 'select sum(n) from t;')"
equal "journals left" "" "$(find . -type f ! -name db)"
