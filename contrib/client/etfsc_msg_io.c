/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_msg_io.c -- messages about open files and directories.
 */

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "etfsc_convert.h"

void
etfsc_tlopen(struct etfsc *fs, struct etfsc_req *req, uint32_t fid, int flags,
    struct etfsc_qid *qid, uint32_t *iounit)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tlopen);
	req->out = qid;
	req->out2 = iounit;
	m.u.Tlopen = (struct p9_Tlopen){ fid, etfsc_wire_flags(flags) };
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tlcreate(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const char *name, int flags, mode_t mode, gid_t gid, struct etfsc_qid *qid,
    uint32_t *iounit)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tlcreate);
	req->out = qid;
	req->out2 = iounit;
	m.u.Tlcreate.fid = fid;
	m.u.Tlcreate.flags = etfsc_wire_flags(flags) | P9_O_CREATE;
	m.u.Tlcreate.mode = mode;
	m.u.Tlcreate.gid = gid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Tlcreate.name))
		etfsc_req_submit(fs, req, &m, NULL);
}

static uint32_t
cut(struct etfsc *fs, uint32_t count)
{
	return count < etfsc_iosize(fs) ? count : etfsc_iosize(fs);
}

void
etfsc_tread(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t offset, uint32_t count, void *buf)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tread);
	req->count = cut(fs, count);
	req->out = buf;
	m.u.Tread = (struct p9_Tread){ fid, offset, req->count };
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_twrite(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t offset, uint32_t count, const void *buf)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Twrite);
	req->count = cut(fs, count);
	m.u.Twrite.fid = fid;
	m.u.Twrite.offset = offset;
	m.u.Twrite.data = (p9_data){ NULL, req->count };
	etfsc_req_submit(fs, req, &m, buf);
}

void
etfsc_treaddir(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t cookie, uint32_t count, void *buf)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Treaddir);
	req->count = cut(fs, count);
	req->out = buf;
	m.u.Treaddir = (struct p9_Treaddir){ fid, cookie, req->count };
	etfsc_req_submit(fs, req, &m, NULL);
}

/* What is no name could lead a program that goes by it anywhere. */
static bool
is_name(p9_str name)
{
	return name.len > 0 && name.len <= ETFSC_NAME_MAX &&
	    memchr(name.s, '/', name.len) == NULL;
}

int
etfsc_dirent_get(const void *buf, size_t len, struct etfsc_dirent *out)
{
	struct p9_dirent e;
	int n;

	if (len == 0)
		return 0;
	n = p9_dirent_decode(&e, buf, len);
	if (n < 0 || !is_name(e.name))
		return -EBADMSG;
	out->qid = etfsc_qid_of(&e.qid);
	out->cookie = e.offset;
	out->type = e.type;
	memcpy(out->name, e.name.s, e.name.len);
	out->name[e.name.len] = '\0';
	return n;
}

void
etfsc_tfsync(
    struct etfsc *fs, struct etfsc_req *req, uint32_t fid, bool datasync)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tfsync);
	m.u.Tfsync = (struct p9_Tfsync){ fid, datasync };
	etfsc_req_submit(fs, req, &m, NULL);
}

/* The owner of a lock, as the kernel's client would say it. */
static bool
set_owner(struct etfsc *fs, struct etfsc_req *req, const struct etfsc_lock *lk,
    struct utsname *uts, uint32_t *proc_id, p9_str *client_id)
{
	const char *name = lk->client_id;

	*proc_id = lk->proc_id != 0 ? lk->proc_id : (uint32_t)getpid();
	if (name[0] == '\0' && uname(uts) == 0)
		name = uts->nodename;
	return etfsc_req_str(fs, req, name, UINT8_MAX, client_id);
}

void
etfsc_tlock(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const struct etfsc_lock *lk, bool block)
{
	struct utsname uts;
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tlock);
	m.u.Tlock.fid = fid;
	m.u.Tlock.type = etfsc_wire_lock(lk->type);
	m.u.Tlock.flags = block ? P9_LOCK_FLAG_BLOCK : 0;
	m.u.Tlock.start = lk->start;
	m.u.Tlock.length = lk->length;
	if (set_owner(
		fs, req, lk, &uts, &m.u.Tlock.proc_id, &m.u.Tlock.client_id))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tgetlock(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    struct etfsc_lock *lk)
{
	struct utsname uts;
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tgetlock);
	req->out = lk;
	m.u.Tgetlock.fid = fid;
	m.u.Tgetlock.type = etfsc_wire_lock(lk->type);
	m.u.Tgetlock.start = lk->start;
	m.u.Tgetlock.length = lk->length;
	if (set_owner(fs, req, lk, &uts, &m.u.Tgetlock.proc_id,
		&m.u.Tgetlock.client_id))
		etfsc_req_submit(fs, req, &m, NULL);
}
