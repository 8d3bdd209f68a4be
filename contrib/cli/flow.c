/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flow.c -- chunks on their way.
 *
 * None begins further than PARTIAL_WINDOW from one that is not at its end: so
 * what is written at any time has no gap before its last bytes.
 */

#include "flow.h"
#include "partial.h"
#include "sparse.h"

#define CHUNK (PARTIAL_WINDOW / FLOW_CHUNKS)
#define PAGE 4096U

static uint32_t
chunk_size(const struct flow *f)
{
	uint32_t n = etfsc_iosize(f->c->fs);

	if (n > CHUNK)
		return CHUNK;
	return n > PAGE ? n - n % PAGE : n;
}

static void
fail(struct flow_chunk *ch, int rc)
{
	struct flow *f = ch->flow;

	if (f->rc == 0) {
		f->rc = rc;
		f->at_dst = ch->doing != FLOW_READ;
	}
	ch->doing = FLOW_IDLE;
}

/* What comes from this machine has had its holes taken out. */
static void
next_run(struct flow_chunk *ch)
{
	size_t at = ch->at, n = ch->len - at;

	if (ch->flow->from->remote)
		n = sparse_run(ch->buf, ch->len, &at);
	ch->doing = n > 0 ? FLOW_WRITE : FLOW_IDLE;
	ch->at = (uint32_t)at;
	ch->end = (uint32_t)(at + n);
}

static void
has_read(struct flow_chunk *ch)
{
	ch->at = 0;
	if (ch->flow->compare)
		ch->doing = FLOW_REREAD;
	else
		next_run(ch);
}

static void
has_written(struct flow_chunk *ch)
{
	if (ch->pos + ch->end > ch->flow->written)
		ch->flow->written = ch->pos + ch->end;
	next_run(ch);
}

static void
has_reread(struct flow_chunk *ch)
{
	if (memcmp(ch->buf, ch->buf + ch->len, ch->len) != 0)
		fail(ch, FLOW_DIFFERS);
	ch->doing = FLOW_IDLE;
}

/* Where the source ends is known now. */
static void
has_end(struct flow_chunk *ch)
{
	ch->len = ch->end = ch->at;
	ch->flow->size = ch->pos + ch->at;
	if (ch->at > 0)
		has_read(ch);
	else
		ch->doing = FLOW_IDLE;
}

static void
took(struct flow_chunk *ch, int rc)
{
	if (rc < 0)
		fail(ch, rc);
	else if (rc == 0 && ch->doing == FLOW_READ && ch->flow->to_end)
		has_end(ch);
	else if (rc == 0)
		fail(ch,
		    ch->doing == FLOW_WRITE      ? -EIO
			: ch->doing == FLOW_READ ? FLOW_SHORT
						 : FLOW_DIFFERS);
	else if ((ch->at += (uint32_t)rc) < ch->end)
		return;
	else if (ch->doing == FLOW_READ)
		has_read(ch);
	else if (ch->doing == FLOW_WRITE)
		has_written(ch);
	else
		has_reread(ch);
}

static int
submit(struct flow_chunk *ch)
{
	struct flow *f = ch->flow;
	uint32_t len = ch->end - ch->at;
	uint64_t pos = ch->pos + ch->at;
	char *buf = ch->buf + ch->at;

	if (ch->doing == FLOW_READ)
		return f->from->read(f->c, &ch->req, f->src, buf, len, pos);
	if (ch->doing == FLOW_WRITE)
		return f->to->write(f->c, &ch->req, f->dst, buf, len, pos);
	return f->to->read(f->c, &ch->req, f->dst, buf + ch->len, len, pos);
}

/* Until it waits for the server, which is false, or is at its end. */
static bool
run(struct flow_chunk *ch)
{
	int rc;

	while (ch->doing != FLOW_IDLE) {
		if ((rc = submit(ch)) == PLACE_PENDING)
			return false;
		took(ch, rc);
	}
	if (ch->flow->moved != NULL)
		*ch->flow->moved += ch->len;
	return true;
}

static uint64_t
lowest(const struct flow *f)
{
	uint64_t low = f->next;
	unsigned int i;

	for (i = 0; i < f->nchunks; i++)
		if (f->chunk[i].doing != FLOW_IDLE && f->chunk[i].pos < low)
			low = f->chunk[i].pos;
	return low;
}

/* The next piece of data for ch; false: there is none, or not yet. */
static bool
take(struct flow *f, struct flow_chunk *ch)
{
	uint32_t most = chunk_size(f);

	if (f->rc == 0 && *f->stop)
		f->rc = -EINTR;
	if (f->rc != 0 || f->next >= f->size)
		return false;
	if (f->to_end)
		f->data = f->size;
	if (f->next >= f->data)
		f->from->data(f->src, f->next, f->size, &f->next, &f->data);
	if (f->next >= f->size || f->next + most > lowest(f) + PARTIAL_WINDOW)
		return false;
	if (f->data - f->next < most)
		most = (uint32_t)(f->data - f->next);
	ch->flow = f;
	ch->pos = f->next;
	ch->len = ch->end = most;
	ch->at = 0;
	f->next += most;
	return true;
}

static void has_ended(struct etfsc_req *req, int rc);

static void
begin(struct flow *f, struct flow_chunk *ch)
{
	size_t room = f->size < chunk_size(f) ? f->size : chunk_size(f);

	while (take(f, ch)) {
		ch->doing = FLOW_READ;
		ch->req.done = has_ended;
		if (ch->buf == NULL &&
		    (ch->buf = malloc(f->compare ? 2 * room : room)) == NULL)
			fail(ch, -ENOMEM);
		if (!run(ch)) {
			f->busy++;
			return;
		}
	}
}

static void
fill(struct flow *f)
{
	unsigned int i;

	for (i = 0; i < f->nchunks; i++)
		if (f->chunk[i].doing == FLOW_IDLE)
			begin(f, &f->chunk[i]);
}

static void
release(struct flow *f)
{
	unsigned int i;

	for (i = 0; i < f->nchunks; i++)
		free(f->chunk[i].buf);
}

static void
has_ended(struct etfsc_req *req, int rc)
{
	struct flow_chunk *ch = (struct flow_chunk *)req;
	struct flow *f = ch->flow;

	took(ch, rc);
	if (!run(ch))
		return;
	f->busy--;
	fill(f);
	if (f->busy > 0)
		return;
	release(f);
	f->done(f, f->rc);
}

int
flow_start(struct flow *f)
{
	f->written = f->next;
	fill(f);
	if (f->busy > 0)
		return PLACE_PENDING;
	release(f);
	return f->rc;
}
