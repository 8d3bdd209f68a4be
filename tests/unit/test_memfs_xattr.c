/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_xattr.c -- extended attributes in memfs: values, lists, and who
 * may read and set which.  ACLs have test_memfs_acl.c.
 */

#include <sys/xattr.h>

#include "fixture.h"

static struct vnode *
make_file(const struct fixture *fx, const char *name, mode_t mode)
{
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, name, mode, &vn), 0);
	return vn;
}

static int
set(const struct who *who, struct vnode *vn, const char *name, const char *s)
{
	return do_setxattr(who, vn, name, s, strlen(s), 0);
}

/* The length of the value if it is s, else -1, or -errno. */
static int
get(const struct who *who, struct vnode *vn, const char *name, const char *s)
{
	struct vblob blob;
	int rc, n = -1;

	if ((rc = do_getxattr(who, vn, name, &blob)) != 0)
		return rc;
	if (blob.len == strlen(s) &&
	    (blob.len == 0 || memcmp(blob.data, s, blob.len) == 0))
		n = (int)blob.len;
	free(blob.data);
	return n;
}

static void
what_is_set_is_got_until_it_is_removed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);

	assert_int_equal(get(&fx->user, vn, "user.a", ""), -ENODATA);
	assert_int_equal(set(&fx->user, vn, "user.a", "one"), 0);
	assert_int_equal(set(&fx->user, vn, "user.b", "two"), 0);
	assert_int_equal(set(&fx->user, vn, "user.ab", "three"), 0);
	assert_int_equal(get(&fx->user, vn, "user.a", "one"), 3);
	assert_int_equal(set(&fx->user, vn, "user.a", "longer"), 0);
	assert_int_equal(get(&fx->user, vn, "user.a", "longer"), 6);
	assert_int_equal(get(&fx->user, vn, "user.b", "two"), 3);
	assert_int_equal(do_removexattr(&fx->user, vn, "user.a"), 0);
	assert_int_equal(get(&fx->user, vn, "user.a", ""), -ENODATA);
	assert_int_equal(do_removexattr(&fx->user, vn, "user.a"), -ENODATA);
	assert_int_equal(get(&fx->user, vn, "user.b", "two"), 3);
	assert_int_equal(get(&fx->user, vn, "user.ab", "three"), 5);
	vnode_put(vn);
}

static void
an_empty_value_is_there_all_the_same(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vblob list;

	assert_int_equal(do_setxattr(&fx->user, vn, "user.e", NULL, 0, 0), 0);
	assert_int_equal(get(&fx->user, vn, "user.e", ""), 0);
	assert_int_equal(do_listxattr(&fx->user, vn, &list), 0);
	assert_int_equal(list.len, 7);
	assert_memory_equal(list.data, "user.e", 7);
	free(list.data);
	assert_int_equal(do_removexattr(&fx->user, vn, "user.e"), 0);
	assert_int_equal(get(&fx->user, vn, "user.e", ""), -ENODATA);
	assert_int_equal(do_listxattr(&fx->user, vn, &list), 0);
	assert_int_equal(list.len, 0);
	assert_null(list.data);
	vnode_put(vn);
}

static void
flags_say_whether_it_must_be_there(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);

	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.a", "x", 1, XATTR_REPLACE),
	    -ENODATA);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.a", "x", 1, XATTR_CREATE), 0);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.a", "y", 1, XATTR_CREATE),
	    -EEXIST);
	assert_int_equal(get(&fx->user, vn, "user.a", "x"), 1);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.a", "y", 1, XATTR_REPLACE), 0);
	assert_int_equal(get(&fx->user, vn, "user.a", "y"), 1);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.a", "z", 1, 4), -EINVAL);
	vnode_put(vn);
}

static void
values_go_to_64_kib_and_names_to_255(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	char *value = calloc(1, VFS_XATTR_MAX + 1), name[258];
	struct vblob blob;

	memset(value, 'v', VFS_XATTR_MAX);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.big", value, VFS_XATTR_MAX + 1, 0),
	    -E2BIG);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, "user.big", value, VFS_XATTR_MAX, 0), 0);
	assert_int_equal(do_getxattr(&fx->user, vn, "user.big", &blob), 0);
	assert_int_equal(blob.len, VFS_XATTR_MAX);
	assert_memory_equal(blob.data, value, blob.len);
	free(blob.data);
	memset(name, 'n', 256);
	memcpy(name, "user.", 5);
	name[256] = '\0';
	assert_int_equal(set(&fx->user, vn, name, "x"), -ERANGE);
	name[255] = '\0';
	assert_int_equal(set(&fx->user, vn, name, "x"), 0);
	assert_int_equal(get(&fx->user, vn, name, "x"), 1);
	free(value);
	vnode_put(vn);
}

static void
a_list_never_grows_past_what_a_call_can_tell(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vblob list;
	char name[256];
	int i, rc = 0;

	memset(name, 'n', 255);
	name[255] = '\0';
	for (i = 0; i < 1000 && rc == 0; i++) {
		memcpy(name, "user.", 5);
		name[5] = (char)('0' + i / 100);
		name[6] = (char)('0' + i / 10 % 10);
		name[7] = (char)('0' + i % 10);
		rc = set(&fx->user, vn, name, "");
	}
	assert_int_equal(rc, -ENOSPC);
	assert_int_equal(i, VFS_XATTR_MAX / 256 + 1);
	assert_int_equal(do_listxattr(&fx->user, vn, &list), 0);
	assert_int_equal(list.len, VFS_XATTR_MAX);
	free(list.data);
	vnode_put(vn);
}

static void
unknown_name_spaces_are_not_supported(void **state)
{
	static const char *const names[] = { "a", "user", "users.a", "os2.a",
		"system.a", "system.posix_acl_access2", "USER.a" };
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_int_equal(
		    set(&fx->self, vn, names[i], "x"), -EOPNOTSUPP);
		assert_int_equal(get(&fx->self, vn, names[i], ""), -EOPNOTSUPP);
		assert_int_equal(
		    do_removexattr(&fx->self, vn, names[i]), -EOPNOTSUPP);
	}
	assert_int_equal(set(&fx->self, vn, "user.", "x"), -EINVAL);
	vnode_put(vn);
}

static void
user_attributes_follow_the_mode(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);

	assert_int_equal(set(&fx->user, vn, "user.a", "x"), 0);
	assert_int_equal(set(&fx->other, vn, "user.a", "y"), -EACCES);
	assert_int_equal(do_removexattr(&fx->other, vn, "user.a"), -EACCES);
	assert_int_equal(get(&fx->other, vn, "user.a", "x"), 1);
	assert_int_equal(do_chmod(&fx->user, vn, 0600), 0);
	assert_int_equal(get(&fx->other, vn, "user.a", "x"), -EACCES);
	assert_int_equal(do_chmod(&fx->user, vn, 0200), 0);
	assert_int_equal(get(&fx->user, vn, "user.a", "x"), -EACCES);
	assert_int_equal(set(&fx->user, vn, "user.a", "y"), 0);
	vnode_put(vn);
}

static void
user_attributes_are_for_files_and_directories(void **state)
{
	struct fixture *fx = *state;
	struct vnode *link, *fifo, *dir;

	assert_int_equal(do_symlink(&fx->user, fx->root, "l", "x", &link), 0);
	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "p", S_IFIFO | 0666, 0, &fifo), 0);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 01777, &dir), 0);
	assert_int_equal(set(&fx->self, link, "user.a", "x"), -EPERM);
	assert_int_equal(set(&fx->self, fifo, "user.a", "x"), -EPERM);
	assert_int_equal(get(&fx->self, fifo, "user.a", "x"), -ENODATA);
	assert_int_equal(set(&fx->user, dir, "user.a", "x"), 0);
	assert_int_equal(set(&fx->other, dir, "user.a", "x"), -EPERM);
	assert_int_equal(do_chmod(&fx->user, dir, 0777), 0);
	assert_int_equal(set(&fx->other, dir, "user.a", "y"), 0);
	assert_int_equal(set(&fx->self, link, "trusted.a", "x"), 0);
	assert_int_equal(set(&fx->self, fifo, "security.a", "x"), 0);
	vnode_put(link);
	vnode_put(fifo);
	vnode_put(dir);
}

static void
trusted_attributes_are_for_the_privileged(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0666);
	struct vblob list;

	assert_int_equal(set(&fx->user, vn, "trusted.a", "x"), -EPERM);
	assert_int_equal(set(&fx->self, vn, "trusted.a", "x"), 0);
	assert_int_equal(set(&fx->user, vn, "user.b", "y"), 0);
	assert_int_equal(get(&fx->self, vn, "trusted.a", "x"), 1);
	assert_int_equal(get(&fx->user, vn, "trusted.a", "x"), -ENODATA);
	assert_int_equal(do_removexattr(&fx->user, vn, "trusted.a"), -EPERM);
	assert_int_equal(do_listxattr(&fx->user, vn, &list), 0);
	assert_int_equal(list.len, 7);
	assert_memory_equal(list.data, "user.b", 7);
	free(list.data);
	assert_int_equal(do_listxattr(&fx->self, vn, &list), 0);
	assert_int_equal(list.len, 7 + 10);
	free(list.data);
	vnode_put(vn);
}

static void
security_attributes_are_read_by_all_and_set_by_root(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0600);

	assert_int_equal(set(&fx->user, vn, "security.x", "x"), -EPERM);
	assert_int_equal(set(&fx->self, vn, "security.x", "x"), 0);
	assert_int_equal(get(&fx->other, vn, "security.x", "x"), 1);
	assert_int_equal(
	    get(&fx->other, vn, "security.capability", ""), -ENODATA);
	vnode_put(vn);
}

static void
file_capabilities_do_not_survive_a_change(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0666);
	static const char cap[] = "security.capability";
	struct vfile file;

	assert_int_equal(set(&fx->self, vn, cap, "c"), 0);
	assert_int_equal(do_open(&fx->other, vn, O_WRONLY, &file), 0);
	assert_int_equal(do_write(&fx->other, &file, 0, "x", 1), 1);
	assert_int_equal(get(&fx->self, vn, cap, "c"), -ENODATA);
	assert_int_equal(set(&fx->self, vn, cap, "c"), 0);
	assert_int_equal(do_truncate(&fx->other, vn, NULL, 0), 0);
	assert_int_equal(get(&fx->self, vn, cap, "c"), -ENODATA);
	assert_int_equal(set(&fx->self, vn, cap, "c"), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, VFS_NOID), 0);
	assert_int_equal(get(&fx->self, vn, cap, "c"), -ENODATA);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

static void
a_change_sets_ctime_only(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vattr old, new;

	assert_int_equal(do_getattr(&fx->user, vn, &old), 0);
	assert_int_equal(set(&fx->user, vn, "user.a", "x"), 0);
	assert_int_equal(do_getattr(&fx->user, vn, &new), 0);
	assert_true(new.ctime.tv_sec > old.ctime.tv_sec ||
	    new.ctime.tv_nsec > old.ctime.tv_nsec);
	assert_int_equal(new.mtime.tv_nsec, old.mtime.tv_nsec);
	assert_int_equal(new.version, old.version);
	vnode_put(vn);
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_set_is_got_until_it_is_removed),
		T(an_empty_value_is_there_all_the_same),
		T(flags_say_whether_it_must_be_there),
		T(values_go_to_64_kib_and_names_to_255),
		T(a_list_never_grows_past_what_a_call_can_tell),
		T(unknown_name_spaces_are_not_supported),
		T(user_attributes_follow_the_mode),
		T(user_attributes_are_for_files_and_directories),
		T(trusted_attributes_are_for_the_privileged),
		T(security_attributes_are_read_by_all_and_set_by_root),
		T(file_capabilities_do_not_survive_a_change),
		T(a_change_sets_ctime_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
