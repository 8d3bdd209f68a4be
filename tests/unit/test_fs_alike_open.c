/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fs_alike_open.c -- what is read and written through open files, and
 * listed through open directories, the same in memory and on the host.
 */

#include <stdio.h>

#include "fs_alike.h"

static void
data_comes_back_and_holes_are_zeros(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f");
	char buf[100], zeros[90] = { 0 };

	assert_int_equal(do_write(&fx->self, &file, 1000000, "end", 3), 3);
	assert_int_equal(do_write(&fx->self, &file, 0, "start", 5), 5);
	assert_int_equal(attr_of(fx, file.vn).size, 1000003);
	assert_int_equal(do_read(&fx->self, &file, 999990, buf, 100), 13);
	assert_memory_equal(buf, zeros, 10);
	assert_memory_equal(buf + 10, "end", 3);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 90), 90);
	assert_memory_equal(buf, "start", 5);
	assert_memory_equal(buf + 5, zeros, 85);
	assert_int_equal(do_read(&fx->self, &file, 1000003, buf, 100), 0);
	assert_int_equal(do_read(&fx->self, &file, 1ULL << 40, buf, 100), 0);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
truncation_works_in_both_directions(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f");
	char zeros[100] = { 0 };
	struct vnode *d = make_dir(fx, fx->root, "d");

	assert_int_equal(do_write(&fx->self, &file, 0, "0123456789", 10), 10);
	assert_int_equal(do_truncate(&fx->self, file.vn, NULL, 4), 0);
	assert_int_equal(do_truncate(&fx->self, file.vn, &file, 104), 0);
	assert_int_equal(attr_of(fx, file.vn).size, 104);
	assert_int_equal(do_compare(&fx->self, file.vn, 0, "0123", 4), 4);
	assert_int_equal(do_compare(&fx->self, file.vn, 4, zeros, 100), 100);
	assert_int_equal(do_truncate(&fx->self, d, NULL, 0), -EISDIR);
	assert_int_equal(
	    do_truncate(&fx->self, file.vn, NULL, 1ULL << 63), -EINVAL);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
flags_of_open_are_obeyed(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f"), again;
	struct vnode *d = make_dir(fx, fx->root, "d");
	char c;

	assert_int_equal(do_write(&fx->self, &file, 0, "one", 3), 3);
	assert_int_equal(
	    do_open(&fx->self, file.vn, O_WRONLY | O_APPEND, &again), 0);
	assert_int_equal(do_write(&fx->self, &again, 0, "two", 3), 3);
	assert_int_equal(do_read(&fx->self, &again, 0, &c, 1), -EBADF);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_compare(&fx->self, file.vn, 0, "onetwo", 6), 6);
	assert_int_equal(
	    do_open(&fx->self, file.vn, O_RDWR | O_TRUNC, &again), 0);
	assert_int_equal(attr_of(fx, file.vn).size, 0);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_open(&fx->self, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_write(&fx->self, &again, 0, "x", 1), -EBADF);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_open(&fx->self, d, O_RDWR, &again), -EISDIR);
	assert_int_equal(do_open(&fx->self, d, O_RDONLY, &again), 0);
	assert_int_equal(do_read(&fx->self, &again, 0, &c, 1), -EISDIR);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
an_unlinked_open_file_works_to_the_end(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f"), again;
	char buf[4];

	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "data", 4), 4);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_chmod(&fx->self, file.vn, 0600), 0);
	assert_int_equal(do_truncate(&fx->self, file.vn, &file, 3), 0);
	assert_int_equal(attr_of(fx, file.vn).nlink, 0);
	assert_int_equal(attr_of(fx, file.vn).mode, S_IFREG | 0600);
	assert_int_equal(do_open(&fx->self, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_read(&fx->self, &again, 0, buf, 4), 3);
	assert_memory_equal(buf, "dat", 3);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_link(&fx->self, fx->root, file.vn, "g"), -ENOENT);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* What a listing gave, dots included, and how many of the names "n" to seek. */
struct listing {
	unsigned int n, room, seen[200];
	uint64_t cookie;
};

static bool
see(void *ctx, const struct vdirent *e)
{
	struct listing *l = ctx;
	char name[32] = { 0 };
	unsigned long i;

	if (l->room == 0)
		return false;
	l->room--;
	l->n++;
	l->cookie = e->cookie;
	assert_in_range(e->cookie, 1, INT64_MAX);
	memcpy(name, e->name.s, e->name.len < 31 ? e->name.len : 31);
	i = strtoul(name + 1, NULL, 10);
	if (name[0] == 'n' && i < 200)
		l->seen[i]++;
	return true;
}

static void
a_listing_survives_the_removal_of_what_it_showed(void **state)
{
	struct fixture *fx = *state;
	struct listing l = { .n = 0 };
	struct vfile file;
	char name[16];
	unsigned int i;

	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		vnode_put(make_file(fx, fx->root, name));
	}
	assert_int_equal(do_open(&fx->self, fx->root, O_RDONLY, &file), 0);
	do {
		l.room = 20;
		assert_int_equal(
		    do_readdir(&fx->self, &file, l.cookie, fx->root, see, &l),
		    0);
		for (i = 0; i < 200; i += 2) {
			snprintf(name, sizeof(name), "n%u", i);
			if (l.seen[i] == 1 && exists(fx, name))
				assert_int_equal(
				    do_unlink(&fx->self, fx->root, name), 0);
		}
	} while (l.room == 0);
	for (i = 0; i < 200; i++)
		assert_int_equal(l.seen[i], 1);
	assert_int_equal(l.n, 202);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_count(&fx->self, fx->root), 100);
}

static void
a_listing_can_be_taken_up_anywhere(void **state)
{
	struct fixture *fx = *state;
	struct listing l = { .room = 5 }, rest = { .room = 100 };
	struct vfile file;
	char name[16];
	int i;

	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		vnode_put(make_file(fx, fx->root, name));
	}
	assert_int_equal(do_open(&fx->self, fx->root, O_RDONLY, &file), 0);
	assert_int_equal(do_readdir(&fx->self, &file, 0, fx->root, see, &l), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &file, l.cookie, fx->root, see, &rest), 0);
	assert_int_equal(rest.n, 7);
	rest = (struct listing){ .room = 100 };
	assert_int_equal(
	    do_readdir(&fx->self, &file, l.cookie, fx->root, see, &rest), 0);
	assert_int_equal(rest.n, 7);
	for (i = 0; i < 10; i++)
		assert_int_equal(l.seen[i] + rest.seen[i], 1);
	assert_int_equal(
	    do_readdir(&fx->self, &file, rest.cookie, fx->root, see, &l), 0);
	assert_int_equal(l.n, 5);
	vnode_put(make_file(fx, fx->root, "n10"));
	l = (struct listing){ .room = 100 };
	assert_int_equal(do_readdir(&fx->self, &file, 0, fx->root, see, &l), 0);
	assert_int_equal(l.n, 13);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_removed_directory_is_empty_for_ever(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d"), *vn;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vfile dir, file;
	struct listing l = { .room = 100 };

	assert_int_equal(do_open(&fx->self, d, O_RDONLY, &dir), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	assert_int_equal(attr_of(fx, d).nlink, 0);
	assert_int_equal(do_walk(&fx->self, d, "x", &vn), -ENOENT);
	assert_int_equal(
	    do_create(&fx->self, d, "x", O_RDWR, 0600, &file), -ENOENT);
	assert_int_equal(do_mkdir(&fx->self, d, "x", 0700, NULL), -ENOENT);
	assert_int_equal(do_symlink(&fx->self, d, "x", "y", NULL), -ENOENT);
	assert_int_equal(do_unlink(&fx->self, d, "x"), -ENOENT);
	assert_int_equal(do_link(&fx->self, d, f, "x"), -ENOENT);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", d, "x"), -ENOENT);
	assert_int_equal(do_readdir(&fx->self, &dir, 0, fx->root, see, &l), 0);
	assert_int_equal(l.n, 0);
	assert_int_equal(do_close(&fx->self, &dir), 0);
	vnode_put(d);
	vnode_put(f);
}

int
main(void)
{
	static const struct expectation list[] = {
		ONE(data_comes_back_and_holes_are_zeros),
		ONE(truncation_works_in_both_directions),
		ONE(flags_of_open_are_obeyed),
		ONE(an_unlinked_open_file_works_to_the_end),
		ONE(a_listing_survives_the_removal_of_what_it_showed),
		ONE(a_listing_can_be_taken_up_anywhere),
		ONE(a_removed_directory_is_empty_for_ever),
	};

	return FS_ALIKE(list);
}
