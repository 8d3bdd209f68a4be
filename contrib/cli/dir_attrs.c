/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dir_attrs.c -- the attributes of all entries, many of them in flight: each is
 * walked to, asked, and clunked.
 */

#include <sys/stat.h>

#include "dir.h"

#define MAX_TARGET 4095U

static void
ended(struct dir_entry *e, int rc)
{
	struct flight *f = &e->list->flight;

	e->rc = rc;
	etfsc_forget(f->c->fs, e->fid);
	flight_landed(f);
}

static void
link_done(struct etfsc_req *req, int rc)
{
	struct dir_entry *e = (struct dir_entry *)req;

	if (rc >= 0)
		e->target[rc < (int)MAX_TARGET ? rc : (int)MAX_TARGET] = '\0';
	else {
		free(e->target);
		e->target = NULL;
	}
	ended(e, 0);
}

static void
attr_done(struct etfsc_req *req, int rc)
{
	struct dir_entry *e = (struct dir_entry *)req;

	ended(e, rc);
}

static void
attr_then_link(struct etfsc_req *req, int rc)
{
	struct dir_entry *e = (struct dir_entry *)req;

	if (rc != 0 || !S_ISLNK(e->attr.mode) ||
	    (e->target = malloc(MAX_TARGET + 1)) == NULL) {
		ended(e, rc);
		return;
	}
	req->done = link_done;
	etfsc_treadlink(
	    e->list->flight.c->fs, req, e->fid, e->target, MAX_TARGET);
}

static void
walk_done(struct etfsc_req *req, int rc)
{
	struct dir_entry *e = (struct dir_entry *)req;

	if (rc < 0 || e->fid == ETFSC_NOFID) {
		ended(e, rc < 0 ? rc : -ENOENT);
		return;
	}
	req->done = e->list->links ? attr_then_link : attr_done;
	etfsc_tgetattr(
	    e->list->flight.c->fs, req, e->fid, ETFSC_ATTR_ALL, &e->attr);
}

static void
start(struct flight *f, size_t i)
{
	struct dir_list *list =
	    (struct dir_list *)((char *)f - offsetof(struct dir_list, flight));
	struct dir_entry *e = &list->e[i];
	const char *name = e->name;

	e->list = list;
	e->fid = ETFSC_NOFID;
	e->req.done = walk_done;
	etfsc_twalk(f->c->fs, &e->req, list->dir, &e->fid, &name,
	    strcmp(name, ".") != 0, NULL);
}

void
dir_attrs(struct cli *c, uint32_t dir, struct dir_list *list, bool links)
{
	list->dir = dir;
	list->links = links;
	list->flight = (struct flight){ c, list->n, start, 0 };
	flight_run(&list->flight);
}
