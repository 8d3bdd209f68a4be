/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c -- one program, several commands; see gtool.h.
 */

#include "gtool.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "steps", cmd_steps,
	    "[-x NAMESPACE] GROUP DIR [DIR2]   print a transcript" },
	{ "compare", cmd_compare,
	    "ALLOWED PLACE TMPFS HERE          are two transcripts equal?" },
	{ "many", cmd_many,
	    "[-u] DIR N                        many entries in one directory" },
	{ "mktree", cmd_mktree,
	    "DIR N                             a tree of N small files" },
	{ "sametree", cmd_sametree,
	    "[-o UID:GID] A B                  are two trees equal?" },
	{ "pattern", cmd_pattern,
	    "write|check FILE OFFSET LENGTH    bytes that know their place" },
	{ "lock", cmd_lock, "FILE SECONDS                      hold a lock" },
	{ "mapped", cmd_mapped,
	    "make|change|show DIR              files of all kinds" },
};

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < nitems(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);

	fprintf(stderr, "usage:\n");
	for (i = 0; i < nitems(commands); i++)
		fprintf(stderr, "\tgtool %-9s%s\n", commands[i].name,
		    commands[i].usage);
	return 2;
}
