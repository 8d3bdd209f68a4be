/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.c -- what comes of a step, according to the model.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "world.h"

static struct handle *
slot_of(struct world *w, const struct step *s)
{
	return &w->slots[s->party][s->slot];
}

/* The file that a step is about: what a slot holds, or what has a name. */
static int
target(struct world *w, const struct step *s, bool follow, struct node **node)
{
	struct way y;
	int rc;

	if (s->slot != STEP_ROOT) {
		*node = slot_of(w, s)->node;
		return *node == NULL ? RULE_SKIP : 0;
	}
	if ((rc = way_walk(w, s, &s->at, &y, follow)) != 0)
		return rc;
	*node = y.node;
	return y.node == NULL ? -ENOENT : 0;
}

static int
do_close(struct world *w, const struct step *s)
{
	struct handle *h = slot_of(w, s);
	bool wire = w->party[s->party].wire;

	if (h->node == NULL)
		return RULE_SKIP;
	locks_drop(h->node, s->party, wire ? s->slot : -1);
	h->node->opens--;
	touch(w, h->node, 0, 0);
	h->node = NULL;
	return 0;
}

static int
do_read(struct world *w, const struct step *s, struct outcome *out)
{
	struct handle *h = slot_of(w, s);
	uint64_t left;

	if (h->node == NULL)
		return RULE_SKIP;
	if ((h->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (S_ISDIR(h->node->mode))
		return -EISDIR;
	left = s->off < h->node->size ? h->node->size - s->off : 0;
	out->len = left < s->len ? (uint32_t)left : s->len;
	bytes_read(h->node, s->off, out->data, out->len);
	touch(w, h->node, 0, T_ATIME);
	return (int)out->len;
}

static int
do_write(struct world *w, const struct step *s)
{
	struct handle *h = slot_of(w, s);
	static uint8_t buf[STEP_DATA];
	uint64_t off = s->off;

	if (h->node == NULL)
		return RULE_SKIP;
	if ((h->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (h->flags & O_APPEND)
		off = h->node->size;
	step_fill(s->seed, buf, s->len);
	bytes_write(h->node, off, buf, s->len);
	touch(w, h->node, s->len > 0 ? T_BOTH : 0, T_BOTH);
	return (int)s->len;
}

static int
do_readdir(struct world *w, const struct step *s, struct outcome *out)
{
	const struct node *dir = slot_of(w, s)->node;
	const struct entry *e;
	int n = 0;

	if (dir == NULL)
		return RULE_SKIP;
	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	for (e = dir->entries; e != NULL; e = e->next, n++)
		outcome_add(out, e->name);
	outcome_sort(out);
	touch(w, slot_of(w, s)->node, 0, T_ATIME);
	return n;
}

static int
do_stat(struct world *w, const struct step *s)
{
	struct node *node;
	int rc = target(w, s, false, &node);

	if (rc == 0)
		w->subject = node;
	return rc;
}

/* Of a link there is nothing to change but owner and times. */
static int
not_a_link(const struct world *w, const struct step *s, const struct node *node)
{
	if (!S_ISLNK(node->mode))
		return 0;
	return w->party[s->party].wire ? -EOPNOTSUPP : RULE_SKIP;
}

static int
do_chmod(struct world *w, const struct step *s)
{
	struct node *node;
	int rc = target(w, s, true, &node);

	if (rc == 0)
		rc = not_a_link(w, s, node);
	if (rc == 0 && mounted_goes_by(w, s, node))
		return RULE_SKIP;
	if (rc != 0)
		return rc;
	node->mode = (node->mode & S_IFMT) | s->mode;
	touch(w, node, T_CTIME, 0);
	return 0;
}

/* A new owner does not get the rights of the old one. */
static int
do_chown(struct world *w, const struct step *s)
{
	struct node *node;
	int rc = target(w, s, false, &node);

	if (rc != 0)
		return rc;
	if ((s->uid == (uid_t)-1 && s->gid == (gid_t)-1) ||
	    mounted_goes_by(w, s, node))
		return RULE_SKIP;
	if (s->uid != (uid_t)-1)
		node->uid = s->uid;
	if (s->gid != (gid_t)-1)
		node->gid = s->gid;
	if (!S_ISDIR(node->mode)) {
		node->mode &= ~(mode_t)S_ISUID;
		if (node->mode & S_IXGRP)
			node->mode &= ~(mode_t)S_ISGID;
	}
	touch(w, node, T_CTIME, 0);
	return 0;
}

static void
set_time(struct node *node, const struct timespec *ts, int which)
{
	struct timespec *time = which == T_MTIME ? &node->mtime : &node->atime;

	if (ts->tv_nsec == UTIME_OMIT)
		return;
	if (ts->tv_nsec == UTIME_NOW) {
		node->may |= which;
		node->must |= which & T_MTIME;
		return;
	}
	*time = *ts;
	node->exact |= which;
	node->must &= ~which;
	node->may &= ~which;
}

static int
do_utimes(struct world *w, const struct step *s)
{
	struct node *node;
	int rc;

	/* Nobody looks whether it is there. */
	if (s->times[0].tv_nsec == UTIME_OMIT &&
	    s->times[1].tv_nsec == UTIME_OMIT)
		return RULE_SKIP;
	if ((rc = target(w, s, false, &node)) != 0)
		return rc;
	touch(w, node, T_CTIME, 0);
	set_time(node, &s->times[0], T_ATIME);
	set_time(node, &s->times[1], T_MTIME);
	return 0;
}

static int
do_truncate(struct world *w, const struct step *s)
{
	bool wire = w->party[s->party].wire;
	struct node *node;
	int rc = target(w, s, true, &node);

	if (rc != 0)
		return rc;
	if (!wire && s->slot != STEP_ROOT &&
	    (slot_of(w, s)->flags & O_ACCMODE) == O_RDONLY)
		return -EINVAL;
	if (S_ISDIR(node->mode))
		return -EISDIR;
	if (!S_ISREG(node->mode))
		return -EINVAL;
	touch(w, node, node->size != s->off ? T_BOTH : 0, T_BOTH);
	bytes_resize(node, s->off);
	return 0;
}

static bool
has_xattrs(const struct node *node)
{
	return S_ISREG(node->mode) || S_ISDIR(node->mode);
}

static int
do_getxattr(struct world *w, const struct step *s, struct outcome *out)
{
	const struct xvalue *x;
	struct node *node;
	int rc = target(w, s, false, &node);

	if (rc != 0)
		return rc;
	x = &node->xattrs[s->which];
	if (!x->set)
		return -ENODATA;
	out->len = x->len;
	step_fill(x->seed, out->data, x->len);
	return (int)x->len;
}

static int
do_setxattr(struct world *w, const struct step *s)
{
	static const int flags[] = { 0, XATTR_CREATE, XATTR_REPLACE };
	struct xvalue *x;
	struct node *node;
	int rc = target(w, s, false, &node);

	if (rc != 0)
		return rc;
	if (!has_xattrs(node))
		return -EPERM;
	x = &node->xattrs[s->which];
	/* The protocol's word for "remove it". */
	if (flags[s->flags] == XATTR_REPLACE && s->len % 200 == 0 &&
	    (w->party[s->party].wire || w->party[s->party].mounted))
		return RULE_SKIP;
	if (flags[s->flags] == XATTR_CREATE && x->set)
		return -EEXIST;
	if (flags[s->flags] == XATTR_REPLACE && !x->set)
		return -ENODATA;
	*x = (struct xvalue){ true, s->len % 200, s->seed };
	touch(w, node, T_CTIME, 0);
	return 0;
}

static int
do_removexattr(struct world *w, const struct step *s)
{
	struct xvalue *x;
	struct node *node;
	int rc = target(w, s, false, &node);

	if (rc != 0)
		return rc;
	if (!has_xattrs(node))
		return -EPERM;
	x = &node->xattrs[s->which];
	if (!x->set)
		return -ENODATA;
	x->set = false;
	touch(w, node, T_CTIME, 0);
	return 0;
}

static int
do_listxattr(struct world *w, const struct step *s, struct outcome *out)
{
	struct node *node;
	unsigned int i;
	int rc = target(w, s, false, &node), n = 0;

	if (rc != 0)
		return rc;
	for (i = 0; i < WORLD_XATTRS; i++)
		if (node->xattrs[i].set) {
			outcome_add(out, step_xattr(i));
			n++;
		}
	return n;
}

static int
do_readlink(struct world *w, const struct step *s, struct outcome *out)
{
	struct node *node;
	int rc = target(w, s, false, &node);

	if (rc != 0)
		return rc;
	if (!S_ISLNK(node->mode))
		return -EINVAL;
	out->len = (uint32_t)strlen(node->target);
	memcpy(out->data, node->target, out->len);
	touch(w, node, 0, T_ATIME);
	return (int)out->len;
}

/* Something is open, or a name leads somewhere. */
static int
do_nothing(struct world *w, const struct step *s)
{
	struct node *node;

	return target(w, s, true, &node);
}

static int
apply(struct world *w, const struct step *s, struct outcome *out)
{
	switch (s->op) {
	case OP_OPEN:
		return slot_of(w, s)->node != NULL ? RULE_SKIP
						   : rule_open(w, s);
	case OP_CLOSE:
		return do_close(w, s);
	case OP_READ:
		return do_read(w, s, out);
	case OP_WRITE:
		return do_write(w, s);
	case OP_READDIR:
		return do_readdir(w, s, out);
	case OP_STAT:
		return do_stat(w, s);
	case OP_CHMOD:
		return do_chmod(w, s);
	case OP_CHOWN:
		return do_chown(w, s);
	case OP_UTIMES:
		return do_utimes(w, s);
	case OP_TRUNCATE:
		return do_truncate(w, s);
	case OP_GETXATTR:
		return do_getxattr(w, s, out);
	case OP_SETXATTR:
		return do_setxattr(w, s);
	case OP_REMOVEXATTR:
		return do_removexattr(w, s);
	case OP_LISTXATTR:
		return do_listxattr(w, s, out);
	case OP_READLINK:
		return do_readlink(w, s, out);
	case OP_MKDIR:
	case OP_MKFIFO:
	case OP_SYMLINK:
		return rule_make(w, s);
	case OP_LINK:
		return rule_link(w, s);
	case OP_RENAME:
		return rule_rename(w, s);
	case OP_UNLINK:
	case OP_RMDIR:
		return rule_remove(w, s);
	case OP_LOCK:
		return rule_lock(w, s);
	default:
		return do_nothing(w, s);
	}
}

bool
world_step(struct world *w, const struct step *step, struct outcome *out)
{
	world_forget(w);
	w->also = 0;
	out->len = 0;
	out->rc = apply(w, step, out);
	return out->rc != RULE_SKIP;
}
