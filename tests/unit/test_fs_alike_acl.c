/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fs_alike_acl.c -- what a new file inherits of its directory's default
 * ACL, acl(5), the same in memory and on the host.
 */

#include <sys/xattr.h>

#include "fs_alike.h"
#include "vfs_fs.h"

#define ACL(...)                                                               \
	{                                                                      \
		2, 0, 0, 0, __VA_ARGS__                                        \
	}
#define ENTRY(tag, perm) tag, 0, perm, 0, 0xff, 0xff, 0xff, 0xff
#define OWNER(perm) ENTRY(1, perm)
#define USER_1001(perm) 2, 0, perm, 0, 0xe9, 3, 0, 0
#define GROUP(perm) ENTRY(4, perm)
#define GROUP_2000(perm) 8, 0, perm, 0, 0xd0, 7, 0, 0
#define MASK(perm) ENTRY(16, perm)
#define OTHERS(perm) ENTRY(32, perm)

static const unsigned char further[] =
    ACL(OWNER(7), USER_1001(6), GROUP(5), MASK(7), OTHERS(4));
static const unsigned char as_mode[] = ACL(OWNER(7), GROUP(5), OTHERS(4));

#define HAS(fx, vn, name, acl) has(fx, vn, name, acl, sizeof(acl))

static void
has(const struct fixture *fx, struct vnode *vn, const char *name,
    const unsigned char *acl, size_t len)
{
	struct vblob blob;

	assert_int_equal(do_getxattr(&fx->self, vn, name, &blob), 0);
	assert_int_equal(blob.len, len);
	assert_memory_equal(blob.data, acl, len);
	free(blob.data);
}

static void
has_none(const struct fixture *fx, struct vnode *vn, const char *name)
{
	struct vblob blob;

	assert_int_equal(do_getxattr(&fx->self, vn, name, &blob), -ENODATA);
}

static void
has_mode(const struct fixture *fx, struct vnode *vn, mode_t mode)
{
	assert_int_equal(attr_of(fx, vn).mode & 07777, mode);
}

/* A directory whose default ACL is acl. */
static struct vnode *
make_parent(const struct fixture *fx, const unsigned char *acl, size_t len)
{
	struct vnode *dir = make_dir(fx, fx->root, "d");

	assert_int_equal(do_chmod(&fx->self, dir, 0777), 0);
	assert_int_equal(
	    do_setxattr(&fx->self, dir, VACL_DEFAULT, acl, len, 0), 0);
	return dir;
}

static void
a_file_gets_what_its_mode_leaves(void **state)
{
	static const unsigned char left[] =
	    ACL(OWNER(6), USER_1001(6), GROUP(5), MASK(4), OTHERS(0));
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *f;

	assert_int_equal(do_touch(&fx->self, dir, "f", 0640, &f), 0);
	HAS(fx, f, VACL_ACCESS, left);
	has_none(fx, f, VACL_DEFAULT);
	has_mode(fx, f, 0640);
	vnode_put(f);
	vnode_put(dir);
}

static void
a_file_gets_no_more_than_the_acl_grants(void **state)
{
	static const unsigned char left[] =
	    ACL(OWNER(7), USER_1001(6), GROUP(5), MASK(7), OTHERS(4));
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *f;

	assert_int_equal(do_touch(&fx->self, dir, "f", 0777, &f), 0);
	HAS(fx, f, VACL_ACCESS, left);
	has_mode(fx, f, 0774);
	vnode_put(f);
	vnode_put(dir);
}

static void
a_file_that_is_there_keeps_what_it_has(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = make_dir(fx, fx->root, "d");
	struct vnode *f = make_file(fx, dir, "f");
	struct vfile file;

	assert_int_equal(do_setxattr(&fx->self, dir, VACL_DEFAULT, further,
			     sizeof(further), 0),
	    0);
	assert_int_equal(
	    do_create(&fx->self, dir, "f", O_RDWR, 0600, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	has_none(fx, f, VACL_ACCESS);
	has_mode(fx, f, 0644);
	vnode_put(f);
	vnode_put(dir);
}

static void
a_directory_gets_both_and_hands_them_on(void **state)
{
	static const unsigned char left[] =
	    ACL(OWNER(7), USER_1001(6), GROUP(5), MASK(5), OTHERS(0));
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *d, *e;

	assert_int_equal(do_mkdir(&fx->self, dir, "d", 0750, &d), 0);
	HAS(fx, d, VACL_ACCESS, left);
	HAS(fx, d, VACL_DEFAULT, further);
	has_mode(fx, d, 0750);
	assert_int_equal(do_mkdir(&fx->self, d, "e", 0750, &e), 0);
	HAS(fx, e, VACL_ACCESS, left);
	HAS(fx, e, VACL_DEFAULT, further);
	vnode_put(e);
	vnode_put(d);
	vnode_put(dir);
}

static void
an_acl_that_is_a_mode_leaves_a_mode(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, as_mode, sizeof(as_mode)), *f, *d;

	assert_int_equal(do_touch(&fx->self, dir, "f", 0666, &f), 0);
	has_none(fx, f, VACL_ACCESS);
	has_mode(fx, f, 0644);
	assert_int_equal(do_mkdir(&fx->self, dir, "d", 0777, &d), 0);
	has_none(fx, d, VACL_ACCESS);
	HAS(fx, d, VACL_DEFAULT, as_mode);
	has_mode(fx, d, 0754);
	vnode_put(f);
	vnode_put(d);
	vnode_put(dir);
}

static void
fifos_inherit_and_links_do_not(void **state)
{
	static const unsigned char left[] =
	    ACL(OWNER(6), USER_1001(6), GROUP(5), MASK(2), OTHERS(0));
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *p, *l;
	struct vblob blob;

	assert_int_equal(
	    do_mknod(&fx->self, dir, "p", S_IFIFO | 0622, 0, &p), 0);
	HAS(fx, p, VACL_ACCESS, left);
	has_mode(fx, p, 0620);
	assert_int_equal(do_symlink(&fx->self, dir, "l", "f", &l), 0);
	assert_true(do_getxattr(&fx->self, l, VACL_ACCESS, &blob) < 0);
	has_mode(fx, l, 0777);
	vnode_put(p);
	vnode_put(l);
	vnode_put(dir);
}

static void
what_is_removed_is_not_inherited(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *f;

	assert_int_equal(do_removexattr(&fx->self, dir, VACL_DEFAULT), 0);
	assert_int_equal(do_touch(&fx->self, dir, "f", 0666, &f), 0);
	has_none(fx, f, VACL_ACCESS);
	has_mode(fx, f, 0666);
	vnode_put(f);
	vnode_put(dir);
}

static void
a_setgid_bit_is_inherited_as_well(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *d;

	assert_int_equal(do_chown(&fx->self, dir, 0, 1001), 0);
	assert_int_equal(do_chmod(&fx->self, dir, 02777), 0);
	assert_int_equal(do_mkdir(&fx->user, dir, "d", 0770, &d), 0);
	has_mode(fx, d, 02770);
	assert_int_equal(attr_of(fx, d).gid, 1001);
	HAS(fx, d, VACL_DEFAULT, further);
	vnode_put(d);
	vnode_put(dir);
}

static void
what_is_inherited_lets_users_in(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = make_parent(fx, further, sizeof(further)), *f;
	struct vfile file;

	assert_int_equal(do_touch(&fx->user, dir, "f", 0660, &f), 0);
	assert_int_equal(do_open(&fx->other, f, O_RDWR, &file), 0);
	assert_int_equal(do_close(&fx->other, &file), 0);
	assert_int_equal(do_chmod(&fx->user, f, 0600), 0);
	assert_int_equal(do_open(&fx->other, f, O_RDONLY, &file), -EACCES);
	vnode_put(f);
	vnode_put(dir);
}

/* As a Linux client removes one; to set one would cost the bit. */
static void
who_removes_an_acl_keeps_the_setgid_bit(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, &f), 0);
	assert_int_equal(do_chown(&fx->self, f, VFS_NOID, 3000), 0);
	assert_int_equal(
	    do_setxattr(&fx->self, f, VACL_ACCESS, further, sizeof(further), 0),
	    0);
	assert_int_equal(do_chmod(&fx->self, f, 02754), 0);
	assert_int_equal(do_setxattr(&fx->user, f, VACL_ACCESS, "", 0, 0), 0);
	has_none(fx, f, VACL_ACCESS);
	has_mode(fx, f, 02754);
	assert_int_equal(
	    do_setxattr(&fx->user, f, VACL_ACCESS, further, sizeof(further), 0),
	    0);
	has_mode(fx, f, 0774);
	vnode_put(f);
}

/* To change names takes both rights, and acl(5) wants them of one entry. */
static void
rights_of_two_groups_do_not_add_up(void **state)
{
	static const unsigned char halves[] =
	    ACL(OWNER(7), GROUP(1), GROUP_2000(6), MASK(7), OTHERS(0));
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");
	struct vnode *own = make_dir(fx, fx->root, "own"), *f;

	vnode_put(make_file(fx, d, "f"));
	assert_int_equal(do_chown(&fx->self, d, 0, 1000), 0);
	assert_int_equal(do_chmod(&fx->self, own, 0777), 0);
	assert_int_equal(
	    do_setxattr(&fx->self, d, VACL_ACCESS, halves, sizeof(halves), 0),
	    0);
	assert_int_equal(do_touch(&fx->user, d, "g", 0644, NULL), -EACCES);
	assert_int_equal(do_mkdir(&fx->user, d, "g", 0755, NULL), -EACCES);
	assert_int_equal(do_unlink(&fx->user, d, "f"), -EACCES);
	assert_int_equal(do_rename(&fx->user, d, "f", own, "f"), -EACCES);
	assert_int_equal(do_touch(&fx->user, own, "g", 0644, NULL), 0);
	assert_int_equal(do_rename(&fx->user, own, "g", d, "g"), -EACCES);
	assert_int_equal(do_rename(&fx->user, own, "g", d, "f"), -EACCES);
	assert_int_equal(do_walk(&fx->user, own, "g", &f), 0);
	assert_int_equal(do_link(&fx->user, d, f, "g"), -EACCES);
	vnode_put(f);
	vnode_put(own);
	vnode_put(d);
}

/* As touch(1) asks; the mode alone would refuse the one, and let in the other. */
static void
who_may_write_by_an_acl_may_set_times_to_now(void **state)
{
	static const unsigned char grants[] =
	    ACL(OWNER(6), USER_1001(6), GROUP(4), MASK(6), OTHERS(4));
	static const unsigned char denies[] =
	    ACL(OWNER(6), USER_1001(4), GROUP(4), MASK(4), OTHERS(6));
	const struct vsetattr now = { .mask = VSET_ATIME | VSET_MTIME |
		    VSET_ATIME_NOW | VSET_MTIME_NOW };
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");

	assert_int_equal(
	    do_setxattr(&fx->self, f, VACL_ACCESS, grants, sizeof(grants), 0),
	    0);
	assert_int_equal(do_setattr(&fx->other, f, NULL, &now), 0);
	assert_int_equal(do_setattr(&fx->user, f, NULL, &now), -EACCES);
	assert_int_equal(
	    do_setxattr(&fx->self, f, VACL_ACCESS, denies, sizeof(denies), 0),
	    0);
	assert_int_equal(do_setattr(&fx->other, f, NULL, &now), -EACCES);
	assert_int_equal(do_setattr(&fx->user, f, NULL, &now), 0);
	vnode_put(f);
}

/* acl(5) has it deny all that the ACL names; Linux does not look at that. */
static void
an_empty_mask_leaves_it_to_the_mode(void **state)
{
	static const unsigned char grants[] =
	    ACL(OWNER(6), USER_1001(6), GROUP(4), MASK(6), OTHERS(4));
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vfile file;

	assert_int_equal(
	    do_setxattr(&fx->self, f, VACL_ACCESS, grants, sizeof(grants), 0),
	    0);
	assert_int_equal(do_chmod(&fx->self, f, 0604), 0);
	assert_int_equal(do_open(&fx->other, f, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->other, &file), 0);
	assert_int_equal(do_open(&fx->other, f, O_WRONLY, &file), -EACCES);
	assert_int_equal(do_chmod(&fx->self, f, 0600), 0);
	assert_int_equal(do_open(&fx->other, f, O_RDONLY, &file), -EACCES);
	vnode_put(f);
}

static const struct expectation expectations[] = {
	ONE(a_file_gets_what_its_mode_leaves),
	ONE(a_file_gets_no_more_than_the_acl_grants),
	ONE(a_file_that_is_there_keeps_what_it_has),
	ONE(a_directory_gets_both_and_hands_them_on),
	ONE(an_acl_that_is_a_mode_leaves_a_mode),
	ONE(fifos_inherit_and_links_do_not),
	ONE(what_is_removed_is_not_inherited),
	MANY(a_setgid_bit_is_inherited_as_well),
	MANY(what_is_inherited_lets_users_in),
	MANY(who_removes_an_acl_keeps_the_setgid_bit),
	MANY(rights_of_two_groups_do_not_add_up),
	MANY(who_may_write_by_an_acl_may_set_times_to_now),
	MANY(an_empty_mask_leaves_it_to_the_mode),
};

int
main(void)
{
	return FS_ALIKE(expectations);
}
