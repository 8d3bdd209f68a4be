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

#include "vfs_internal.h"

#define LINES 64

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

	lanes->workers = VLANE_WORKERS;
	lanes->busy = 0;
	if ((rc = uv_mutex_init(&lanes->mutex)) != 0)
		return rc;
	if ((lanes->common = lane_new(lanes, 0)) == NULL) {
		uv_mutex_destroy(&lanes->mutex);
		return -ENOMEM;
	}
	lanes->turn = lanes->common;
	return 0;
}

void
vlanes_fini(struct vlanes *lanes)
{
	struct vlane *lane = lanes->common->next, *next;

	for (; lane != lanes->common; lane = next) {
		next = lane->next;
		free(lane);
	}
	free(lanes->common);
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

	op->stage = VOP_ADMITTED;
	line->running++;
	line->lane->running++;
	line->lane->all->busy++;
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

bool
vlane_enter(struct vop *op)
{
	struct vlane *lane = op->lane;
	bool admitted;

	op->line = &lane->lines[op->client % LINES];
	uv_mutex_lock(&lane->all->mutex);
	admitted = op->line->first == NULL && may_run(op->line);
	if (admitted)
		count_in(op);
	else
		append(op->line, op);
	uv_mutex_unlock(&lane->all->mutex);
	return admitted;
}

/* The next of lane that may run now, or NULL. */
static struct vop *
next_in(struct vlane *lane)
{
	struct vline *line;
	size_t i;

	for (i = 0; lane->waiting > 0 && i < LINES; i++) {
		line = &lane->lines[(lane->turn + i) % LINES];
		if (line->first == NULL || !may_run(line))
			continue;
		lane->turn = (lane->turn + i + 1) % LINES;
		return take_out(line, &line->first);
	}
	return NULL;
}

static struct vop *
next_of_all(struct vlanes *all)
{
	struct vlane *lane = all->turn;
	struct vop *op;

	if (all->busy == all->workers)
		return NULL;
	do {
		op = next_in(lane);
		lane = lane->next;
	} while (op == NULL && lane != all->turn);
	all->turn = lane;
	return op;
}

struct vop *
vlane_leave(struct vop *op)
{
	struct vlane *lane = op->line->lane;
	struct vop *next, *first = NULL, **tail = &first;

	uv_mutex_lock(&lane->all->mutex);
	op->stage = VOP_OUTSIDE;
	op->line->running--;
	lane->running--;
	lane->all->busy--;
	while ((next = next_of_all(lane->all)) != NULL) {
		count_in(next);
		next->next = NULL;
		*tail = next;
		tail = &next->next;
	}
	uv_mutex_unlock(&lane->all->mutex);
	return first;
}

bool
vlane_give_up(struct vop *op)
{
	struct vline *line = op->line;
	struct vop **p = &line->first;
	bool waits;

	uv_mutex_lock(&line->lane->all->mutex);
	waits = op->stage == VOP_IN_LINE;
	if (waits) {
		while (*p != op)
			p = &(*p)->next;
		(void)take_out(line, p);
		op->stage = VOP_OUTSIDE;
	}
	uv_mutex_unlock(&line->lane->all->mutex);
	return waits;
}
