/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plain.c -- bench-plain ADDRESS DIR: a server that makes the bare system call
 * for each request, at once, in its one thread.  No permissions, no locks, no
 * limits, no order to be kept: the best that a server of files can be.
 *
 * A fid is a descriptor for the place, and one more when it is open; it knows
 * its name and its directory's descriptor, to be opened by.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve.h"

struct fid {
	int place; /* O_PATH; 0: the fid is free */
	int file; /* open; 0: it is not */
	int dir;
	p9_qid qid;
	uint64_t cookie; /* where a directory goes on */
	char name[64];
};

struct table {
	struct fid *fids;
	uint32_t n;
};

static p9_qid
qid_of(const struct stat *st)
{
	return (p9_qid){ st->st_ino, 0,
		S_ISDIR(st->st_mode) ? P9_QTDIR : P9_QTFILE };
}

/* The fid of that number, which may be new; NULL: no memory. */
static struct fid *
get(struct serve_client *c, uint32_t number)
{
	struct table *t = c->state;
	struct fid *fids;
	uint32_t n;

	if (t == NULL && (c->state = t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	if (number < t->n)
		return &t->fids[number];
	n = 2 * (number + 32);
	if (number > 1 << 24 ||
	    (fids = realloc(t->fids, n * sizeof(*fids))) == NULL)
		return NULL;
	memset(fids + t->n, 0, (n - t->n) * sizeof(*fids));
	t->fids = fids;
	t->n = n;
	return &fids[number];
}

static void
clunk(struct fid *f)
{
	if (f->place > 0)
		close(f->place);
	if (f->file > 0)
		close(f->file);
	f->place = f->file = 0;
}

static void
gone(struct serve_client *c)
{
	struct table *t = c->state;
	uint32_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n; i++)
		clunk(&t->fids[i]);
	free(t->fids);
	free(t);
}

static const char *
copy_name(char out[64], const p9_str *name)
{
	size_t len = name->len < 63 ? name->len : 63;

	memcpy(out, name->s, len);
	out[len] = '\0';
	return out;
}

static int
attach(struct fid *f, const char *root, p9_qid *qid)
{
	struct stat st;

	f->place = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->place < 0 || fstat(f->place, &st) != 0)
		return -errno;
	f->dir = f->place;
	strcpy(f->name, ".");
	*qid = f->qid = qid_of(&st);
	return 0;
}

/* One name on; the place where it was is still somebody's. */
static int
step(struct fid *f, const p9_str *name, p9_qid *qid)
{
	struct stat st;
	int place;

	place = openat(f->place, copy_name(f->name, name),
	    O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (place < 0 || fstat(place, &st) != 0)
		return -errno;
	f->dir = f->place;
	f->place = place;
	*qid = f->qid = qid_of(&st);
	return 0;
}

/* What is passed on the way is closed, so only one step leaves its dir. */
static int
steps(struct fid *f, const p9_names *names, p9_qids *out)
{
	int rc = 0;

	for (out->n = 0; out->n < names->n; out->n++) {
		rc = step(f, &names->name[out->n], &out->qid[out->n]);
		if (rc != 0)
			break;
		if (out->n > 0) {
			close(f->dir);
			f->dir = -1;
		}
	}
	return rc;
}

static int
walk(struct serve_client *c, const struct p9_Twalk *t, p9_qids *out)
{
	struct fid f = *get(c, t->fid), *to; /* answer() has looked */
	int from = f.place, rc;

	f.file = 0;
	if (t->wname.n == 0 && (f.place = dup(f.place)) < 0)
		return -errno;
	rc = steps(&f, &t->wname, out);
	if (rc == 0 && (to = get(c, t->newfid)) != NULL)
		*to = f;
	else if (f.place != from)
		close(f.place);
	return out->n == 0 ? rc : 0;
}

static int
open_it(struct fid *f, const struct p9_Tlopen *t, struct p9_Rlopen *r)
{
	int flags = (int)(t->flags & (P9_O_ACCMODE | P9_O_TRUNC)) | O_CLOEXEC;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->place);
	f->file =
	    f->dir > 0 ? openat(f->dir, f->name, flags) : open(path, flags);
	if (f->file < 0)
		return -errno;
	f->cookie = 0;
	*r = (struct p9_Rlopen){ f->qid, 0 };
	return 0;
}

static int
create(struct fid *f, const struct p9_Tlcreate *t, struct p9_Rlcreate *r)
{
	struct stat st;

	f->file = openat(f->place, copy_name(f->name, &t->name),
	    (int)(t->flags & (P9_O_ACCMODE | P9_O_EXCL)) | O_CREAT | O_CLOEXEC,
	    t->mode & 0777);
	if (f->file < 0 || fstat(f->file, &st) != 0)
		return -errno;
	f->dir = f->place;
	*r = (struct p9_Rlcreate){ qid_of(&st), 0 };
	return 0;
}

static int
getattr(const struct fid *f, struct p9_Rgetattr *r)
{
	struct stat st;

	if (fstat(f->file > 0 ? f->file : f->place, &st) != 0)
		return -errno;
	memset(r, 0, sizeof(*r));
	r->valid = P9_GETATTR_BASIC;
	r->qid = qid_of(&st);
	r->mode = st.st_mode;
	r->uid = st.st_uid;
	r->gid = st.st_gid;
	r->nlink = st.st_nlink;
	r->size = (uint64_t)st.st_size;
	r->blksize = (uint64_t)st.st_blksize;
	r->blocks = (uint64_t)st.st_blocks;
	r->mtime_sec = (uint64_t)st.st_mtim.tv_sec;
	r->mtime_nsec = (uint64_t)st.st_mtim.tv_nsec;
	return 0;
}

static int
read_it(const struct fid *f, const struct p9_Tread *t, p9_data *data,
    uint8_t *payload)
{
	ssize_t n = pread(f->file, payload, t->count, (off_t)t->offset);

	if (n < 0)
		return -errno;
	*data = (p9_data){ payload, (uint32_t)n };
	return 0;
}

static int
write_it(const struct fid *f, const struct p9_Twrite *t, uint32_t *count)
{
	ssize_t n = pwrite(f->file, t->data.p, t->data.len, (off_t)t->offset);

	if (n < 0)
		return -errno;
	*count = (uint32_t)n;
	return 0;
}

/* An entry is longer in the message by a fifth at most. */
static int
list(
    struct fid *f, const struct p9_Treaddir *t, p9_data *data, uint8_t *payload)
{
	static uint8_t buf[SERVE_MSIZE];
	const struct dirent64 *e;
	struct p9_dirent out;
	long n, at;

	if (t->offset != f->cookie)
		lseek(f->file, (off_t)t->offset, SEEK_SET);
	n = syscall(SYS_getdents64, f->file, buf, t->count / 5 * 4);
	if (n < 0)
		return -errno;
	*data = (p9_data){ payload, 0 };
	for (at = 0; at < n; at += e->d_reclen) {
		e = (const struct dirent64 *)(const void *)(buf + at);
		out.qid = (p9_qid){ e->d_ino, 0,
			e->d_type == DT_DIR ? P9_QTDIR : P9_QTFILE };
		out.offset = f->cookie = (uint64_t)e->d_off;
		out.type = e->d_type;
		out.name = (p9_str){ e->d_name, (uint16_t)strlen(e->d_name) };
		data->len += (uint32_t)p9_dirent_encode(
		    &out, payload + data->len, t->count - data->len);
	}
	return 0;
}

static int
make(struct serve_client *c, const struct p9_msg *t, p9_qid *qid)
{
	bool is_dir = t->type == P9_Tmkdir;
	uint32_t fid = is_dir ? t->u.Tmkdir.dfid : t->u.Tmknod.dfid;
	const struct fid *dir = get(c, fid);
	char name[64];
	int rc;

	copy_name(name, is_dir ? &t->u.Tmkdir.name : &t->u.Tmknod.name);
	if (is_dir)
		rc = mkdirat(dir->place, name, t->u.Tmkdir.mode & 0777);
	else
		rc = mknodat(dir->place, name, S_IFREG | 0644, 0);
	*qid = (p9_qid){ 0, 0, is_dir ? P9_QTDIR : P9_QTFILE };
	return rc == 0 ? 0 : -errno;
}

static int
unlink_it(const struct fid *dir, const struct p9_Tunlinkat *t)
{
	char name[64];

	copy_name(name, &t->name);
	return unlinkat(dir->place, name,
		   t->flags & P9_AT_REMOVEDIR ? AT_REMOVEDIR : 0) == 0
	    ? 0
	    : -errno;
}

/* All bodies but Tversion's, Rlerror's and their like begin with a fid. */
static int
answer(struct serve_client *c, const struct p9_msg *t, struct p9_msg *r,
    uint8_t *payload)
{
	struct fid *f;

	if (t->type == P9_Tversion) {
		gone(c);
		c->state = NULL;
		serve_version(c, t, r);
		return 0;
	}
	f = get(c, t->u.Tclunk.fid);
	if (f == NULL)
		return -ENOMEM;
	if (f->place <= 0 && t->type != P9_Tattach)
		return -EBADF;
	switch (t->type) {
	case P9_Tattach:
		return attach(f, c->serve->arg, &r->u.Rattach.qid);
	case P9_Twalk:
		return walk(c, &t->u.Twalk, &r->u.Rwalk.wqid);
	case P9_Tlopen:
		return open_it(f, &t->u.Tlopen, &r->u.Rlopen);
	case P9_Tlcreate:
		return create(f, &t->u.Tlcreate, &r->u.Rlcreate);
	case P9_Tgetattr:
		return getattr(f, &r->u.Rgetattr);
	case P9_Tread:
		return read_it(f, &t->u.Tread, &r->u.Rread.data, payload);
	case P9_Twrite:
		return write_it(f, &t->u.Twrite, &r->u.Rwrite.count);
	case P9_Treaddir:
		return list(f, &t->u.Treaddir, &r->u.Rreaddir.data, payload);
	case P9_Tmkdir:
	case P9_Tmknod:
		return make(c, t, &r->u.Rmkdir.qid);
	case P9_Tunlinkat:
		return unlink_it(f, &t->u.Tunlinkat);
	case P9_Tclunk:
		clunk(f);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

int
main(int argc, char **argv)
{
	struct serve serve = { .answer = answer, .gone = gone };

	if (argc != 3) {
		fprintf(stderr, "usage: bench-plain ADDRESS DIR\n");
		return 2;
	}
	umask(0);
	serve.arg = argv[2];
	return serve_at(argv[1], &serve) != 0;
}
