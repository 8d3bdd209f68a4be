/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_name.c -- making, moving and removing names.
 *
 * What is wrong with a last name that is none ("/", "." or "..") is known here,
 * and is what the kernel says about it.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "etfsc_files.h"

/* To make something at path: its directory, and the name there. */
static int
find_new(struct etfsc_path *p, struct etfsc *fs, const char *path, bool dir,
    struct etfsc_last *last)
{
	int rc = etfsc_path_find_parent(p, fs, path, last);

	if (rc != 0)
		return rc;
	if (last->kind != ETFSC_NAME)
		rc = -EEXIST;
	else if (last->slash && !dir)
		rc = -ENOENT;
	if (rc != 0)
		etfsc_path_fini(p);
	return rc;
}

int
etfsc_mkdir(struct etfsc *fs, const char *path, mode_t mode)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_last last;
	struct etfsc_path p;
	int rc;

	if ((rc = find_new(&p, fs, path, true, &last)) != 0)
		return rc;
	etfsc_tmkdir(fs, &req, p.at, last.name, mode, ETFSC_NOID, NULL);
	etfsc_path_fini(&p);
	return etfsc_wait(fs, &req);
}

int
etfsc_mknod(struct etfsc *fs, const char *path, mode_t mode, dev_t dev)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_last last;
	struct etfsc_path p;
	int rc;

	if ((rc = find_new(&p, fs, path, false, &last)) != 0)
		return rc;
	etfsc_tmknod(fs, &req, p.at, last.name, mode, dev, ETFSC_NOID, NULL);
	etfsc_path_fini(&p);
	return etfsc_wait(fs, &req);
}

int
etfsc_mkfifo(struct etfsc *fs, const char *path, mode_t mode)
{
	return etfsc_mknod(fs, path, S_IFIFO | (mode & 07777), 0);
}

int
etfsc_symlink(struct etfsc *fs, const char *target, const char *path)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_last last;
	struct etfsc_path p;
	int rc;

	if ((rc = find_new(&p, fs, path, false, &last)) != 0)
		return rc;
	etfsc_tsymlink(fs, &req, p.at, last.name, target, ETFSC_NOID, NULL);
	etfsc_path_fini(&p);
	return etfsc_wait(fs, &req);
}

int
etfsc_link(struct etfsc *fs, const char *file, const char *path)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_path from, to;
	struct etfsc_last last;
	int rc;

	if ((rc = etfsc_path_find(&from, fs, file, false)) != 0)
		return rc;
	if ((rc = find_new(&to, fs, path, false, &last)) == 0) {
		etfsc_tlink(fs, &req, to.at, from.at, last.name);
		etfsc_path_fini(&to);
	}
	etfsc_path_fini(&from);
	return rc == 0 ? etfsc_wait(fs, &req) : rc;
}

/* Something with a slash behind it has to be a directory. */
static int
check_slash(struct etfsc_path *p, const struct etfsc_last *last)
{
	struct etfsc_qid qid;
	uint32_t fid;
	int rc;

	if (!last->slash)
		return 0;
	if ((rc = etfsc_path_child(p, last->name, &fid, &qid)) != 0)
		return rc;
	etfsc_forget(p->fs, fid);
	return etfsc_is_dir(&qid) ? 0 : -ENOTDIR;
}

static int
unlinkat(struct etfsc_path *p, const struct etfsc_last *last, int flags)
{
	int rc = check_slash(p, last);

	if (rc == 0)
		rc = etfsc_unlinkat(p->fs, p->at, last->name, flags);
	etfsc_path_fini(p);
	return rc;
}

int
etfsc_unlink(struct etfsc *fs, const char *path)
{
	struct etfsc_last last;
	struct etfsc_path p;
	int rc;

	if ((rc = etfsc_path_find_parent(&p, fs, path, &last)) != 0)
		return rc;
	if (last.kind == ETFSC_NAME)
		return unlinkat(&p, &last, 0);
	etfsc_path_fini(&p);
	return -EISDIR;
}

int
etfsc_rmdir(struct etfsc *fs, const char *path)
{
	struct etfsc_last last;
	struct etfsc_path p;
	int rc;

	if ((rc = etfsc_path_find_parent(&p, fs, path, &last)) != 0)
		return rc;
	if (last.kind == ETFSC_NAME)
		return unlinkat(&p, &last, AT_REMOVEDIR);
	etfsc_path_fini(&p);
	return last.kind == ETFSC_DOT ? -EINVAL
	    : last.kind == ETFSC_DOTS ? -ENOTEMPTY
				      : -EBUSY;
}

/* A slash behind the new name is fine if what moves is a directory. */
static int
renameat(struct etfsc_path *from, const struct etfsc_last *old,
    struct etfsc_path *to, const struct etfsc_last *new)
{
	struct etfsc_last moved = *old;
	int rc;

	if (old->kind != ETFSC_NAME || new->kind != ETFSC_NAME)
		return -EBUSY;
	moved.slash = old->slash || new->slash;
	if ((rc = check_slash(from, &moved)) != 0)
		return rc;
	return etfsc_renameat(from->fs, from->at, old->name, to->at, new->name);
}

int
etfsc_rename(struct etfsc *fs, const char *from, const char *to)
{
	struct etfsc_last old, new;
	struct etfsc_path src, dst;
	int rc;

	if ((rc = etfsc_path_find_parent(&src, fs, from, &old)) != 0)
		return rc;
	if ((rc = etfsc_path_find_parent(&dst, fs, to, &new)) == 0) {
		rc = renameat(&src, &old, &dst, &new);
		etfsc_path_fini(&dst);
	}
	etfsc_path_fini(&src);
	return rc;
}

ssize_t
etfsc_readlink(struct etfsc *fs, const char *path, char *buf, size_t cap)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_path p;
	int rc;

	if ((rc = etfsc_path_find(&p, fs, path, false)) != 0)
		return rc;
	etfsc_treadlink(fs, &req, p.at, buf, cap);
	etfsc_path_fini(&p);
	rc = etfsc_wait(fs, &req);
	return rc > 0 && (size_t)rc > cap ? (ssize_t)cap : rc;
}
