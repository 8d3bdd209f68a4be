/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_xattr.c -- extended attributes.
 *
 * One that is asked for becomes a fid to be read; one that is set makes a fid
 * to be written of the file's, and is stored, or not, when that is clunked.
 *
 * The protocol has no way to set an attribute to nothing provided that it is
 * there: those fields remove it.  So we look whether it is there, and then set
 * it in any case.
 */

#include <limits.h>
#include <sys/xattr.h>

#include "etfsc_files.h"

/* The protocol would take no name for the list. */
static int
check_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= P9_NAME_MAX ? 0 : -ERANGE;
}

/* size bytes of fid into buf, in as many messages as it takes. */
static int
read_all(struct etfsc *fs, uint32_t fid, uint8_t *buf, size_t size)
{
	struct etfsc_req req = { .done = NULL };
	size_t got = 0;
	int rc;

	while (got < size) {
		etfsc_tread(
		    fs, &req, fid, got, (uint32_t)(size - got), buf + got);
		if ((rc = etfsc_wait(fs, &req)) <= 0)
			return rc < 0 ? rc : -EIO;
		got += (size_t)rc;
	}
	return 0;
}

static int
write_all(struct etfsc *fs, uint32_t fid, const uint8_t *buf, size_t size)
{
	struct etfsc_req req = { .done = NULL };
	size_t put = 0;
	int rc;

	while (put < size) {
		etfsc_twrite(
		    fs, &req, fid, put, (uint32_t)(size - put), buf + put);
		if ((rc = etfsc_wait(fs, &req)) <= 0)
			return rc < 0 ? rc : -EIO;
		put += (size_t)rc;
	}
	return 0;
}

/* Of the file that p has come to; name "": the list. */
static ssize_t
get(struct etfsc_path *p, const char *name, void *buf, size_t cap)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t fid;
	uint64_t size;
	int rc;

	etfsc_txattrwalk(p->fs, &req, p->at, &fid, name, &size);
	if ((rc = etfsc_wait(p->fs, &req)) != 0)
		return rc;
	if (size > INT_MAX)
		rc = -E2BIG;
	else if (cap != 0 && size > cap)
		rc = -ERANGE;
	else if (cap != 0)
		rc = read_all(p->fs, fid, buf, (size_t)size);
	etfsc_forget(p->fs, fid);
	return rc == 0 ? (ssize_t)size : rc;
}

static ssize_t
get_path(struct etfsc *fs, const char *path, bool follow, const char *name,
    void *buf, size_t cap)
{
	struct etfsc_path p;
	ssize_t n;
	int rc;

	if ((rc = etfsc_path_find(&p, fs, path, follow)) != 0)
		return rc;
	n = get(&p, name, buf, cap);
	etfsc_path_fini(&p);
	return n;
}

ssize_t
etfsc_getxattr(
    struct etfsc *fs, const char *path, const char *name, void *buf, size_t cap)
{
	int rc = check_name(name);

	return rc != 0 ? rc : get_path(fs, path, true, name, buf, cap);
}

ssize_t
etfsc_lgetxattr(
    struct etfsc *fs, const char *path, const char *name, void *buf, size_t cap)
{
	int rc = check_name(name);

	return rc != 0 ? rc : get_path(fs, path, false, name, buf, cap);
}

ssize_t
etfsc_listxattr(struct etfsc *fs, const char *path, char *buf, size_t cap)
{
	return get_path(fs, path, true, "", buf, cap);
}

ssize_t
etfsc_llistxattr(struct etfsc *fs, const char *path, char *buf, size_t cap)
{
	return get_path(fs, path, false, "", buf, cap);
}

/* fid, which is used up, becomes the attribute and is stored. */
static int
store(struct etfsc *fs, uint32_t fid, const char *name, const void *value,
    size_t len, int flags)
{
	struct etfsc_req req = { .done = NULL };
	int rc, end;

	etfsc_txattrcreate(fs, &req, fid, name, len, flags);
	if ((rc = etfsc_wait(fs, &req)) == 0)
		rc = write_all(fs, fid, value, len);
	etfsc_tclunk(fs, &req, fid);
	end = etfsc_wait(fs, &req);
	return rc != 0 ? rc : end;
}

static int
store_at(struct etfsc_path *p, const char *name, const void *value, size_t len,
    int flags)
{
	uint32_t fid;
	int rc;

	if ((rc = etfsc_path_take(p, &fid)) != 0)
		return rc;
	return store(p->fs, fid, name, value, len, flags);
}

static int
set_at(struct etfsc_path *p, const char *name, const void *value, size_t len,
    int flags)
{
	ssize_t n;

	if (flags == XATTR_REPLACE && len == 0) {
		if ((n = get(p, name, NULL, 0)) < 0)
			return (int)n;
		flags = 0;
	}
	return store_at(p, name, value, len, flags);
}

static int
set_path(struct etfsc *fs, const char *path, bool follow, const char *name,
    const void *value, size_t len, int flags)
{
	struct etfsc_path p;
	int rc;

	if ((rc = check_name(name)) != 0)
		return rc;
	if (flags != 0 && flags != XATTR_CREATE && flags != XATTR_REPLACE)
		return -EINVAL;
	if ((rc = etfsc_path_find(&p, fs, path, follow)) != 0)
		return rc;
	rc = set_at(&p, name, value, len, flags);
	etfsc_path_fini(&p);
	return rc;
}

int
etfsc_setxattr(struct etfsc *fs, const char *path, const char *name,
    const void *value, size_t len, int flags)
{
	return set_path(fs, path, true, name, value, len, flags);
}

int
etfsc_lsetxattr(struct etfsc *fs, const char *path, const char *name,
    const void *value, size_t len, int flags)
{
	return set_path(fs, path, false, name, value, len, flags);
}

static int
remove_path(struct etfsc *fs, const char *path, bool follow, const char *name)
{
	struct etfsc_path p;
	int rc;

	if ((rc = check_name(name)) != 0 ||
	    (rc = etfsc_path_find(&p, fs, path, follow)) != 0)
		return rc;
	rc = store_at(&p, name, NULL, 0, XATTR_REPLACE);
	etfsc_path_fini(&p);
	return rc;
}

int
etfsc_removexattr(struct etfsc *fs, const char *path, const char *name)
{
	return remove_path(fs, path, true, name);
}

int
etfsc_lremovexattr(struct etfsc *fs, const char *path, const char *name)
{
	return remove_path(fs, path, false, name);
}
