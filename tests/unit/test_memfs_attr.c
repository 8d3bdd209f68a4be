/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_attr.c -- attributes, times and permissions in memfs.
 */

#include <limits.h>

#include "fixture.h"
#include "vfs_fs.h"

static struct vattr
attr_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}

static struct vnode *
make_file(const struct fixture *fx, const char *name, mode_t mode)
{
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, name, mode, &vn), 0);
	return vn;
}

static int
compare_times(struct timespec a, struct timespec b)
{
	if (a.tv_sec != b.tv_sec)
		return a.tv_sec < b.tv_sec ? -1 : 1;
	return a.tv_nsec < b.tv_nsec ? -1 : a.tv_nsec > b.tv_nsec;
}

/* A clock with nanoseconds always goes on between two calls of ours. */
static struct timespec
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts;
}

static void
set_times(
    const struct fixture *fx, struct vnode *vn, time_t atime, time_t mtime)
{
	struct vsetattr sa = { .mask = VSET_ATIME | VSET_MTIME,
		.atime = { atime, 5 },
		.mtime = { mtime, 999999999 } };

	assert_int_equal(do_setattr(&fx->self, vn, NULL, &sa), 0);
}

static void
a_new_file_is_its_makers_and_born_now(void **state)
{
	struct fixture *fx = *state;
	struct timespec before = now();
	struct vnode *vn = make_file(fx, "f", 0640);
	struct vattr attr = attr_of(fx, vn);

	assert_int_equal(attr.mode, S_IFREG | 0640);
	assert_int_equal(attr.uid, 1000);
	assert_int_equal(attr.gid, 1000);
	assert_int_equal(attr.size, 0);
	assert_int_equal(attr.blocks, 0);
	assert_int_equal(attr.path, vnode_qid(vn).path);
	assert_int_equal(attr.version, vnode_qid(vn).version);
	assert_int_not_equal(attr.version, 0);
	assert_true(attr.blksize >= 4096);
	assert_true(attr.has_btime);
	assert_true(compare_times(before, attr.btime) <= 0);
	assert_int_equal(compare_times(attr.btime, attr.mtime), 0);
	assert_int_equal(compare_times(attr.btime, attr.ctime), 0);
	assert_int_equal(compare_times(attr.btime, attr.atime), 0);
	vnode_put(vn);
}

static void
times_are_kept_to_the_nanosecond(void **state)
{
	static const time_t times[] = { 0, 1, -1, -1000000000000, INT_MAX,
		1000000000000, 253402300799, 1LL << 62 };
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vattr attr;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		set_times(fx, vn, times[i], times[i] / 2);
		attr = attr_of(fx, vn);
		assert_int_equal(attr.atime.tv_sec, times[i]);
		assert_int_equal(attr.atime.tv_nsec, 5);
		assert_int_equal(attr.mtime.tv_sec, times[i] / 2);
		assert_int_equal(attr.mtime.tv_nsec, 999999999);
	}
	vnode_put(vn);
}

static void
now_is_the_servers_now(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vsetattr sa = { .mask = VSET_ATIME | VSET_ATIME_NOW };
	struct timespec before;
	struct vattr attr;

	set_times(fx, vn, 1, 2);
	before = now();
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), 0);
	attr = attr_of(fx, vn);
	assert_true(compare_times(before, attr.atime) <= 0);
	assert_int_equal(attr.mtime.tv_sec, 2);
	sa.mask = VSET_MTIME | VSET_MTIME_NOW;
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), 0);
	assert_true(compare_times(before, attr_of(fx, vn).mtime) <= 0);
	vnode_put(vn);
}

/* Which of atime (a) and mtime (m) have changed since set_times(10, 5)? */
static void
check_times(const struct fixture *fx, struct vnode *vn, const char *changed)
{
	struct vattr attr = attr_of(fx, vn);

	assert_int_equal(attr.atime.tv_sec != 10, strchr(changed, 'a') != NULL);
	assert_int_equal(attr.mtime.tv_sec != 5, strchr(changed, 'm') != NULL);
}

static void
reading_sets_atime_when_the_file_is_newer(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vattr first, second;
	struct vfile file;
	char c;

	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), 1);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 1);
	first = attr_of(fx, vn);
	assert_true(compare_times(first.atime, first.mtime) >= 0);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 1);
	second = attr_of(fx, vn);
	assert_int_equal(compare_times(first.atime, second.atime), 0);
	set_times(fx, vn, 10, 5);
	check_times(fx, vn, "");
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 1);
	check_times(fx, vn, "a");
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

static void
reading_with_noatime_leaves_no_trace(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vfile file;
	char c;

	set_times(fx, vn, 10, 5);
	assert_int_equal(
	    do_open(&fx->other, vn, O_RDONLY | O_NOATIME, &file), -EPERM);
	assert_int_equal(
	    do_open(&fx->user, vn, O_RDONLY | O_NOATIME, &file), 0);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 0);
	check_times(fx, vn, "");
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

static void
reading_read_only_leaves_no_trace(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vfile file;
	char c;

	set_times(fx, vn, 10, 5);
	fx->root->fs->readonly = true;
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 0);
	check_times(fx, vn, "");
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

static void
a_file_from_the_far_future_is_read_all_the_same(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vfile file;
	char c;

	set_times(fx, vn, 1, 1LL << 61);
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 0);
	assert_true(attr_of(fx, vn).atime.tv_sec > 1000000000);
	assert_true(attr_of(fx, vn).mtime.tv_sec == 1LL << 61);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

static void
writing_and_truncating_set_mtime_and_version(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	uint32_t version = vnode_qid(vn).version;
	struct vfile file;

	set_times(fx, vn, 10, 5);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), 1);
	check_times(fx, vn, "m");
	assert_int_not_equal(vnode_qid(vn).version, version);
	version = vnode_qid(vn).version;
	set_times(fx, vn, 10, 5);
	assert_int_equal(do_truncate(&fx->user, vn, NULL, 0), 0);
	check_times(fx, vn, "m");
	assert_int_not_equal(vnode_qid(vn).version, version);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

static void
attributes_change_ctime_and_not_the_version(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	uint32_t version = vnode_qid(vn).version;
	struct vattr old, new;

	set_times(fx, vn, 10, 5);
	old = attr_of(fx, vn);
	assert_int_equal(do_chmod(&fx->user, vn, 0600), 0);
	new = attr_of(fx, vn);
	assert_true(compare_times(old.ctime, new.ctime) < 0);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "g"), 0);
	old = attr_of(fx, vn);
	assert_true(compare_times(new.ctime, old.ctime) < 0);
	assert_int_equal(do_rename(&fx->user, fx->root, "g", fx->root, "h"), 0);
	new = attr_of(fx, vn);
	assert_true(compare_times(old.ctime, new.ctime) < 0);
	assert_int_equal(do_unlink(&fx->user, fx->root, "h"), 0);
	old = attr_of(fx, vn);
	assert_true(compare_times(new.ctime, old.ctime) < 0);
	check_times(fx, vn, "");
	assert_int_equal(vnode_qid(vn).version, version);
	vnode_put(vn);
}

static void
names_change_their_directory(void **state)
{
	struct fixture *fx = *state;
	uint32_t version = vnode_qid(fx->root).version, next;
	struct vnode *vn;

	set_times(fx, fx->root, 10, 5);
	vn = make_file(fx, "f", 0644);
	check_times(fx, fx->root, "m");
	next = vnode_qid(fx->root).version;
	assert_int_not_equal(next, version);
	set_times(fx, fx->root, 10, 5);
	assert_int_equal(do_unlink(&fx->user, fx->root, "f"), 0);
	check_times(fx, fx->root, "m");
	assert_int_not_equal(vnode_qid(fx->root).version, next);
	vnode_put(vn);
}

static void
only_owners_change_modes_and_only_root_owners(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);

	assert_int_equal(do_chmod(&fx->other, vn, 0666), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, 1001, VFS_NOID), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 1001), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 2000), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, 1001), 0);
	assert_int_equal(attr_of(fx, vn).uid, 1001);
	assert_int_equal(attr_of(fx, vn).gid, 1001);
	assert_int_equal(do_chmod(&fx->user, vn, 0666), -EPERM);
	vnode_put(vn);
}

static void
a_refused_change_changes_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0644);
	struct vattr old = attr_of(fx, vn), new;
	struct vsetattr sa = { .mask = VSET_SIZE | VSET_MODE | VSET_UID,
		.size = 100,
		.mode = 0600,
		.uid = 1001 };

	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), -EPERM);
	new = attr_of(fx, vn);
	assert_int_equal(new.mode, old.mode);
	assert_int_equal(new.uid, old.uid);
	assert_int_equal(new.size, old.size);
	assert_int_equal(new.version, old.version);
	assert_int_equal(compare_times(new.mtime, old.mtime), 0);
	assert_int_equal(compare_times(new.ctime, old.ctime), 0);
	vnode_put(vn);
}

static void
set_id_bits_go_when_somebody_writes(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, "f", 0666);
	struct vfile file;

	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDWR, &file), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 06777);
	assert_int_equal(do_write(&fx->other, &file, 0, "x", 1), 1);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_truncate(&fx->other, vn, NULL, 0), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, VFS_NOID), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

static void
a_setgid_directory_gives_its_group(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir, *sub, *f;

	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0777, &dir), 0);
	assert_int_equal(do_chown(&fx->self, dir, VFS_NOID, 2000), 0);
	assert_int_equal(do_chmod(&fx->self, dir, 02777), 0);
	assert_int_equal(do_mkdir(&fx->other, dir, "e", 0755, &sub), 0);
	assert_int_equal(do_touch(&fx->other, dir, "f", 0644, &f), 0);
	assert_int_equal(attr_of(fx, sub).gid, 2000);
	assert_int_equal(attr_of(fx, sub).mode & 07777, 02755);
	assert_int_equal(attr_of(fx, f).gid, 2000);
	assert_int_equal(attr_of(fx, f).mode & 07777, 0644);
	vnode_put(dir);
	vnode_put(sub);
	vnode_put(f);
}

static void
directories_need_search_to_be_searched(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir, *vn;

	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0700, &dir), 0);
	assert_int_equal(do_touch(&fx->user, dir, "f", 0644, NULL), 0);
	assert_int_equal(do_walk(&fx->other, dir, "f", &vn), -EACCES);
	assert_int_equal(do_chmod(&fx->user, dir, 0744), 0);
	assert_int_equal(do_walk(&fx->other, dir, "f", &vn), -EACCES);
	assert_int_equal(do_count(&fx->other, dir), 1);
	assert_int_equal(do_chmod(&fx->user, dir, 0711), 0);
	assert_int_equal(do_walk(&fx->other, dir, "f", &vn), 0);
	vnode_put(vn);
	assert_int_equal(do_walk(&fx->other, dir, "g", &vn), -ENOENT);
	assert_int_equal(do_count(&fx->other, dir), -EACCES);
	vnode_put(dir);
}

static void
directories_need_write_to_be_changed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir, *f;

	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0755, &dir), 0);
	assert_int_equal(do_touch(&fx->user, dir, "f", 0644, &f), 0);
	assert_int_equal(do_touch(&fx->other, dir, "g", 0644, NULL), -EACCES);
	assert_int_equal(do_mkdir(&fx->other, dir, "g", 0755, NULL), -EACCES);
	assert_int_equal(do_symlink(&fx->other, dir, "g", "x", NULL), -EACCES);
	assert_int_equal(do_link(&fx->other, dir, f, "g"), -EACCES);
	assert_int_equal(do_unlink(&fx->other, dir, "f"), -EACCES);
	assert_int_equal(do_rename(&fx->other, dir, "f", dir, "g"), -EACCES);
	assert_int_equal(
	    do_rename(&fx->other, dir, "f", fx->root, "g"), -EACCES);
	vnode_put(f);
	assert_int_equal(do_touch(&fx->other, fx->root, "o", 0644, NULL), 0);
	assert_int_equal(
	    do_rename(&fx->other, fx->root, "o", dir, "f"), -EACCES);
	vnode_put(dir);
}

static void
in_a_sticky_directory_everybody_has_his_own(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 01777, &dir), 0);
	assert_int_equal(do_touch(&fx->user, dir, "f", 0666, NULL), 0);
	assert_int_equal(do_touch(&fx->other, dir, "o", 0666, NULL), 0);
	assert_int_equal(do_unlink(&fx->other, dir, "f"), -EPERM);
	assert_int_equal(do_rename(&fx->other, dir, "f", dir, "g"), -EPERM);
	assert_int_equal(do_rename(&fx->other, dir, "o", dir, "f"), -EPERM);
	assert_int_equal(do_unlink(&fx->user, dir, "f"), 0);
	assert_int_equal(do_unlink(&fx->self, dir, "o"), 0);
	vnode_put(dir);
}

static void
moving_a_directory_needs_the_right_to_change_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a;

	assert_int_equal(do_mkdir(&fx->other, fx->root, "a", 0755, &a), 0);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0755, NULL), 0);
	assert_int_equal(do_chmod(&fx->other, a, 0777), 0);
	assert_int_equal(do_rename(&fx->user, fx->root, "d", a, "d"), -EACCES);
	assert_int_equal(do_rename(&fx->user, fx->root, "d", fx->root, "e"), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "e", a, "d"), 0);
	vnode_put(a);
}

static void
a_group_may_be_asked_for_by_its_members(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = NULL;
	struct wait w;

	wait_init(&w, &fx->user);
	assert_int_equal(
	    vfs_mkdir(&w.op, fx->root, vname_of("d"), 0755, 1001, &vn), -EPERM);
	assert_int_equal(
	    vfs_mkdir(&w.op, fx->root, vname_of("d"), 0755, 2000, &vn), 0);
	assert_int_equal(attr_of(fx, vn).gid, 2000);
	vnode_put(vn);
}

static void
inode_numbers_are_never_used_again(void **state)
{
	struct fixture *fx = *state;
	uint64_t last = 0;
	struct vnode *vn;
	int i;

	for (i = 0; i < 1000; i++) {
		vn = make_file(fx, "f", 0644);
		assert_true(vnode_qid(vn).path > last);
		last = vnode_qid(vn).path;
		assert_int_equal(do_unlink(&fx->user, fx->root, "f"), 0);
		vnode_put(vn);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_new_file_is_its_makers_and_born_now),
		T(times_are_kept_to_the_nanosecond),
		T(now_is_the_servers_now),
		T(reading_sets_atime_when_the_file_is_newer),
		T(reading_with_noatime_leaves_no_trace),
		T(reading_read_only_leaves_no_trace),
		T(a_file_from_the_far_future_is_read_all_the_same),
		T(writing_and_truncating_set_mtime_and_version),
		T(attributes_change_ctime_and_not_the_version),
		T(names_change_their_directory),
		T(only_owners_change_modes_and_only_root_owners),
		T(a_refused_change_changes_nothing),
		T(set_id_bits_go_when_somebody_writes),
		T(a_setgid_directory_gives_its_group),
		T(directories_need_search_to_be_searched),
		T(directories_need_write_to_be_changed),
		T(in_a_sticky_directory_everybody_has_his_own),
		T(moving_a_directory_needs_the_right_to_change_it),
		T(a_group_may_be_asked_for_by_its_members),
		T(inode_numbers_are_never_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
