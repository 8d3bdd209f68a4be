/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * party_wire.c -- a client on the library, for a model's steps.
 *
 * What a slot holds is two fids: one walked, to begin paths at, and one open.
 * What is done to it is done by either.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "wire_calls.h"

struct wire_party {
	struct party p;
	struct wire_calls c;
};

static int
wire_begin(struct party *p, const char *dir, bool make)
{
	struct wire_calls *c = &((struct wire_party *)p)->c;
	struct etfsc_req req = { .done = NULL };
	char path[80];
	int rc;

	snprintf(path, sizeof(path), "/%s", dir);
	if (make && (rc = etfsc_mkdir(c->fs, path, 0777)) != 0)
		return rc;
	c->root = ETFSC_NOFID;
	etfsc_twalk(c->fs, &req, etfsc_root(c->fs), &c->root, &dir, 1, NULL);
	rc = etfsc_wait(c->fs, &req);
	return rc == 1 ? 0 : rc < 0 ? rc : -ENOENT;
}

static void
wire_run(struct party *p, const struct step *s, struct outcome *out)
{
	memset(out, 0, offsetof(struct outcome, data));
	wire_calls_run(&((struct wire_party *)p)->c, s, out);
}

static void
wire_end(struct party *p)
{
	struct wire_calls *c = &((struct wire_party *)p)->c;
	int i;

	for (i = 0; i < STEP_SLOTS; i++) {
		etfsc_forget(c->fs, c->slots[i].walked);
		etfsc_forget(c->fs, c->slots[i].open);
		c->slots[i].walked = c->slots[i].open = ETFSC_NOFID;
	}
	etfsc_forget(c->fs, c->root);
	c->root = ETFSC_NOFID;
}

static int remove_tree(struct etfsc *fs, const char *name);

/* All that is in the current directory. */
static int
empty_here(struct etfsc *fs)
{
	struct etfsc_dirent e;
	struct etfsc_dir *d;
	int rc;

	if ((rc = etfsc_opendir(fs, ".", &d)) != 0)
		return rc;
	while (rc == 0 && etfsc_readdir(d, &e) == 1)
		if (e.name[0] != '.')
			rc = remove_tree(fs, e.name);
	etfsc_closedir(d);
	return rc;
}

static int
remove_tree(struct etfsc *fs, const char *name)
{
	int rc = etfsc_unlink(fs, name);

	if (rc != -EISDIR)
		return rc;
	if ((rc = etfsc_chdir(fs, name)) != 0)
		return rc;
	rc = empty_here(fs);
	if (etfsc_chdir(fs, "..") != 0)
		return -EIO;
	return rc != 0 ? rc : etfsc_rmdir(fs, name);
}

static int
wire_remove(struct party *p, const char *dir)
{
	return remove_tree(((struct wire_party *)p)->c.fs, dir);
}

static void
wire_free(struct party *p)
{
	etfsc_release(((struct wire_party *)p)->c.fs);
	free(p);
}

struct party *
party_wire(const char *address)
{
	struct wire_party *w = calloc(1, sizeof(*w));
	struct etfsc_options opt = { .timeout_ms = 60000 };
	int i;

	if (w == NULL)
		abort();
	w->p = (struct party){ true, wire_begin, wire_run, wire_end,
		wire_remove, wire_free };
	if (etfsc_mount(address, &opt, &w->c.fs) != 0) {
		fprintf(stderr, "model: %s\n", etfsc_reason(w->c.fs));
		exit(2);
	}
	w->c.root = ETFSC_NOFID;
	for (i = 0; i < STEP_SLOTS; i++)
		w->c.slots[i].walked = w->c.slots[i].open = ETFSC_NOFID;
	return &w->p;
}
