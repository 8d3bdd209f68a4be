/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slowfs.c -- the tree, and how its operations end; see slowfs.h.  What each
 * operation answers is in slowfs_ops.c and slowfs_names.c.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "slowfs_internal.h"

#define WHILE_NS 5000000

/* A pending operation, and what it will answer. */
struct slow_call {
	struct slow_call *next;
	struct vop *op;
	enum slow_kind kind;
	struct answer a;
	int rc;
};

/* What is found is kept until it is given; NULL is fine. */
static int
hold(const struct answer *a)
{
	return a->vn == NULL || vnode_tryget(a->vn) ? 0 : -ENOENT;
}

static void
give(const struct answer *a)
{
	if (a->vn_out != NULL)
		*a->vn_out = a->vn;
	if (a->len_out != NULL)
		*a->len_out = a->len;
	if (a->blob_out != NULL) {
		a->blob_out->data = calloc(1, SLOW_XATTR);
		a->blob_out->len = SLOW_XATTR;
	}
}

static int
end_call(struct slowfs *fs, enum slow_kind kind, const struct answer *a, int rc)
{
	atomic_fetch_add(&fs->calls[kind], 1);
	if (rc == 0)
		rc = a->rc;
	if (rc == 0)
		give(a);
	else
		vnode_put(a->vn);
	return rc;
}

static struct slow_plan
plan_of(struct slowfs *fs, enum slow_kind kind)
{
	struct slow_plan plan;

	uv_mutex_lock(&fs->mutex);
	plan = fs->plans[kind];
	uv_mutex_unlock(&fs->mutex);
	return plan;
}

static void
take_ticket(struct slowfs *fs)
{
	uv_mutex_lock(&fs->mutex);
	fs->arrived++;
	uv_cond_broadcast(&fs->cond);
	while (fs->tickets == 0 && !fs->gate_open)
		uv_cond_wait(&fs->cond, &fs->mutex);
	if (!fs->gate_open)
		fs->tickets--;
	uv_mutex_unlock(&fs->mutex);
}

static struct slow_call *
take_call(struct slowfs *fs, const struct slow_call *which)
{
	struct slow_call **p = &fs->pending, *call;

	while ((call = *p) != which)
		p = &call->next;
	*p = call->next;
	return call;
}

static void
count_hurry(struct vop *op)
{
	struct slowfs *fs = slowfs_of(op->vn);

	atomic_fetch_add(&fs->hurried, 1);
}

/* Those that have ended already, and are only on their way, are let be. */
static void
give_up(struct vop *op)
{
	struct slowfs *fs = slowfs_of(op->vn);
	struct slow_call *call;

	count_hurry(op);
	for (call = fs->pending; call != NULL; call = call->next)
		if (call->op == op)
			break;
	if (call == NULL)
		return;
	vnode_put(call->a.vn);
	free(take_call(fs, call));
	vop_post(op, -ECANCELED);
}

static int
pend(struct slowfs *fs, struct vop *op, enum slow_kind kind,
    const struct answer *a, struct slow_plan plan)
{
	struct slow_call *call = calloc(1, sizeof(*call));
	struct slow_call **p = &fs->pending;

	if (call == NULL)
		return -ENOMEM;
	*call = (struct slow_call){ NULL, op, kind, *a, plan.rc };
	while (*p != NULL)
		p = &(*p)->next;
	*p = call;
	op->hurry = plan.way == SLOW_PENDING ? give_up : count_hurry;
	return VFS_PENDING;
}

static void
play_worker(struct slowfs *fs, enum slow_way way)
{
	uint64_t until = uv_hrtime() + WHILE_NS;

	atomic_fetch_add(&fs->played, 1);
	while (way == SLOW_BUSY && uv_hrtime() < until)
		;
	if (way == SLOW_ASLEEP)
		nanosleep(&(struct timespec){ .tv_nsec = WHILE_NS }, NULL);
}

int
slow_op(struct slowfs *fs, struct vop *op, enum slow_kind kind,
    const struct answer *a)
{
	struct slow_plan plan = plan_of(fs, kind);
	int rc;

	if (!vop_may_block(op) && plan.way >= SLOW_WORKER &&
	    plan.way <= SLOW_ASLEEP) {
		if (plan.way != SLOW_WORKER)
			vop_seldom(op);
		return VFS_WOULDBLOCK;
	}
	if ((rc = hold(a)) != 0)
		return rc;
	if (vop_may_block(op)) {
		if (vop_is_on_loop(op))
			play_worker(fs, plan.way);
		else
			take_ticket(fs);
		return end_call(fs, kind, a, plan_of(fs, kind).rc);
	}
	switch (plan.way) {
	case SLOW_PENDING:
	case SLOW_DEAF:
		return pend(fs, op, kind, a, plan);
	default:
		break;
	}
	return end_call(fs, kind, a, plan.rc);
}

void
slow_plan(struct slowfs *fs, enum slow_kind kind, enum slow_way way, int rc)
{
	uv_mutex_lock(&fs->mutex);
	fs->plans[kind] = (struct slow_plan){ way, rc };
	uv_mutex_unlock(&fs->mutex);
}

void
slow_plan_all(struct slowfs *fs, enum slow_way way, int rc)
{
	enum slow_kind kind;

	for (kind = 0; kind < SLOW_NKINDS; kind++)
		slow_plan(fs, kind, way, rc);
}

void
slow_await_workers(struct slowfs *fs, unsigned int n)
{
	uv_mutex_lock(&fs->mutex);
	while (fs->arrived < n)
		uv_cond_wait(&fs->cond, &fs->mutex);
	uv_mutex_unlock(&fs->mutex);
}

void
slow_ticket(struct slowfs *fs)
{
	uv_mutex_lock(&fs->mutex);
	fs->tickets++;
	uv_cond_broadcast(&fs->cond);
	uv_mutex_unlock(&fs->mutex);
}

void
slow_open_gate(struct slowfs *fs)
{
	uv_mutex_lock(&fs->mutex);
	fs->gate_open = true;
	uv_cond_broadcast(&fs->cond);
	uv_mutex_unlock(&fs->mutex);
}

size_t
slow_npending(struct slowfs *fs)
{
	struct slow_call *call;
	size_t n = 0;

	for (call = fs->pending; call != NULL; call = call->next)
		n++;
	return n;
}

static struct slow_call *
take_nth(struct slowfs *fs, size_t which)
{
	struct slow_call *call = fs->pending;

	while (which-- > 0)
		call = call->next;
	return take_call(fs, call);
}

/* The call is over before vop_finish(), which may begin others. */
void
slow_finish(struct slowfs *fs, size_t which)
{
	struct slow_call *call = take_nth(fs, which);
	struct vop *op = call->op;
	int rc = end_call(fs, call->kind, &call->a, call->rc);

	free(call);
	vop_finish(op, rc);
}

static void
post(void *arg)
{
	struct slow_call *call = arg;
	struct slowfs *fs = slowfs_of(call->op->vn);

	vop_post(call->op, end_call(fs, call->kind, &call->a, call->rc));
	free(call);
}

void
slow_post(struct slowfs *fs, size_t which)
{
	post(take_nth(fs, which));
}

void
slow_post_from_afar(struct slowfs *fs, size_t which)
{
	uv_thread_t thread;

	if (uv_thread_create(&thread, post, take_nth(fs, which)) != 0)
		abort();
	uv_thread_join(&thread);
}

unsigned int
slow_calls(struct slowfs *fs, enum slow_kind kind)
{
	return atomic_load(&fs->calls[kind]);
}

unsigned int
slow_played(struct slowfs *fs)
{
	return atomic_load(&fs->played);
}

unsigned int
slow_hurried(struct slowfs *fs)
{
	return atomic_load(&fs->hurried);
}

/* Each has a reference of ours. */
unsigned int
slow_refs(struct slowfs *fs)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < SLOW_NODES; i++)
		n += atomic_load(&fs->nodes[i].refs) - 1;
	return n;
}

unsigned int
slow_opens(struct slowfs *fs)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < SLOW_NODES; i++)
		n += atomic_load(&fs->nodes[i].opens);
	return n;
}

unsigned int
slow_locked(struct slowfs *fs)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < SLOW_NODES; i++)
		n += fs->nodes[i].locks != NULL;
	return n;
}
