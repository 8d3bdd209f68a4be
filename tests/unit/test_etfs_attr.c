/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_attr.c -- attributes, plain and extended, of files on the host.
 */

#include <sys/xattr.h>

#include "etfs_fixture.h"

static void
attributes_are_the_hosts(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vattr attr;
	struct stat st;

	host_file(fx, "f", "text");
	assert_int_equal(chmod(on_host(fx, "f"), 0640), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	vn = walk(fx, "f");
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.mode, S_IFREG | 0640);
	assert_int_equal(attr.nlink, 1);
	assert_int_equal(attr.uid, st.st_uid);
	assert_int_equal(attr.gid, st.st_gid);
	assert_int_equal(attr.size, 4);
	assert_int_equal(attr.blocks, st.st_blocks);
	assert_true(attr.blksize >= 128 * 1024);
	assert_int_equal(attr.mtime.tv_sec, st.st_mtim.tv_sec);
	assert_int_equal(attr.mtime.tv_nsec, st.st_mtim.tv_nsec);
	assert_int_equal(attr.ctime.tv_nsec, st.st_ctim.tv_nsec);
	assert_int_equal(attr.path, vnode_qid(vn).path);
	assert_int_equal(attr.version, vnode_qid(vn).version);
	assert_true(attr.has_btime);
	vnode_put(vn);
}

static void
a_version_changes_with_the_content(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;
	struct vattr attr;
	uint32_t before;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	before = vnode_qid(vn).version;
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.version, before);
	host_file(fx, "f", "longer text");
	again = walk(fx, "f");
	assert_int_not_equal(vnode_qid(vn).version, before);
	assert_int_not_equal(vnode_qid(vn).version, 0);
	vnode_put(again);
	vnode_put(vn);
}

static void
all_is_set_that_is_asked_for(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = {
		.mask = VSET_MODE | VSET_SIZE | VSET_ATIME | VSET_MTIME,
		.mode = 0604,
		.size = 2,
		.atime = { 1000, 5 },
		.mtime = { 2000, 6 },
	};
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &sa), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0604);
	assert_int_equal(st.st_size, 2);
	assert_int_equal(st.st_atim.tv_sec, 1000);
	assert_int_equal(st.st_mtim.tv_sec, 2000);
	assert_int_equal(st.st_mtim.tv_nsec, 6);
	vnode_put(vn);
}

static void
a_time_that_is_not_named_stays(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = { .mask = VSET_ATIME | VSET_MTIME,
		.atime = { 1000, 0 },
		.mtime = { 2000, 0 } };
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &sa), 0);
	sa.mask = VSET_MTIME | VSET_MTIME_NOW;
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &sa), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_atim.tv_sec, 1000);
	assert_true(st.st_mtim.tv_sec > 1000000);
	vnode_put(vn);
}

/* As when a client opens for reading and truncates: size and mtime, now. */
static void
a_new_size_sets_mtime_even_if_it_is_the_old_one(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr old = { .mask = VSET_ATIME | VSET_MTIME };
	struct vsetattr sa = { .mask =
				   VSET_SIZE | VSET_MTIME | VSET_MTIME_NOW };
	struct vfile file;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "");
	vn = walk(fx, "f");
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &old), 0);
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_setattr(&fx->self, vn, &file, &sa), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_true(st.st_mtim.tv_sec > 1000000);
	vnode_put(vn);
}

static void
a_link_has_times_and_an_owner_but_no_mode_of_its_own(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = { .mask = VSET_MTIME, .mtime = { 2000, 0 } };
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	assert_int_equal(symlink("f", on_host(fx, "s")), 0);
	vn = walk(fx, "s");
	assert_int_equal(do_chmod(&fx->self, vn, 0600), -EOPNOTSUPP);
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &sa), 0);
	assert_int_equal(lstat(on_host(fx, "s"), &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 2000);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_not_equal(st.st_mtim.tv_sec, 2000);
	if (geteuid() == 0) {
		assert_int_equal(do_chown(&fx->self, vn, 5, 6), 0);
		assert_int_equal(lstat(on_host(fx, "s"), &st), 0);
		assert_int_equal(st.st_uid, 5);
		assert_int_equal(stat(on_host(fx, "f"), &st), 0);
		assert_int_not_equal(st.st_uid, 5);
	}
	vnode_put(vn);
}

static void
a_fifo_can_be_given_a_mode_without_being_opened(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct stat st;

	mkfifo(on_host(fx, "p"), 0600);
	vn = walk(fx, "p");
	assert_int_equal(do_chmod(&fx->self, vn, 0640), 0);
	assert_int_equal(do_truncate(&fx->self, vn, NULL, 0), -EINVAL);
	assert_int_equal(lstat(on_host(fx, "p"), &st), 0);
	assert_int_equal(st.st_mode, S_IFIFO | 0640);
	vnode_put(vn);
}

static void
attributes_are_set_after_the_host_renamed_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "g")), 0);
	host_file(fx, "f", "other");
	assert_int_equal(chmod(on_host(fx, "f"), 0644), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 0600), 0);
	assert_int_equal(do_truncate(&fx->self, vn, NULL, 1), 0);
	assert_int_equal(stat(on_host(fx, "g"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size, 1);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(st.st_size, 5);
	vnode_put(vn);
}

static void
a_directory_that_is_gone_is_still_told_of(void **state)
{
	struct fixture *fx = *state;
	struct vattr attr;
	struct vnode *vn;

	mkdir(on_host(fx, "d"), 0755);
	vn = walk(fx, "d");
	assert_int_equal(rmdir(on_host(fx, "d")), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.nlink, 0);
	vnode_put(vn);
}

static void
statfs_works_on_any_kind_of_file(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs root, link;
	struct vnode *vn;

	assert_int_equal(symlink("x", on_host(fx, "s")), 0);
	vn = walk(fx, "s");
	assert_int_equal(do_statfs(&fx->self, fx->root, &root), 0);
	assert_int_equal(do_statfs(&fx->self, vn, &link), 0);
	assert_int_equal(root.blocks, link.blocks);
	assert_int_equal(root.fsid, link.fsid);
	assert_true(root.bsize > 0);
	assert_int_equal(root.namelen, 255);
	vnode_put(vn);
}

/* Before Linux 6.6 a tmpfs has no user attributes, and says so. */
static void
extended_attributes_come_and_go(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vblob blob = { 0 };
	struct vnode *vn;
	int rc;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(do_listxattr(me, vn, &blob), 0);
	free(blob.data);
	rc = do_setxattr(me, vn, "user.a", "value", 5, XATTR_CREATE);
	if (rc == -EOPNOTSUPP && on_tmpfs(fx)) {
		vnode_put(vn);
		return;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(
	    do_setxattr(me, vn, "user.a", "v", 1, XATTR_CREATE), -EEXIST);
	assert_int_equal(
	    do_setxattr(me, vn, "user.b", "v", 1, XATTR_REPLACE), -ENODATA);
	assert_int_equal(do_setxattr(me, vn, "user.e", "", 0, 0), 0);
	assert_int_equal(do_getxattr(me, vn, "user.a", &blob), 0);
	assert_int_equal(blob.len, 5);
	assert_memory_equal(blob.data, "value", 5);
	free(blob.data);
	assert_int_equal(do_getxattr(me, vn, "user.e", &blob), 0);
	assert_int_equal(blob.len, 0);
	assert_null(blob.data);
	assert_int_equal(do_getxattr(me, vn, "user.b", &blob), -ENODATA);
	assert_int_equal(do_listxattr(me, vn, &blob), 0);
	assert_true(blob.len >= 14);
	free(blob.data);
	assert_int_equal(do_removexattr(me, vn, "user.a"), 0);
	assert_int_equal(do_removexattr(me, vn, "user.a"), -ENODATA);
	assert_int_equal(getxattr(on_host(fx, "f"), "user.e", NULL, 0), 0);
	vnode_put(vn);
}

static void
extended_attributes_belong_to_the_file_not_to_its_name(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vblob blob;
	struct vnode *vn;

	assert_int_equal(do_touch(me, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	assert_int_equal(do_setxattr(me, vn, "user.a", "value", 5, 0), 0);
	assert_int_equal(do_getxattr(me, vn, "user.a", &blob), 0);
	assert_int_equal(blob.len, 5);
	free(blob.data);
	vnode_put(vn);
}

/* On a link there are none that a user could set; the file is not touched. */
static void
extended_attributes_of_a_link_are_its_own(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	host_file(fx, "f", "text");
	assert_int_equal(symlink("f", on_host(fx, "s")), 0);
	vn = walk(fx, "s");
	assert_int_equal(
	    do_setxattr(&fx->self, vn, "user.a", "v", 1, 0), -EPERM);
	assert_int_equal(getxattr(on_host(fx, "f"), "user.a", NULL, 0), -1);
	vnode_put(vn);
}

static void
trusted_names_pass_for_a_server_that_is_root(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	bool root = geteuid() == 0;
	struct vblob blob;
	struct vnode *vn;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(do_setxattr(me, vn, "trusted.a", "v", 1, 0),
	    root ? 0 : -EOPNOTSUPP);
	assert_int_equal(
	    do_getxattr(me, vn, "trusted.a", &blob), root ? 0 : -ENODATA);
	if (root)
		free(blob.data);
	assert_int_equal(
	    do_getxattr(me, vn, "security.capability", &blob), -ENODATA);
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(attributes_are_the_hosts),
		ON_BOTH(a_version_changes_with_the_content),
		ON_BOTH(all_is_set_that_is_asked_for),
		ON_BOTH(a_time_that_is_not_named_stays),
		ON_BOTH(a_new_size_sets_mtime_even_if_it_is_the_old_one),
		ON_BOTH(a_link_has_times_and_an_owner_but_no_mode_of_its_own),
		ON_BOTH(a_fifo_can_be_given_a_mode_without_being_opened),
		ON_BOTH(attributes_are_set_after_the_host_renamed_it),
		ON_BOTH(a_directory_that_is_gone_is_still_told_of),
		ON_BOTH(statfs_works_on_any_kind_of_file),
		ON_BOTH(extended_attributes_come_and_go),
		ON_DISK(extended_attributes_belong_to_the_file_not_to_its_name),
		ON_BOTH(extended_attributes_of_a_link_are_its_own),
		ON_BOTH(trusted_names_pass_for_a_server_that_is_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
