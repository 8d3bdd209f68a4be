/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * job.c -- the steps of copying a file, in their order.
 */

#include <sys/stat.h>

#include "interrupt.h"
#include "job.h"

#define CHUNKS 32U /* under way at a time, beyond one of each file */

int
job_find(struct job *j)
{
	return j->cp->from->find(j->cp->c, &j->req, &j->dir->from, j->name,
	    j->step == JOB_LINK_FIND ? O_PATH : O_RDONLY, &j->src);
}

int
job_stat(struct job *j)
{
	return j->cp->from->stat(j->cp->c, &j->req, &j->src, &j->attr);
}

int
job_kind(struct job *j)
{
	if (!S_ISREG(j->attr.mode))
		return S_ISDIR(j->attr.mode) ? -EISDIR : -EINVAL;
	return 0;
}

int
job_have(struct job *j)
{
	if (!j->cp->resume)
		return -ENOENT;
	return j->cp->to->find(
	    j->cp->c, &j->req, &j->dir->to, j->to, O_PATH, &j->have);
}

int
job_have_stat(struct job *j)
{
	return j->cp->to->stat(j->cp->c, &j->req, &j->have, &j->old);
}

int
job_have_same(struct job *j)
{
	const struct timespec *a = &j->attr.mtime, *b = &j->old.mtime;

	return S_ISREG(j->old.mode) && j->old.size == j->attr.size &&
		a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec
	    ? 0
	    : -ENOENT;
}

int
job_open(struct job *j)
{
	j->cp->progress.total += j->attr.size;
	return j->cp->from->open(j->cp->c, &j->req, &j->src, O_RDONLY);
}

int
job_part(struct job *j)
{
	if (!j->cp->resume || !partial_worth(&j->attr))
		return -ENOENT;
	return j->cp->to->find(
	    j->cp->c, &j->req, &j->dir->to, j->part, O_RDWR, &j->dst);
}

int
job_part_stat(struct job *j)
{
	return j->cp->to->stat(j->cp->c, &j->req, &j->dst, &j->old);
}

int
job_part_fits(struct job *j)
{
	j->flow.next = partial_offset(&j->attr, &j->old);
	return j->flow.next > 0 ? 0 : -ENOENT;
}

int
job_part_open(struct job *j)
{
	return j->cp->to->open(j->cp->c, &j->req, &j->dst, O_RDWR);
}

static int
set_size(struct job *j, uint64_t size)
{
	struct etfsc_setattr set = { .valid = ETFSC_SET_SIZE, .size = size };

	return j->cp->to->set(j->cp->c, &j->req, &j->dst, &set);
}

int
job_trim(struct job *j)
{
	j->created = true;
	j->cp->progress.total -= j->flow.next;
	return set_size(j, j->flow.next);
}

int
job_twin(struct job *j)
{
	place_drop(j->cp->c, &j->dst);
	j->flow.next = 0;
	return j->cp->to->twin(j->cp->c, &j->req, &j->dir->to, &j->dst);
}

int
job_create(struct job *j)
{
	return j->cp->to->create(j->cp->c, &j->req, &j->dir->to, &j->dst,
	    j->part, j->attr.mode & 0777 & ~j->cp->umask);
}

/* What somebody has left behind is in the way. */
int
job_clear(struct job *j)
{
	if (j->rc != -EEXIST || j->cleared)
		return j->rc;
	j->cleared = true;
	return j->cp->to->unlink(j->cp->c, &j->req, &j->dir->to, j->part);
}

int
job_stamp(struct job *j)
{
	struct etfsc_setattr set = { .valid = ETFSC_SET_ATIME,
		.atime = partial_stamp(&j->attr),
		.mtime.tv_nsec = UTIME_OMIT };

	if (!partial_worth(&j->attr))
		return 0;
	return j->cp->to->set(j->cp->c, &j->req, &j->dst, &set);
}

static void
flow_done(struct flow *f, int rc)
{
	job_advance((struct job *)((char *)f - offsetof(struct job, flow)), rc);
}

/* What the kernel makes up as it is read, as in /proc, has no size; and what has
 * no version may be a stream, which never ends. */
static bool
has_no_size(const struct job *j)
{
	return j->attr.size == 0 &&
	    (!j->cp->from->remote || j->attr.qid.version != 0);
}

/* A large one takes more of what chunks there are. */
static int
start_flow(struct job *j)
{
	struct copy *cp = j->cp;

	while (j->chunks < FLOW_CHUNKS - 1 && cp->chunks < CHUNKS &&
	    partial_worth(&j->attr)) {
		j->chunks++;
		cp->chunks++;
	}
	j->flow = (struct flow){
		.c = cp->c,
		.from = cp->from,
		.to = cp->to,
		.src = &j->src,
		.dst = &j->dst,
		.compare = j->step == JOB_VERIFY,
		.nchunks = 1 + j->chunks,
		.next = j->step == JOB_VERIFY ? 0 : j->flow.next,
		.to_end = j->step == JOB_DATA && has_no_size(j),
		.size = j->attr.size,
		.stop = &interrupt_count,
		.moved = j->step == JOB_VERIFY ? NULL : &cp->progress.bytes,
		.done = flow_done,
	};
	if (j->flow.to_end)
		j->flow.size = UINT64_MAX;
	return flow_start(&j->flow);
}

int
job_data(struct job *j)
{
	return start_flow(j);
}

/* It may end with a hole. */
int
job_size(struct job *j)
{
	if (j->flow.to_end)
		j->attr.size = j->flow.size;
	return j->flow.written < j->attr.size ? set_size(j, j->attr.size) : 0;
}

int
job_verify(struct job *j)
{
	return j->cp->verify ? start_flow(j) : 0;
}

/* An access time that was a stamp is none. */
int
job_set(struct job *j)
{
	struct etfsc_setattr set = { .valid = ETFSC_SET_ATIME,
		.atime.tv_nsec = UTIME_NOW,
		.mtime.tv_nsec = UTIME_OMIT };

	if (j->cp->keep)
		set = copy_keep(&j->attr, j->keep);
	else if (!partial_worth(&j->attr))
		return 0;
	return j->cp->to->set(j->cp->c, &j->req, &j->dst, &set);
}

/* All of it was not permitted. */
int
job_set_less(struct job *j)
{
	if (S_ISLNK(j->attr.mode) && j->rc == -EOPNOTSUPP)
		return 0; /* where links have no times */
	if (!j->cp->keep || !copy_keeps_less(j->rc, j->keep))
		return j->rc;
	j->keep++;
	return job_set(j);
}

int
job_close(struct job *j)
{
	return j->cp->to->close(j->cp->c, &j->req, &j->dst);
}

int
job_rename(struct job *j)
{
	return j->cp->to->rename(
	    j->cp->c, &j->req, &j->dir->to, j->part, j->to);
}

int
job_link_read(struct job *j)
{
	return j->cp->from->readlink(j->cp->c, &j->req, &j->src, j->target);
}

int
job_link_make(struct job *j)
{
	if (j->rc > (int)PLACE_TARGET)
		return -ENAMETOOLONG;
	if (j->rc > 0)
		j->target[j->rc] = '\0';
	return j->cp->to->symlink(
	    j->cp->c, &j->req, &j->dir->to, j->part, j->target);
}

int
job_link_open(struct job *j)
{
	if (!j->cp->keep)
		return 0;
	return j->cp->to->find(
	    j->cp->c, &j->req, &j->dir->to, j->part, O_PATH, &j->dst);
}

int
job_link_set(struct job *j)
{
	return j->cp->keep ? job_set(j) : 0;
}
