/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_path.c -- from a path to a fid.
 *
 * Names are walked sixteen at a time, in the hope that none is a symbolic link.
 * The server does not follow one: a walk ends there, or it is the last that was
 * found.  Then we read what it says, put that in front of the rest, and go on
 * from the directory that it is in.  So ".." is always the server's, of where
 * the walk has really come to.
 */

#include <stdlib.h>

#include "etfsc_files.h"

#define MAX_LINKS 40
#define MAX_TARGET 4095 /* bytes, as Linux has it */

/* The next names of a path, and where the path goes on behind each. */
struct piece {
	p9_names names;
	const char *behind[P9_MAXWELEM];
	struct etfsc_qid qid[P9_MAXWELEM];
	bool slash; /* no name comes any more, but a "/" or "." did */
};

int
etfsc_path_init(struct etfsc_path *p, struct etfsc *fs, const char *path)
{
	*p = (struct etfsc_path){ .fs = fs, .at = fs->cwd, .rest = path };
	p->qid = fs->cwd_qid;
	if (path[0] == '/') {
		p->at = fs->root;
		p->qid = fs->root_qid;
	}
	return path[0] != '\0' ? 0 : -ENOENT;
}

/* Be somewhere else. */
static void
move_to(struct etfsc_path *p, uint32_t fid, bool ours)
{
	if (p->ours)
		etfsc_forget(p->fs, p->at);
	p->at = fid;
	p->ours = ours;
}

void
etfsc_path_enter(
    struct etfsc_path *p, uint32_t fid, const struct etfsc_qid *qid)
{
	move_to(p, fid, true);
	p->qid = *qid;
}

void
etfsc_path_fini(struct etfsc_path *p)
{
	move_to(p, ETFSC_NOFID, false);
	free(p->buf);
	p->buf = NULL;
}

/* Behind slashes, and names that are "."; was there one? */
static const char *
skip(const char *s, bool *slash)
{
	while (*s == '/' || (*s == '.' && (s[1] == '/' || s[1] == '\0'))) {
		s++;
		*slash = true;
	}
	return s;
}

/* A name that is too long is an error only when it is its turn. */
static int
gather(const char *s, struct piece *piece)
{
	p9_names *names = &piece->names;
	size_t len;

	names->n = 0;
	for (;;) {
		piece->slash = false;
		s = skip(s, &piece->slash);
		if (*s == '\0' || names->n == P9_MAXWELEM)
			return 0;
		len = strcspn(s, "/");
		if (len > ETFSC_NAME_MAX)
			return names->n > 0 ? 0 : -ENAMETOOLONG;
		names->name[names->n] = (p9_str){ s, (uint16_t)len };
		s += len;
		piece->behind[names->n++] = s;
	}
}

/* The first n names of piece, from at: how many were found, or -errno. */
static int
walk(struct etfsc_path *p, const struct piece *piece, uint16_t n,
    uint32_t *newfid, struct etfsc_qid *qid)
{
	struct etfsc_req req = { .done = NULL };
	p9_names names = piece->names;

	*newfid = ETFSC_NOFID;
	names.n = n;
	etfsc_walk(p->fs, &req, p->at, newfid, &names, qid);
	return etfsc_wait(p->fs, &req);
}

/* At fid, which the first n names of piece lead to. */
static int
advance(struct etfsc_path *p, struct piece *piece, uint16_t n, uint32_t fid)
{
	p9_names *names = &piece->names;

	move_to(p, fid, true);
	p->qid = piece->qid[n - 1];
	p->rest = piece->behind[n - 1];
	names->n = n;
	return p->trail != NULL ? etfsc_trail_add(p->trail, names) : 0;
}

/* Walk the first n names, which have been found just before. */
static int
walk_again(struct etfsc_path *p, struct piece *piece, uint16_t n)
{
	uint32_t fid;
	int rc;

	if (n == 0)
		return 0;
	if ((rc = walk(p, piece, n, &fid, piece->qid)) < 0)
		return rc;
	return rc == n ? advance(p, piece, n, fid) : -ENOENT;
}

int
etfsc_path_child(struct etfsc_path *p, const char *name, uint32_t *fid,
    struct etfsc_qid *qid)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	*fid = ETFSC_NOFID;
	etfsc_twalk(p->fs, &req, p->at, fid, &name, 1, qid);
	if ((rc = etfsc_wait(p->fs, &req)) < 0)
		return rc;
	return rc == 1 ? 0 : -ENOENT;
}

/* What link says, in front of rest. */
static int
splice(struct etfsc_path *p, const char *target, size_t len)
{
	size_t rest = strlen(p->rest);
	char *buf = malloc(len + rest + 1);

	if (buf == NULL)
		return -ENOMEM;
	memcpy(buf, target, len);
	memcpy(buf + len, p->rest, rest + 1);
	free(p->buf);
	p->buf = buf;
	p->rest = buf;
	if (target[0] != '/')
		return 0;
	move_to(p, p->fs->root, false);
	p->qid = p->fs->root_qid;
	if (p->trail != NULL)
		etfsc_trail_reset(p->trail);
	return 0;
}

int
etfsc_path_splice(struct etfsc_path *p, uint32_t link)
{
	struct etfsc_req req = { .done = NULL };
	char target[MAX_TARGET];
	int rc;

	if (++p->links > MAX_LINKS)
		return -ELOOP;
	etfsc_treadlink(p->fs, &req, link, target, sizeof(target));
	if ((rc = etfsc_wait(p->fs, &req)) < 0)
		return rc;
	if (rc == 0)
		return -ENOENT;
	if (rc > MAX_TARGET)
		return -ENAMETOOLONG;
	return splice(p, target, (size_t)rc);
}

/* The name behind the first n of piece is a link: follow it. */
static int
follow_link(struct etfsc_path *p, struct piece *piece, uint16_t n)
{
	const char *behind = piece->behind[n];
	char name[ETFSC_NAME_MAX + 1];
	struct etfsc_qid qid;
	uint32_t link;
	int rc;

	memcpy(name, piece->names.name[n].s, piece->names.name[n].len);
	name[piece->names.name[n].len] = '\0';
	if ((rc = walk_again(p, piece, n)) != 0 ||
	    (rc = etfsc_path_child(p, name, &link, &qid)) != 0)
		return rc;
	if (etfsc_is_link(&qid)) {
		p->rest = behind;
		rc = etfsc_path_splice(p, link);
	} else if (++p->links > MAX_LINKS) { /* it was one before, though */
		rc = -ELOOP;
	}
	etfsc_forget(p->fs, link);
	return rc;
}

/* Of the n names that were found, the first that is a link to be followed. */
static uint16_t
find_link(const struct piece *piece, uint16_t n, bool follow)
{
	uint16_t i;

	for (i = 0; i < n; i++)
		if (etfsc_is_link(&piece->qid[i]) &&
		    (follow || *piece->behind[i] != '\0'))
			return i;
	return n;
}

/* The walk stopped behind n names, and did not say why: the next one will. */
static int
find_error(struct etfsc_path *p, struct piece *piece, uint16_t n)
{
	struct piece one = { .names.n = 1,
		.names.name[0] = piece->names.name[n],
		.behind[0] = piece->behind[n] };
	uint32_t fid;
	int rc;

	if ((rc = walk_again(p, piece, n)) != 0 ||
	    (rc = walk(p, &one, 1, &fid, one.qid)) < 0)
		return rc;
	if (rc == 0)
		return -ENOENT;
	/* Somebody has made it meanwhile: to be looked at once more. */
	etfsc_forget(p->fs, fid);
	return 0;
}

/* Sixteen names further, or up to a link, which is then part of rest. */
static int
step(struct etfsc_path *p, struct piece *piece, bool follow)
{
	uint16_t n = piece->names.n, link, found;
	uint32_t fid;
	int rc;

	if ((rc = walk(p, piece, n, &fid, piece->qid)) <= 0)
		return rc < 0 ? rc : -ENOENT;
	found = (uint16_t)rc;
	link = find_link(piece, found, follow);
	if (link == n)
		return advance(p, piece, n, fid);
	etfsc_forget(p->fs, fid);
	if (link < found)
		return follow_link(p, piece, link);
	return find_error(p, piece, found);
}

int
etfsc_path_resolve(struct etfsc_path *p, bool follow)
{
	struct piece piece;
	int rc;

	for (;;) {
		if ((rc = gather(p->rest, &piece)) != 0)
			return rc;
		if (piece.names.n == 0)
			break;
		if ((rc = step(p, &piece, follow)) != 0)
			return rc;
	}
	return piece.slash && !etfsc_is_dir(&p->qid) ? -ENOTDIR : 0;
}

int
etfsc_path_take(struct etfsc_path *p, uint32_t *fid)
{
	struct piece none = { .names.n = 0 };
	int rc;

	if (!p->ours) {
		rc = walk(p, &none, 0, fid, NULL);
		return rc < 0 ? rc : 0;
	}
	*fid = p->at;
	p->ours = false;
	return 0;
}

int
etfsc_path_find(
    struct etfsc_path *p, struct etfsc *fs, const char *path, bool follow)
{
	int rc = etfsc_path_init(p, fs, path);

	if (rc == 0)
		rc = etfsc_path_resolve(p, follow);
	if (rc != 0)
		etfsc_path_fini(p);
	return rc;
}
