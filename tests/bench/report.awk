# SPDX-License-Identifier: BSD-2-Clause
#
# report.awk -- medians, ratios and what became of the goals.

function sort(a, n,    i, j, x) {
	for (i = 2; i <= n; i++) {
		x = a[i]
		for (j = i - 1; j > 0 && a[j] > x; j--)
			a[j + 1] = a[j]
		a[j + 1] = x
	}
}

function median(a, n) {
	sort(a, n)
	return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

# The metric of a server in a cell in a round, or "": there is none.
function figure(r, cell, server, metric,    best, i, v) {
	if (server != "bestdiod")
		return value[r, cell, server, metric]
	best = ""
	for (i = 1; i <= 3; i++) {
		v = value[r, cell, diods[i], metric]
		if (v != "" && (best == "" || v + 0 > best + 0))
			best = v
	}
	return best
}

# Over the rounds: mid, low, high; how many rounds have it.
function gather(cell, metric, ours, theirs,    r, n, a, b) {
	n = 0
	for (r = 1; r <= rounds; r++) {
		a = figure(r, cell, ours, metric)
		b = theirs == "-" ? 1 : figure(r, cell, theirs, metric)
		if (a == "" || b == "" || (theirs != "-" && b + 0 == 0))
			continue
		list[++n] = a / b
	}
	if (n == 0)
		return 0
	mid = median(list, n)
	low = list[1]
	high = list[n]
	return n
}

function number(x) {
	if (x >= 1000000 || x <= -1000000)
		return sprintf("%.2f M", x / 1000000)
	if (x >= 10000 || x <= -10000)
		return sprintf("%.0f k", x / 1000)
	return sprintf(x >= 100 || x <= -100 ? "%.0f" : x >= 10 ? "%.1f" : \
	    x >= 1 ? "%.2f" : "%.3f", x)
}

function cell_text(cell, server, metric) {
	return gather(cell, metric, server, "-") ? number(mid) : ""
}

BEGIN {
	FS = "[ \t]+"
	split("diod diod1 diod2", diods, " ")
	short["p50"] = "p50_us"
	short["p99"] = "p99_us"
	short["cpu"] = "server_cpu_us"
	unit["rate"] = "operations/s"
	unit["mb_s"] = "MB/s"
	unit["entries_s"] = "entries/s"
	unit["p50"] = "p50, us"
	unit["p99"] = "p99, us"
	unit["cpu"] = "CPU"
	unit["cpu_mb"] = "CPU for a MB"
	unit["rss_each"] = "bytes for each"
	unit["rss_left"] = "bytes left"
	unit["threads"] = "threads"
	unit["share"] = "rate beside/alone"
}

FNR == 1 { file++ }

file == 1 && $1 == "cell" {
	cells[++ncells] = $2
	servers_of[$2] = $7
}
file == 1 && $1 == "goal" {
	ngoals++
	for (i = 2; i <= 7; i++)
		goal[ngoals, i] = $i
}

file == 2 && /^#/ {
	sub(/^# [a-z]* /, "")
	said[++nsaid] = $0
	next
}
file == 2 && FNR == 1 {
	for (i = 4; i <= NF; i++)
		name[i] = $i
	next
}
file == 2 {
	if ($1 + 0 > rounds)
		rounds = $1 + 0
	seen[$2] = 1
	for (i = 4; i <= NF; i++)
		if ($i != "-")
			value[$1, $2, $3, name[i]] = $i
	errors += value[$1, $2, $3, "errors"]
}

# Of each server in each cell, how far apart the rounds are, in percent.
function noise(    c, s, n, names, k, m) {
	k = 0
	worst = 0
	for (c = 1; c <= ncells; c++) {
		n = split(servers_of[cells[c]], names, ",")
		for (s = 1; s <= n; s++) {
			if (gather(cells[c], "rate", names[s], "-") < 2 || mid == 0)
				continue
			spreads[++k] = 100 * (high - low) / mid
			if (spreads[k] > worst) {
				worst = spreads[k]
				where = cells[c] " with " names[s]
			}
		}
	}
	if (k == 0)
		return
	m = median(spreads, k)
	printf "The rounds of one measurement are %.0f%% apart in the median, ", m
	printf "and %.0f%% at worst (%s).  ", worst, where
	n = 0
	for (c = 1; c <= ncells; c++)
		if (gather(cells[c], "rate", "again", "tmpfs"))
			printf "%s%s: %.2f (%.2f to %.2f)", n++ ? ", " : \
			    "The same server twice, the one by the other: ", \
			    cells[c], mid, low, high
	print n ? "." : ""
}

function verdict(g,    cell, metric, ours, theirs, rel, bound, met, row) {
	cell = goal[g, 2]
	metric = goal[g, 3]
	ours = goal[g, 4]
	theirs = goal[g, 5]
	rel = goal[g, 6]
	bound = goal[g, 7]
	if (!seen[cell] || !gather(cell, metric in short ? short[metric] : metric,
	    ours, theirs))
		return
	met = bound == "-" ? "" : rel == ">=" ? mid >= bound + 0 : mid <= bound + 0
	if (met != "") {
		met = met ? "met" : "not met"
		count[met]++
	}
	row = ours (theirs == "-" ? "" : " / " theirs)
	printf "| %s | %s | %s | %s | %s | %s to %s | %s |\n", cell, unit[metric],
	    row, bound == "-" ? "" : rel " " number(bound), number(mid),
	    number(low), number(high), met == "not met" ? "**not met**" : met
	printf "%s\t%s\t%s\t%s\t%s\t%s\t%.4f\t%.4f\t%.4f\t%s\n", cell, metric,
	    ours, theirs, rel, bound, mid, low, high,
	    met == "" ? "-" : met >goals
}

# Operations in a second and median microseconds of each server.
function table(metric, title, match_, plot,    c, s, n, names, text, any) {
	for (c = 1; c <= ncells; c++) {
		if (cells[c] !~ match_ || !seen[cells[c]])
			continue
		if (!any++) {
			printf "\n%s\n\n| |", title
			n = split("tmpfs memfs disk diod diskdiod plain echo",
			    names, " ")
			for (s = 1; s <= n; s++)
				printf " %s |", names[s]
			printf "\n| --- |"
			for (s = 1; s <= n; s++)
				printf " ---: |"
			printf "\n"
		}
		printf "| %s |", cells[c]
		for (s = 1; s <= n; s++) {
			text = cell_text(cells[c], names[s], metric)
			printf " %s |", text
			if (text != "")
				printf "%s\t%s\t%s\t%.3f\n", metric, cells[c],
				    names[s], mid >bars
		}
		printf "\n"
	}
	if (any && plots && plot != "")
		printf "\n![](%s.svg)\n", plot
}

END {
	print "# How fast it is"
	print ""
	print "Made by `make bench`; see the section Speed of the README for what it means."
	print ""
	for (i = 1; i <= nsaid; i++)
		print "- " said[i]
	if (errors > 0)
		print "- **" errors " replies were wrong**"
	print ""
	noise()
	print "\n| what | of | ratio | goal | median | rounds | |"
	print "| --- | --- | --- | --- | ---: | --- | --- |"
	printf "cell\tmetric\tours\ttheirs\trelation\tbound\tmedian\tlow\thigh\tverdict\n" >goals
	for (g = 1; g <= ngoals; g++)
		verdict(g)
	printf "\n%d goals met, %d not met.\n", count["met"], count["not met"]
	table("rate", "Operations in a second, server and client on a CPU each:",
	    "x(32|8)$", "rates")
	table("p50_us", "One at a time on one CPU, median microseconds:", "1x1",
	    "latency")
	table("mb_s", "MB in a second, eight under way:", "seq-.*k", "bulk")
	table("server_cpu_us", "CPU time of the server for an operation, microseconds:",
	    "x32$", "")
}
