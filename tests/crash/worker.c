/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker.c -- one who changes files in his directory.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash.h"

const char *
worker_name(unsigned int i)
{
	static const char *const names[NAMES] = { "a", "b", "c", "d", "e" };

	return names[i];
}

static struct file *
new_file(bool is_dir, mode_t mode)
{
	struct file *f = calloc(1, sizeof(*f));

	if (f == NULL || (f->bytes = calloc(1, FILE_MAX)) == NULL)
		crash_fail("no memory");
	f->is_dir = is_dir;
	f->mode = f->or_mode = mode;
	f->uid = f->or_uid = geteuid();
	return f;
}

static void
free_file(struct file *f)
{
	free(f->bytes);
	free(f);
}

/* A name is taken away; the file stays as long as it is open. */
static void
drop_name(struct worker *w, unsigned int i)
{
	if (w->names[i] == w->open)
		w->named = false;
	else
		free_file(w->names[i]);
	w->names[i] = NULL;
}

static void
drop_open(struct worker *w)
{
	if (w->open != NULL && !w->named)
		free_file(w->open);
	w->open = NULL;
}

static uint32_t
walk(struct etfsc *fs, uint32_t from, const char *name)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t fid = ETFSC_NOFID;

	etfsc_twalk(fs, &req, from, &fid, &name, name == NULL ? 0 : 1, NULL);
	if (etfsc_wait(fs, &req) != (name != NULL))
		crash_fail("cannot walk to %s", name);
	return fid;
}

void
worker_begin(struct worker *w, struct etfsc *fs)
{
	struct etfsc_req req = { .done = NULL };
	char name[16];

	snprintf(name, sizeof(name), "w%u", w->number);
	w->fs = fs;
	w->dir = walk(fs, etfsc_root(fs), name);
	w->opendir = walk(fs, w->dir, NULL);
	etfsc_tlopen(fs, &req, w->opendir, O_RDONLY, NULL, NULL);
	if (etfsc_wait(fs, &req) != 0)
		crash_fail("cannot open %s", name);
}

/* The connection is gone, and its fids with it. */
void
worker_forget(struct worker *w)
{
	drop_open(w);
	w->dir = w->opendir = w->file = ETFSC_NOFID;
}

static bool
has_names(const struct file *f)
{
	return f != NULL;
}

/* Is there something of the kind to do?  Then it is prepared. */
static bool
choose(struct worker *w)
{
	const struct file *from, *to;

	w->from = crash_random(NAMES);
	w->to = crash_random(NAMES);
	from = w->names[w->from];
	to = w->names[w->to];
	switch (w->deed) {
	case CREATE:
		return w->open == NULL && !has_names(from);
	case WRITE:
	case TRUNCATE:
	case CHMOD:
	case CHOWN:
	case CLOSE:
	case FSYNC:
		return w->open != NULL;
	case RENAME:
		return has_names(from) && w->from != w->to &&
		    (!has_names(to) || to->is_dir == from->is_dir);
	case UNLINK:
	case RMDIR:
		return has_names(from) && from->is_dir == (w->deed == RMDIR);
	case MKDIR:
		return !has_names(from);
	default:
		return true;
	}
}

static void
prepare(struct worker *w, bool as_root)
{
	static const enum deed deeds[] = { CREATE, CREATE, WRITE, WRITE, WRITE,
		WRITE, TRUNCATE, CHMOD, CHOWN, CLOSE, RENAME, RENAME, RENAME,
		UNLINK, MKDIR, RMDIR, FSYNC, FSYNC, FSYNC_DIR, FSYNC_DIR };
	size_t i;

	do
		w->deed = deeds[crash_random(sizeof(deeds) / sizeof(*deeds))];
	while ((w->deed == CHOWN && !as_root) || !choose(w));
	w->mode = 0600 | (mode_t)crash_random(0200);
	w->uid = 1000 + crash_random(3);
	w->off = crash_random(FILE_MAX - WRITE_MAX);
	w->len = crash_random(4) == 0 ? 1 + crash_random(WRITE_MAX)
				      : 1 + crash_random(2000);
	for (i = 0; i < w->len && w->deed == WRITE; i++)
		w->data[i] = (uint8_t)(1 + crash_random(255));
}

static void
submit_setattr(struct worker *w)
{
	struct etfsc_setattr set = { .mode = w->mode,
		.uid = w->uid,
		.size = w->off,
		.valid = w->deed == CHMOD ? ETFSC_SET_MODE
		    : w->deed == CHOWN    ? ETFSC_SET_UID
					  : ETFSC_SET_SIZE };

	etfsc_tsetattr(w->fs, &w->req, w->file, &set);
}

static void
submit_name(struct worker *w)
{
	const char *from = worker_name(w->from), *to = worker_name(w->to);

	switch (w->deed) {
	case CREATE:
		w->file = ETFSC_NOFID;
		etfsc_twalk(w->fs, &w->walk, w->dir, &w->file, NULL, 0, NULL);
		etfsc_tlcreate(w->fs, &w->req, w->file, from, O_RDWR, w->mode,
		    ETFSC_NOID, NULL, NULL);
		break;
	case RENAME:
		etfsc_trenameat(w->fs, &w->req, w->dir, from, w->dir, to);
		break;
	case MKDIR:
		etfsc_tmkdir(w->fs, &w->req, w->dir, from, w->mode | 0100,
		    ETFSC_NOID, NULL);
		break;
	default:
		etfsc_tunlinkat(w->fs, &w->req, w->dir, from,
		    w->deed == RMDIR ? AT_REMOVEDIR : 0);
	}
}

void
worker_go(struct worker *w, bool as_root)
{
	prepare(w, as_root);
	switch (w->deed) {
	case WRITE:
		etfsc_twrite(
		    w->fs, &w->req, w->file, w->off, (uint32_t)w->len, w->data);
		break;
	case TRUNCATE:
	case CHMOD:
	case CHOWN:
		submit_setattr(w);
		break;
	case CLOSE:
		etfsc_tclunk(w->fs, &w->req, w->file);
		break;
	case FSYNC:
	case FSYNC_DIR:
		etfsc_tfsync(w->fs, &w->req,
		    w->deed == FSYNC ? w->file : w->opendir, false);
		break;
	default:
		submit_name(w);
	}
}

static void
resize(struct file *f, size_t size)
{
	if (size < f->size)
		memset(f->bytes + size, 0, f->size - size);
	f->size = size;
}

static void
apply_name(struct worker *w)
{
	struct file *f;

	switch (w->deed) {
	case CREATE:
		drop_open(w);
		w->open = w->names[w->from] = new_file(false, w->mode);
		w->named = true;
		break;
	case RENAME:
		f = w->names[w->from];
		w->names[w->from] = NULL;
		if (w->names[w->to] != NULL)
			drop_name(w, w->to);
		w->names[w->to] = f;
		break;
	case MKDIR:
		w->names[w->from] = new_file(true, w->mode | 0100);
		break;
	default:
		drop_name(w, w->from);
	}
}

void
worker_apply(struct worker *w, size_t len)
{
	switch (w->deed) {
	case WRITE:
		memcpy(w->open->bytes + w->off, w->data, len);
		if (w->open->size < w->off + len)
			w->open->size = w->off + len;
		break;
	case TRUNCATE:
		resize(w->open, w->off);
		break;
	case CHMOD:
		w->open->mode = w->open->or_mode = w->mode;
		break;
	case CHOWN:
		w->open->uid = w->open->or_uid = w->uid;
		break;
	case CLOSE:
		drop_open(w);
		break;
	case FSYNC:
	case FSYNC_DIR:
		break;
	default:
		apply_name(w);
	}
}

void
worker_acknowledge(struct worker *w, struct tally *tally)
{
	if (w->req.rc < 0 || (w->deed == WRITE && w->req.rc == 0))
		crash_fail("worker %u: operation %d on %s: %s", w->number,
		    w->deed, worker_name(w->from), strerror(-w->req.rc));
	worker_apply(w, w->deed == WRITE ? (size_t)w->req.rc : 0);
	tally->acknowledged++;
	tally->fsyncs += w->deed == FSYNC || w->deed == FSYNC_DIR;
}
