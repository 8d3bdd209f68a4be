/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_mapped_xattr.c -- identity mapped, and the clients' own extended
 * attributes, ACLs among them.
 */

#include <stdio.h>
#include <sys/xattr.h>

#include "etfs_fixture.h"

static bool
is_listed(const struct fixture *fx, struct vnode *vn, const char *name)
{
	struct vblob blob;
	bool found = false;
	const char *p;

	assert_int_equal(do_listxattr(&fx->self, vn, &blob), 0);
	for (p = blob.data; p != NULL && p < (char *)blob.data + blob.len;
	     p += strlen(p) + 1)
		found = found || strcmp(p, name) == 0;
	free(blob.data);
	return found;
}

static void
what_is_kept_is_no_clients_business(void **state)
{
	struct fixture *fx = *state;
	struct vblob blob;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->self, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(do_listxattr(&fx->self, vn, &blob), 0);
	assert_int_equal(blob.len, 0);
	assert_null(blob.data);
	assert_int_equal(
	    do_getxattr(&fx->self, vn, "user.virtfs.uid", &blob), -ENODATA);
	assert_int_equal(
	    do_setxattr(&fx->self, vn, "user.virtfs.uid", "abcd", 4, 0),
	    -EACCES);
	assert_int_equal(
	    do_removexattr(&fx->self, vn, "user.virtfs.uid"), -EACCES);
	assert_int_equal(
	    do_setxattr(&fx->self, vn, "user.virtfs.any", "x", 1, 0), -EACCES);
	assert_int_equal(do_getxattr(&fx->self, vn,
			     "user.virtfs.system.posix_acl_access", &blob),
	    -ENODATA);
	kept(fx, "f", "uid", "00000000");
	vnode_put(vn);
}

static void
other_notes_are_the_clients(void **state)
{
	struct fixture *fx = *state;
	static const char *const names[] = { "user.mine", "user.virtfs",
		"user.virtf.x" };
	struct vblob blob;
	struct vnode *vn;
	size_t i;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0600, &vn), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(
		    do_setxattr(&fx->user, vn, names[i], "v", 1, 0), 0);
		assert_int_equal(
		    getxattr(on_host(fx, "f"), names[i], NULL, 0), 1);
		assert_true(is_listed(fx, vn, names[i]));
		assert_int_equal(
		    do_getxattr(&fx->other, vn, names[i], &blob), -EACCES);
		assert_int_equal(do_removexattr(&fx->user, vn, names[i]), 0);
	}
	assert_int_equal(setxattr(on_host(fx, "f"), "trusted.h", "v", 1, 0), 0);
	assert_int_equal(
	    do_getxattr(&fx->self, vn, "trusted.h", &blob), -EOPNOTSUPP);
	assert_int_equal(
	    do_setxattr(&fx->self, vn, "security.x", "v", 1, 0), -EOPNOTSUPP);
	assert_int_equal(
	    do_removexattr(&fx->self, vn, "trusted.h"), -EOPNOTSUPP);
	assert_false(is_listed(fx, vn, "trusted.h"));
	vnode_put(vn);
}

#define OBJ(tag, perm) tag, 0, perm, 0, 0xff, 0xff, 0xff, 0xff
#define USER_1000(perm) 2, 0, perm, 0, 0xe8, 3, 0, 0

static const unsigned char acl[] = { 2, 0, 0, 0, OBJ(1, 7), USER_1000(6),
	OBJ(4, 5), OBJ(16, 7), OBJ(32, 1) };
static const unsigned char few[] = { 2, 0, 0, 0, OBJ(1, 7), OBJ(4, 5),
	OBJ(32, 0) };

static void
acls_are_kept_among_it(void **state)
{
	static const char name[] = "system.posix_acl_access";
	struct fixture *fx = *state;
	struct vblob blob;
	struct vnode *vn;
	struct vfile file;

	assert_int_equal(do_touch(&fx->other, fx->root, "f", 0600, &vn), 0);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), -EACCES);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, name, acl, sizeof(acl), 0), -EPERM);
	assert_int_equal(
	    do_setxattr(&fx->other, vn, name, acl, sizeof(acl), 0), 0);
	kept(fx, "f", name,
	    "02000000"
	    "01000700ffffffff"
	    "02000600e8030000"
	    "04000500ffffffff"
	    "10000700ffffffff"
	    "20000100ffffffff");
	kept(fx, "f", "mode", "f9810000");
	assert_true(is_listed(fx, vn, name));
	assert_int_equal(do_getxattr(&fx->user, vn, name, &blob), 0);
	assert_int_equal(blob.len, sizeof(acl));
	assert_memory_equal(blob.data, acl, sizeof(acl));
	free(blob.data);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(do_chmod(&fx->other, vn, 0740), 0);
	kept(fx, "f", name,
	    "02000000"
	    "01000700ffffffff"
	    "02000600e8030000"
	    "04000500ffffffff"
	    "10000400ffffffff"
	    "20000000ffffffff");
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), -EACCES);
	assert_int_equal(do_removexattr(&fx->other, vn, name), 0);
	assert_int_equal(do_removexattr(&fx->other, vn, name), -ENODATA);
	vnode_put(vn);
}

static void
an_acl_that_is_a_mode_is_one(void **state)
{
	static const char name[] = "system.posix_acl_access";
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0600, &vn), 0);
	assert_int_equal(do_chown(&fx->self, vn, VFS_NOID, 3000), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 02755), 0);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, name, few, sizeof(few), 0), 0);
	kept(fx, "f", name, NULL);
	kept(fx, "f", "mode", "e8810000");
	assert_int_equal(do_setxattr(&fx->user, vn, name, few, 6, 0), -EINVAL);
	assert_int_equal(do_setxattr(&fx->user, vn, name, "", 0, 0), 0);
	vnode_put(vn);
}

static void
default_acls_are_for_directories(void **state)
{
	static const char name[] = "system.posix_acl_default";
	struct fixture *fx = *state;
	struct vnode *f, *d;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0600, &f), 0);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0700, &d), 0);
	assert_int_equal(
	    do_setxattr(&fx->user, f, name, few, sizeof(few), 0), -EACCES);
	assert_int_equal(
	    do_setxattr(&fx->user, d, name, few, sizeof(few), 0), 0);
	kept(fx, "d", name,
	    "02000000"
	    "01000700ffffffff"
	    "04000500ffffffff"
	    "20000000ffffffff");
	kept(fx, "d", "mode", "c0410000");
	assert_int_equal(do_setxattr(&fx->user, d, name, "", 0, 0), 0);
	kept(fx, "d", name, NULL);
	vnode_put(f);
	vnode_put(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AS_MAPPED(what_is_kept_is_no_clients_business),
		AS_MAPPED(other_notes_are_the_clients),
		AS_MAPPED(acls_are_kept_among_it),
		AS_MAPPED(an_acl_that_is_a_mode_is_one),
		AS_MAPPED(default_acls_are_for_directories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
