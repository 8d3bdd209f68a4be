/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fs_alike_attr.c -- attributes, plain and extended, and whom a file's
 * owner and mode let in, the same in memory and on the host.
 */

#include <sys/xattr.h>

#include "fs_alike.h"

static void
times_can_be_set(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vsetattr sa = { .mask = VSET_ATIME | VSET_MTIME,
		.atime = { 1000, 5 },
		.mtime = { 2000, 6 } };
	struct vattr attr;

	assert_int_equal(do_setattr(&fx->self, f, NULL, &sa), 0);
	attr = attr_of(fx, f);
	assert_int_equal(attr.atime.tv_sec, 1000);
	assert_int_equal(attr.atime.tv_nsec, 5);
	assert_int_equal(attr.mtime.tv_sec, 2000);
	assert_int_equal(attr.mtime.tv_nsec, 6);
	sa.mask = VSET_MTIME | VSET_MTIME_NOW;
	assert_int_equal(do_setattr(&fx->self, f, NULL, &sa), 0);
	attr = attr_of(fx, f);
	assert_int_equal(attr.atime.tv_sec, 1000);
	assert_true(attr.mtime.tv_sec > 1000000000);
	vnode_put(f);
}

static void
extended_attributes_are_kept(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vblob blob;
	int rc = do_setxattr(&fx->self, f, "user.a", "one", 3, XATTR_CREATE);

	if (rc == -EOPNOTSUPP) {
		print_message("the host has no user.* here\n");
		vnode_put(f);
		return;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(
	    do_setxattr(&fx->self, f, "user.a", "x", 1, XATTR_CREATE), -EEXIST);
	assert_int_equal(
	    do_setxattr(&fx->self, f, "user.b", "x", 1, XATTR_REPLACE),
	    -ENODATA);
	assert_int_equal(do_getxattr(&fx->self, f, "user.a", &blob), 0);
	assert_int_equal(blob.len, 3);
	assert_memory_equal(blob.data, "one", 3);
	free(blob.data);
	assert_int_equal(do_setxattr(&fx->self, f, "user.a", "", 0, 0), 0);
	assert_int_equal(do_getxattr(&fx->self, f, "user.a", &blob), 0);
	assert_int_equal(blob.len, 0);
	assert_null(blob.data);
	assert_int_equal(do_getxattr(&fx->self, f, "user.b", &blob), -ENODATA);
	assert_int_equal(do_removexattr(&fx->self, f, "user.a"), 0);
	assert_int_equal(do_removexattr(&fx->self, f, "user.a"), -ENODATA);
	vnode_put(f);
}

static void
statfs_makes_sense(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs st;

	assert_int_equal(do_statfs(&fx->self, fx->root, &st), 0);
	assert_true(st.bsize >= 512);
	assert_true(st.blocks >= st.bfree);
	assert_true(st.bfree >= st.bavail);
	assert_int_equal(st.namelen, 255);
}

static void
files_are_their_makers(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0640, &vn), 0);
	assert_int_equal(attr_of(fx, vn).uid, 1000);
	assert_int_equal(attr_of(fx, vn).gid, 1000);
	assert_int_equal(do_chmod(&fx->other, vn, 0666), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, 1001, VFS_NOID), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 1001), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 2000), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, 1001), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 0666), -EPERM);
	vnode_put(vn);
}

/* chown(2): who is named so stays who he is. */
static void
no_id_is_no_change(void **state)
{
	struct vsetattr sa = {
		.mask = VSET_UID | VSET_GID, .uid = VFS_NOID, .gid = VFS_NOID
	};
	struct fixture *fx = *state;
	struct vfile file;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_setattr(&fx->self, file.vn, NULL, &sa), 0);
	assert_int_equal(attr_of(fx, file.vn).uid, 1000);
	assert_int_equal(attr_of(fx, file.vn).gid, 1000);
	assert_int_equal(do_setattr(&fx->user, file.vn, NULL, &sa), 0);
	sa.mask |= VSET_SIZE;
	assert_int_equal(do_setattr(&fx->user, file.vn, &file, &sa), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
modes_decide_who_may_open(void **state)
{
	struct fixture *fx = *state;
	struct vfile file, again;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "data", 4), 4);
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_RDONLY, &again), -EACCES);
	assert_int_equal(do_truncate(&fx->user, file.vn, &file, 2), 0);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 1), -EACCES);
	assert_int_equal(do_chmod(&fx->user, file.vn, 0604), 0);
	assert_int_equal(do_open(&fx->other, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_close(&fx->other, &again), 0);
	assert_int_equal(do_open(&fx->other, file.vn, O_RDWR, &again), -EACCES);
	assert_int_equal(do_truncate(&fx->other, file.vn, NULL, 0), -EACCES);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
directories_keep_strangers_out(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *vn;

	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0700, &d), 0);
	assert_int_equal(do_touch(&fx->user, d, "f", 0644, NULL), 0);
	assert_int_equal(do_walk(&fx->other, d, "f", &vn), -EACCES);
	assert_int_equal(do_count(&fx->other, d), -EACCES);
	assert_int_equal(do_chmod(&fx->user, d, 0755), 0);
	assert_int_equal(do_walk(&fx->other, d, "f", &vn), 0);
	vnode_put(vn);
	assert_int_equal(do_touch(&fx->other, d, "g", 0644, NULL), -EACCES);
	assert_int_equal(do_unlink(&fx->other, d, "f"), -EACCES);
	assert_int_equal(do_rename(&fx->other, d, "f", d, "g"), -EACCES);
	vnode_put(d);
}

static void
sticky_directories_protect_their_users(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 01777, &d), 0);
	assert_int_equal(do_touch(&fx->user, d, "f", 0666, NULL), 0);
	assert_int_equal(do_touch(&fx->other, d, "o", 0666, NULL), 0);
	assert_int_equal(do_unlink(&fx->other, d, "f"), -EPERM);
	assert_int_equal(do_rename(&fx->other, d, "f", d, "g"), -EPERM);
	assert_int_equal(do_rename(&fx->other, d, "o", d, "f"), -EPERM);
	assert_int_equal(do_unlink(&fx->user, d, "f"), 0);
	vnode_put(d);
}

static void
set_id_bits_go_when_somebody_writes(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vfile file;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0666, &vn), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->other, &file, 0, "x", 1), 1);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, VFS_NOID), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

/* A client asks for that on behalf of whoever is about to write. */
static void
set_id_bits_are_kept_from_who_may_not_write(void **state)
{
	const struct vsetattr drop = { .mask = VSET_MODE, .mode = 0755 };
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vfile file;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0646, &vn), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDWR, &file), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 06755), 0);
	assert_int_equal(do_setattr(&fx->other, vn, NULL, &drop), -EACCES);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 06755);
	assert_int_equal(do_setattr(&fx->other, vn, &file, &drop), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0755);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

/* Nor is it asked for on behalf of anybody but who writes. */
static void
set_id_bits_that_a_write_would_take_are_the_owners_to_keep(void **state)
{
	const struct vsetattr for_owner = {
		.mask = VSET_MODE | VSET_GID, .mode = 0777, .gid = 1001
	};
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0777, &vn), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_chmod(&fx->other, vn, 06777), -EPERM);
	assert_int_equal(do_chmod(&fx->other, vn, 02777), -EPERM);
	assert_int_equal(do_setattr(&fx->other, vn, NULL, &for_owner), -EPERM);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 06777);
	assert_int_equal(do_chmod(&fx->other, vn, 0777), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	vnode_put(vn);
}

/* To write in it takes nothing away from a directory, so nobody asks for it. */
static void
set_id_bits_of_directories_are_for_their_owner(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;

	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0777, &d), 0);
	assert_int_equal(do_chmod(&fx->user, d, 02777), 0);
	assert_int_equal(do_chmod(&fx->other, d, 0777), -EPERM);
	assert_int_equal(do_chmod(&fx->other, d, 02777), -EPERM);
	assert_int_equal(attr_of(fx, d).mode & 07777, 02777);
	vnode_put(d);
}

static void
setgid_directories_give_their_group(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *e, *f;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &d), 0);
	assert_int_equal(do_chown(&fx->self, d, VFS_NOID, 2000), 0);
	assert_int_equal(do_chmod(&fx->self, d, 02777), 0);
	assert_int_equal(do_mkdir(&fx->other, d, "e", 0755, &e), 0);
	assert_int_equal(do_touch(&fx->other, d, "f", 0644, &f), 0);
	assert_int_equal(attr_of(fx, e).gid, 2000);
	assert_int_equal(attr_of(fx, e).mode & 07777, 02755);
	assert_int_equal(attr_of(fx, f).gid, 2000);
	vnode_put(d);
	vnode_put(e);
	vnode_put(f);
}

static gid_t
gid_made_for(const struct fixture *fx, const struct who *who, struct vnode *dir,
    const char *name, gid_t gid)
{
	struct vnode *vn;
	struct wait wait;
	int rc;

	wait_init(&wait, who);
	rc = vfs_mkdir(&wait.op, dir, vname_of(name), 0755, gid, &vn);
	assert_int_equal(await(&wait, rc), 0);
	gid = attr_of(fx, vn).gid;
	vnode_put(vn);
	return gid;
}

static void
setgid_directories_give_no_other_group(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &d), 0);
	assert_int_equal(do_chown(&fx->self, d, VFS_NOID, 2000), 0);
	assert_int_equal(do_chmod(&fx->self, d, 02777), 0);
	assert_int_equal(gid_made_for(fx, &fx->user, d, "a", 1000), 2000);
	assert_int_equal(gid_made_for(fx, &fx->user, d, "b", 3000), 2000);
	assert_int_equal(gid_made_for(fx, &fx->self, d, "c", 3000), 2000);
	vnode_put(d);
}

int
main(void)
{
	static const struct expectation list[] = {
		ONE(times_can_be_set),
		ONE(extended_attributes_are_kept),
		ONE(statfs_makes_sense),
		MANY(files_are_their_makers),
		MANY(no_id_is_no_change),
		MANY(modes_decide_who_may_open),
		MANY(directories_keep_strangers_out),
		MANY(sticky_directories_protect_their_users),
		MANY(set_id_bits_go_when_somebody_writes),
		MANY(set_id_bits_are_kept_from_who_may_not_write),
		MANY(
		    set_id_bits_that_a_write_would_take_are_the_owners_to_keep),
		MANY(set_id_bits_of_directories_are_for_their_owner),
		MANY(setgid_directories_give_their_group),
		MANY(setgid_directories_give_no_other_group),
	};

	return FS_ALIKE(list);
}
