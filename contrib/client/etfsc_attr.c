/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_attr.c -- what there is to know about a file, by path.
 *
 * The Tclunk of the fid goes out behind the question, in one piece with it, and
 * is not waited for.
 */

#include <sys/stat.h>

#include "etfsc_files.h"

static int
getattr(struct etfsc *fs, const char *path, bool follow, struct etfsc_attr *out)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_path p;
	int rc;

	if ((rc = etfsc_path_find(&p, fs, path, follow)) != 0)
		return rc;
	etfsc_tgetattr(fs, &req, p.at, ETFSC_ATTR_ALL, out);
	etfsc_path_fini(&p);
	return etfsc_wait(fs, &req);
}

int
etfsc_stat(struct etfsc *fs, const char *path, struct etfsc_attr *out)
{
	return getattr(fs, path, true, out);
}

int
etfsc_lstat(struct etfsc *fs, const char *path, struct etfsc_attr *out)
{
	return getattr(fs, path, false, out);
}

int
etfsc_statfs(struct etfsc *fs, const char *path, struct etfsc_statfs *out)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_path p;
	int rc;

	if ((rc = etfsc_path_find(&p, fs, path, true)) != 0)
		return rc;
	etfsc_tstatfs(fs, &req, p.at, out);
	etfsc_path_fini(&p);
	return etfsc_wait(fs, &req);
}

static int
setattr(struct etfsc *fs, const char *path, bool follow,
    const struct etfsc_setattr *set)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_path p;
	int rc;

	if ((rc = etfsc_path_find(&p, fs, path, follow)) != 0)
		return rc;
	etfsc_tsetattr(fs, &req, p.at, set);
	etfsc_path_fini(&p);
	return etfsc_wait(fs, &req);
}

int
etfsc_setattr(
    struct etfsc *fs, const char *path, const struct etfsc_setattr *set)
{
	return setattr(fs, path, true, set);
}

int
etfsc_lsetattr(
    struct etfsc *fs, const char *path, const struct etfsc_setattr *set)
{
	return setattr(fs, path, false, set);
}

static struct etfsc_setattr
to_mode(mode_t mode)
{
	return (struct etfsc_setattr){ .valid = ETFSC_SET_MODE, .mode = mode };
}

int
etfsc_chmod(struct etfsc *fs, const char *path, mode_t mode)
{
	struct etfsc_setattr set = to_mode(mode);

	return setattr(fs, path, true, &set);
}

int
etfsc_lchmod(struct etfsc *fs, const char *path, mode_t mode)
{
	struct etfsc_setattr set = to_mode(mode);

	return setattr(fs, path, false, &set);
}

static struct etfsc_setattr
to_owner(uid_t uid, gid_t gid)
{
	struct etfsc_setattr set = { .uid = uid, .gid = gid };

	if (uid != ETFSC_NOID)
		set.valid |= ETFSC_SET_UID;
	if (gid != ETFSC_NOID)
		set.valid |= ETFSC_SET_GID;
	return set;
}

int
etfsc_chown(struct etfsc *fs, const char *path, uid_t uid, gid_t gid)
{
	struct etfsc_setattr set = to_owner(uid, gid);

	return setattr(fs, path, true, &set);
}

int
etfsc_lchown(struct etfsc *fs, const char *path, uid_t uid, gid_t gid)
{
	struct etfsc_setattr set = to_owner(uid, gid);

	return setattr(fs, path, false, &set);
}

static struct etfsc_setattr
to_times(const struct timespec *times)
{
	static const struct timespec now[2] = { { .tv_nsec = UTIME_NOW },
		{ .tv_nsec = UTIME_NOW } };

	if (times == NULL)
		times = now;
	return (struct etfsc_setattr){
		.valid = ETFSC_SET_ATIME | ETFSC_SET_MTIME,
		.atime = times[0],
		.mtime = times[1],
	};
}

int
etfsc_utimes(struct etfsc *fs, const char *path, const struct timespec times[2])
{
	struct etfsc_setattr set = to_times(times);

	return setattr(fs, path, true, &set);
}

int
etfsc_lutimes(
    struct etfsc *fs, const char *path, const struct timespec times[2])
{
	struct etfsc_setattr set = to_times(times);

	return setattr(fs, path, false, &set);
}

int
etfsc_truncate(struct etfsc *fs, const char *path, uint64_t size)
{
	struct etfsc_setattr set = { .valid = ETFSC_SET_SIZE, .size = size };

	return setattr(fs, path, true, &set);
}
