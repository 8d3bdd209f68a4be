/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deeds.c -- see deeds.h.
 */

#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "deeds.h"
#include "vfs_fs.h"

static int
make_file(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	return do_touch(who, dir, name, mode & 06777, NULL);
}

static int
make_dir(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	return do_mkdir(who, dir, name, mode, NULL);
}

static int
make_link(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	(void)mode;
	return do_symlink(who, dir, name, "some/where", NULL);
}

static int
make_fifo(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	return do_mknod(who, dir, name, S_IFIFO | mode, 0, NULL);
}

static int
make_device(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	return do_mknod(who, dir, name, S_IFCHR | mode, makedev(7, 300), NULL);
}

static int
make_grouped(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	struct vnode *vn;
	struct wait wait;
	int rc;

	wait_init(&wait, who);
	rc = await(
	    &wait, vfs_mkdir(&wait.op, dir, vname_of(name), mode, 2000, &vn));
	if (rc == 0)
		vnode_put(vn);
	return rc;
}

static int
open_or_make(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	struct vfile file;
	int rc = do_create(who, dir, name, O_RDWR, mode & 06777, &file);

	return rc != 0 ? rc : do_close(who, &file);
}

static int
unlink_name(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	(void)mode;
	return do_unlink(who, dir, name);
}

static int
remove_dir(
    const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	(void)mode;
	return do_rmdir(who, dir, name);
}

static int
count(const struct who *who, struct vnode *dir, const char *name, mode_t mode)
{
	(void)name;
	(void)mode;
	return do_count(who, dir);
}

const struct dir_deed dir_deeds[] = {
	{ "touch", make_file },
	{ "touch", make_file },
	{ "mkdir", make_dir },
	{ "mkdir", make_dir },
	{ "mkdir", make_dir },
	{ "symlink", make_link },
	{ "mkfifo", make_fifo },
	{ "mknod", make_device },
	{ "mkdir for a group", make_grouped },
	{ "open or make", open_or_make },
	{ "unlink", unlink_name },
	{ "rmdir", remove_dir },
	{ "list", count },
};

const size_t dir_deeds_count = sizeof(dir_deeds) / sizeof(dir_deeds[0]);

static int
change_mode(const struct who *who, struct vnode *vn, unsigned int arg)
{
	static const mode_t modes[] = { 0777, 0755, 0700, 0770, 0644, 0, 01777,
		02777, 04755, 06777, 02644, 0707, 0770, 02750, 0640, 0666 };

	/* Linux has no chmod of links. */
	if (S_ISLNK(vn->type))
		return 0;
	return do_chmod(who, vn, modes[arg % 16]);
}

static int
change_owner(const struct who *who, struct vnode *vn, unsigned int arg)
{
	static const uid_t uids[] = { VFS_NOID, 0, 1000, 1001 };
	static const gid_t gids[] = { VFS_NOID, 0, 1000, 2000, 3000 };
	struct vsetattr sa = { .uid = uids[arg % 4], .gid = gids[arg / 4 % 5] };

	if (sa.uid != VFS_NOID)
		sa.mask |= VSET_UID;
	if (sa.gid != VFS_NOID)
		sa.mask |= VSET_GID;
	return do_setattr(who, vn, NULL, &sa);
}

static int
change_all(const struct who *who, struct vnode *vn, unsigned int arg)
{
	struct vsetattr sa = { .mask = VSET_MODE | VSET_GID,
		.mode = 02770,
		.gid = arg % 2 ? 2000 : 1000 };

	if (S_ISLNK(vn->type))
		return 0;
	if (S_ISREG(vn->type))
		sa.mask |= VSET_SIZE;
	return do_setattr(who, vn, NULL, &sa);
}

static int
change_size(const struct who *who, struct vnode *vn, unsigned int arg)
{
	return do_truncate(who, vn, NULL, arg % 10);
}

static int
change_times(const struct who *who, struct vnode *vn, unsigned int arg)
{
	struct vsetattr sa = { .mask = arg % 2 ? VSET_ATIME : VSET_MTIME };

	if (arg % 4 < 2)
		sa.mask |=
		    VSET_ATIME | VSET_MTIME | VSET_ATIME_NOW | VSET_MTIME_NOW;
	return do_setattr(who, vn, NULL, &sa);
}

static int
open_and_write(const struct who *who, struct vnode *vn, unsigned int arg)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR,
		O_RDWR | O_TRUNC, O_RDONLY | O_NOATIME, O_WRONLY | O_APPEND };
	int rc, how = flags[arg % 6];
	struct vfile file;
	ssize_t n = 0;

	if ((rc = do_open(who, vn, how, &file)) != 0)
		return rc;
	if (S_ISREG(vn->type) && (how & O_ACCMODE) != O_RDONLY &&
	    !(how & O_TRUNC))
		n = do_write(who, &file, 0, "text", 4);
	rc = do_close(who, &file);
	return rc != 0 ? rc : (int)n;
}

static int
read_link(const struct who *who, struct vnode *vn, unsigned int arg)
{
	char target[64];

	(void)arg;
	return do_readlink(who, vn, target, sizeof(target));
}

static int
use_xattr(const struct who *who, struct vnode *vn, unsigned int arg)
{
	struct vblob blob = { 0 };
	int rc;

	if (arg % 3 == 0)
		return do_setxattr(who, vn, "user.note", "text", 4,
		    arg % 2 ? XATTR_CREATE : 0);
	if (arg % 3 == 1)
		return do_removexattr(who, vn, "user.note");
	rc = do_getxattr(who, vn, "user.note", &blob);
	free(blob.data);
	return rc;
}

#define OBJ(tag, perm) tag, 0, perm, 0, 0xff, 0xff, 0xff, 0xff
#define ID(tag, perm, low, high) tag, 0, perm, 0, low, high, 0, 0
#define VERSION 2, 0, 0, 0

static int
use_acl(const struct who *who, struct vnode *vn, unsigned int arg)
{
	static const unsigned char user[] = { VERSION, OBJ(1, 6),
		ID(2, 7, 0xe8, 3), OBJ(4, 0), OBJ(16, 7), OBJ(32, 0) };
	static const unsigned char group[] = { VERSION, OBJ(1, 7), OBJ(4, 1),
		ID(8, 6, 0xd0, 7), OBJ(16, 6), OBJ(32, 5) };
	static const unsigned char few[] = { VERSION, OBJ(1, 7), OBJ(4, 5),
		OBJ(32, 4) };
	static const struct {
		const void *data;
		size_t len;
	} acls[] = { { user, sizeof(user) }, { group, sizeof(group) },
		{ few, sizeof(few) }, { few, 5 }, { "", 0 } };
	const char *name = arg % 5 == 0 ? "system.posix_acl_default"
					: "system.posix_acl_access";
	unsigned int n = arg / 5 % 6;
	struct vblob blob = { 0 };
	int rc;

	if (n < 5)
		return do_setxattr(who, vn, name, acls[n].data, acls[n].len, 0);
	rc = do_getxattr(who, vn, name, &blob);
	free(blob.data);
	return rc != 0 ? rc : (int)blob.len;
}

const struct file_deed file_deeds[] = {
	{ "chmod", change_mode },
	{ "chmod", change_mode },
	{ "chown", change_owner },
	{ "chown", change_owner },
	{ "setattr", change_all },
	{ "truncate", change_size },
	{ "utimes", change_times },
	{ "open", open_and_write },
	{ "open", open_and_write },
	{ "open", open_and_write },
	{ "readlink", read_link },
	{ "xattr", use_xattr },
	{ "acl", use_acl },
};

const size_t file_deeds_count = sizeof(file_deeds) / sizeof(file_deeds[0]);
