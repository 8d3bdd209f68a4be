/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy_dir.c -- directories that are held while something in them is copied.
 */

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

static void
has_set(struct etfsc_req *req, int rc)
{
	close_it((struct copy_dir *)req, rc);
}

void
copy_dir_put(struct copy_dir *d)
{
	int rc = 0;

	if (--d->refs > 0)
		return;
	d->req.done = has_set;
	if (d->set)
		rc = d->cp->to->set(d->cp->c, &d->req, &d->to, &d->attr);
	if (rc != PLACE_PENDING)
		close_it(d, rc);
}
