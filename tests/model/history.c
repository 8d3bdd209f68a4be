/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.c -- see history.h.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "history.h"

bool
history_wrong(struct history *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(h->why, sizeof(h->why), format, ap);
	va_end(ap);
	return false;
}

static const char *
result_text(int rc, char *buf, size_t cap)
{
	if (rc < 0)
		snprintf(buf, cap, "%s", strerrorname_np(-rc));
	else
		snprintf(buf, cap, "%d", rc);
	return buf;
}

static bool
compare(struct history *h, const struct step *s, const struct outcome *want,
    const struct outcome *got)
{
	char line[512], a[32], b[32];
	uint32_t i;

	step_print(s, line, sizeof(line));
	if (got->rc != want->rc && (got->rc == 0 || got->rc != h->world.also))
		return history_wrong(h, "%s: got %s, not %s", line,
		    result_text(got->rc, a, sizeof(a)),
		    result_text(want->rc, b, sizeof(b)));
	if (s->op == OP_STAT && got->rc == 0)
		return history_attr(h, s, &got->attr);
	if (got->len != want->len)
		return history_wrong(
		    h, "%s: got %u bytes, not %u", line, got->len, want->len);
	for (i = 0; i < want->len && got->data[i] == want->data[i]; i++)
		;
	if (i == want->len)
		return true;
	if (s->op == OP_READDIR || s->op == OP_LISTXATTR)
		return history_wrong(h, "%s: got\n%.*snot\n%.*s", line,
		    (int)got->len, got->data, (int)want->len, want->data);
	return history_wrong(h, "%s: byte %u is %02x, not %02x", line, i,
	    got->data[i], want->data[i]);
}

void
history_room(struct history *h, size_t most)
{
	h->lines = calloc(most, sizeof(*h->lines));
	if (h->lines == NULL)
		abort();
}

static void
note(struct history *h, uint64_t number, const struct step *s, int rc)
{
	char line[512], text[32];

	if (h->show) {
		step_print(s, line, sizeof(line));
		printf("%8llu  %s: %s\n", (unsigned long long)number, line,
		    result_text(rc, text, sizeof(text)));
	}
	h->lines[h->nlines].number = number;
	h->lines[h->nlines].step = *s;
	h->nlines++;
}

/* False: they disagree.  *rc, unless it is NULL, is what had to come of it. */
static bool
do_step(struct history *h, const struct step *s, int *rc)
{
	static struct outcome want, got;
	bool done = world_step(&h->world, s, &want);

	if (rc != NULL)
		*rc = want.rc;
	if (!done)
		return true;
	h->party[s->party]->run(h->party[s->party], s, &got);
	if (rc != NULL) {
		h->done[s->op]++;
		h->well[s->op] += want.rc >= 0;
	} else {
		h->looks++;
	}
	if (got.rc == -ENOTCONN || got.rc == -ETIMEDOUT)
		h->lost = true;
	return compare(h, s, &want, &got);
}

bool
history_step(struct history *h, const struct step *s)
{
	return do_step(h, s, NULL);
}

static bool
numbered_step(struct history *h, uint64_t number)
{
	struct step s;
	bool good;
	int rc;

	step_make(&h->how, number, &s);
	world_fit(&h->world, &s);
	good = do_step(h, &s, &rc);
	if (rc != RULE_SKIP)
		note(h, number, &s, rc);
	return good;
}

/* Who can still say something about a file, and how? */
static bool
stat_of(struct history *h, const struct node *node, unsigned int party,
    struct step *s)
{
	const struct world *w = &h->world;
	unsigned int i;

	*s = (struct step){
		.op = OP_STAT, .party = party, .slot = STEP_ROOT, .way = party
	};
	if (node_place(w, node, &s->at))
		return true;
	for (i = 0; i < w->nparties * STEP_SLOTS; i++) {
		s->party = i / STEP_SLOTS;
		s->slot = (int)(i % STEP_SLOTS);
		if (w->slots[s->party][s->slot].node == node)
			return true;
	}
	return false;
}

/* See what has become of all that a step touched. */
static bool
look_at_touched(struct history *h, uint64_t number)
{
	struct world *w = &h->world;
	struct step stats[WORLD_TOUCHED];
	unsigned int n = 0, i;

	for (i = 0; i < w->ntouched; i++)
		if (stat_of(h, w->touched[i],
			(unsigned int)((number + i) % w->nparties), &stats[n]))
			n++;
	for (i = 0; i < n; i++)
		if (!history_step(h, &stats[i]))
			return false;
	return true;
}

static bool
begin(struct history *h, const char *dir)
{
	unsigned int i;
	int rc;

	world_reset(&h->world);
	h->why[0] = '\0';
	h->nlines = 0;
	for (i = 0; i < h->world.nparties; i++) {
		rc = h->party[i]->begin(h->party[i], dir, i == 0);
		if (rc != 0) {
			h->lost = true;
			return history_wrong(
			    h, "party %u cannot begin: %s", i, strerror(-rc));
		}
	}
	return true;
}

static void
finish(struct history *h, const char *dir)
{
	unsigned int i;
	int rc;

	for (i = 0; i < h->world.nparties; i++)
		h->party[i]->end(h->party[i]);
	rc = h->party[0]->remove(h->party[0], dir);
	if (rc != 0 && h->why[0] == '\0')
		history_wrong(h, "cannot remove all: %s", strerror(-rc));
}

static size_t
do_steps(struct history *h, const uint64_t *steps, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!numbered_step(h, steps[i]) ||
		    !look_at_touched(h, steps[i]))
			return i + 1;
		if (h->every != 0 && steps[i] % h->every == h->every - 1 &&
		    !history_look(h))
			return i + 1;
	}
	return history_look(h) ? n + 1 : n;
}

size_t
history_run(struct history *h, const uint64_t *steps, size_t n)
{
	char dir[64];
	size_t at;

	snprintf(dir, sizeof(dir), "model.%llu.%u",
	    (unsigned long long)h->how.seed, ++h->runs);
	if (!begin(h, dir))
		return 0;
	at = do_steps(h, steps, n);
	if (!h->lost)
		finish(h, dir);
	return at > n && h->why[0] != '\0' ? n : at;
}

void
history_print(const struct history *h, size_t n)
{
	const struct history_line *l;
	char line[512];
	size_t i;

	for (i = h->nlines - (n < h->nlines ? n : h->nlines); i < h->nlines;
	     i++) {
		l = &h->lines[i];
		step_print(&l->step, line, sizeof(line));
		printf("%8llu  %s\n", (unsigned long long)l->number, line);
	}
}
