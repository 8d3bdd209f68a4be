/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_xattr.c -- extended attributes, which 9P2000.L reads and writes through
 * fids of their own: Txattrwalk takes a snapshot to be read, Txattrcreate
 * announces a value that is stored by Tclunk.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "convert.h"
#include "handlers.h"

/* A connection may have so much of other people's attributes with us. */
static int
charge(struct session *s, size_t size)
{
	if (size > s->loop->server->limits.xattr_bytes - s->xattr_bytes)
		return -ENOSPC;
	s->xattr_bytes += size;
	return 0;
}

int
run_xattrwalk(struct request *r)
{
	struct vname name = name_of(r->in.u.Txattrwalk.name);

	r->u.blob = (struct vblob){ 0 };
	if (name.len == 0)
		return vfs_listxattr(&r->op, r->fid->vn, &r->u.blob);
	return vfs_getxattr(&r->op, r->fid->vn, name, &r->u.blob);
}

int
end_xattrwalk(struct request *r, int rc)
{
	struct fid *fid = r->newfid;
	struct vblob *blob = &r->u.blob;

	if (rc != 0)
		return rc;
	rc =
	    vnode_is_gone(r->fid->vn) ? -ESTALE : charge(r->session, blob->len);
	if (rc != 0) {
		free(blob->data);
		return rc;
	}
	fid->kind = FID_XATTR_READ;
	fid->attach = attach_get(r->fid->attach);
	fid->vn = vnode_get(r->fid->vn);
	fid->xattr.data = blob->data;
	fid->xattr.size = blob->len;
	return 0;
}

void
reply_xattrwalk(struct request *r, struct p9_msg *out)
{
	out->u.Rxattrwalk.size = r->newfid->xattr.size;
}

/* Tread on a snapshot; the place for the data has been made. */
int
xattr_read(struct request *r)
{
	const struct fid_xattr *x = &r->fid->xattr;
	uint64_t off = r->in.u.Tread.offset;
	size_t len = r->u.io.iov.iov_len;

	if (off >= x->size)
		return 0;
	if (len > x->size - off)
		len = x->size - (size_t)off;
	memcpy(r->u.io.iov.iov_base, x->data + off, len);
	r->u.io.len = len;
	return 0;
}

static int
check_xattrcreate(const struct p9_Txattrcreate *in)
{
	if (in->name.len == 0)
		return -EINVAL;
	if (in->name.len > VFS_NAME_MAX)
		return -ERANGE;
	if (in->flags & ~(P9_XATTR_CREATE | P9_XATTR_REPLACE))
		return -EINVAL;
	return in->attr_size > P9_XATTR_SIZE_MAX ? -E2BIG : 0;
}

/* The whole value is kept until Tclunk, so it is allocated at once. */
int
run_xattrcreate(struct request *r)
{
	const struct p9_Txattrcreate *in = &r->in.u.Txattrcreate;
	struct fid_xattr *x = &r->fid->xattr;
	size_t size = (size_t)in->attr_size;
	int rc;

	if ((rc = check_xattrcreate(in)) != 0 ||
	    (rc = charge(r->session, size)) != 0)
		return rc;
	x->name = strndup(in->name.s, in->name.len);
	x->data = malloc(size > 0 ? size : 1);
	if (x->name == NULL || x->data == NULL) {
		free(x->name);
		free(x->data);
		*x = (struct fid_xattr){ 0 };
		r->session->xattr_bytes -= size;
		return -ENOMEM;
	}
	x->size = size;
	x->got = 0;
	x->flags = (in->flags & P9_XATTR_CREATE ? XATTR_CREATE : 0) |
	    (in->flags & P9_XATTR_REPLACE ? XATTR_REPLACE : 0);
	r->fid->kind = FID_XATTR_WRITE;
	return 0;
}

/* Pieces come in any order within what has come, but leave no hole. */
int
xattr_write(struct request *r)
{
	struct fid_xattr *x = &r->fid->xattr;
	uint64_t off = r->in.u.Twrite.offset;
	size_t len = r->u.io.iov.iov_len;

	if (off > x->size || len > x->size - off)
		return -ENOSPC;
	if (off > x->got)
		return -EINVAL;
	if (len > 0)
		memcpy(x->data + off, r->u.io.iov.iov_base, len);
	if (off + len > x->got)
		x->got = (size_t)off + len;
	r->u.io.len = len;
	return 0;
}

static bool
is_acl(const char *name)
{
	return strncmp(name, "system.posix_acl_", 17) == 0;
}

/* Taking away an ACL that is not there changes nothing, and is no error. */
static int
acl_removed(struct request *r, int rc)
{
	(void)r;
	return rc == -ENODATA ? 0 : rc;
}

/*
 * Tclunk of a value that was sent.  Linux announces size 0 both to remove (with
 * REPLACE) and to store an empty value (without), and for ACLs that say no more
 * than the mode does; see xattr(7), setxattr(2).
 */
int
xattr_store(struct request *r)
{
	struct fid *fid = r->fid;
	const struct fid_xattr *x = &fid->xattr;
	struct vname name = { x->name, strlen(x->name) };

	if (x->got != x->size)
		return -EINVAL;
	if (x->size > 0)
		return vfs_setxattr(
		    &r->op, fid->vn, name, x->data, x->size, x->flags);
	if (is_acl(x->name))
		return request_then(
		    r, vfs_removexattr(&r->op, fid->vn, name), acl_removed);
	if (x->flags & XATTR_REPLACE)
		return vfs_removexattr(&r->op, fid->vn, name);
	return vfs_setxattr(&r->op, fid->vn, name, "", 0, x->flags);
}
