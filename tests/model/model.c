/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.c -- random histories of file operations, compared with a model.
 *
 *	model [OPTION]... PARTY...
 *
 *	--seed N	the first history (1)
 *	--runs N	how many, with seeds that follow (1)
 *	--steps N	steps of each (1000)
 *	--every N	steps between two looks at everything (500)
 *	--only LIST	of these steps, numbers with commas; not shrunk
 *	--show		print each step and what came of it
 *	--no-xattrs	there are no user.* extended attributes
 *	--seconds	times are set to whole seconds
 *	--mounted	directories are mounts by Linux's client
 *
 *	PARTY		wire:ADDRESS, a client of the library; or dir:PATH, a
 *			process with system calls.  All see the same files.
 *
 * Steps are done one at a time, by whom the seed says.  What comes of each,
 * what has become of the files that it touched, and from time to time of all
 * of them, has to be what the model says.  If not, the history is run again
 * without this or that step until only those are left that it takes, and
 * printed.  It is the same whenever it is run.
 */

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"

static uint64_t seed = 1, runs = 1, nsteps = 1000;
static const char *only;

static uint64_t
number(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (end == text || *end != '\0')
		errx(2, "not a number: %s", text);
	return n;
}

static void
parse_options(struct history *h, int argc, char **argv)
{
	static const struct option options[] = { { "seed", 1, NULL, 's' },
		{ "runs", 1, NULL, 'r' }, { "steps", 1, NULL, 'n' },
		{ "every", 1, NULL, 'e' }, { "only", 1, NULL, 'o' },
		{ "show", 0, NULL, 'v' }, { "no-xattrs", 0, NULL, 'x' },
		{ "seconds", 0, NULL, 't' }, { "mounted", 0, NULL, 'm' },
		{ NULL, 0, NULL, 0 } };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 's':
			seed = number(optarg);
			break;
		case 'r':
			runs = number(optarg);
			break;
		case 'n':
			nsteps = number(optarg);
			break;
		case 'e':
			h->every = (unsigned int)number(optarg);
			break;
		case 'o':
			only = optarg;
			break;
		case 'v':
			h->show = true;
			break;
		case 'x':
			h->how.xattrs = false;
			break;
		case 't':
			h->how.seconds = true;
			break;
		case 'm':
			h->mixed = true;
			break;
		default:
			exit(2);
		}
}

static void
parse_parties(struct history *h, char **argv)
{
	unsigned int n = 0;
	bool wire;

	for (; *argv != NULL; argv++, n++) {
		wire = strncmp(*argv, "wire:", 5) == 0;
		if (n == STEP_PARTIES ||
		    (!wire && strncmp(*argv, "dir:", 4) != 0))
			errx(2, "too many parties, or not one: %s", *argv);
		h->party[n] =
		    wire ? party_wire(*argv + 5) : party_dir(*argv + 4);
		h->world.party[n].wire = wire;
		h->world.party[n].mounted = !wire && h->mixed;
	}
	if (n == 0)
		errx(2, "no party");
	h->how.nparties = h->world.nparties = n;
}

/* Does a directory count its subdirectories?  And what time is it there? */
static void
probe(struct history *h)
{
	static struct outcome out;
	struct step s = {
		.op = OP_STAT, .slot = STEP_ROOT, .at = { .base = STEP_ROOT }
	};
	struct party *p = h->party[0];
	int rc = p->begin(p, "model.probe", true);

	if (rc != 0)
		errx(2, "cannot begin: %s", strerror(-rc));
	p->run(p, &s, &out);
	if (out.rc != 0)
		errx(2, "cannot begin: %s", strerror(-out.rc));
	h->world.dirs_count = out.attr.nlink == 2;
	h->world.begun = out.attr.mtime;
	h->world.begun.tv_sec--;
	p->end(p);
	p->remove(p, "model.probe");
}

static size_t
list_steps(uint64_t *steps)
{
	char *copy, *rest, *item;
	size_t n = 0;

	if (only == NULL) {
		for (n = 0; n < nsteps; n++)
			steps[n] = n;
		return n;
	}
	rest = copy = strdup(only);
	while ((item = strsep(&rest, ",")) != NULL && n < nsteps)
		steps[n++] = number(item);
	free(copy);
	return n;
}

static void
report(struct history *h, uint64_t *steps, size_t failed)
{
	size_t n;

	printf("seed %llu: wrong in step %llu:\n%s\n",
	    (unsigned long long)h->how.seed,
	    failed > 0 ? (unsigned long long)steps[failed - 1] : 0, h->why);
	if (h->lost || only != NULL || failed == 0) {
		printf("the last steps:\n");
		history_print(h, 40);
		return;
	}
	fflush(stdout);
	n = shrink(h, steps, failed);
	history_run(h, steps, n);
	printf("it takes no more than this:\n");
	history_print(h, n);
	printf("%s\n", h->why);
}

/* Was there something to see?  Of every operation: how many went well. */
static void
summary(const struct history *h)
{
	uint64_t all = 0;
	int i;

	for (i = 0; i < OP_COUNT; i++) {
		printf("%s %llu/%llu%s", step_op_name((enum op)i),
		    (unsigned long long)h->well[i],
		    (unsigned long long)h->done[i],
		    i % 6 == 5 || i == OP_COUNT - 1 ? "\n" : ", ");
		all += h->done[i];
	}
	printf("%llu histories: %llu operations and %llu looks, "
	       "all as the model says\n",
	    (unsigned long long)runs, (unsigned long long)all,
	    (unsigned long long)h->looks);
}

int
main(int argc, char **argv)
{
	static struct history h = { .how = { .xattrs = true }, .every = 500 };
	uint64_t *steps, i;
	size_t n, failed;
	int status = 0;

	umask(0);
	world_init(&h.world);
	parse_options(&h, argc, argv);
	parse_parties(&h, argv + optind);
	h.how.root = geteuid() == 0;
	steps = malloc((nsteps + 1) * sizeof(*steps));
	if (steps == NULL)
		abort();
	history_room(&h, nsteps);
	probe(&h);
	for (i = 0; i < runs && status == 0; i++) {
		h.how.seed = seed + i;
		n = list_steps(steps);
		failed = history_run(&h, steps, n);
		if (failed <= n) {
			report(&h, steps, failed);
			status = 1;
		}
	}
	if (status == 0)
		summary(&h);
	for (i = 0; i < h.world.nparties; i++)
		h.party[i]->free(h.party[i]);
	world_fini(&h.world);
	free(h.lines);
	free(steps);
	return status;
}
