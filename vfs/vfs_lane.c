/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_lane.c -- see vfs_lane.h.
 *
 * A lane has a fixed number of lines, and a client's number tells its line: two
 * clients may come to share one, of many, and then share what is one's due.
 * That needs no memory per client, nor a search for it.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "vfs_internal.h"

#define LINES 64

/*
 * What takes that long may have waited for a disk, and everybody else for it.
 * Or the loop had lost its CPU, which is no reason to hire workers: so the next
 * time somebody counts how often the thread sleeps, which costs a system call.
 * A disk that keeps us waiting each time is tried less and less often.
 */
#define MS UINT64_C(1000000) /* ns */
#define LONG (4 * MS)
#define SUSPECT_FOR (10000 * MS)
#define SLOW_FOR_LEAST (1000 * MS)
#define SLOW_FOR_MOST (64000 * MS)

/* The operations of one client in one lane. */
struct vline {
	struct vlane *lane;
	struct vop *first; /* of those that wait, by next */
	struct vop **tail;
	unsigned int running;
};

struct vlane {
	struct vlanes *all;
	struct vlane *next; /* in the ring of all */
	uint64_t dev;
	unsigned int running;
	size_t waiting;
	size_t turn; /* whose turn it is, of lines */
	_Atomic uint64_t suspect_until, slow_until; /* uv_hrtime() */
	uint64_t slow_for; /* ns: the last time */
	struct vline lines[LINES];
};

static struct vlane *
lane_new(struct vlanes *all, uint64_t dev)
{
	struct vlane *lane = calloc(1, sizeof(*lane));
	size_t i;

	if (lane == NULL)
		return NULL;
	lane->all = all;
	lane->next = lane;
	lane->dev = dev;
	for (i = 0; i < LINES; i++) {
		lane->lines[i].lane = lane;
		lane->lines[i].tail = &lane->lines[i].first;
	}
	return lane;
}

int
vlanes_init(struct vlanes *lanes)
{
	int rc;

	lanes->careful = false;
	lanes->workers = VLANE_WORKERS;
	lanes->hired = lanes->busy = 0;
	if ((lanes->common = lane_new(lanes, 0)) == NULL)
		return -ENOMEM;
	lanes->turn = lanes->common;
	if ((rc = uv_mutex_init(&lanes->mutex)) != 0)
		goto free_common;
	if ((rc = uv_cond_init(&lanes->dismissed)) != 0)
		goto destroy_mutex;
	return 0;

destroy_mutex:
	uv_mutex_destroy(&lanes->mutex);
free_common:
	free(lanes->common);
	return rc;
}

void
vlanes_fini(struct vlanes *lanes)
{
	struct vlane *lane = lanes->common->next, *next;

	uv_mutex_lock(&lanes->mutex);
	while (lanes->hired > 0)
		uv_cond_wait(&lanes->dismissed, &lanes->mutex);
	uv_mutex_unlock(&lanes->mutex);
	for (; lane != lanes->common; lane = next) {
		next = lane->next;
		free(lane);
	}
	free(lanes->common);
	uv_cond_destroy(&lanes->dismissed);
	uv_mutex_destroy(&lanes->mutex);
}

/* The ring begins with the common lane, which is not looked for. */
static struct vlane *
find(struct vlanes *lanes, uint64_t dev)
{
	struct vlane *lane = lanes->common->next;

	while (lane != lanes->common && lane->dev != dev)
		lane = lane->next;
	return lane != lanes->common ? lane : NULL;
}

struct vlane *
vfs_lane(struct vfs *vfs, uint64_t dev)
{
	struct vlanes *lanes = &vfs->lanes;
	struct vlane *lane;

	uv_mutex_lock(&lanes->mutex);
	if ((lane = find(lanes, dev)) == NULL &&
	    (lane = lane_new(lanes, dev)) != NULL) {
		lane->next = lanes->common->next;
		lanes->common->next = lane;
	}
	uv_mutex_unlock(&lanes->mutex);
	return lane != NULL ? lane : lanes->common;
}

struct vlane *
vnode_lane(struct vnode *vn)
{
	struct vfs_fs *fs = vn->fs;

	if (fs->ops->lane == NULL)
		return fs->vfs->lanes.common;
	return fs->ops->lane(vn);
}

/* How often this thread has waited for something. */
static long
count_sleeps(void)
{
	struct rusage ru;

	(void)getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nvcsw;
}

bool
vlane_may_try(const struct vlane *lane, struct vlane_try *t)
{
	t->begun = uv_hrtime();
	if (lane->all->careful ||
	    t->begun <
		atomic_load_explicit(&lane->slow_until, memory_order_relaxed))
		return false;
	t->counted = t->begun <
	    atomic_load_explicit(&lane->suspect_until, memory_order_relaxed);
	if (t->counted)
		t->sleeps = count_sleeps();
	return true;
}

static void
slow_down(struct vlane *lane, uint64_t begun, uint64_t now)
{
	uint64_t since = begun - lane->slow_until;

	if (lane->slow_for == 0 || since > lane->slow_for)
		lane->slow_for = SLOW_FOR_LEAST;
	else if (lane->slow_for < SLOW_FOR_MOST)
		lane->slow_for *= 2;
	lane->slow_until = now + lane->slow_for;
	lane->suspect_until = lane->slow_until + SUSPECT_FOR;
}

void
vlane_tried(struct vlane *lane, const struct vlane_try *t)
{
	uint64_t now = uv_hrtime();

	if (now - t->begun < LONG)
		return;
	uv_mutex_lock(&lane->all->mutex);
	if (!t->counted)
		lane->suspect_until = now + SUSPECT_FOR;
	else if (count_sleeps() != t->sleeps &&
	    t->begun >= lane->slow_until) /* no other loop was first */
		slow_down(lane, t->begun, now);
	uv_mutex_unlock(&lane->all->mutex);
}

/* The rule; see vfs_lane.h. */
static bool
may_run(const struct vline *line)
{
	const struct vlanes *all = line->lane->all;

	return line->running + line->lane->running <
	    2 * (all->workers - all->busy);
}

static void
count_in(struct vop *op)
{
	struct vline *line = op->line;

	line->running++;
	line->lane->running++;
	line->lane->all->busy++;
}

static void
count_out(struct vop *op)
{
	struct vline *line = op->line;

	line->running--;
	line->lane->running--;
	line->lane->all->busy--;
}

static void
append(struct vline *line, struct vop *op)
{
	op->stage = VOP_IN_LINE;
	op->next = NULL;
	*line->tail = op;
	line->tail = &op->next;
	line->lane->waiting++;
}

/* *p is the place of an operation in line. */
static struct vop *
take_out(struct vline *line, struct vop **p)
{
	struct vop *op = *p;

	if ((*p = op->next) == NULL)
		line->tail = p;
	line->lane->waiting--;
	return op;
}

/* The line of lane whose first is next, or NULL. */
static struct vline *
next_line(struct vlane *lane)
{
	struct vline *line;
	size_t i;

	for (i = 0; lane->waiting > 0 && i < LINES; i++) {
		line = &lane->lines[(lane->turn + i) % LINES];
		if (line->first != NULL && may_run(line))
			return line;
	}
	return NULL;
}

/* The same of all lanes. */
static struct vline *
next_of_all(struct vlanes *all)
{
	struct vlane *lane = all->turn;
	struct vline *line;

	do {
		if ((line = next_line(lane)) != NULL)
			return line;
		lane = lane->next;
	} while (lane != all->turn);
	return NULL;
}

/* The first of line is to run, and counts from now on. */
static struct vop *
admit(struct vline *line)
{
	struct vlane *lane = line->lane;
	struct vop *op = take_out(line, &line->first);

	lane->turn = (size_t)(line - lane->lines + 1) % LINES;
	lane->all->turn = lane->next;
	op->stage = VOP_ADMITTED;
	count_in(op);
	return op;
}

static struct vworker *
hire(struct vlanes *all)
{
	struct vworker *w;
	struct vline *line;

	if (all->hired == all->workers || (line = next_of_all(all)) == NULL ||
	    (w = calloc(1, sizeof(*w))) == NULL)
		return NULL;
	w->all = all;
	w->first = admit(line);
	w->first->worker = w;
	all->hired++;
	return w;
}

static void
dismiss(struct vlanes *all)
{
	if (--all->hired == 0)
		uv_cond_signal(&all->dismissed);
}

/* Somebody who waits while nobody works could only have found no memory. */
int
vlane_enter(struct vop *op, struct vworker **w)
{
	struct vlane *lane = op->lane;
	struct vlanes *all = lane->all;
	int rc = 0;

	uv_mutex_lock(&all->mutex);
	op->line = &lane->lines[op->client % LINES];
	append(op->line, op);
	*w = hire(all);
	if (all->hired == 0) {
		(void)take_out(op->line, &op->line->first);
		op->stage = VOP_OUTSIDE;
		rc = -ENOMEM;
	}
	uv_mutex_unlock(&all->mutex);
	return rc;
}

struct vworker *
vlane_hire(struct vlane *lane)
{
	struct vworker *w;

	uv_mutex_lock(&lane->all->mutex);
	w = hire(lane->all);
	uv_mutex_unlock(&lane->all->mutex);
	return w;
}

/* Go on with op, or another if it is NULL, or not at all. */
static struct vop *
go_on(struct vlanes *all, struct vop *op)
{
	struct vline *line;

	if (op == NULL && (line = next_of_all(all)) != NULL)
		op = admit(line);
	if (op != NULL)
		op->stage = VOP_ON_WORKER;
	else
		dismiss(all);
	return op;
}

struct vop *
vlane_begin(struct vworker *w)
{
	struct vop *op;

	uv_mutex_lock(&w->all->mutex);
	op = go_on(w->all, w->first);
	uv_mutex_unlock(&w->all->mutex);
	return op;
}

struct vop *
vlane_next(struct vworker *w, struct vop *op)
{
	struct vop *next;

	uv_mutex_lock(&w->all->mutex);
	count_out(op);
	next = go_on(w->all, NULL);
	uv_mutex_unlock(&w->all->mutex);
	return next;
}

static void
leave_line(struct vop *op)
{
	struct vop **p = &op->line->first;

	while (*p != op)
		p = &(*p)->next;
	(void)take_out(op->line, p);
}

/* A worker that is on its way will find something else, or nothing. */
bool
vlane_give_up(struct vop *op)
{
	struct vlanes *all = op->line->lane->all;
	bool could;

	uv_mutex_lock(&all->mutex);
	could = op->stage == VOP_IN_LINE || op->stage == VOP_ADMITTED;
	if (op->stage == VOP_IN_LINE) {
		leave_line(op);
	} else if (op->stage == VOP_ADMITTED) {
		op->worker->first = NULL;
		count_out(op);
	}
	if (could)
		op->stage = VOP_OUTSIDE;
	uv_mutex_unlock(&all->mutex);
	return could;
}
