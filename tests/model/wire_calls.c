/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire_calls.c -- what is done to files, as messages.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "wire_calls.h"

static int
do_read(struct wire_calls *c, const struct step *s, struct outcome *out)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	etfsc_tread(
	    c->fs, &req, c->slots[s->slot].open, s->off, s->len, out->data);
	rc = etfsc_wait(c->fs, &req);
	out->len = rc > 0 ? (uint32_t)rc : 0;
	return rc;
}

static int
do_write(struct wire_calls *c, const struct step *s)
{
	struct etfsc_req req = { .done = NULL };
	uint8_t buf[STEP_DATA];

	step_fill(s->seed, buf, s->len);
	etfsc_twrite(c->fs, &req, c->slots[s->slot].open, s->off, s->len, buf);
	return etfsc_wait(c->fs, &req);
}

static void
add_entry(struct outcome *out, const struct etfsc_dirent *e, int *n)
{
	if (e->name[0] == '.')
		return;
	outcome_add(out, e->name);
	(*n)++;
}

/* In small pieces, so that it goes on from a cookie; removed is empty. */
static int
do_readdir(struct wire_calls *c, const struct step *s, struct outcome *out)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t count = s->way & WAY_SINGLY ? 320 : 4096;
	struct etfsc_dirent e = { .cookie = 0 };
	uint8_t buf[4096];
	int rc, at, len, n = 0;

	for (;;) {
		etfsc_treaddir(
		    c->fs, &req, c->slots[s->slot].open, e.cookie, count, buf);
		if ((rc = etfsc_wait(c->fs, &req)) <= 0)
			break;
		for (at = 0; at < rc; at += len) {
			len = etfsc_dirent_get(buf + at, (size_t)(rc - at), &e);
			if (len <= 0)
				return -EBADMSG;
			add_entry(out, &e, &n);
		}
	}
	outcome_sort(out);
	return rc == 0 || rc == -ENOENT ? n : rc;
}

static int
do_close(struct wire_calls *c, const struct step *s)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t *walked = &c->slots[s->slot].walked;
	uint32_t *open = &c->slots[s->slot].open;
	int rc;

	etfsc_tclunk(c->fs, &req, *open);
	rc = etfsc_wait(c->fs, &req);
	etfsc_tclunk(c->fs, &req, *walked);
	if (rc == 0)
		rc = etfsc_wait(c->fs, &req);
	else
		etfsc_wait(c->fs, &req);
	*walked = *open = ETFSC_NOFID;
	return rc;
}

static int
do_lock(struct wire_calls *c, const struct step *s)
{
	static const int types[] = { F_RDLCK, F_WRLCK, F_UNLCK };
	struct etfsc_lock lk = { .type = types[s->flags],
		.start = s->off,
		.length = s->len,
		.proc_id = 1000 + s->party,
		.client_id = "model" };
	struct etfsc_req req = { .done = NULL };

	etfsc_tlock(c->fs, &req, c->slots[s->slot].open, &lk, false);
	return etfsc_wait(c->fs, &req);
}

static int
do_stat(struct wire_calls *c, uint32_t fid, struct outcome *out)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_attr a;
	int rc;

	etfsc_tgetattr(c->fs, &req, fid, ETFSC_ATTR_ALL, &a);
	if ((rc = etfsc_wait(c->fs, &req)) != 0)
		return rc;
	if ((a.valid & ETFSC_ATTR_BASIC) != ETFSC_ATTR_BASIC)
		return -EBADMSG;
	out->attr = (struct outcome_attr){ .mode = a.mode,
		.uid = a.uid,
		.gid = a.gid,
		.ino = a.qid.path,
		.nlink = a.nlink,
		.size = a.size,
		.atime = a.atime,
		.mtime = a.mtime,
		.ctime = a.ctime };
	return 0;
}

static int
do_setattr(struct wire_calls *c, const struct step *s, uint32_t fid)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_setattr set = { .mode = s->mode,
		.uid = s->uid,
		.gid = s->gid,
		.size = s->off,
		.atime = s->times[0],
		.mtime = s->times[1] };

	if (s->op == OP_CHMOD)
		set.valid = ETFSC_SET_MODE;
	else if (s->op == OP_TRUNCATE)
		set.valid = ETFSC_SET_SIZE;
	else if (s->op == OP_CHOWN)
		set.valid = (s->uid != ETFSC_NOID ? ETFSC_SET_UID : 0) |
		    (s->gid != ETFSC_NOID ? ETFSC_SET_GID : 0);
	else
		set.valid = ETFSC_SET_ATIME | ETFSC_SET_MTIME;
	etfsc_tsetattr(c->fs, &req, fid, &set);
	return etfsc_wait(c->fs, &req);
}

static int
get_xattr(
    struct wire_calls *c, uint32_t fid, const char *name, struct outcome *out)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t value;
	uint64_t size;
	int rc;

	etfsc_txattrwalk(c->fs, &req, fid, &value, name, &size);
	if ((rc = etfsc_wait(c->fs, &req)) != 0)
		return rc;
	etfsc_tread(c->fs, &req, value, 0, (uint32_t)size, out->data);
	rc = etfsc_wait(c->fs, &req);
	etfsc_forget(c->fs, value);
	if (rc >= 0 && (uint64_t)rc != size)
		return -EBADMSG;
	out->len = rc > 0 ? (uint32_t)rc : 0;
	return rc;
}

static int
set_xattr(struct wire_calls *c, uint32_t file, const struct step *s, int flags,
    uint32_t len)
{
	struct etfsc_req req = { .done = NULL };
	uint8_t buf[200];
	uint32_t fid;
	int rc, clunked;

	step_fill(s->seed, buf, len);
	if ((rc = wire_clone(c, file, &fid)) != 0)
		return rc;
	etfsc_txattrcreate(c->fs, &req, fid, step_xattr(s->which), len, flags);
	if ((rc = etfsc_wait(c->fs, &req)) == 0 && len > 0) {
		etfsc_twrite(c->fs, &req, fid, 0, len, buf);
		rc = etfsc_wait(c->fs, &req);
	}
	etfsc_tclunk(c->fs, &req, fid);
	clunked = etfsc_wait(c->fs, &req);
	return rc < 0 ? rc : clunked;
}

static int
list_xattrs(struct wire_calls *c, uint32_t fid, struct outcome *out)
{
	static struct outcome list;
	const char *name, *stop;
	int rc = get_xattr(c, fid, "", &list), n = 0;

	if (rc < 0)
		return rc;
	stop = (const char *)list.data + rc;
	for (name = (const char *)list.data; name < stop;
	     name += strlen(name) + 1)
		if (strncmp(name, "user.", 5) == 0) {
			outcome_add(out, name);
			n++;
		}
	outcome_sort(out);
	return n;
}

static int
do_statfs(struct wire_calls *c, uint32_t fid)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_statfs st;
	int rc;

	etfsc_tstatfs(c->fs, &req, fid, &st);
	if ((rc = etfsc_wait(c->fs, &req)) != 0)
		return rc;
	return st.bsize > 0 && st.bfree <= st.blocks && st.namelen >= 255
	    ? 0
	    : -ERANGE;
}

static int
do_fsync(struct wire_calls *c, const struct step *s)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tfsync(
	    c->fs, &req, c->slots[s->slot].open, (s->way & WAY_OTHER) != 0);
	return etfsc_wait(c->fs, &req);
}

/* On a fid, however it has been come by. */
static int
on_fid(struct wire_calls *c, const struct step *s, uint32_t fid,
    struct outcome *out)
{
	static const int flags[] = { 0, XATTR_CREATE, XATTR_REPLACE };

	switch (s->op) {
	case OP_STAT:
		return do_stat(c, fid, out);
	case OP_GETXATTR:
		return get_xattr(c, fid, step_xattr(s->which), out);
	case OP_SETXATTR:
		return set_xattr(c, fid, s, flags[s->flags], s->len % 200);
	case OP_REMOVEXATTR:
		return set_xattr(c, fid, s, XATTR_REPLACE, 0);
	case OP_LISTXATTR:
		return list_xattrs(c, fid, out);
	case OP_STATFS:
		return do_statfs(c, fid);
	default:
		return do_setattr(c, s, fid);
	}
}

static int
on_file(struct wire_calls *c, const struct step *s, struct outcome *out)
{
	bool clones = s->op == OP_SETXATTR || s->op == OP_REMOVEXATTR;
	uint32_t fid;
	int rc;

	if (s->slot != STEP_ROOT)
		return on_fid(c, s,
		    s->way & WAY_OTHER && !clones ? c->slots[s->slot].open
						  : c->slots[s->slot].walked,
		    out);
	if ((rc = wire_walk(c, s, &s->at, s->at.n, &fid, NULL)) != 0)
		return rc;
	rc = on_fid(c, s, fid, out);
	etfsc_forget(c->fs, fid);
	return rc;
}

void
wire_calls_run(struct wire_calls *c, const struct step *s, struct outcome *out)
{
	switch (s->op) {
	case OP_OPEN:
		out->rc = wire_open(c, s);
		break;
	case OP_CLOSE:
		out->rc = do_close(c, s);
		break;
	case OP_READ:
		out->rc = do_read(c, s, out);
		break;
	case OP_WRITE:
		out->rc = do_write(c, s);
		break;
	case OP_READDIR:
		out->rc = do_readdir(c, s, out);
		break;
	case OP_FSYNC:
		out->rc = do_fsync(c, s);
		break;
	case OP_LOCK:
		out->rc = do_lock(c, s);
		break;
	default:
		out->rc = s->op >= OP_READLINK && s->op <= OP_RMDIR
		    ? wire_name(c, s, out)
		    : on_file(c, s, out);
	}
}
