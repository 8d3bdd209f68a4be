/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fid.c -- see fid.h.
 */

#include <stdlib.h>
#include <string.h>

#include "fid.h"

struct attach *
attach_new(struct vcred *cred, struct vnode *root)
{
	struct attach *attach = malloc(sizeof(*attach));

	if (attach != NULL) {
		attach->refs = 1;
		attach->cred = vcred_get(cred);
		attach->root = vnode_get(root);
	}
	return attach;
}

struct attach *
attach_get(struct attach *attach)
{
	attach->refs++;
	return attach;
}

void
attach_put(struct attach *attach)
{
	if (attach == NULL || --attach->refs > 0)
		return;
	vnode_put(attach->root);
	vcred_put(attach->cred);
	free(attach);
}

struct fid *
fid_new(struct pool *pool, uint32_t num)
{
	struct fid *fid = pool_take(pool, POOL_FID, sizeof(*fid));

	if (fid != NULL) {
		*fid = (struct fid){ .num = num, .refs = 1 };
		list_init(&fid->link);
		list_init(&fid->waiting);
	}
	return fid;
}

static void
forget_name(struct fid *fid)
{
	if (fid->namelen > FID_NAME_INLINE)
		free(fid->name.ptr);
	fid->namelen = 0;
}

static void
let_go(struct fid *fid)
{
	forget_name(fid);
	free(fid->xattr.name);
	free(fid->xattr.data);
	vnode_put(fid->dir);
	vnode_put(fid->vn);
	attach_put(fid->attach);
}

void
fid_put(struct pool *pool, struct fid *fid)
{
	if (--fid->refs > 0)
		return;
	let_go(fid);
	pool_give(pool, POOL_FID, fid);
}

void
fid_make_stale(struct fid *fid)
{
	let_go(fid);
	fid->xattr = (struct fid_xattr){ 0 };
	fid->dir = fid->vn = NULL;
	fid->attach = NULL;
	fid->lost = fid->lost || fid->kind == FID_XATTR_WRITE;
	fid->kind = FID_STALE;
}

struct vname
fid_name(const struct fid *fid)
{
	struct vname name = { fid->name.buf, fid->namelen };

	if (fid->namelen > FID_NAME_INLINE)
		name.s = fid->name.ptr;
	return name;
}

/* Takes the reference on dir. */
static void
set_place(struct fid *fid, struct vnode *dir, struct vname name)
{
	char *copy = NULL;

	if (dir != NULL && name.len > FID_NAME_INLINE &&
	    (copy = malloc(name.len)) == NULL) {
		vnode_put(dir);
		dir = NULL;
	}
	forget_name(fid);
	vnode_put(fid->dir);
	if ((fid->dir = dir) == NULL)
		return;
	if (copy != NULL)
		fid->name.ptr = copy;
	memcpy(copy != NULL ? copy : fid->name.buf, name.s, name.len);
	fid->namelen = name.len;
}

void
fid_set(struct fid *fid, struct attach *attach, struct vnode *vn,
    struct vnode *dir, struct vname name)
{
	attach_get(attach);
	attach_put(fid->attach);
	vnode_put(fid->vn);
	fid->attach = attach;
	fid->vn = vn;
	set_place(fid, dir, name);
	fid->kind = FID_WALKED;
	fid->asked = 0;
}

void
fid_move(struct fid *fid, struct vnode *dir, struct vname name)
{
	set_place(fid, vnode_get(dir), name);
}
