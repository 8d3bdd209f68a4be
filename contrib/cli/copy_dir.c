/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy_dir.c -- directories that are held while something in them is copied.
 */

#include <sys/stat.h>

#include "copy.h"

struct copy_dir *
copy_dir_new(struct copy *cp, const char *from_path, const char *to_path,
    struct copy_dir *up)
{
	struct copy_dir *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->from_path = strdup(from_path);
	d->to_path = strdup(to_path);
	if (d->from_path == NULL || d->to_path == NULL) {
		free(d->from_path);
		free(d->to_path);
		free(d);
		return NULL;
	}
	d->cp = cp;
	d->from = d->to = PLACE_NONE;
	d->refs = 1;
	if ((d->up = up) != NULL)
		up->refs++;
	return d;
}

static void
close_it(struct copy_dir *d, int rc)
{
	struct copy_dir *up = d->up;

	if (rc < 0)
		copy_error(d->cp, NULL, d->to_path, rc);
	place_drop(d->cp->c, &d->from);
	place_drop(d->cp->c, &d->to);
	free(d->from_path);
	free(d->to_path);
	free(d);
	if (up != NULL)
		copy_dir_put(up);
}

/* As cp(1) has it: without the owner, set-id bits would be somebody else's. */
struct etfsc_setattr
copy_keep(const struct etfsc_attr *source, enum copy_keep keep)
{
	struct etfsc_setattr set = {
		.valid = ETFSC_SET_ATIME | ETFSC_SET_MTIME,
		.mode = source->mode & (keep == COPY_OWNER ? 07777 : 0777),
		.uid = source->uid,
		.gid = source->gid,
		.atime = source->atime,
		.mtime = source->mtime,
	};

	if (!S_ISLNK(source->mode))
		set.valid |= ETFSC_SET_MODE;
	if (keep == COPY_OWNER)
		set.valid |= ETFSC_SET_UID;
	if (keep != COPY_MODE)
		set.valid |= ETFSC_SET_GID;
	return set;
}

bool
copy_keeps_less(int rc, enum copy_keep keep)
{
	return keep != COPY_MODE && (rc == -EPERM || rc == -EINVAL);
}

static void has_set(struct etfsc_req *req, int rc);

static int
set(struct copy_dir *d)
{
	struct copy *cp = d->cp;

	d->req.done = has_set;
	if (cp->keep)
		d->attr = copy_keep(&d->source, d->keep);
	return cp->to->set(cp->c, &d->req, &d->to, &d->attr);
}

static void
set_less(struct copy_dir *d, int rc)
{
	while (d->cp->keep && copy_keeps_less(rc, d->keep)) {
		d->keep++;
		rc = set(d);
	}
	if (rc != PLACE_PENDING)
		close_it(d, rc);
}

static void
has_set(struct etfsc_req *req, int rc)
{
	set_less((struct copy_dir *)req, rc);
}

void
copy_dir_put(struct copy_dir *d)
{
	if (--d->refs == 0)
		set_less(d, d->set ? set(d) : 0);
}
