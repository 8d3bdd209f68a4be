/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_file.c -- opening, and what is done with an open file.
 *
 * A read's data goes from the file system straight to its place in the reply,
 * or, if it is much, to the client itself; a write's from the frame it came in
 * straight to the file system.
 */

#include <errno.h>
#include <fcntl.h>

#include "convert.h"
#include "handlers.h"

uint32_t
read_count(const struct request *r, uint32_t count)
{
	uint32_t room = r->session->msize -
	    (uint32_t)p9_payload_offset(P9_DIALECT_L, P9_Rread);

	return count < room ? count : room;
}

/* Whatever comes of it: who ends without an open file gives it back. */
static int
count_open(struct session *s)
{
	return s->nopen++ < s->loop->server->limits.opens ? 0 : -EMFILE;
}

int
run_lopen(struct request *r)
{
	uint32_t flags = r->in.u.Tlopen.flags;
	struct fid *fid = r->fid;
	int rc;

	if ((rc = count_open(r->session)) != 0)
		return rc;
	if ((flags & P9_O_DIRECTORY) && !vnode_is_dir(fid->vn))
		return -ENOTDIR;
	return vfs_open(&r->op, fid->vn, fid->dir, fid_name(fid),
	    open_flags_of(flags) & ~O_EXCL, &fid->file);
}

int
end_lopen(struct request *r, int rc)
{
	if (rc == 0)
		r->fid->kind = FID_OPEN;
	else
		r->session->nopen--;
	return rc;
}

static bool
reads_and_appends(const struct vfile *file)
{
	return (file->flags & O_ACCMODE) == O_RDWR &&
	    (file->flags & O_APPEND) != 0;
}

/*
 * iounit 0: as much as msize allows.  Version 0: not to be cached.  Linux from
 * 6.4 on, where it caches what is written, sends whole pages by what was opened
 * to read and append, and these would be appended.  What only appends it opens
 * without that flag.
 */
void
reply_lopen(struct request *r, struct p9_msg *out)
{
	p9_qid *qid = &out->u.Rlopen.qid;

	*qid = qid_of_vnode(r->fid->vn);
	if (reads_and_appends(&r->fid->file))
		qid->version = 0;
	out->u.Rlopen.iounit = 0;
}

static int
stale_file_closed(struct request *r, int rc)
{
	(void)r;
	(void)rc;
	return -ESTALE;
}

/* What was opened may have been mounted there, and unmounted since. */
static int
file_made(struct request *r, int rc)
{
	if (rc != 0 || !vnode_is_gone(r->u.file.vn))
		return rc;
	return request_then(
	    r, vfs_close(&r->op, &r->u.file), stale_file_closed);
}

int
run_lcreate(struct request *r)
{
	const struct p9_Tlcreate *in = &r->in.u.Tlcreate;
	int rc;

	if ((rc = count_open(r->session)) != 0)
		return rc;
	rc = vfs_create(&r->op, r->fid->vn, name_of(in->name),
	    open_flags_of(in->flags), in->mode & 07777, in->gid, &r->u.file);
	return request_then(r, rc, file_made);
}

/* The fid stands for the new file now, no longer for the directory. */
int
end_lcreate(struct request *r, int rc)
{
	struct fid *fid = r->fid;

	if (rc != 0) {
		r->session->nopen--;
		return rc;
	}
	fid_set(fid, fid->attach, vnode_get(r->u.file.vn), vnode_get(fid->vn),
	    name_of(r->in.u.Tlcreate.name));
	fid->file = r->u.file;
	fid->kind = FID_OPEN;
	return 0;
}

static bool
is_stream(const struct fid *fid)
{
	return fid->kind == FID_OPEN && vnode_is_stream(fid->vn);
}

/* Is it worth a system call or two more to save copying that much? */
static bool
is_bulk(const struct request *r, size_t len)
{
	size_t min = r->session->transport->sendfile;

	return min > 0 && len >= min;
}

/* Can the data go to the client from where it lies? */
static bool
send_from_host(struct request *r, uint32_t count)
{
	struct fid *fid = r->fid;

	if (!is_bulk(r, count) || fid->kind != FID_OPEN)
		return false;
	if (!vfs_extent(&fid->file, r->in.u.Tread.offset, count, &r->extent) ||
	    !is_bulk(r, r->extent.len))
		return false;
	r->on_host = true;
	r->u.io.len = r->extent.len;
	return true;
}

int
run_read(struct request *r)
{
	uint32_t count = read_count(r, r->in.u.Tread.count);
	struct fid *fid = r->fid;
	int rc;

	if (is_stream(fid))
		return stream_read(r);
	if (send_from_host(r, count))
		return 0;
	r->u.io.len = 0;
	if ((rc = request_reserve(r, count)) != 0)
		return rc;
	r->u.io.iov.iov_base = request_payload(r);
	r->u.io.iov.iov_len = count;
	if (fid->kind == FID_XATTR_READ)
		return xattr_read(r);
	if (fid->kind != FID_OPEN)
		return -EBADF;
	return vfs_read(&r->op, &fid->file, r->in.u.Tread.offset, &r->u.io.iov,
	    1, &r->u.io.len);
}

/* The payload is in its place, wherever that is. */
void
reply_read(struct request *r, struct p9_msg *out)
{
	out->u.Rread.data.p = r->on_host ? NULL : request_payload(r);
	out->u.Rread.data.len = (uint32_t)r->u.io.len;
}

int
run_write(struct request *r)
{
	const struct p9_Twrite *in = &r->in.u.Twrite;
	struct fid *fid = r->fid;

	r->u.io.len = 0;
	r->u.io.iov.iov_base = (void *)(uintptr_t)in->data.p;
	r->u.io.iov.iov_len = in->data.len;
	if (is_stream(fid))
		return stream_write(r);
	if (fid->kind == FID_XATTR_WRITE)
		return xattr_write(r);
	if (fid->kind != FID_OPEN)
		return -EBADF;
	return vfs_write(
	    &r->op, &fid->file, in->offset, &r->u.io.iov, 1, &r->u.io.len);
}

void
reply_write(struct request *r, struct p9_msg *out)
{
	out->u.Rwrite.count = (uint32_t)r->u.io.len;
}

int
run_fsync(struct request *r)
{
	return vfs_fsync(&r->op, &r->fid->file, r->in.u.Tfsync.datasync != 0);
}

/* One entry into the reply; on whatever thread reads the directory. */
static bool
put_entry(void *ctx, const struct vdirent *entry)
{
	struct request *r = ctx;
	uint8_t *payload = r->u.io.iov.iov_base;
	struct p9_dirent e = {
		.qid = qid_of(
		    (struct vqid){ entry->type, entry->version, entry->path }),
		.offset = entry->cookie,
		.type = dirent_type_of(entry->type),
		.name = { entry->name.s, (uint16_t)entry->name.len },
	};
	size_t n;

	n = p9_dirent_encode(
	    &e, payload + r->u.io.len, r->u.io.iov.iov_len - r->u.io.len);
	r->u.io.len += n;
	r->u.io.full = n == 0;
	return n != 0;
}

int
run_readdir(struct request *r)
{
	uint32_t count = read_count(r, r->in.u.Treaddir.count);
	int rc;

	r->u.io.len = 0;
	r->u.io.full = false;
	r->u.io.iov.iov_len = count;
	if ((rc = request_reserve(r, count)) != 0)
		return rc;
	r->u.io.iov.iov_base = request_payload(r);
	return vfs_readdir(&r->op, &r->fid->file, r->in.u.Treaddir.offset,
	    r->fid->attach->root, put_entry, r);
}

/* 0 bytes would end the listing: a count too small for one entry is wrong. */
int
end_readdir(struct request *r, int rc)
{
	if (rc == 0 && r->u.io.len == 0 && r->u.io.full)
		return -EINVAL;
	return rc;
}
