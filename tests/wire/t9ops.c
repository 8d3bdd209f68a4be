/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t9ops.c -- a message or a few, sent and looked at.
 *
 * Inside here nothing sets the place that failures are reported for: it stays
 * the test's line.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* The functions themselves, not their callers' macros. */
#undef t9_fails
#undef t9_ok
#undef t9_version
#undef t9_attach
#undef t9_walk
#undef t9_clunk
#undef t9_open
#undef t9_create
#undef t9_mkdir
#undef t9_unlink
#undef t9_rmdir
#undef t9_read
#undef t9_write
#undef t9_put
#undef t9_has
#undef t9_reads
#undef t9_getattr
#undef t9_stat
#undef t9_statfs
#undef t9_exists
#undef t9_readdir
#undef t9_list_find
#undef t9_count
#undef t9_setxattr
#undef t9_getxattr
#undef t9_lock
#undef t9_locked
#undef t9_lock_wait
#undef t9_send

#define OK(c, ...) t9_expect(c, 0, T9_MSG(__VA_ARGS__))

void
t9_version(struct t9 *c, uint32_t msize)
{
	struct p9_Rversion *r = &c->in.u.Rversion;

	OK(c, Tversion, .msize = msize, .version = t9_str(P9_VERSION_L));
	if (!t9_str_is(r->version, P9_VERSION_L) || r->msize > msize ||
	    r->msize < P9_MIN_MSIZE)
		t9_fail("asked for 9P2000.L and msize %u, got %.*s and %u",
		    msize, r->version.len, r->version.s, r->msize);
}

p9_qid
t9_attach(struct t9 *c, uint32_t fid, uint32_t uid, const char *aname)
{
	OK(c, Tattach, .fid = fid, .afid = P9_NOFID, .uname = t9_str(""),
	    .aname = t9_str(aname), .n_uname = uid);
	if (c->in.u.Rattach.qid.type != P9_QTDIR)
		t9_fail("the root is no directory");
	return c->in.u.Rattach.qid;
}

/* As many as fit in one message; *path moves on to the next. */
static p9_names
some_names(const char **path)
{
	p9_names names = { 0 };
	size_t len;

	while (**path != '\0' && names.n < P9_MAXWELEM) {
		len = strcspn(*path, "/");
		names.name[names.n++] = (p9_str){ *path, (uint16_t)len };
		*path += len;
		if (**path == '/')
			(*path)++;
	}
	return names;
}

p9_names
t9_names(const char *path)
{
	return some_names(&path);
}

p9_qid
t9_walk(struct t9 *c, uint32_t fid, uint32_t newfid, const char *path)
{
	struct p9_msg m = { .type = P9_Twalk };
	struct p9_Rwalk *r = &c->in.u.Rwalk;
	p9_qid qid = { 0 };

	do {
		m.u.Twalk.fid = fid;
		m.u.Twalk.newfid = newfid;
		m.u.Twalk.wname = some_names(&path);
		t9_expect(c, 0, &m);
		if (r->wqid.n != m.u.Twalk.wname.n)
			t9_fail("walked %u of %u names", r->wqid.n,
			    m.u.Twalk.wname.n);
		if (r->wqid.n > 0)
			qid = r->wqid.qid[r->wqid.n - 1];
		fid = newfid;
	} while (*path != '\0');
	return qid;
}

void
t9_clunk(struct t9 *c, uint32_t fid)
{
	OK(c, Tclunk, .fid = fid);
}

void
t9_open(struct t9 *c, uint32_t fid, uint32_t newfid, const char *path,
    uint32_t flags)
{
	t9_walk(c, fid, newfid, path);
	OK(c, Tlopen, .fid = newfid, .flags = flags);
}

void
t9_create(struct t9 *c, uint32_t dfid, uint32_t newfid, const char *name,
    uint32_t flags, uint32_t mode)
{
	t9_walk(c, dfid, newfid, "");
	OK(c, Tlcreate, .fid = newfid, .name = t9_str(name),
	    .flags = flags | P9_O_CREATE, .mode = mode, .gid = c->gid);
}

void
t9_mkdir(struct t9 *c, uint32_t dfid, const char *name, uint32_t mode)
{
	OK(c, Tmkdir, .dfid = dfid, .name = t9_str(name), .mode = mode,
	    .gid = c->gid);
}

void
t9_unlink(struct t9 *c, uint32_t dfid, const char *name)
{
	OK(c, Tunlinkat, .dirfid = dfid, .name = t9_str(name));
}

void
t9_rmdir(struct t9 *c, uint32_t dfid, const char *name)
{
	OK(c, Tunlinkat, .dirfid = dfid, .name = t9_str(name),
	    .flags = P9_AT_REMOVEDIR);
}

uint32_t
t9_read(struct t9 *c, uint32_t fid, uint64_t offset, void *buf, uint32_t count)
{
	struct p9_Rread *r = &c->in.u.Rread;

	OK(c, Tread, .fid = fid, .offset = offset, .count = count);
	if (r->data.len > 0)
		memcpy(buf, r->data.p, r->data.len);
	return r->data.len;
}

void
t9_write(struct t9 *c, uint32_t fid, uint64_t offset, const void *buf,
    uint32_t count)
{
	OK(c, Twrite, .fid = fid, .offset = offset, .data = { buf, count });
	if (c->in.u.Rwrite.count != count)
		t9_fail("%u of %u bytes written", c->in.u.Rwrite.count, count);
}

void
t9_put(struct t9 *c, uint32_t dfid, const char *name, const char *text)
{
	t9_create(c, dfid, T9_TMPFID, name, P9_O_WRONLY, 0644);
	t9_write(c, T9_TMPFID, 0, text, (uint32_t)strlen(text));
	t9_clunk(c, T9_TMPFID);
}

void
t9_reads(struct t9 *c, uint32_t fid, const char *text)
{
	size_t len = strlen(text);
	char *got = malloc(len + 1);
	uint32_t n;

	assert_non_null(got);
	n = t9_read(c, fid, 0, got, (uint32_t)len + 1);
	if (n != len || memcmp(got, text, len) != 0)
		t9_fail(
		    "the file is not \"%s\" but \"%.*s\"", text, (int)n, got);
	free(got);
}

void
t9_has(struct t9 *c, uint32_t fid, const char *path, const char *text)
{
	t9_open(c, fid, T9_TMPFID, path, P9_O_RDONLY);
	t9_reads(c, T9_TMPFID, text);
	t9_clunk(c, T9_TMPFID);
}

struct p9_Rgetattr
t9_getattr(struct t9 *c, uint32_t fid)
{
	OK(c, Tgetattr, .fid = fid, .request_mask = P9_GETATTR_ALL);
	return c->in.u.Rgetattr;
}

struct p9_Rgetattr
t9_stat(struct t9 *c, uint32_t fid, const char *path)
{
	struct p9_Rgetattr attr;

	t9_walk(c, fid, T9_TMPFID, path);
	attr = t9_getattr(c, T9_TMPFID);
	t9_clunk(c, T9_TMPFID);
	return attr;
}

struct p9_Rstatfs
t9_statfs(struct t9 *c, uint32_t fid)
{
	OK(c, Tstatfs, .fid = fid);
	return c->in.u.Rstatfs;
}

bool
t9_exists(struct t9 *c, uint32_t fid, const char *path)
{
	struct p9_msg m = { .type = P9_Twalk };
	int err;

	m.u.Twalk.fid = fid;
	m.u.Twalk.newfid = T9_TMPFID;
	m.u.Twalk.wname = t9_names(path);
	err = t9_rpc(c, &m);
	if (err != 0 && err != ENOENT)
		t9_fail("walking to %s: %s", path, strerror(err));
	if (err != 0 || c->in.u.Rwalk.wqid.n < m.u.Twalk.wname.n)
		return false;
	t9_clunk(c, T9_TMPFID);
	return true;
}

static void
list_add(struct t9_list *list, const struct p9_dirent *d)
{
	struct t9_entry *e;

	list->e = realloc(list->e, (list->n + 1) * sizeof(*list->e));
	assert_non_null(list->e);
	e = &list->e[list->n++];
	e->qid = d->qid;
	e->cookie = d->offset;
	e->type = d->type;
	memcpy(e->name, d->name.s, d->name.len);
	e->name[d->name.len] = '\0';
}

struct t9_list
t9_readdir(struct t9 *c, uint32_t fid, uint64_t cookie, uint32_t count)
{
	struct p9_data *data = &c->in.u.Rreaddir.data;
	struct t9_list list = { 0 };
	struct p9_dirent d;
	uint32_t at;

	for (;;) {
		OK(c, Treaddir, .fid = fid, .offset = cookie, .count = count);
		if (data->len == 0)
			return list;
		for (at = 0; at < data->len;) {
			at += (uint32_t)p9_dirent_decode(
			    &d, data->p + at, data->len - at);
			list_add(&list, &d);
		}
		cookie = d.offset;
	}
}

struct t9_entry *
t9_list_find(struct t9_list *list, const char *name)
{
	struct t9_entry *found = NULL;
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (strcmp(list->e[i].name, name) != 0)
			continue;
		if (found != NULL)
			t9_fail("%s is listed twice", name);
		found = &list->e[i];
	}
	return found;
}

void
t9_list_free(struct t9_list *list)
{
	free(list->e);
	*list = (struct t9_list){ 0 };
}

size_t
t9_count(struct t9 *c, uint32_t dfid)
{
	struct t9_list list;
	size_t n;

	t9_open(c, dfid, T9_TMPFID, "", P9_O_RDONLY);
	list = t9_readdir(c, T9_TMPFID, 0, 4000);
	t9_clunk(c, T9_TMPFID);
	n = list.n;
	if (t9_list_find(&list, ".") == NULL ||
	    t9_list_find(&list, "..") == NULL)
		t9_fail("the dot entries are missing");
	t9_list_free(&list);
	return n - 2;
}

void
t9_setxattr(struct t9 *c, uint32_t fid, const char *name, const void *value,
    uint32_t len, uint32_t flags)
{
	uint32_t at, n;

	t9_walk(c, fid, T9_TMPFID, "");
	OK(c, Txattrcreate, .fid = T9_TMPFID, .name = t9_str(name),
	    .attr_size = len, .flags = flags);
	for (at = 0; at < len; at += n) {
		n = len - at < 4000 ? len - at : 4000;
		t9_write(c, T9_TMPFID, at, (const uint8_t *)value + at, n);
	}
	t9_clunk(c, T9_TMPFID);
}

uint32_t
t9_getxattr(
    struct t9 *c, uint32_t fid, const char *name, void *buf, uint32_t cap)
{
	uint64_t size;
	uint32_t at, n;

	OK(c, Txattrwalk, .fid = fid, .newfid = T9_TMPFID,
	    .name = t9_str(name));
	size = c->in.u.Rxattrwalk.size;
	if (size > cap)
		t9_fail("%s has %llu bytes", name, (unsigned long long)size);
	for (at = 0; at < size; at += n) {
		n = t9_read(c, T9_TMPFID, at, (uint8_t *)buf + at, cap - at);
		if (n == 0)
			t9_fail("%s ends early", name);
	}
	t9_clunk(c, T9_TMPFID);
	return at;
}

uint8_t
t9_lock(struct t9 *c, uint32_t fid, uint8_t type, uint32_t proc,
    struct t9_range range)
{
	OK(c, Tlock, .fid = fid, .type = type, .start = range.start,
	    .length = range.length, .proc_id = proc,
	    .client_id = t9_str("test"));
	return c->in.u.Rlock.status;
}

bool
t9_locked(struct t9 *c, uint32_t fid, uint32_t proc, struct t9_range range)
{
	OK(c, Tgetlock, .fid = fid, .type = P9_LOCK_WRLCK, .start = range.start,
	    .length = range.length, .proc_id = proc,
	    .client_id = t9_str("test"));
	return c->in.u.Rgetlock.type != P9_LOCK_UNLCK;
}

uint16_t
t9_lock_wait(struct t9 *c, uint32_t fid, uint32_t proc)
{
	return t9_send(c,
	    T9_MSG(Tlock, .fid = fid, .type = P9_LOCK_WRLCK,
		.flags = P9_LOCK_FLAG_BLOCK, .proc_id = proc,
		.client_id = t9_str("test")));
}
