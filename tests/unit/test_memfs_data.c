/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_data.c -- the contents of files in memfs.
 */

#include "fixture.h"

#define PAGE 4096
#define TIB (1ULL << 40)

/* A file of uid 1000 that is open for reading and writing. */
static struct vfile
make_file(const struct fixture *fx, const char *name)
{
	struct vfile file;

	assert_int_equal(
	    do_create(&fx->user, fx->root, name, O_RDWR, 0644, &file), 0);
	return file;
}

static struct vattr
attr_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}

static uint64_t
pages_of(const struct fixture *fx, struct vnode *vn)
{
	return attr_of(fx, vn).blocks / (PAGE / 512);
}

static void
write_at(
    const struct fixture *fx, struct vfile *file, uint64_t off, const char *s)
{
	assert_int_equal(
	    do_write(&fx->user, file, off, s, strlen(s)), strlen(s));
}

static void
what_is_written_is_read(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");
	char buf[16] = { 0 };

	assert_int_equal(do_read(&fx->user, &file, 0, buf, 16), 0);
	write_at(fx, &file, 0, "hello, world");
	assert_int_equal(do_read(&fx->user, &file, 7, buf, 16), 5);
	assert_memory_equal(buf, "world", 5);
	assert_int_equal(do_read(&fx->user, &file, 12, buf, 16), 0);
	assert_int_equal(do_read(&fx->user, &file, TIB, buf, 16), 0);
	assert_int_equal(attr_of(fx, file.vn).size, 12);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
many_buffers_are_one_stretch_of_bytes(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");
	char in[3 * PAGE], a[PAGE - 1], b[1], c[2 * PAGE];
	struct iovec from[] = { { in, 5 }, { in, 0 }, { in + 5, PAGE },
		{ in + 5 + PAGE, 2 * PAGE - 5 } };
	struct iovec to[] = { { a, 0 }, { a, sizeof(a) }, { b, sizeof(b) },
		{ c, sizeof(c) } };
	struct wait w;
	size_t len, i;

	for (i = 0; i < sizeof(in); i++)
		in[i] = (char)(i * 31 + i / 256);
	wait_init(&w, &fx->user);
	assert_int_equal(
	    await(&w, vfs_write(&w.op, &file, 100, from, 4, &len)), 0);
	assert_int_equal(len, sizeof(in));
	wait_init(&w, &fx->user);
	assert_int_equal(
	    await(&w, vfs_read(&w.op, &file, 100, to, 4, &len)), 0);
	assert_int_equal(len, sizeof(in));
	assert_memory_equal(a, in, sizeof(a));
	assert_memory_equal(b, in + sizeof(a), 1);
	assert_memory_equal(c, in + PAGE, sizeof(c));
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
holes_cost_nothing_and_read_as_zeros(void **state)
{
	static const char zeros[3 * PAGE];
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");
	char buf[3 * PAGE];

	write_at(fx, &file, TIB - 1, "x");
	write_at(fx, &file, TIB / 2, "y");
	write_at(fx, &file, 10, "z");
	assert_int_equal(attr_of(fx, file.vn).size, TIB);
	assert_int_equal(pages_of(fx, file.vn), 3);
	assert_int_equal(
	    do_read(&fx->user, &file, TIB / 4, buf, sizeof(buf)), sizeof(buf));
	assert_memory_equal(buf, zeros, sizeof(buf));
	assert_int_equal(do_read(&fx->user, &file, TIB - 100, buf, 200), 100);
	assert_memory_equal(buf, zeros, 99);
	assert_int_equal(buf[99], 'x');
	assert_int_equal(do_compare(&fx->user, file.vn, TIB / 2, "y\0", 2), 2);
	assert_int_equal(do_compare(&fx->user, file.vn, 9, "\0z\0", 3), 3);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
a_tebibyte_with_three_bytes_takes_little_of_the_limit(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	mount_memfs(fx, 64 * 1024, 0);
	file = make_file(fx, "f");
	write_at(fx, &file, TIB, "x");
	write_at(fx, &file, TIB / 2, "y");
	write_at(fx, &file, 0, "z");
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
a_file_can_be_as_large_as_sizes_go(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");
	const uint64_t end = INT64_MAX;
	char c = 0;

	write_at(fx, &file, end - 1, "x");
	write_at(fx, &file, 0, "y");
	assert_int_equal(attr_of(fx, file.vn).size, end);
	assert_int_equal(do_read(&fx->user, &file, end - 1, &c, 1), 1);
	assert_int_equal(c, 'x');
	assert_int_equal(do_write(&fx->user, &file, end - 1, "xy", 2), -EFBIG);
	assert_int_equal(do_write(&fx->user, &file, end, "x", 1), -EFBIG);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, end), 0);
	assert_int_equal(
	    do_truncate(&fx->user, file.vn, NULL, end + 1), -EINVAL);
	assert_int_equal(pages_of(fx, file.vn), 2);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 1), 0);
	assert_int_equal(pages_of(fx, file.vn), 1);
	assert_int_equal(do_compare(&fx->user, file.vn, 0, "y", 1), 1);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

/* The second piece lies behind the end of all files. */
static void
the_last_bytes_of_the_largest_file_are_read(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");
	const uint64_t end = INT64_MAX;
	struct iovec iov[3];
	struct wait w;
	char buf[8];
	size_t len = 99;

	write_at(fx, &file, end - 3, "xyz");
	assert_int_equal(do_read(&fx->user, &file, end - 3, buf, 8), 3);
	assert_memory_equal(buf, "xyz", 3);
	assert_int_equal(do_read(&fx->user, &file, end, buf, 8), 0);
	iov[0] = (struct iovec){ NULL, 0 };
	iov[1] = (struct iovec){ buf, 2 };
	iov[2] = (struct iovec){ buf + 4, 4 };
	wait_init(&w, &fx->user);
	assert_int_equal(
	    await(&w, vfs_read(&w.op, &file, end - 1, iov, 3, &len)), 0);
	assert_int_equal(len, 1);
	assert_int_equal(buf[0], 'z');
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
appending_past_the_largest_size_is_refused(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");

	assert_int_equal(
	    do_truncate(&fx->user, file.vn, NULL, INT64_MAX - 1), 0);
	file.flags |= O_APPEND;
	assert_int_equal(do_write(&fx->user, &file, 0, "xy", 2), -EFBIG);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), 1);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
append_goes_to_the_end_whatever_the_offset(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f"), app;

	assert_int_equal(
	    do_open(&fx->user, file.vn, O_WRONLY | O_APPEND, &app), 0);
	write_at(fx, &file, 0, "one");
	write_at(fx, &app, 0, "two");
	write_at(fx, &file, 6, "three");
	write_at(fx, &app, 1, "four");
	assert_int_equal(
	    do_compare(&fx->user, file.vn, 0, "onetwothreefour", 15), 15);
	assert_int_equal(do_close(&fx->user, &app), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
what_was_cut_off_comes_back_as_zeros(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");
	char data[3 * PAGE], zeros[3 * PAGE] = { 0 };
	static const size_t cuts[] = { 0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE,
		3 * PAGE - 1 };
	size_t i, cut;

	memset(data, 'x', sizeof(data));
	for (i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		cut = cuts[i];
		assert_int_equal(
		    do_write(&fx->user, &file, 0, data, sizeof(data)),
		    sizeof(data));
		assert_int_equal(do_truncate(&fx->user, file.vn, NULL, cut), 0);
		assert_int_equal(
		    pages_of(fx, file.vn), (cut + PAGE - 1) / PAGE);
		assert_int_equal(
		    do_truncate(&fx->user, file.vn, NULL, sizeof(data)), 0);
		assert_int_equal(
		    do_compare(&fx->user, file.vn, 0, data, cut), cut);
		assert_int_equal(do_compare(&fx->user, file.vn, cut, zeros,
				     sizeof(data) - cut),
		    sizeof(data) - cut);
	}
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
opening_with_trunc_empties_the_file(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f"), again;

	write_at(fx, &file, 0, "data");
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_WRONLY | O_TRUNC, &again), 0);
	assert_int_equal(attr_of(fx, file.vn).size, 0);
	assert_int_equal(do_close(&fx->user, &again), 0);
	write_at(fx, &file, 0, "data");
	assert_int_equal(do_create(&fx->user, fx->root, "f", O_WRONLY | O_TRUNC,
			     0644, &again),
	    0);
	assert_int_equal(attr_of(fx, file.vn).size, 0);
	assert_int_equal(do_close(&fx->user, &again), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
a_new_size_sets_mtime_even_if_it_is_the_old_one(void **state)
{
	const struct vsetattr old = { .mask = VSET_MTIME, .mtime = { 1, 0 } };
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f");

	write_at(fx, &file, 0, "data");
	assert_int_equal(do_setattr(&fx->user, file.vn, NULL, &old), 0);
	assert_int_equal(attr_of(fx, file.vn).mtime.tv_sec, 1);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 4), 0);
	assert_true(attr_of(fx, file.vn).mtime.tv_sec > 1);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
permissions_count_at_open_and_not_later(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_file(fx, "f"), again;

	assert_int_equal(do_chmod(&fx->user, file.vn, 0), 0);
	write_at(fx, &file, 0, "data");
	assert_int_equal(do_truncate(&fx->user, file.vn, &file, 2), 0);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 1), -EACCES);
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_RDONLY, &again), -EACCES);
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_WRONLY, &again), -EACCES);
	assert_int_equal(do_chmod(&fx->user, file.vn, 0400), 0);
	assert_int_equal(do_open(&fx->user, file.vn, O_RDWR, &again), -EACCES);
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_RDONLY | O_TRUNC, &again), -EACCES);
	assert_int_equal(do_open(&fx->user, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_write(&fx->user, &again, 0, "x", 1), -EBADF);
	assert_int_equal(do_close(&fx->user, &again), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* A file in memory, and what should be in it. */
struct model {
	struct vfile file;
	uint64_t base; /* where in the file the window lies */
	size_t size; /* of the file, counted from base */
	unsigned char bytes[40 * PAGE];
	unsigned char buf[40 * PAGE];
};

static void
random_write(const struct fixture *fx, struct model *m, uint32_t *seed)
{
	size_t off = next_random(seed) % sizeof(m->bytes);
	size_t len = 1 + next_random(seed) % (3 * PAGE), i;

	if (len > sizeof(m->bytes) - off)
		len = sizeof(m->bytes) - off;
	for (i = 0; i < len; i++)
		m->bytes[off + i] = (unsigned char)next_random(seed);
	assert_int_equal(
	    do_write(&fx->user, &m->file, m->base + off, m->bytes + off, len),
	    len);
	if (off + len > m->size)
		m->size = off + len;
}

static void
random_truncate(const struct fixture *fx, struct model *m, uint32_t *seed)
{
	size_t size = next_random(seed) % sizeof(m->bytes);

	if (next_random(seed) % 2)
		size -= size % PAGE;
	if (size < m->size)
		memset(m->bytes + size, 0, m->size - size);
	assert_int_equal(
	    do_truncate(&fx->user, m->file.vn, NULL, m->base + size), 0);
	m->size = size;
}

static void
compare(const struct fixture *fx, struct model *m)
{
	assert_int_equal(
	    do_read(&fx->user, &m->file, m->base, m->buf, sizeof(m->buf)),
	    m->size);
	assert_memory_equal(m->buf, m->bytes, m->size);
	assert_int_equal(attr_of(fx, m->file.vn).size, m->base + m->size);
	assert_in_range(pages_of(fx, m->file.vn), 0, 41);
}

static void
a_long_random_life_leaves_what_it_should(void **state)
{
	static const uint64_t bases[] = { 0, 63 * PAGE + 17, TIB - 3 };
	struct fixture *fx = *state;
	struct model *m;
	uint32_t seed = 12345;
	char name[2] = "a";
	int i, j;

	for (i = 0; i < 3; i++, name[0]++) {
		m = calloc(1, sizeof(*m));
		m->file = make_file(fx, name);
		m->base = bases[i];
		random_truncate(fx, m, &seed);
		for (j = 0; j < 1000; j++) {
			if (next_random(&seed) % 4 == 0)
				random_truncate(fx, m, &seed);
			else
				random_write(fx, m, &seed);
			compare(fx, m);
		}
		assert_int_equal(do_close(&fx->user, &m->file), 0);
		free(m);
	}
}

static void
all_space_comes_back(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs before, after;
	struct vfile file;
	uint64_t off;

	mount_memfs(fx, 1 << 20, 100);
	assert_int_equal(do_statfs(&fx->user, fx->root, &before), 0);
	file = make_file(fx, "f");
	for (off = 0; off < INT64_MAX / 5; off = off * 5 + PAGE)
		write_at(fx, &file, off, "x");
	assert_int_equal(do_statfs(&fx->user, fx->root, &after), 0);
	assert_true(after.bfree < before.bfree);
	assert_int_equal(do_unlink(&fx->user, fx->root, "f"), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(do_statfs(&fx->user, fx->root, &after), 0);
	assert_int_equal(after.bfree, before.bfree);
	assert_int_equal(after.ffree, before.ffree);
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)
#define BARE(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_written_is_read),
		T(many_buffers_are_one_stretch_of_bytes),
		T(holes_cost_nothing_and_read_as_zeros),
		BARE(a_tebibyte_with_three_bytes_takes_little_of_the_limit),
		T(a_file_can_be_as_large_as_sizes_go),
		T(the_last_bytes_of_the_largest_file_are_read),
		T(appending_past_the_largest_size_is_refused),
		T(append_goes_to_the_end_whatever_the_offset),
		T(what_was_cut_off_comes_back_as_zeros),
		T(opening_with_trunc_empties_the_file),
		T(permissions_count_at_open_and_not_later),
		T(a_new_size_sets_mtime_even_if_it_is_the_old_one),
		T(a_long_random_life_leaves_what_it_should),
		BARE(all_space_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
