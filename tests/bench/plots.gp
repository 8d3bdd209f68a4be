# SPDX-License-Identifier: BSD-2-Clause
#
# plots.gp -- rates.svg, latency.svg and bulk.svg in dir, from its bars.tsv.

set datafile separator "\t"
set terminal svg size 900,420 font "sans,12" background "white"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.85 border -1
set boxwidth 0.9
set key outside top center horizontal
set grid ytics lt 0
set xtics nomirror
set ytics nomirror
set border 3
set yrange [0:*]

names = "tmpfs memfs diod plain echo"
titles = "'etfsd, tmpfs' 'etfsd, memory' diod 'plain calls' 'echo only'"

# The value of server s for each cell of that metric, in their order.
rows(m) = sprintf("< awk -F '\t' -v m=%s '$1 == m { if (!(($2) in at)) { at[$2] = ++n; cell[n] = $2 } v[$2, $3] = $4 } END { k = split(\"%s\", name, \" \"); for (i = 1; i <= n; i++) { line = cell[i]; for (s = 1; s <= k; s++) line = line \"\\t\" (((cell[i], name[s]) in v) ? v[cell[i], name[s]] : 0); print line } }' '%s/bars.tsv'", m, names, dir)

some(m) = int(system(sprintf("awk -F '\t' -v m=%s '$1 == m' '%s/bars.tsv' | wc -l", m, dir)))

set ylabel "operations in a second"
set format y "%.0s %c"
set xtics rotate by -25
if (some("rate")) {
	set output dir."/rates.svg"
	plot for [s = 1:words(names)] rows("rate") using (column(s + 1)):xtic(1) title word(titles, s)
}
set format y "%g"
set ylabel "median, microseconds"
if (some("p50_us")) {
	set output dir."/latency.svg"
	plot for [s = 1:words(names)] rows("p50_us") using (column(s + 1)):xtic(1) title word(titles, s)
}
set ylabel "MB in a second"
if (some("mb_s")) {
	set output dir."/bulk.svg"
	plot for [s = 1:words(names)] rows("mb_s") using (column(s + 1)):xtic(1) title word(titles, s)
}
