/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work_names.c -- workloads about names and attributes: getattr, walk1, walk8,
 * stat, open, create.
 */

#include "bench_internal.h"

static const char *const shallow[] = { "file" };
static const char *const deep[BENCH_DEEP] = { "d1", "d2", "d3", "d4", "d5",
	"d6", "d7", "file" };

/* Is it the file? */
static bool
is_right(struct slot *s)
{
	const struct bench *b = s->conn->b;

	if (b->o->forgetful || s->attr.size == b->o->size)
		return true;
	op_wrong(s, "Tgetattr: a wrong size");
	return false;
}

/* The last step of several. */
static void
over(struct slot *s, int rc)
{
	if (op_want(s, "Tclunk", rc, 0))
		op_ends(s);
}

static void
clunk(struct slot *s)
{
	uint32_t fid = s->fid;

	s->fid = ETFSC_NOFID;
	op_send(s, over, etfsc_tclunk, fid);
}

static void
getattr_told(struct slot *s, int rc)
{
	if (op_want(s, "Tgetattr", rc, 0) && is_right(s))
		op_ends(s);
}

static void
work_getattr(struct slot *s)
{
	op_send(s, getattr_told, etfsc_tgetattr, s->conn->file,
	    ETFSC_ATTR_BASIC, &s->attr);
}

static void
walk1_found(struct slot *s, int rc)
{
	if (op_want(s, "Twalk", rc, 1))
		clunk(s);
}

static void
work_walk1(struct slot *s)
{
	op_send(s, walk1_found, etfsc_twalk, s->conn->dir, &s->fid, shallow, 1,
	    s->qid);
}

static void
walk8_found(struct slot *s, int rc)
{
	if (op_want(s, "Twalk", rc, BENCH_DEEP))
		clunk(s);
}

static void
work_walk8(struct slot *s)
{
	op_send(s, walk8_found, etfsc_twalk, s->conn->dir, &s->fid, deep,
	    BENCH_DEEP, s->qid);
}

static void
stat_told(struct slot *s, int rc)
{
	if (op_want(s, "Tgetattr", rc, 0) && is_right(s))
		clunk(s);
}

static void
stat_found(struct slot *s, int rc)
{
	if (op_want(s, "Twalk", rc, 1))
		op_send(s, stat_told, etfsc_tgetattr, s->fid, ETFSC_ATTR_BASIC,
		    &s->attr);
}

void
work_stat(struct slot *s)
{
	op_send(s, stat_found, etfsc_twalk, s->conn->dir, &s->fid, shallow, 1,
	    s->qid);
}

static void
open_open(struct slot *s, int rc)
{
	if (op_want(s, "Tlopen", rc, 0))
		clunk(s);
}

static void
open_found(struct slot *s, int rc)
{
	if (op_want(s, "Twalk", rc, 1))
		op_send(
		    s, open_open, etfsc_tlopen, s->fid, O_RDONLY, s->qid, NULL);
}

static void
work_open(struct slot *s)
{
	op_send(s, open_found, etfsc_twalk, s->conn->dir, &s->fid, shallow, 1,
	    s->qid);
}

static void
create_removed(struct slot *s, int rc)
{
	const char *what = s->conn->b->old ? "Tremove" : "Tunlinkat";

	if (op_want(s, what, rc, 0))
		op_ends(s);
}

static void
create_clunked(struct slot *s, int rc)
{
	if (op_want(s, "Tclunk", rc, 0))
		op_send(s, create_removed, etfsc_tunlinkat, s->conn->dir,
		    s->name, 0);
}

/* A Tremove clunks the fid as well. */
static void
create_written(struct slot *s, int rc)
{
	uint32_t fid = s->fid;

	if (!op_want(s, "Twrite", rc, BENCH_SMALL))
		return;
	s->bytes += BENCH_SMALL;
	s->fid = ETFSC_NOFID;
	if (s->conn->b->old)
		op_send(s, create_removed, etfsc_tremove, fid);
	else
		op_send(s, create_clunked, etfsc_tclunk, fid);
}

static void
create_made(struct slot *s, int rc)
{
	const struct bench *b = s->conn->b;

	if (op_want(s, "Tlcreate", rc, 0))
		op_send(s, create_written, etfsc_twrite, s->fid, 0, BENCH_SMALL,
		    pattern_at(&b->pattern, 0, 0));
}

static void
create_found(struct slot *s, int rc)
{
	if (op_want(s, "Twalk", rc, 0))
		op_send(s, create_made, etfsc_tlcreate, s->fid, s->name,
		    O_WRONLY | O_EXCL, 0644, ETFSC_NOID, s->qid, NULL);
}

void
work_create(struct slot *s)
{
	op_send(
	    s, create_found, etfsc_twalk, s->conn->dir, &s->fid, NULL, 0, NULL);
}

const struct workload bench_getattr = {
	.name = "getattr",
	.help = "attributes of a file that has a fid",
	.needs = NEEDS_FILE,
	.begin = work_getattr,
};

const struct workload bench_walk1 = {
	.name = "walk1",
	.help = "walk one name, clunk",
	.needs = NEEDS_FILE,
	.begin = work_walk1,
};

const struct workload bench_walk8 = {
	.name = "walk8",
	.help = "walk eight names, clunk",
	.needs = NEEDS_FILE | NEEDS_DEEP,
	.begin = work_walk8,
};

const struct workload bench_stat = {
	.name = "stat",
	.help = "walk, getattr, clunk",
	.needs = NEEDS_FILE,
	.begin = work_stat,
};

const struct workload bench_open = {
	.name = "open",
	.help = "walk, open, clunk",
	.needs = NEEDS_FILE,
	.begin = work_open,
};

const struct workload bench_create = {
	.name = "create",
	.help = "create a file, write 1 KiB, clunk, unlink",
	.begin = work_create,
};
