/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_io.c -- reading and writing as much as somebody wants.
 *
 * A transfer is cut into slices of one message each, of which some are in
 * flight at a time.  A slice that comes back short is asked for the rest, until
 * it is whole or there is a reason to stop: the end of the file, or an error.
 * The transfer is worth what lies before the first such place.
 *
 * That goes for what has offsets.  Of a stream, and of a file that is appended
 * to, only one slice is in flight, or they might pass each other.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "etfsc_files.h"

#define WINDOW (4U << 20) /* bytes in flight */
#define MAX_SLICES 64
#define MIN_SLICES 2
#define PAGE 4096U

struct transfer {
	struct etfsc_file *file;
	uint8_t *buf; /* read only, if it writes */
	bool writes;
	uint64_t off;
	size_t next; /* where the next slice begins */
	size_t end; /* of what there is to do, as far as we know */
	int rc; /* why it ends there */
	uint32_t slice; /* bytes */
	unsigned int busy;
};

struct slice {
	struct etfsc_req req;
	struct transfer *t;
	size_t pos, end;
};

static void
ask(struct slice *s)
{
	struct transfer *t = s->t;
	struct etfsc_file *file = t->file;
	uint32_t count = (uint32_t)(s->end - s->pos);

	if (t->writes)
		etfsc_twrite(file->fs, &s->req, file->fid, t->off + s->pos,
		    count, t->buf + s->pos);
	else
		etfsc_tread(file->fs, &s->req, file->fid, t->off + s->pos,
		    count, t->buf + s->pos);
}

/* Take the next piece of work; false: there is none. */
static bool
begin(struct slice *s)
{
	struct transfer *t = s->t;

	if (t->next >= t->end)
		return false;
	s->pos = t->next;
	s->end = t->end - t->next < t->slice ? t->end : t->next + t->slice;
	t->next = s->end;
	ask(s);
	return true;
}

/* To have written nothing is no answer, and must not be asked for ever. */
static void
stop(struct transfer *t, size_t pos, int rc)
{
	if (pos >= t->end)
		return;
	t->end = pos;
	t->rc = rc == 0 && t->writes ? -EIO : rc;
}

static void
slice_done(struct etfsc_req *req, int rc)
{
	struct slice *s = (struct slice *)req; /* its first member */

	if (rc <= 0) {
		stop(s->t, s->pos, rc);
	} else {
		s->pos += (size_t)rc;
		if (s->pos < s->end && s->pos < s->t->end) {
			ask(s);
			return;
		}
	}
	if (!begin(s))
		s->t->busy--;
}

/* Some file systems do not tell versions; a file with a size is no stream. */
static bool
has_offsets(struct etfsc_file *file)
{
	struct etfsc_attr attr;

	if (file->flags & O_APPEND)
		return false;
	if (file->qid.version != 0)
		return true;
	return etfsc_fstat(file, &attr) == 0 && S_ISREG(attr.mode) &&
	    attr.size > 0;
}

static unsigned int
slices_for(struct transfer *t)
{
	unsigned int n = WINDOW / t->slice;

	if (t->end <= t->slice || !has_offsets(t->file))
		return 1;
	return n < MIN_SLICES ? MIN_SLICES : n > MAX_SLICES ? MAX_SLICES : n;
}

static void
set_slice(struct transfer *t)
{
	t->slice = etfsc_iosize(t->file->fs);
	if (t->file->iounit != 0 && t->file->iounit < t->slice)
		t->slice = t->file->iounit;
	if (t->slice > PAGE)
		t->slice -= t->slice % PAGE;
}

static ssize_t
run(struct transfer *t)
{
	struct slice slices[MAX_SLICES];
	unsigned int i, n;

	set_slice(t);
	n = slices_for(t);
	for (i = 0; i < n; i++) {
		slices[i].req.done = slice_done;
		slices[i].t = t;
		if (!begin(&slices[i]))
			break;
		t->busy++;
	}
	while (t->busy > 0)
		etfsc_turn(t->file->fs, ETFSC_NEVER);
	return t->end > 0 ? (ssize_t)t->end : t->rc;
}

ssize_t
etfsc_read(struct etfsc_file *file, void *buf, size_t len, uint64_t off)
{
	struct transfer t = {
		.file = file, .buf = buf, .off = off, .end = len
	};

	return run(&t);
}

ssize_t
etfsc_write(struct etfsc_file *file, const void *buf, size_t len, uint64_t off)
{
	struct transfer t = { .file = file,
		.buf = (uint8_t *)(uintptr_t)buf,
		.writes = true,
		.off = off,
		.end = len };

	return run(&t);
}

ssize_t
etfsc_read_path(
    struct etfsc *fs, const char *path, void *buf, size_t len, uint64_t off)
{
	struct etfsc_file *file;
	ssize_t n;
	int rc;

	if ((rc = etfsc_open(fs, path, O_RDONLY, 0, &file)) != 0)
		return rc;
	n = etfsc_read(file, buf, len, off);
	rc = etfsc_close(file);
	return n >= 0 && rc != 0 ? rc : n;
}

ssize_t
etfsc_write_path(struct etfsc *fs, const char *path, const void *buf,
    size_t len, uint64_t off)
{
	struct etfsc_file *file;
	ssize_t n;
	int rc;

	if ((rc = etfsc_open(fs, path, O_WRONLY, 0, &file)) != 0)
		return rc;
	n = etfsc_write(file, buf, len, off);
	rc = etfsc_close(file);
	return n >= 0 && rc != 0 ? rc : n;
}
