/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire_name.c -- names, as messages.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "wire_calls.h"

/* Walk on, if possible; the errno of the name that is missing otherwise. */
static int
walk_on(struct wire_calls *c, uint32_t fid, const char *const *names,
    unsigned int n, uint8_t *type)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_qid qids[16];
	int rc;

	etfsc_twalk(c->fs, &req, fid, &fid, names, n, qids);
	rc = etfsc_wait(c->fs, &req);
	if (rc < 0 || (unsigned int)rc == n) {
		if (rc > 0 && type != NULL)
			*type = qids[n - 1].type;
		return rc < 0 ? rc : 0;
	}
	if ((rc = walk_on(c, fid, names, (unsigned int)rc, type)) != 0)
		return rc;
	return -EAGAIN;
}

static int
walk_names(struct wire_calls *c, uint32_t fid, const char *const *names,
    unsigned int n, bool singly, uint8_t *type)
{
	unsigned int i, len;
	int rc = 0;

	for (i = 0; i < n && strlen(names[i]) <= 255; i++)
		;
	if (i < n)
		singly = true;
	for (i = 0; i < n && rc == 0; i += len) {
		len = singly ? 1 : n - i < 16 ? n - i : 16;
		rc = walk_on(c, fid, names + i, len, type);
	}
	return rc;
}

int
wire_clone(struct wire_calls *c, uint32_t from, uint32_t *fid)
{
	struct etfsc_req req = { .done = NULL };

	*fid = ETFSC_NOFID;
	etfsc_twalk(c->fs, &req, from, fid, NULL, 0, NULL);
	return etfsc_wait(c->fs, &req);
}

static uint32_t
base_of(const struct wire_calls *c, const struct place *p)
{
	return p->base == STEP_ROOT ? c->root : c->slots[p->base].walked;
}

/*
 * What can be walked at once is; if it cannot all be, a name at a time tells
 * why.
 */
int
wire_walk(struct wire_calls *c, const struct step *s, const struct place *p,
    unsigned int n, uint32_t *fid, uint8_t *type)
{
	const char *names[STEP_DEPTH];
	unsigned int i;
	int rc;

	for (i = 0; i < n; i++)
		names[i] = step_name(p->names[i]);
	if ((rc = wire_clone(c, base_of(c, p), fid)) != 0)
		return rc;
	rc = walk_names(c, *fid, names, n, s->way & WAY_SINGLY, type);
	if (rc == -EAGAIN) {
		etfsc_forget(c->fs, *fid);
		if ((rc = wire_clone(c, base_of(c, p), fid)) != 0)
			return rc;
		rc = walk_names(c, *fid, names, n, true, type);
		if (rc == 0)
			rc = -EBADMSG; /* it has just been impossible */
	}
	if (rc != 0)
		etfsc_forget(c->fs, *fid);
	return rc;
}

static int
end(struct wire_calls *c, struct etfsc_req *req, uint32_t fid)
{
	int rc = etfsc_wait(c->fs, req);

	etfsc_forget(c->fs, fid);
	return rc;
}

static int
make(struct wire_calls *c, const struct step *s)
{
	const char *name = step_name(s->at.names[s->at.n - 1]);
	struct etfsc_req req = { .done = NULL };
	uint32_t dir;
	int rc;

	if ((rc = wire_walk(c, s, &s->at, s->at.n - 1, &dir, NULL)) != 0)
		return rc;
	if (s->op == OP_MKDIR)
		etfsc_tmkdir(c->fs, &req, dir, name, s->mode, ETFSC_NOID, NULL);
	else if (s->op == OP_MKFIFO)
		etfsc_tmknod(c->fs, &req, dir, name, s->mode | S_IFIFO, 0,
		    ETFSC_NOID, NULL);
	else
		etfsc_tsymlink(c->fs, &req, dir, name, step_target(s->which),
		    ETFSC_NOID, NULL);
	return end(c, &req, dir);
}

static int
link_to(struct wire_calls *c, const struct step *s)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t dir, file;
	int rc;

	if (s->slot != STEP_ROOT)
		rc = wire_clone(c, c->slots[s->slot].walked, &file);
	else
		rc = wire_walk(c, s, &s->at, s->at.n, &file, NULL);
	if (rc != 0)
		return rc;
	rc = wire_walk(c, s, &s->to, s->to.n - 1, &dir, NULL);
	if (rc == 0) {
		etfsc_tlink(c->fs, &req, dir, file,
		    step_name(s->to.names[s->to.n - 1]));
		rc = end(c, &req, dir);
	}
	etfsc_forget(c->fs, file);
	return rc;
}

/* The old message names what is moved by a fid. */
static int
move(struct wire_calls *c, const struct step *s)
{
	const char *to = step_name(s->to.names[s->to.n - 1]);
	struct etfsc_req req = { .done = NULL };
	unsigned int n = s->at.n - (s->way & WAY_OLD ? 0 : 1);
	uint32_t from, dir;
	int rc;

	if ((rc = wire_walk(c, s, &s->at, n, &from, NULL)) != 0)
		return rc;
	rc = wire_walk(c, s, &s->to, s->to.n - 1, &dir, NULL);
	if (rc == 0) {
		if (s->way & WAY_OLD)
			etfsc_trename(c->fs, &req, from, dir, to);
		else
			etfsc_trenameat(c->fs, &req, from,
			    step_name(s->at.names[s->at.n - 1]), dir, to);
		rc = end(c, &req, dir);
	}
	etfsc_forget(c->fs, from);
	return rc;
}

/* The old message removes whatever it is. */
static int
remove_old(struct wire_calls *c, const struct step *s)
{
	bool dir = s->op == OP_RMDIR;
	struct etfsc_req req = { .done = NULL };
	uint8_t type = 0;
	uint32_t fid;
	int rc;

	if ((rc = wire_walk(c, s, &s->at, s->at.n, &fid, &type)) != 0)
		return rc;
	if (dir != ((type & ETFSC_QTDIR) != 0)) {
		etfsc_forget(c->fs, fid);
		return dir ? -ENOTDIR : -EISDIR;
	}
	etfsc_tremove(c->fs, &req, fid);
	return etfsc_wait(c->fs, &req);
}

static int
remove_name(struct wire_calls *c, const struct step *s)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t dir;
	int rc;

	if (s->way & WAY_OLD)
		return remove_old(c, s);
	if ((rc = wire_walk(c, s, &s->at, s->at.n - 1, &dir, NULL)) != 0)
		return rc;
	etfsc_tunlinkat(c->fs, &req, dir, step_name(s->at.names[s->at.n - 1]),
	    s->op == OP_RMDIR ? AT_REMOVEDIR : 0);
	return end(c, &req, dir);
}

static int
read_link(struct wire_calls *c, const struct step *s, struct outcome *out)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t fid;
	int rc;

	if ((rc = wire_walk(c, s, &s->at, s->at.n, &fid, NULL)) != 0)
		return rc;
	etfsc_treadlink(c->fs, &req, fid, (char *)out->data, STEP_DATA);
	rc = end(c, &req, fid);
	out->len = rc > 0 ? (uint32_t)rc : 0;
	return rc;
}

int
wire_name(struct wire_calls *c, const struct step *s, struct outcome *out)
{
	switch (s->op) {
	case OP_READLINK:
		return read_link(c, s, out);
	case OP_LINK:
		return link_to(c, s);
	case OP_RENAME:
		return move(c, s);
	case OP_UNLINK:
	case OP_RMDIR:
		return remove_name(c, s);
	default:
		return make(c, s);
	}
}

/* Open what fid has walked to, and keep both. */
static int
open_there(struct wire_calls *c, const struct step *s, uint32_t fid)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t open;
	int rc;

	if ((rc = wire_clone(c, fid, &open)) != 0)
		return rc;
	etfsc_tlopen(
	    c->fs, &req, open, s->flags & ~(O_CREAT | O_EXCL), NULL, NULL);
	if ((rc = etfsc_wait(c->fs, &req)) != 0) {
		etfsc_forget(c->fs, open);
		return rc;
	}
	c->slots[s->slot].walked = fid;
	c->slots[s->slot].open = open;
	return 0;
}

static int
create(struct wire_calls *c, const struct step *s)
{
	const char *name = step_name(s->at.names[s->at.n - 1]);
	struct etfsc_req req = { .done = NULL };
	uint32_t dir, open;
	int rc;

	if ((rc = wire_walk(c, s, &s->at, s->at.n - 1, &dir, NULL)) != 0)
		return rc;
	if ((rc = wire_clone(c, dir, &open)) == 0) {
		etfsc_tlcreate(c->fs, &req, open, name, s->flags, s->mode,
		    ETFSC_NOID, NULL, NULL);
		if ((rc = etfsc_wait(c->fs, &req)) != 0)
			etfsc_forget(c->fs, open);
	}
	if (rc != 0) {
		etfsc_forget(c->fs, dir);
		return rc;
	}
	etfsc_twalk(c->fs, &req, dir, &dir, &name, 1, NULL);
	c->slots[s->slot].walked = dir;
	c->slots[s->slot].open = open;
	rc = etfsc_wait(c->fs, &req);
	return rc == 1 ? 0 : rc < 0 ? rc : -ENOENT;
}

int
wire_open(struct wire_calls *c, const struct step *s)
{
	uint32_t fid;
	int rc;

	if ((s->flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) &&
	    s->at.n > 0)
		return create(c, s);
	rc = wire_walk(c, s, &s->at, s->at.n, &fid, NULL);
	if (rc == -ENOENT && (s->flags & O_CREAT) && s->at.n > 0)
		return create(c, s);
	if (rc != 0)
		return rc;
	if ((rc = open_there(c, s, fid)) != 0)
		etfsc_forget(c->fs, fid);
	return rc;
}
