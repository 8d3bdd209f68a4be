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
	{ "touch", make_file, false },
	{ "touch", make_file, false },
	{ "mkdir", make_dir, false },
	{ "mkdir", make_dir, false },
	{ "mkdir", make_dir, false },
	{ "symlink", make_link, false },
	{ "mkfifo", make_fifo, false },
	{ "mknod", make_device, false },
	{ "mkdir for a group", make_grouped, true },
	{ "open or make", open_or_make, false },
	{ "unlink", unlink_name, false },
	{ "rmdir", remove_dir, false },
	{ "list", count, false },
};

const size_t dir_deeds_count = sizeof(dir_deeds) / sizeof(dir_deeds[0]);

/*
 * Some hosts let nobody link what is another's, and some do:
 * /proc/sys/fs/protected_hardlinks.
 */
static int
link_own(const struct who *who, struct vnode *from, const char *name,
    struct vnode *to, const char *newname)
{
	struct vattr attr;
	struct vnode *vn;
	int rc;

	if ((rc = do_walk(who, from, name, &vn)) != 0)
		return rc;
	if ((rc = do_getattr(who, vn, &attr)) == 0 &&
	    (who->cred->uid == 0 || who->cred->uid == attr.uid))
		rc = do_link(who, to, vn, newname);
	vnode_put(vn);
	return rc;
}

const struct name_deed name_deeds[] = {
	{ "rename", do_rename, true },
	{ "rename", do_rename, true },
	{ "link", link_own, false },
};

const size_t name_deeds_count = sizeof(name_deeds) / sizeof(name_deeds[0]);

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

static const unsigned char user_acl[] = { VERSION, OBJ(1, 6), ID(2, 7, 0xe8, 3),
	OBJ(4, 0), OBJ(16, 7), OBJ(32, 0) };
static const unsigned char group_acl[] = { VERSION, OBJ(1, 7), OBJ(4, 1),
	ID(8, 6, 0xd0, 7), OBJ(16, 6), OBJ(32, 5) };
static const unsigned char few_acl[] = { VERSION, OBJ(1, 7), OBJ(4, 5),
	OBJ(32, 4) };

static int
use_acl(const struct who *who, struct vnode *vn, unsigned int arg)
{
	static const struct vname acls[] = {
		{ (const char *)user_acl, sizeof(user_acl) },
		{ (const char *)group_acl, sizeof(group_acl) },
		{ (const char *)few_acl, sizeof(few_acl) },
		{ "", 0 },
	};
	bool is_default = arg % 5 == 0;
	const char *name = is_default ? VACL_DEFAULT : VACL_ACCESS;
	unsigned int n = arg / 5 % 6;
	struct vblob blob = { 0 };
	int rc;

	/* Linux has everybody take away what only directories can have. */
	if (n == 3 && is_default && !S_ISDIR(vn->type))
		return 0;
	if (n < 4)
		return do_setxattr(who, vn, name, acls[n].s, acls[n].len, 0);
	rc = do_getxattr(who, vn, name, &blob);
	free(blob.data);
	return rc != 0 ? rc : (int)blob.len;
}

/* The owner is all of it. */
static int
set_bad_acl(const struct who *who, struct vnode *vn, unsigned int arg)
{
	return do_setxattr(
	    who, vn, arg % 2 ? VACL_DEFAULT : VACL_ACCESS, user_acl, 12, 0);
}

const struct file_deed file_deeds[] = {
	{ "chmod", change_mode, false },
	{ "chmod", change_mode, false },
	{ "chown", change_owner, false },
	{ "chown", change_owner, false },
	{ "setattr", change_all, true },
	{ "truncate", change_size, false },
	{ "utimes", change_times, false },
	{ "open", open_and_write, false },
	{ "open", open_and_write, false },
	{ "open", open_and_write, false },
	{ "readlink", read_link, false },
	{ "xattr", use_xattr, false },
	{ "acl", use_acl, false },
	{ "bad acl", set_bad_acl, true },
};

const size_t file_deeds_count = sizeof(file_deeds) / sizeof(file_deeds[0]);
