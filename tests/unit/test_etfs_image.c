/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image.c -- one host file, whole or a window of it, as one file.
 */

#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "image_fixture.h"

#define WHOLE CFG(.type = ETFS_REG)

static void
a_whole_file_is_what_the_host_has(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vattr attr;
	struct stat st;

	host_file(fx, "f", "text");
	assert_int_equal(chmod(on_host(fx, "f"), 0640), 0);
	vn = image_at(fx, "/a/f", "f", CFG(0));
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	attr = image_attr(fx, vn);
	assert_int_equal(attr.mode, S_IFREG | 0640);
	assert_int_equal(attr.size, 4);
	assert_int_equal(attr.uid, st.st_uid);
	assert_int_equal(attr.mtime.tv_nsec, st.st_mtim.tv_nsec);
	assert_int_equal(do_compare(&fx->self, vn, 0, "text", 4), 4);
	host_file(fx, "f", "longer text");
	assert_int_equal(image_attr(fx, vn).size, 11);
	assert_int_equal(do_compare(&fx->self, vn, 0, "longer text", 11), 11);
	vnode_put(vn);
}

static void
a_whole_file_grows_and_is_cut(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file, app;
	struct vnode *vn;
	char buf[16];

	host_file(fx, "f", "text");
	vn = image_at(fx, "/f", "f", WHOLE);
	assert_int_equal(do_open(me, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(me, &file, 2, "st of all", 9), 9);
	assert_int_equal(do_open(me, vn, O_WRONLY | O_APPEND, &app), 0);
	assert_int_equal(do_write(me, &app, 0, "!", 1), 1);
	assert_int_equal(do_fsync(me, &app), 0);
	assert_int_equal(do_close(me, &app), 0);
	host_text(fx, "f", buf, sizeof(buf));
	assert_string_equal(buf, "test of all!");
	assert_int_equal(do_truncate(me, vn, NULL, 4), 0);
	assert_int_equal(image_host_size(fx, "f"), 4);
	assert_int_equal(do_truncate(me, vn, &file, 1 * GIB), 0);
	assert_int_equal(image_host_size(fx, "f"), 1 * GIB);
	assert_int_equal(do_close(me, &file), 0);
	assert_int_equal(do_open(me, vn, O_WRONLY | O_TRUNC, &file), 0);
	assert_int_equal(image_host_size(fx, "f"), 0);
	assert_int_equal(do_close(me, &file), 0);
	vnode_put(vn);
}

static void
what_is_set_on_a_whole_file_is_on_the_host(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = { .mask = VSET_MTIME, .mtime.tv_sec = 12345 };
	struct vblob value;
	struct vnode *vn;
	struct stat st;
	char buf[8];

	host_file(fx, "f", "text");
	vn = image_at(fx, "/f", "f", WHOLE);
	assert_int_equal(do_chmod(&fx->self, vn, 0600), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1000, 2000), 0);
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &sa), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_uid, 1000);
	assert_int_equal(st.st_gid, 2000);
	assert_int_equal(st.st_mtim.tv_sec, 12345);
	assert_int_equal(
	    do_setxattr(&fx->self, vn, "user.a", "value", 5, 0), 0);
	assert_int_equal(
	    getxattr(on_host(fx, "f"), "user.a", buf, sizeof(buf)), 5);
	assert_int_equal(do_getxattr(&fx->self, vn, "user.a", &value), 0);
	assert_int_equal(value.len, 5);
	free(value.data);
	assert_int_equal(do_removexattr(&fx->self, vn, "user.a"), 0);
	vnode_put(vn);
}

static void
a_window_shows_its_bytes_and_no_others(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	struct vnode *vn;
	char buf[32];

	host_file(fx, "f", "before|inside|after");
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(image_attr(fx, vn).size, 6);
	assert_int_equal(do_open(me, vn, O_RDWR, &file), 0);
	assert_int_equal(do_read(me, &file, 0, buf, sizeof(buf)), 6);
	assert_memory_equal(buf, "inside", 6);
	assert_int_equal(do_read(me, &file, 4, buf, sizeof(buf)), 2);
	assert_memory_equal(buf, "de", 2);
	assert_int_equal(do_read(me, &file, 6, buf, sizeof(buf)), 0);
	assert_int_equal(do_read(me, &file, 7, buf, sizeof(buf)), 0);
	assert_int_equal(do_write(me, &file, 0, "INS", 3), 3);
	assert_int_equal(do_write(me, &file, 5, "E", 1), 1);
	assert_int_equal(do_fsync(me, &file), 0);
	assert_int_equal(do_close(me, &file), 0);
	host_text(fx, "f", buf, sizeof(buf));
	assert_string_equal(buf, "before|INSidE|after");
	vnode_put(vn);
}

static void
what_passes_the_end_of_a_window_does_not_fit(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file, app;
	struct vnode *vn;
	char buf[32];

	host_file(fx, "f", "before|inside|after");
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(do_open(me, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(me, &file, 3, "IDENTICAL", 9), 3);
	assert_int_equal(do_write(me, &file, 6, "x", 1), -ENOSPC);
	assert_int_equal(do_write(me, &file, 60, "x", 1), -ENOSPC);
	assert_int_equal(do_open(me, vn, O_WRONLY | O_APPEND, &app), 0);
	assert_int_equal(do_write(me, &app, 0, "x", 1), -ENOSPC);
	assert_int_equal(do_close(me, &app), 0);
	assert_int_equal(do_close(me, &file), 0);
	host_text(fx, "f", buf, sizeof(buf));
	assert_string_equal(buf, "before|insIDE|after");
	vnode_put(vn);
}

/* The last piece that fits is cut, too; the others are not looked at. */
static void
many_pieces_are_cut_where_the_window_ends(void **state)
{
	struct fixture *fx = *state;
	char from[60], to[60] = "";
	struct iovec iov[60];
	struct vfile file;
	struct vnode *vn;
	struct wait w;
	size_t i, len;

	for (i = 0; i < 60; i++) {
		from[i] = (char)('0' + i);
		iov[i] = (struct iovec){ from + i, i % 3 == 0 ? 0 : 1 };
	}
	iov[13].iov_len = 20;
	image_file(fx, "f", 100);
	vn = image_at(fx, "/f", "f", WINDOW(10, 12));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_write(&w.op, &file, 0, iov, 60, &len)), 0);
	assert_int_equal(len, 12); /* 1 2, 4 5, 7 8, ..., and of 13, four */
	assert_true(image_peek(fx, "f", 10, "124578:;=>?@"));
	for (i = 0; i < 60; i++)
		iov[i] = (struct iovec){ to + i, 1 };
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_read(&w.op, &file, 0, iov, 60, &len)), 0);
	assert_int_equal(len, 12);
	assert_string_equal(to, "124578:;=>?@");
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/* Wherever a client asks, what lies outside stays as it was. */
static void
odd_offsets_reach_nothing_outside(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	static const uint64_t offs[] = { 0, 1, 4, 5, 6, 7, 100, 1 << 20,
		INT64_MAX - 20, INT64_MAX - 1, INT64_MAX,
		(uint64_t)INT64_MAX + 1, UINT64_MAX - 12, UINT64_MAX - 7,
		UINT64_MAX - 6, UINT64_MAX - 1, UINT64_MAX };
	struct vfile file;
	struct vnode *vn;
	char buf[32];
	size_t i;

	host_file(fx, "f", "before|inside|after");
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(do_open(me, vn, O_RDWR, &file), 0);
	for (i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
		memset(buf, '?', sizeof(buf));
		(void)do_read(me, &file, offs[i], buf, 20);
		assert_null(memchr(buf, '|', sizeof(buf)));
		(void)do_write(me, &file, offs[i], "XXXXXXXXXXXXXXXXXXXX", 20);
		file.flags |= O_APPEND;
		assert_int_equal(
		    do_write(me, &file, offs[i], "YYYYYYYYYYYY", 12), -ENOSPC);
		file.flags &= ~O_APPEND;
	}
	assert_int_equal(do_close(me, &file), 0);
	host_text(fx, "f", buf, sizeof(buf));
	assert_string_equal(buf, "before|XXXXXX|after");
	vnode_put(vn);
}

static void
windows_lie_beyond_four_gigabytes(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	const uint64_t off = 5 * GIB + 3, size = 6 * GIB;
	struct vfile file;
	struct vnode *vn;
	char buf[8];

	image_file(fx, "f", 16 * GIB);
	vn = image_at(fx, "/f", "f", WINDOW(off, size));
	assert_int_equal(image_attr(fx, vn).size, size);
	assert_true(image_attr(fx, vn).blocks <= size / 512);
	assert_int_equal(do_open(me, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(me, &file, 0, "first", 5), 5);
	assert_int_equal(do_write(me, &file, 4 * GIB + 1, "mid", 3), 3);
	assert_int_equal(do_write(me, &file, size - 4, "last!", 5), 4);
	assert_true(image_peek(fx, "f", off, "first"));
	assert_true(image_peek(fx, "f", off + 4 * GIB + 1, "mid"));
	assert_true(image_peek(fx, "f", off + size - 4, "last"));
	assert_false(image_peek(fx, "f", off + size - 4, "last!"));
	assert_int_equal(do_read(me, &file, size - 4, buf, sizeof(buf)), 4);
	assert_memory_equal(buf, "last", 4);
	assert_int_equal(do_close(me, &file), 0);
	vnode_put(vn);
}

static void
a_window_keeps_its_size(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "before|inside|after");
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(do_open(me, vn, O_RDWR, &file), 0);
	assert_int_equal(do_truncate(me, vn, NULL, 0), -EPERM);
	assert_int_equal(do_truncate(me, vn, NULL, 5), -EPERM);
	assert_int_equal(do_truncate(me, vn, NULL, 7), -EPERM);
	assert_int_equal(do_truncate(me, vn, &file, 7), -EPERM);
	assert_int_equal(do_truncate(me, vn, &file, INT64_MAX), -EPERM);
	assert_int_equal(do_truncate(me, vn, &file, 6), 0);
	assert_int_equal(do_close(me, &file), 0);
	assert_int_equal(image_host_size(fx, "f"), 19);
	vnode_put(vn);
}

/* cp(1), of a Linux client and of others. */
static void
to_empty_a_window_as_it_is_opened_changes_nothing(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vsetattr sa = { .mask =
				   VSET_SIZE | VSET_MTIME | VSET_MTIME_NOW };
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "before|inside|after");
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(do_open(me, vn, O_WRONLY | O_TRUNC, &file), 0);
	assert_int_equal(do_close(me, &file), 0);
	assert_int_equal(do_open(me, vn, O_WRONLY, &file), 0);
	assert_int_equal(do_setattr(me, vn, &file, &sa), 0);
	assert_int_equal(do_setattr(me, vn, NULL, &sa), 0);
	assert_true(image_peek(fx, "f", 0, "before|inside|after"));
	sa.size = 1;
	assert_int_equal(do_setattr(me, vn, &file, &sa), -EPERM);
	assert_int_equal(do_close(me, &file), 0);
	vnode_put(vn);
}

static void
through_a_window_only_times_are_set(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vsetattr sa = { .mask = VSET_MTIME, .mtime.tv_sec = 12345 };
	struct vblob blob;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "before|inside|after");
	assert_int_equal(chmod(on_host(fx, "f"), 06751), 0);
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(image_attr(fx, vn).mode, S_IFREG | 0751);
	assert_int_equal(do_chmod(me, vn, 0600), -EPERM);
	assert_int_equal(do_chown(me, vn, 1, VFS_NOID), -EPERM);
	assert_int_equal(do_setxattr(me, vn, "user.a", "v", 1, 0), -EOPNOTSUPP);
	assert_int_equal(do_getxattr(me, vn, "user.a", &blob), -EOPNOTSUPP);
	assert_int_equal(do_setattr(me, vn, NULL, &sa), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 06751);
	assert_int_equal(st.st_uid, geteuid());
	assert_int_equal(st.st_mtim.tv_sec, 12345);
	assert_int_equal(image_attr(fx, vn).mtime.tv_sec, 12345);
	vnode_put(vn);
}

static void
an_image_has_a_fixed_size_even_if_it_is_whole(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "image");
	vn = image_at(fx, "/f", "f", CFG(.type = ETFS_BLK));
	assert_int_equal(image_attr(fx, vn).size, 5);
	assert_int_equal(do_open(me, vn, O_RDWR | O_TRUNC, &file), 0);
	assert_int_equal(do_write(me, &file, 4, "ination", 7), 1);
	assert_int_equal(do_truncate(me, vn, &file, 4), -EPERM);
	assert_int_equal(do_close(me, &file), 0);
	assert_true(image_peek(fx, "f", 0, "imagi"));
	assert_int_equal(image_host_size(fx, "f"), 5);
	vnode_put(vn);
}

static void
versions_change_with_the_host_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *whole, *part;
	uint32_t was_whole, was_part;

	host_file(fx, "f", "text");
	host_file(fx, "g", "text");
	whole = image_at(fx, "/f", "f", WHOLE);
	part = image_at(fx, "/g", "g", WINDOW(0, 4));
	was_whole = image_attr(fx, whole).version;
	was_part = image_attr(fx, part).version;
	assert_int_not_equal(was_whole, 0);
	assert_int_not_equal(was_part, 0);
	host_file(fx, "f", "longer text");
	host_file(fx, "g", "longer text");
	assert_int_not_equal(image_attr(fx, whole).version, was_whole);
	assert_int_not_equal(image_attr(fx, part).version, was_part);
	vnode_put(whole);
	vnode_put(part);
}

static void
a_whole_file_has_its_identity_and_each_window_one_of_its_own(void **state)
{
	struct fixture *fx = *state;
	struct vnode *tree, *vn[4];
	size_t i, j;

	host_file(fx, "f", "before|inside|after");
	assert_int_equal(
	    image_mount(fx, "/tree", fx->dir, CFG(.readonly = true)), 0);
	tree = walk(fx, "tree/f");
	vn[0] = image_at(fx, "/0", "f", CFG(.readonly = true));
	assert_int_equal(vnode_qid(vn[0]).path, vnode_qid(tree).path);
	vn[1] =
	    image_at(fx, "/1", "f", CFG(.readonly = true, .has_offset = true));
	vn[2] = image_at(fx, "/2", "f",
	    CFG(.readonly = true, .has_offset = true, .offset = 7));
	vn[3] =
	    image_at(fx, "/3", "f", CFG(.type = ETFS_BLK, .readonly = true));
	for (i = 0; i < 4; i++)
		for (j = 0; j < i; j++)
			assert_true(
			    vnode_qid(vn[i]).path != vnode_qid(vn[j]).path);
	assert_int_equal(image_attr(fx, vn[2]).path, vnode_qid(vn[2]).path);
	assert_int_equal(image_attr(fx, vn[2]).size, 12);
	for (i = 0; i < 4; i++)
		vnode_put(vn[i]);
	vnode_put(tree);
}

static void
a_read_only_image_is_not_written_to(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	struct vnode *vn;
	char buf[8];

	host_file(fx, "f", "text");
	vn = image_at(fx, "/f", "f", CFG(.type = ETFS_BLK, .readonly = true));
	assert_int_equal(do_open(me, vn, O_RDWR, &file), -EROFS);
	assert_int_equal(do_open(me, vn, O_RDONLY | O_TRUNC, &file), -EROFS);
	assert_int_equal(do_truncate(me, vn, NULL, 0), -EROFS);
	assert_int_equal(do_open(me, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(me, &file, 0, buf, sizeof(buf)), 4);
	assert_int_equal(do_close(me, &file), 0);
	vnode_put(vn);
}

static void
file_systems_are_told_of(void **state)
{
	struct fixture *fx = *state;
	struct vnode *whole, *part;
	struct vstatfs a, b, dir;

	image_file(fx, "f", 4096);
	image_file(fx, "g", 4096);
	assert_int_equal(
	    image_mount(fx, "/tree", fx->dir, CFG(.readonly = true)), 0);
	whole = image_at(fx, "/f", "f", WHOLE);
	part = image_at(fx, "/g", "g", WINDOW(512, 512));
	assert_int_equal(do_statfs(&fx->self, whole, &a), 0);
	assert_int_equal(do_statfs(&fx->self, part, &b), 0);
	vnode_put(whole);
	vnode_put(part);
	whole = walk(fx, "tree");
	assert_int_equal(do_statfs(&fx->self, whole, &dir), 0);
	assert_int_equal(a.blocks, dir.blocks);
	assert_int_equal(b.blocks, dir.blocks);
	vnode_put(whole);
}

static void
what_is_in_memory_is_answered_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vattr attr;
	struct vfile file;
	struct vnode *vn;
	char buf[8];

	host_file(fx, "f", "before|inside|after");
	vn = image_at(fx, "/f", "f", WINDOW(7, 6));
	assert_int_equal(do_getattr(&now, vn, &attr), 0);
	assert_int_equal(do_open(&now, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(&now, &file, 0, buf, sizeof(buf)), 6);
	assert_int_equal(do_read(&now, &file, 6, buf, sizeof(buf)), 0);
	assert_int_equal(do_close(&now, &file), 0);
	vnode_put(vn);
}

static void
nothing_is_synced_where_nobody_will_miss_it(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "text");
	host_file(fx, "g", "text");
	vn = image_at(fx, "/f", "f", CFG(.no_fsync = true));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_fsync(&now, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
	vn = image_at(fx, "/g", "g", WHOLE);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_fsync(&now, &file), on_tmpfs(fx) ? 0 : -EDEADLK);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(a_whole_file_is_what_the_host_has),
		IMAGE_ON_BOTH(a_whole_file_grows_and_is_cut),
		IMAGE_ON_DISK(what_is_set_on_a_whole_file_is_on_the_host),
		IMAGE_ON_BOTH(a_window_shows_its_bytes_and_no_others),
		IMAGE_ON_BOTH(what_passes_the_end_of_a_window_does_not_fit),
		IMAGE_ON_BOTH(many_pieces_are_cut_where_the_window_ends),
		IMAGE_ON_BOTH(odd_offsets_reach_nothing_outside),
		IMAGE_ON_BOTH(windows_lie_beyond_four_gigabytes),
		IMAGE_ON_BOTH(a_window_keeps_its_size),
		IMAGE_ON_BOTH(
		    to_empty_a_window_as_it_is_opened_changes_nothing),
		IMAGE_ON_BOTH(through_a_window_only_times_are_set),
		IMAGE_ON_BOTH(an_image_has_a_fixed_size_even_if_it_is_whole),
		IMAGE_ON_BOTH(versions_change_with_the_host_file),
		IMAGE_ON_BOTH(
		    a_whole_file_has_its_identity_and_each_window_one_of_its_own),
		IMAGE_ON_BOTH(a_read_only_image_is_not_written_to),
		IMAGE_ON_BOTH(file_systems_are_told_of),
		IMAGE_ON_BOTH(what_is_in_memory_is_answered_now),
		IMAGE_ON_BOTH(nothing_is_synced_where_nobody_will_miss_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
