/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn.c -- a connection, and the fids that its operations use.
 */

#include "bench_internal.h"

#define MAX_NAMES 16

int
conn_connect(struct bench *b, struct conn *c)
{
	int rc = etfsc_mount(b->o->address, &b->o->opt, &c->fs);

	c->b = b;
	if (rc != 0)
		return bench_fail(b, rc, "%s",
		    c->fs != NULL ? etfsc_reason(c->fs) : strerror(-rc));
	b->r->msize = etfsc_msize(c->fs);
	c->iosize = etfsc_iosize(c->fs);
	if (c->iosize > PATTERN_RUN)
		c->iosize = PATTERN_RUN;
	return 0;
}

int
conn_find(struct conn *c, uint32_t dir, const char *path, uint32_t *fid)
{
	struct etfsc_req req = { .done = NULL };
	const char *names[MAX_NAMES];
	char text[600], *name, *rest;
	unsigned int n = 0;
	int rc;

	snprintf(text, sizeof(text), "%s", path);
	for (name = strtok_r(text, "/", &rest); name != NULL && n < MAX_NAMES;
	     name = strtok_r(NULL, "/", &rest))
		names[n++] = name;
	*fid = ETFSC_NOFID;
	etfsc_twalk(c->fs, &req, dir, fid, names, n, NULL);
	rc = etfsc_wait(c->fs, &req);
	return rc < 0 ? rc : rc == (int)n ? 0 : -ENOENT;
}

int
conn_enter(struct conn *c)
{
	int rc = conn_find(c, etfsc_root(c->fs), c->b->dir, &c->dir);

	if (rc != 0)
		return bench_fail(c->b, rc, "%s: %s", c->b->dir, strerror(-rc));
	c->entered = true;
	return 0;
}

static int
open_file(struct conn *c)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	if ((rc = conn_find(c, c->dir, "file", &c->file)) != 0 ||
	    (rc = conn_find(c, c->dir, "file", &c->io)) != 0)
		return rc;
	etfsc_tlopen(c->fs, &req, c->io, O_RDWR, NULL, NULL);
	return etfsc_wait(c->fs, &req);
}

/* Where connections begin is not the same for all. */
static void
seed(struct conn *c)
{
	struct bench *b = c->b;
	uint64_t n = (uint64_t)(c - b->conns), chunks;

	c->random = (b->o->seed + n + 1) * 0x9e3779b97f4a7c15U;
	if (c->random == 0)
		c->random = 1;
	chunks = b->o->size / c->iosize;
	if (chunks > 0)
		c->cursor = n % chunks * c->iosize;
}

static int
make_slots(struct conn *c)
{
	const struct bench *b = c->b;
	unsigned int i;
	struct slot *s;
	int rc;

	c->slots = calloc(b->o->depth, sizeof(*c->slots));
	c->buf = malloc(c->iosize);
	if (c->slots == NULL || c->buf == NULL)
		return -ENOMEM;
	for (i = 0; i < b->o->depth; i++) {
		s = &c->slots[i];
		s->conn = c;
		s->fid = ETFSC_NOFID;
		snprintf(s->name, sizeof(s->name), "new%u.%u",
		    (unsigned int)(c - b->conns), i);
		if (b->w->ready != NULL && (rc = b->w->ready(s)) != 0)
			return rc;
	}
	return 0;
}

int
conn_ready(struct conn *c)
{
	int rc = 0;

	seed(c);
	if ((c->b->w->needs & NEEDS_FILE) != 0)
		rc = open_file(c);
	if (rc == 0)
		rc = make_slots(c);
	if (rc != 0)
		return bench_fail(c->b, rc, "set-up: %s", strerror(-rc));
	return 0;
}

void
conn_close(struct conn *c)
{
	etfsc_release(c->fs);
	free(c->slots);
	free(c->buf);
}
