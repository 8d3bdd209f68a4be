/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_store.c -- what is kept of a file beside it.
 *
 * The one place that knows names, sizes and byte order; etfs_mapped.h has
 * them.  A file is named by any descriptor of it, and by its path in /proc.
 */

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "etfs_mapped.h"

#define UID ETFS_MAPPED_PREFIX "uid"
#define GID ETFS_MAPPED_PREFIX "gid"
#define MODE ETFS_MAPPED_PREFIX "mode"
#define RDEV ETFS_MAPPED_PREFIX "rdev"

/* Why there is nothing to be read that would count. */
static bool
is_absent(int error)
{
	return error == ENODATA || error == EOPNOTSUPP || error == ERANGE ||
	    error == EACCES || error == EPERM;
}

/* The number, if there is one of that size; else *number stays. */
static int
get32(const char *path, const char *name, uint32_t *number)
{
	uint32_t le;
	ssize_t n;

	if ((n = getxattr(path, name, &le, sizeof(le))) < 0)
		return is_absent(errno) ? 0 : -errno;
	if (n == (ssize_t)sizeof(le))
		*number = le32toh(le);
	return 0;
}

static int
get64(const char *path, const char *name, uint64_t *number)
{
	uint64_t le;
	ssize_t n;

	if ((n = getxattr(path, name, &le, sizeof(le))) < 0)
		return is_absent(errno) ? 0 : -errno;
	if (n == (ssize_t)sizeof(le))
		*number = le64toh(le);
	return 0;
}

static int
set32(const char *path, const char *name, uint32_t number)
{
	uint32_t le = htole32(number);

	return setxattr(path, name, &le, sizeof(le), 0) == 0 ? 0 : -errno;
}

/* Only a regular file can stand for what it is not. */
static mode_t
type_of(mode_t host, uint32_t kept)
{
	if (!S_ISREG(host))
		return host & S_IFMT;
	switch (kept & S_IFMT) {
	case S_IFLNK:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return kept & S_IFMT;
	}
	return S_IFREG;
}

static int
load_mode(const char *path, mode_t *mode)
{
	uint32_t kept = *mode;
	int rc;

	if ((rc = get32(path, MODE, &kept)) == 0)
		*mode = type_of(*mode, kept) | (kept & 07777);
	return rc;
}

int
etfs_mapped_load_mode(int fd, mode_t *mode)
{
	struct etfs_path path;

	return load_mode(etfs_host_path(&path, fd), mode);
}

int
etfs_mapped_load(int fd, struct vattr *attr)
{
	struct etfs_path buf;
	const char *path = etfs_host_path(&buf, fd);
	uint64_t rdev = 0;
	int rc;

	if (!S_ISREG(attr->mode) && !S_ISDIR(attr->mode))
		return 0; /* no attributes are to be had there */
	if ((rc = get32(path, UID, &attr->uid)) != 0 ||
	    (rc = get32(path, GID, &attr->gid)) != 0 ||
	    (rc = load_mode(path, &attr->mode)) != 0)
		return rc;
	if (S_ISCHR(attr->mode) || S_ISBLK(attr->mode)) {
		rc = get64(path, RDEV, &rdev);
		attr->rdev = rdev;
	}
	return rc;
}

int
etfs_mapped_save(int fd, const struct vattr *attr, unsigned int mask)
{
	struct etfs_path buf;
	const char *path = etfs_host_path(&buf, fd);
	int rc = 0;

	if (mask & VSET_UID)
		rc = set32(path, UID, attr->uid);
	if (rc == 0 && (mask & VSET_GID))
		rc = set32(path, GID, attr->gid);
	if (rc == 0 && (mask & VSET_MODE))
		rc = set32(path, MODE, attr->mode);
	return rc;
}

int
etfs_mapped_save_rdev(int fd, dev_t rdev)
{
	uint64_t le = htole64(rdev);
	struct etfs_path path;

	return setxattr(etfs_host_path(&path, fd), RDEV, &le, sizeof(le), 0) ==
		0
	    ? 0
	    : -errno;
}

/* The host's name of what clients call name. */
static const char *
acl_name(struct etfs_name *buf, const char *name)
{
	(void)snprintf(buf->s, sizeof(buf->s), ETFS_MAPPED_PREFIX "%s", name);
	return buf->s;
}

static int
copy_acl(const char *value, size_t len, struct vblob *out)
{
	struct vname acl = { value, len };

	if (vacl_check(acl) != 0)
		return -EIO;
	if ((out->data = malloc(len)) == NULL)
		return -ENOMEM;
	memcpy(out->data, value, len);
	out->len = len;
	return 0;
}

int
etfs_mapped_load_acl(int fd, const char *name, struct vblob *out)
{
	char value[VFS_XATTR_MAX];
	struct etfs_name buf;
	struct etfs_path path;
	ssize_t n;

	*out = (struct vblob){ 0 };
	n = getxattr(etfs_host_path(&path, fd), acl_name(&buf, name), value,
	    sizeof(value));
	if (n < 0)
		return is_absent(errno) ? 0 : -errno;
	return copy_acl(value, (size_t)n, out);
}

int
etfs_mapped_save_acl(int fd, const char *name, const struct vblob *acl)
{
	struct etfs_name buf;
	struct etfs_path path;

	return setxattr(etfs_host_path(&path, fd), acl_name(&buf, name),
		   acl->data, acl->len, 0) == 0
	    ? 0
	    : -errno;
}
