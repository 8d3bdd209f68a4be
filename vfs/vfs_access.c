/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_access.c -- mode bits against a cred.
 *
 * For file systems that have no host to ask.  The rules are Linux's, so that a
 * file in memory and one on the host refuse and forgive the same things.  Root
 * is uid 0, with all that capabilities(7) gives it; nobody else has any of it.
 * A cred's self says nothing here: its ids are the server's, and count as such.
 *
 * All functions are pure.
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "vfs_fs.h"

#define SET_ID (S_ISUID | S_ISGID)
#define EXEC_ANY (S_IXUSR | S_IXGRP | S_IXOTH)

static bool
is_root(const struct vcred *cred)
{
	return cred->uid == 0;
}

static bool
is_owner(const struct vcred *cred, const struct vattr *attr)
{
	return is_root(cred) || cred->uid == attr->uid;
}

/* The permissions that cred has, as the lowest three bits of a mode. */
static mode_t
granted(const struct vcred *cred, const struct vattr *attr)
{
	if (is_root(cred))
		return S_ISDIR(attr->mode) || attr->mode & EXEC_ANY ? 07 : 06;
	if (cred->uid == attr->uid)
		return attr->mode >> 6;
	if (vcred_in_group(cred, attr->gid))
		return attr->mode >> 3;
	return attr->mode;
}

int
vaccess(const struct vcred *cred, const struct vattr *attr, int want)
{
	mode_t bits = (mode_t)want & (R_OK | W_OK | X_OK);

	return (bits & ~granted(cred, attr)) == 0 ? 0 : -EACCES;
}

int
vaccess_sticky(
    const struct vcred *cred, const struct vattr *dir, const struct vattr *attr)
{
	if (!(dir->mode & S_ISVTX))
		return 0;
	return is_owner(cred, attr) || is_owner(cred, dir) ? 0 : -EPERM;
}

/* What was opened for writing may be written to, whatever the mode says now. */
static int
refused_through(const struct vfile *file, int refused)
{
	bool writable = file != NULL && (file->flags & O_ACCMODE) != O_RDONLY;

	return writable ? 0 : refused;
}

/* Only root gives files away; an owner may say what is the case already. */
static int
check_owner(const struct vcred *cred, const struct vattr *attr,
    const struct vsetattr *sa)
{
	if (is_root(cred))
		return 0;
	if (sa->mask & (VSET_UID | VSET_GID) && !is_owner(cred, attr))
		return -EPERM;
	if (sa->mask & VSET_UID && sa->uid != attr->uid)
		return -EPERM;
	if (sa->mask & VSET_GID && sa->gid != attr->gid &&
	    !vcred_in_group(cred, sa->gid))
		return -EPERM;
	return 0;
}

static int
check_mode(const struct vcred *cred, const struct vattr *attr, int refused,
    const struct vsetattr *sa)
{
	if (!(sa->mask & VSET_MODE) || is_owner(cred, attr))
		return 0;
	return vaccess_drops_set_id(attr->mode, sa) ? refused : -EPERM;
}

/*
 * To set a time to now is what a write does; to set another is the owner's
 * right.  With a new size the write has been permitted already, perhaps by the
 * open file: ftruncate(2) by a client names the size and mtime.
 */
static int
check_times(const struct vcred *cred, const struct vattr *attr, int refused,
    const struct vsetattr *sa)
{
	bool atime = sa->mask & VSET_ATIME, mtime = sa->mask & VSET_MTIME;

	if ((!atime && !mtime) || is_owner(cred, attr))
		return 0;
	if ((atime && !(sa->mask & VSET_ATIME_NOW)) ||
	    (mtime && !(sa->mask & VSET_MTIME_NOW)))
		return -EPERM;
	return sa->mask & VSET_SIZE ? 0 : refused;
}

/*
 * Set-group-ID without group execution once meant something else; like Linux
 * we leave it to those who could set it.
 */
static mode_t
drop_set_id(const struct vcred *cred, mode_t mode, gid_t gid)
{
	if ((mode & S_IXGRP) || (!is_root(cred) && !vcred_in_group(cred, gid)))
		return mode & ~(mode_t)SET_ID;
	return mode & ~(mode_t)S_ISUID;
}

/* As somebody else may have done it already, nothing need be left to do. */
bool
vaccess_drops_set_id(mode_t mode, const struct vsetattr *sa)
{
	mode_t differ = (mode ^ sa->mode) & 07777;
	mode_t left = sa->mode & (sa->mode & S_IXGRP ? SET_ID : S_ISUID);

	return S_ISREG(mode) && (sa->mask & VSET_MODE) &&
	    (differ & ~(mode_t)SET_ID) == 0 && (differ & sa->mode) == 0 &&
	    left == 0;
}

/* Nobody makes a set-group-ID file for a group that he is not in. */
static void
complete_chmod(
    const struct vcred *cred, const struct vattr *attr, struct vsetattr *sa)
{
	gid_t gid = sa->mask & VSET_GID ? sa->gid : attr->gid;

	if (!is_root(cred) && !vcred_in_group(cred, gid))
		sa->mode &= ~(mode_t)S_ISGID;
}

/* What a new size and a new owner do to the mode, if it is not set as well. */
static void
complete_mode(
    const struct vcred *cred, const struct vattr *attr, struct vsetattr *sa)
{
	mode_t mode = attr->mode;

	if (sa->mask & VSET_SIZE)
		mode = vaccess_written(cred, mode, attr->gid);
	if (sa->mask & (VSET_UID | VSET_GID) && !S_ISDIR(mode))
		mode = drop_set_id(cred, mode, attr->gid);
	if (mode != attr->mode) {
		sa->mask |= VSET_MODE;
		sa->mode = mode & 07777;
	}
}

int
vaccess_setattr(const struct vcred *cred, const struct vattr *attr,
    const struct vfile *file, int refused, struct vsetattr *sa)
{
	int through = refused_through(file, refused);
	int rc = sa->mask & VSET_SIZE ? through : 0;

	if (rc != 0 || (rc = check_owner(cred, attr, sa)) != 0 ||
	    (rc = check_mode(cred, attr, through, sa)) != 0 ||
	    (rc = check_times(cred, attr, refused, sa)) != 0)
		return rc;
	if (sa->mask & VSET_MODE)
		complete_chmod(cred, attr, sa);
	else
		complete_mode(cred, attr, sa);
	return 0;
}

/* May the new file be of the group that is asked for? */
static bool
may_have_group(const struct vcred *cred, gid_t want)
{
	return is_root(cred) || cred->claim == VCRED_BELIEVE ||
	    vcred_in_group(cred, want);
}

static int
new_gid(
    const struct vcred *cred, const struct vattr *dir, gid_t want, gid_t *gid)
{
	bool asked = want != VFS_NOID && may_have_group(cred, want);

	if (!(dir->mode & S_ISGID) && !asked && want != VFS_NOID &&
	    cred->claim == VCRED_CHECK)
		return -EPERM;
	if (dir->mode & S_ISGID)
		*gid = dir->gid;
	else
		*gid = asked ? want : cred->gid;
	return 0;
}

int
vaccess_create(const struct vcred *cred, const struct vattr *dir,
    gid_t want_gid, mode_t *mode, uid_t *uid, gid_t *gid)
{
	int rc;

	if ((rc = new_gid(cred, dir, want_gid, gid)) != 0)
		return rc;
	*uid = cred->uid;
	if (S_ISDIR(*mode))
		*mode |= dir->mode & S_ISGID;
	else if (*mode & S_IXGRP && !is_root(cred) &&
	    !vcred_in_group(cred, *gid))
		*mode &= ~(mode_t)S_ISGID;
	return 0;
}

mode_t
vaccess_written(const struct vcred *cred, mode_t mode, gid_t gid)
{
	return is_root(cred) ? mode : drop_set_id(cred, mode, gid);
}
