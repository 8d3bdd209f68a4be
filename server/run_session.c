/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_session.c -- Tversion, Tattach, Tflush, Tclunk, Tremove: what begins and
 * ends a session, a request and a fid.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "convert.h"
#include "handlers.h"
#include "log.h"

#define LOST_TOLD 10 /* attributes of one client that the host did not take */

static bool
str_begins(p9_str s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && memcmp(s.s, prefix, len) == 0;
}

/* 9P2000.L, and private dialects that grew from it: "9P2000.L.Google.7". */
static bool
is_dialect_l(p9_str version)
{
	return str_begins(version, P9_VERSION_L) &&
	    (version.len == strlen(P9_VERSION_L) ||
		version.s[strlen(P9_VERSION_L)] == '.');
}

int
run_version(struct request *r)
{
	struct session *s = r->session;
	const struct p9_Tversion *in = &r->in.u.Tversion;

	if (!r->pending && (s->fids.count > 0 || s->npending > 0))
		return session_reset(s, r);
	s->versioned = false;
	s->msize = s->loop->server->limits.msize;
	if (in->msize < P9_MIN_MSIZE)
		return -EMSGSIZE;
	if (in->msize < s->msize)
		s->msize = in->msize;
	s->versioned = is_dialect_l(in->version);
	return 0;
}

void
reply_version(struct request *r, struct p9_msg *out)
{
	const char *version =
	    r->session->versioned ? P9_VERSION_L : P9_VERSION_UNKNOWN;

	out->u.Rversion.msize = r->session->msize;
	out->u.Rversion.version.s = version;
	out->u.Rversion.version.len = (uint16_t)strlen(version);
}

typedef int identity_fn(const struct identity *id, const struct origin *from,
    uint32_t n_uname, const char *uname, struct vcred **out);

static int
identify(struct request *r, identity_fn *fn)
{
	const struct p9_Tattach *in = &r->in.u.Tattach;
	char uname[VFS_NAME_MAX + 1];
	size_t len = in->uname.len;

	if (len > VFS_NAME_MAX)
		len = 0; /* nobody is called that */
	if (len > 0)
		memcpy(uname, in->uname.s, len);
	uname[len] = '\0';
	return fn(&r->session->loop->server->identity, &r->session->from,
	    in->n_uname, uname, &r->u.attach.cred);
}

/* On a worker: the user database may be anywhere. */
static int
look_up_user(struct vop *op)
{
	return identify(container_of(op, struct request, op), identity_cred);
}

/* The next names of aname, at most as many as one walk takes. */
static size_t
split_aname(p9_str *rest, struct vname *names)
{
	size_t n = 0, len;
	const char *slash;

	while (n < P9_MAXWELEM && rest->len > 0) {
		slash = memchr(rest->s, '/', rest->len);
		len = slash != NULL ? (size_t)(slash - rest->s) : rest->len;
		if (len > 0)
			names[n++] = (struct vname){ rest->s, len };
		if (slash != NULL)
			len++;
		rest->s += len;
		rest->len = (uint16_t)(rest->len - len);
	}
	return n;
}

static int walk_aname(struct request *r);

static int
aname_walked(struct request *r, int rc)
{
	if (rc != 0)
		return rc;
	vnode_put(r->u.attach.at);
	r->u.attach.at = r->u.attach.w.vn;
	vnode_put(r->u.attach.w.dir);
	return walk_aname(r);
}

static int
walk_aname(struct request *r)
{
	struct vwalk *w = &r->u.attach.w;

	w->nnames = split_aname(&r->u.attach.rest, r->u.attach.names);
	if (w->nnames == 0)
		return vnode_is_dir(r->u.attach.at) ? 0 : -ENOTDIR;
	w->root = r->u.attach.top;
	w->from = r->u.attach.at;
	w->names = r->u.attach.names;
	return request_then(r, vfs_walk(&r->op, w), aname_walked);
}

static int
user_known(struct request *r, int rc)
{
	if (rc != 0)
		return rc;
	r->op.cred = r->u.attach.cred;
	return walk_aname(r);
}

/*
 * Nobody has to prove anything.  Clients of diod's ask first, and take ENOENT,
 * and nothing else, to mean that.
 */
int
run_auth(struct request *r)
{
	(void)r;
	return -ENOENT;
}

int
run_attach(struct request *r)
{
	const struct p9_Tattach *in = &r->in.u.Tattach;
	int rc;

	r->u.attach.cred = NULL;
	r->u.attach.at = NULL;
	if (in->afid != P9_NOFID)
		return -EBADF; /* Tauth never made one */
	r->u.attach.rest = in->aname;
	r->u.attach.at = vfs_root(r->session->loop->server->vfs);
	r->u.attach.top = r->u.attach.at; /* the tree keeps it */
	rc = identify(r, identity_cred_now);
	if (rc == -EAGAIN)
		rc = vfs_run(
		    r->session->loop->server->vfs, &r->op, look_up_user);
	return request_then(r, rc, user_known);
}

/* newfid becomes the root of what was attached. */
static int
make_root(struct request *r)
{
	struct attach *attach;

	if (vnode_is_gone(r->u.attach.at))
		return -ESTALE;
	attach = attach_new(r->u.attach.cred, r->u.attach.at);
	if (attach == NULL)
		return -ENOMEM;
	fid_set(r->newfid, attach, vnode_get(r->u.attach.at), NULL,
	    (struct vname){ 0 });
	attach_put(attach);
	return 0;
}

int
end_attach(struct request *r, int rc)
{
	if (rc == 0)
		rc = make_root(r);
	vnode_put(r->u.attach.at);
	vcred_put(r->u.attach.cred);
	return rc;
}

void
reply_attach(struct request *r, struct p9_msg *out)
{
	out->u.Rattach.qid = qid_of_vnode(r->newfid->vn);
}

/*
 * Rflush frees the old tag for reuse, so it waits for the old request to end,
 * however it ends, and goes out behind its reply.
 */
int
run_flush(struct request *r)
{
	struct request *old;

	old = idmap_find(&r->session->tags, r->in.u.Tflush.oldtag);
	if (old == NULL || old == r)
		return 0;
	if (old->flushing != NULL) /* a Tflush itself: queue behind it */
		old = old->flushing;
	r->flushing = old;
	request_pend(r);
	list_append(&old->flushers, &r->wait);
	if (!(old->h->flags & MUSTRUN))
		old->flushed = true;
	request_hurry(old);
	return VFS_PENDING;
}

/*
 * The fid ends with it; so the open file is the last that has the vnode, if
 * nobody else has, and what only it was needed for can be left undone.
 */
static int
close_file(struct request *r)
{
	vnode_put(r->fid->vn);
	r->fid->vn = NULL;
	return vfs_close(&r->op, &r->fid->file);
}

int
run_clunk(struct request *r)
{
	switch (r->fid->kind) {
	case FID_OPEN:
		return close_file(r);
	case FID_XATTR_WRITE:
		/* A value that the client did not finish is dropped. */
		return r->internal ? 0 : xattr_store(r);
	case FID_STALE:
		return r->fid->lost && !r->internal ? -ESTALE : 0;
	default:
		return 0;
	}
}

/*
 * What was written is lost, and not every client looks at what close(2) says.
 * An attribute that may not be set as asked is its client's affair alone; and
 * of a host that has no room for any one could try again and again.
 */
static enum log_level
gravity(struct session *s, const struct fid *fid, int rc)
{
	bool host = rc == -EIO || rc == -ENOSPC || rc == -EDQUOT;

	if (fid->kind != FID_XATTR_WRITE)
		return LOG_WARN;
	if (!host || s->nlost == LOST_TOLD)
		return LOG_DEBUG;
	s->nlost++;
	return LOG_WARN;
}

/* Tremove clunks too, and says what became of the file. */
int
end_clunk(struct request *r, int rc)
{
	struct session *s = r->session;

	if (r->fid->kind == FID_XATTR_READ || r->fid->kind == FID_XATTR_WRITE)
		s->xattr_bytes -= r->fid->xattr.size;
	if (r->fid->kind == FID_OPEN)
		s->nopen--;
	if (rc != 0 && r->in.type == P9_Tclunk)
		log_msg(gravity(s, r->fid, rc), "%s: clunk of fid %u: %s",
		    s->name, (unsigned int)r->in.u.Tclunk.fid, strerror(-rc));
	if (r->in.type == P9_Tremove && rc == 0)
		rc = r->u.removed;
	return rc;
}

/* The file may be open; whatever became of its name, it is closed. */
static int
file_removed(struct request *r, int rc)
{
	r->u.removed = rc;
	return r->fid->kind == FID_OPEN ? close_file(r) : 0;
}

int
run_remove(struct request *r)
{
	struct fid *fid = r->fid;
	int rc;

	if (fid->dir != NULL)
		removed_note(&r->session->removed, fid->dir, fid_name(fid));
	if (fid->kind == FID_STALE)
		rc = -ESTALE;
	else if (fid->kind != FID_WALKED && fid->kind != FID_OPEN)
		rc = -EINVAL;
	else if (fid->dir == NULL)
		rc = -EBUSY; /* the root of an attach */
	else
		rc = vfs_unlink(&r->op, fid->dir, fid_name(fid),
		    vnode_is_dir(fid->vn), fid->vn);
	return request_then(r, rc, file_removed);
}
