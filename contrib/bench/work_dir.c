/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work_dir.c -- workloads about large directories: an operation is a whole
 * listing, by a fid of its own.
 */

#include "bench_internal.h"

static const char *const path[] = { "many" };

static int
ready(struct slot *s)
{
	struct etfsc *fs = s->conn->fs;
	int rc;

	s->held = ETFSC_NOFID;
	etfsc_twalk(fs, &s->req, s->conn->dir, &s->held, path, 1, s->qid);
	if ((rc = etfsc_wait(fs, &s->req)) != 1)
		return rc < 0 ? rc : -ENOENT;
	etfsc_tlopen(fs, &s->req, s->held, O_RDONLY | O_DIRECTORY, NULL, NULL);
	return etfsc_wait(fs, &s->req);
}

static void ask(struct slot *s);

/* Every entry is there once if their number and their sum are right. */
static void
finish(struct slot *s)
{
	const struct bench *b = s->conn->b;
	uint64_t n = b->o->forgetful ? 0 : b->w->entries;

	if (s->entries != n || s->sum != n * (n - 1) / 2)
		op_wrong(s, "Treaddir: entries are missing, or there twice");
	else
		op_ends(s);
}

static void
told(struct slot *s, int rc)
{
	const uint8_t *buf = s->conn->buf;
	struct etfsc_dirent e;
	int done, n;

	if (rc < 0) {
		op_want(s, "Treaddir", rc, 0);
		return;
	}
	if (rc == 0) {
		finish(s);
		return;
	}
	for (done = 0; done < rc; done += n) {
		n = etfsc_dirent_get(buf + done, (size_t)(rc - done), &e);
		if (n <= 0) {
			op_wrong(s, "Treaddir: a malformed entry");
			return;
		}
		s->off = e.cookie;
		if (e.name[0] == '.')
			continue;
		s->entries++;
		s->sum += strtoul(e.name + 1, NULL, 10);
	}
	ask(s);
}

static void
ask(struct slot *s)
{
	op_send(s, told, etfsc_treaddir, s->held, s->off, s->conn->iosize,
	    s->conn->buf);
}

static void
work_readdir(struct slot *s)
{
	s->off = s->sum = 0;
	ask(s);
}

const struct workload bench_readdir1k = {
	.name = "readdir1k",
	.help = "list a directory of 1,000 files",
	.entries = 1000,
	.ready = ready,
	.begin = work_readdir,
};

const struct workload bench_readdir100k = {
	.name = "readdir100k",
	.help = "list a directory of 100,000 files",
	.entries = 100000,
	.ready = ready,
	.begin = work_readdir,
};
