/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_name.c -- messages that make, move and take away names.
 */

#include <errno.h>
#include <sys/sysmacros.h>

#include "convert.h"
#include "handlers.h"

int
run_symlink(struct request *r)
{
	const struct p9_Tsymlink *in = &r->in.u.Tsymlink;

	r->u.vn = NULL;
	return vfs_symlink(&r->op, r->fid->vn, name_of(in->name),
	    name_of(in->symtgt), in->gid, &r->u.vn);
}

int
run_mknod(struct request *r)
{
	const struct p9_Tmknod *in = &r->in.u.Tmknod;

	r->u.vn = NULL;
	return vfs_mknod(&r->op, r->fid->vn, name_of(in->name),
	    mode_of(in->mode), makedev(in->major, in->minor), in->gid,
	    &r->u.vn);
}

int
run_mkdir(struct request *r)
{
	const struct p9_Tmkdir *in = &r->in.u.Tmkdir;

	r->u.vn = NULL;
	return vfs_mkdir(&r->op, r->fid->vn, name_of(in->name),
	    in->mode & 07777, in->gid, &r->u.vn);
}

/* Nobody holds what was made; its qid is all that is asked for. */
int
end_make(struct request *r, int rc)
{
	struct vnode *vn = r->u.vn;

	if (rc != 0)
		return rc;
	r->u.made = vnode_qid(vn);
	vnode_put(vn);
	return 0;
}

void
reply_make(struct request *r, struct p9_msg *out)
{
	out->u.Rmkdir.qid = qid_of(r->u.made); /* as Rsymlink, Rmknod */
}

int
run_link(struct request *r)
{
	return vfs_link(
	    &r->op, r->fid->vn, r->fid2->vn, name_of(r->in.u.Tlink.name));
}

/* The older form moves the file of a fid; the fid goes with it. */
int
run_rename(struct request *r)
{
	const struct vname name = name_of(r->in.u.Trename.name);
	struct fid *fid = r->fid;

	if (fid->dir == NULL)
		return -EBUSY; /* the root of an attach */
	removed_note(&r->session->removed, r->fid2->vn, name);
	return vfs_rename(
	    &r->op, fid->dir, fid_name(fid), r->fid2->vn, name, fid->vn);
}

int
end_rename(struct request *r, int rc)
{
	if (rc == 0)
		fid_move(r->fid, r->fid2->vn, name_of(r->in.u.Trename.name));
	return rc;
}

int
run_renameat(struct request *r)
{
	const struct p9_Trenameat *in = &r->in.u.Trenameat;
	const struct vname name = name_of(in->newname);

	removed_note(&r->session->removed, r->fid2->vn, name);
	return vfs_rename(
	    &r->op, r->fid->vn, name_of(in->oldname), r->fid2->vn, name, NULL);
}

int
run_unlinkat(struct request *r)
{
	const struct p9_Tunlinkat *in = &r->in.u.Tunlinkat;

	if (in->flags & ~P9_AT_REMOVEDIR)
		return -EINVAL;
	removed_note(&r->session->removed, r->fid->vn, name_of(in->name));
	return vfs_unlink(&r->op, r->fid->vn, name_of(in->name),
	    (in->flags & P9_AT_REMOVEDIR) != 0, NULL);
}

/* The target is read behind the place where p9_encode() will put it. */
static char *
target_buf(struct request *r)
{
	return (char *)request_payload(r) + VFS_LINK_MAX;
}

int
run_readlink(struct request *r)
{
	int rc;

	r->u.io.len = 0;
	if ((rc = request_reserve(r, (size_t)2 * VFS_LINK_MAX)) != 0)
		return rc;
	return vfs_readlink(
	    &r->op, r->fid->vn, target_buf(r), VFS_LINK_MAX, &r->u.io.len);
}

/*
 * It comes whole or not at all.  A client has no room for more than msize; and
 * Linux 6.1 ends the connection when a reply is just as long.
 */
int
end_readlink(struct request *r, int rc)
{
	if (rc == 0 &&
	    P9_HDRSZ + sizeof(uint16_t) + r->u.io.len >= r->session->msize)
		return -EMSGSIZE;
	return rc;
}

void
reply_readlink(struct request *r, struct p9_msg *out)
{
	out->u.Rreadlink.target.s = target_buf(r);
	out->u.Rreadlink.target.len = (uint16_t)r->u.io.len;
}
