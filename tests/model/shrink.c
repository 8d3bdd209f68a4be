/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shrink.c -- leave out of a history that fails what it can do without.
 *
 * Delta debugging: pieces are left out, first large ones, then smaller ones,
 * as long as something is still wrong.  It need not be the same thing.
 */

#include <stdlib.h>
#include <string.h>

#include "history.h"

#define TRIES 1500

struct shrinking {
	struct history *h;
	uint64_t *steps, *without;
	size_t n;
	unsigned int tries;
};

/* Does it still fail without len steps at from?  Then they are gone. */
static bool
leave_out(struct shrinking *sh, size_t from, size_t len)
{
	size_t n = sh->n - len, failed;

	memcpy(sh->without, sh->steps, from * sizeof(*sh->steps));
	memcpy(sh->without + from, sh->steps + from + len,
	    (n - from) * sizeof(*sh->steps));
	sh->tries++;
	failed = history_run(sh->h, sh->without, n);
	if (failed > n || sh->h->lost)
		return false;
	sh->n = failed;
	memcpy(sh->steps, sh->without, failed * sizeof(*sh->steps));
	return true;
}

static bool
pass(struct shrinking *sh, size_t len)
{
	bool any = false;
	size_t from;

	for (from = sh->n; from > 0 && sh->tries < TRIES && !sh->h->lost;) {
		size_t piece = from < len ? from : len;

		from -= piece;
		if (leave_out(sh, from, piece))
			any = true;
		if (from > sh->n)
			from = sh->n;
	}
	return any;
}

size_t
shrink(struct history *h, uint64_t *steps, size_t n)
{
	struct shrinking sh = { .h = h, .steps = steps, .n = n };
	size_t len;

	sh.without = malloc((n + 1) * sizeof(*steps));
	if (sh.without == NULL)
		abort();
	for (len = (n + 1) / 2; len > 1; len = (len + 1) / 2)
		pass(&sh, len);
	while (sh.tries < TRIES && !h->lost && pass(&sh, 1))
		;
	free(sh.without);
	return sh.n;
}
