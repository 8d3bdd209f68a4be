/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * op.c -- an operation's life: begun, checked at each step, ended, counted.
 */

#include <stdarg.h>

#include "bench_internal.h"
#include "proc.h"

#define MAX_ERRORS 1000U /* and then it is enough */

uint64_t
bench_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* xorshift64: never 0 if the state is not. */
uint64_t
bench_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

int
bench_fail(struct bench *b, int rc, const char *format, ...)
{
	va_list ap;

	if (b->r->why[0] != '\0')
		return rc;
	va_start(ap, format);
	vsnprintf(b->r->why, sizeof(b->r->why), format, ap);
	va_end(ap);
	return rc;
}

void
op_count_from(struct bench *b)
{
	struct bench_result *r = b->r;

	memset(&b->hist, 0, sizeof(b->hist));
	r->ops = r->messages = r->bytes = r->entries = 0;
	if (!proc_cpu(b->pid, &b->cpu))
		b->pid = 0;
	b->start = b->now = bench_clock();
	b->warm = true;
}

void
op_count_to(struct bench *b)
{
	struct bench_result *r = b->r;
	uint64_t cpu;

	if (!b->warm)
		return;
	b->warm = false;
	r->seconds = (double)(bench_clock() - b->start) / 1e9;
	r->cpu_us = -1;
	if (proc_cpu(b->pid, &cpu) && r->ops > 0)
		r->cpu_us = (double)(cpu - b->cpu) / 1e3 / (double)r->ops;
}

/* Is there another one to be begun? */
static bool
goes_on(struct bench *b)
{
	if (!b->closing && b->now >= b->mark) {
		if (b->warm) {
			b->closing = true;
			op_count_to(b);
		} else {
			op_count_from(b);
			b->mark = b->now + (uint64_t)(b->o->seconds * 1e9);
		}
	}
	if (b->r->errors >= MAX_ERRORS ||
	    (b->o->interrupted != NULL && *b->o->interrupted))
		b->closing = true;
	if (b->o->count != 0 && b->begun == b->o->count)
		return false;
	return !b->closing;
}

static void
done(struct etfsc_req *req, int rc)
{
	struct slot *s = (struct slot *)(void *)req;

	s->conn->b->r->messages++;
	s->then(s, rc);
}

static void
begin(struct slot *s)
{
	struct bench *b = s->conn->b;

	if (!goes_on(b)) {
		b->active--;
		return;
	}
	b->begun++;
	s->start = b->now;
	s->bytes = s->entries = 0;
	s->fid = ETFSC_NOFID;
	b->w->begin(s);
}

void
op_start(struct slot *s)
{
	struct bench *b = s->conn->b;

	s->req.done = done;
	b->active++;
	b->now = bench_clock();
	begin(s);
}

void
op_ends(struct slot *s)
{
	struct bench *b = s->conn->b;

	b->now = bench_clock();
	if (b->warm) {
		hist_add(&b->hist, b->now - s->start);
		b->r->ops++;
		b->r->bytes += s->bytes;
		b->r->entries += s->entries;
	}
	begin(s);
}

void
op_wrong(struct slot *s, const char *what)
{
	struct bench *b = s->conn->b;

	bench_fail(b, 0, "%s", what);
	b->r->errors++;
	b->now = bench_clock();
	if (s->fid != ETFSC_NOFID)
		etfsc_forget(s->conn->fs, s->fid);
	if (etfsc_reason(s->conn->fs) != NULL)
		b->closing = true;
	begin(s);
}

bool
op_want(struct slot *s, const char *what, int rc, int want)
{
	struct bench *b = s->conn->b;
	const char *lost;

	if (rc == want)
		return true;
	lost = etfsc_reason(s->conn->fs);
	if (lost != NULL)
		bench_fail(b, 0, "%s", lost);
	else if (rc < 0)
		bench_fail(b, 0, "%s: %s", what, strerror(-rc));
	else
		bench_fail(b, 0, "%s: %d, not %d", what, rc, want);
	op_wrong(s, what);
	return false;
}

void
op_random_place(struct slot *s, uint32_t len)
{
	uint64_t places = s->conn->b->o->size / len;

	s->off = bench_random(&s->conn->random) % places * len;
	s->len = len;
}

/* The last one of the file may be shorter, and then it begins anew. */
void
op_next_place(struct slot *s, uint32_t len)
{
	struct conn *c = s->conn;
	uint64_t left = c->b->o->size - c->cursor;

	s->off = c->cursor;
	s->len = left < len ? (uint32_t)left : len;
	c->cursor = left <= len ? 0 : c->cursor + len;
}
