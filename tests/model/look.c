/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look.c -- compare files with those of the model.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "history.h"

static int
order(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return a->tv_nsec < b->tv_nsec ? -1 : a->tv_nsec > b->tv_nsec;
}

/* Is it as it was, or as it was set, or later and no older than the run? */
static const char *
time_is_wrong(const struct history *h, const struct node *node, int which,
    const struct timespec *had, const struct timespec *got)
{
	if (node->exact & which)
		return order(got, had) == 0 ? NULL : "is not what was set";
	if (!node->known)
		return NULL;
	if (node->must & which && order(got, &h->world.begun) < 0)
		return "has not been renewed";
	if (order(got, had) == 0)
		return NULL;
	if (!(node->may & which) && which != T_ATIME)
		return "has changed";
	/* A clock for atimes may be coarser than that of mtimes. */
	if (which == T_ATIME && got->tv_sec >= had->tv_sec - 1)
		return NULL;
	return order(got, had) < 0 ? "has gone back" : NULL;
}

static bool
times(struct history *h, const char *line, struct node *node,
    const struct outcome_attr *got)
{
	const struct timespec *const gots[] = { &got->atime, &got->mtime,
		&got->ctime };
	struct timespec *const had[] = { &node->atime, &node->mtime,
		&node->ctime };
	static const int which[] = { T_ATIME, T_MTIME, T_CTIME };
	static const char *const names[] = { "atime", "mtime", "ctime" };
	const char *why;
	int i;

	for (i = 0; i < 3; i++) {
		why = time_is_wrong(h, node, which[i], had[i], gots[i]);
		if (why != NULL)
			return history_wrong(h,
			    "%s: %s %s: %lld.%09ld, was %lld.%09ld", line,
			    names[i], why, (long long)gots[i]->tv_sec,
			    gots[i]->tv_nsec, (long long)had[i]->tv_sec,
			    had[i]->tv_nsec);
	}
	for (i = 0; i < 3; i++)
		*had[i] = *gots[i];
	node->known = true;
	node->must = node->may = node->exact = 0;
	return true;
}

/* A number stays that of its file, and is that of no other. */
static bool
number(struct history *h, const char *line, struct node *node, bool wire,
    uint64_t ino)
{
	const struct node *other;

	if (node->ino[wire] != 0)
		return node->ino[wire] == ino ||
		    history_wrong(h, "%s: inode %llu, was %llu", line,
			(unsigned long long)ino,
			(unsigned long long)node->ino[wire]);
	for (other = h->world.nodes; other != NULL; other = other->all)
		if (other->ino[wire] == ino)
			return history_wrong(h,
			    "%s: inode %llu is that of another file", line,
			    (unsigned long long)ino);
	node->ino[wire] = ino;
	return true;
}

static uint64_t
size_of(const struct node *node)
{
	return S_ISLNK(node->mode) ? strlen(node->target) : node->size;
}

bool
history_attr(
    struct history *h, const struct step *s, const struct outcome_attr *got)
{
	struct node *node = h->world.subject;
	bool dir = S_ISDIR(node->mode);
	uint64_t nlink = node_nlink(&h->world, node);
	char line[512];

	step_print(s, line, sizeof(line));
	if (got->mode != node->mode)
		return history_wrong(
		    h, "%s: mode %o, not %o", line, got->mode, node->mode);
	if (got->uid != node->uid || got->gid != node->gid)
		return history_wrong(h, "%s: owner %u:%u, not %u:%u", line,
		    got->uid, got->gid, node->uid, node->gid);
	if (!dir && got->size != size_of(node))
		return history_wrong(h, "%s: size %llu, not %llu", line,
		    (unsigned long long)got->size,
		    (unsigned long long)size_of(node));
	if ((!dir || h->world.dirs_count) && got->nlink != nlink)
		return history_wrong(h, "%s: %llu links, not %llu", line,
		    (unsigned long long)got->nlink, (unsigned long long)nlink);
	return number(h, line, node, h->world.party[s->party].wire, got->ino) &&
	    times(h, line, node, got);
}

/* One thing about one file, by a party. */
static bool
ask(struct history *h, enum op op, unsigned int party, const struct place *p,
    unsigned int which)
{
	struct step s = { .op = op,
		.party = party,
		.slot = op == OP_OPEN ? STEP_CHECKER : STEP_ROOT,
		.at = *p,
		.which = which };

	return history_step(h, &s);
}

static bool
ask_open(struct history *h, enum op op, unsigned int party, uint64_t off,
    uint32_t len)
{
	struct step s = { .op = op,
		.party = party,
		.slot = STEP_CHECKER,
		.off = off,
		.len = len };

	return history_step(h, &s);
}

static bool
look_at_xattrs(struct history *h, unsigned int party, const struct place *p)
{
	unsigned int i;

	if (!h->how.xattrs)
		return true;
	if (!ask(h, OP_LISTXATTR, party, p, 0))
		return false;
	for (i = 0; i < WORLD_XATTRS; i++)
		if (!ask(h, OP_GETXATTR, party, p, i))
			return false;
	return true;
}

/* The first bytes, those that were written, and the last ones. */
static bool
look_at_bytes(struct history *h, unsigned int party, const struct node *node)
{
	const struct page *page;

	if (!ask_open(h, OP_READ, party, 0, STEP_DATA))
		return false;
	for (page = node->pages; page != NULL; page = page->next)
		if (page->at >= STEP_DATA / WORLD_PAGE &&
		    !ask_open(
			h, OP_READ, party, page->at * WORLD_PAGE, WORLD_PAGE))
			return false;
	return node->size < 100 ||
	    ask_open(h, OP_READ, party, node->size - 50, 100);
}

static bool
look_at(struct history *h, struct node *node, unsigned int party)
{
	struct place p;
	bool good;

	if (!node_place(&h->world, node, &p))
		return true;
	if (!ask(h, OP_STAT, party, &p, 0) || !look_at_xattrs(h, party, &p))
		return false;
	if (S_ISLNK(node->mode))
		return ask(h, OP_READLINK, party, &p, 0);
	if (!S_ISDIR(node->mode) && !S_ISREG(node->mode))
		return true;
	if (!ask(h, OP_OPEN, party, &p, 0))
		return false;
	good = S_ISDIR(node->mode) ? ask_open(h, OP_READDIR, party, 0, 0)
				   : look_at_bytes(h, party, node);
	return ask_open(h, OP_CLOSE, party, 0, 0) && good;
}

bool
history_look(struct history *h)
{
	struct node *node, *next;

	world_forget(&h->world);
	for (node = h->world.nodes; node != NULL; node = next) {
		next = node->all;
		if (!look_at(h, node, node->id % h->world.nparties))
			return false;
	}
	return true;
}
