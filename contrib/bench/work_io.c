/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work_io.c -- workloads about what is in files: read4k, write4k, readseq,
 * writeseq, mix.
 *
 * The file is written when it is made.  Workloads that only write do it with
 * other contents, so that what was lost is seen; the mix writes what is there,
 * as others read it.
 */

#include "bench_internal.h"

enum {
	OLD,
	NEW
};

static void
read_done(struct slot *s, int rc)
{
	struct conn *c = s->conn;

	if (!op_want(s, "Tread", rc, (int)s->len))
		return;
	if (!pattern_is(
		&c->b->pattern, OLD, s->off, c->buf, s->len, c->b->r->ops)) {
		op_wrong(s, "Tread: wrong data");
		return;
	}
	s->bytes += s->len;
	op_ends(s);
}

static void
read_there(struct slot *s)
{
	op_send(s, read_done, etfsc_tread, s->conn->io, s->off, s->len,
	    s->conn->buf);
}

void
work_read4k(struct slot *s)
{
	op_random_place(s, BENCH_BLOCK);
	read_there(s);
}

static void
work_readseq(struct slot *s)
{
	op_next_place(s, s->conn->iosize);
	read_there(s);
}

/* The blocks that were written from end to end. */
static void
remember(struct slot *s)
{
	uint64_t first = (s->off + BENCH_BLOCK - 1) / BENCH_BLOCK;
	uint64_t end = (s->off + s->len) / BENCH_BLOCK;

	if (end > first)
		memset(s->conn->b->written + first, 1, end - first);
}

static void
write_done(struct slot *s, int rc)
{
	if (!op_want(s, "Twrite", rc, (int)s->len))
		return;
	if (s->conn->b->written != NULL)
		remember(s);
	s->bytes += s->len;
	op_ends(s);
}

static void
write_there(struct slot *s, unsigned int phase)
{
	op_send(s, write_done, etfsc_twrite, s->conn->io, s->off, s->len,
	    pattern_at(&s->conn->b->pattern, phase, s->off));
}

static void
work_write4k(struct slot *s)
{
	op_random_place(s, BENCH_BLOCK);
	write_there(s, NEW);
}

static void
work_writeseq(struct slot *s)
{
	op_next_place(s, s->conn->iosize);
	write_there(s, NEW);
}

static void
work_mix(struct slot *s)
{
	unsigned int dice =
	    (unsigned int)(bench_random(&s->conn->random) >> 32) % 100;

	if (dice < 60) {
		work_stat(s);
	} else if (dice < 85) {
		work_read4k(s);
	} else if (dice < 95) {
		op_random_place(s, BENCH_BLOCK);
		write_there(s, OLD);
	} else {
		work_create(s);
	}
}

const struct workload bench_read4k = {
	.name = "read4k",
	.help = "read 4 KiB, anywhere in the file",
	.needs = NEEDS_FILE,
	.begin = work_read4k,
};

const struct workload bench_write4k = {
	.name = "write4k",
	.help = "write 4 KiB, anywhere in the file",
	.needs = NEEDS_FILE | NEEDS_READBACK,
	.begin = work_write4k,
};

const struct workload bench_readseq = {
	.name = "readseq",
	.help = "read as much as a message takes, in order",
	.needs = NEEDS_FILE,
	.begin = work_readseq,
};

const struct workload bench_writeseq = {
	.name = "writeseq",
	.help = "write as much as a message takes, in order",
	.needs = NEEDS_FILE | NEEDS_READBACK,
	.begin = work_writeseq,
};

const struct workload bench_mix = {
	.name = "mix",
	.help = "60% stat, 25% read4k, 10% write4k, 5% create",
	.needs = NEEDS_FILE,
	.begin = work_mix,
};
