/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_refused.c -- a kernel, or a file system, that will not promise not
 * to sleep: it is asked once, and everything goes to workers from then on.
 *
 * The calls in question are functions of this program, which the linker takes
 * before the C library's.  test_etfs_old.c has a kernel without openat2(2).
 */

#include <dlfcn.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "etfs_fixture.h"
#include "real_syscall.h"

/* The error of all calls with the flag, 0: as they like; how many there were.*/
static struct {
	_Atomic int error;
	_Atomic unsigned int calls;
} read_now, write_now, walk_now;

typedef ssize_t vector_call(int, const struct iovec *, int, off_t, int);

ssize_t
preadv2(int fd, const struct iovec *iov, int n, off_t off, int flags)
{
	vector_call *real = (vector_call *)dlsym(RTLD_NEXT, "preadv2");

	read_now.calls += (flags & RWF_NOWAIT) != 0;
	if ((flags & RWF_NOWAIT) == 0 || read_now.error == 0)
		return real(fd, iov, n, off, flags);
	errno = read_now.error;
	return -1;
}

ssize_t
pwritev2(int fd, const struct iovec *iov, int n, off_t off, int flags)
{
	vector_call *real = (vector_call *)dlsym(RTLD_NEXT, "pwritev2");

	write_now.calls += (flags & RWF_NOWAIT) != 0;
	if ((flags & RWF_NOWAIT) == 0 || write_now.error == 0)
		return real(fd, iov, n, off, flags);
	errno = write_now.error;
	return -1;
}

/* As openat2's third argument. */
static bool
is_cached_only(const void *how)
{
	return ((const struct open_how *)how)->resolve & RESOLVE_CACHED;
}

long
syscall(long number, ...)
{
	struct syscall_args args;
	va_list ap;

	va_start(ap, number);
	args = syscall_args(ap);
	va_end(ap);
	if (number == SYS_openat2 &&
	    is_cached_only((const void *)args.arg[2])) {
		walk_now.calls++;
		if ((errno = walk_now.error) != 0)
			return -1;
	}
	return real_syscall(number, &args);
}

static void
all_as_they_like(void)
{
	read_now.error = write_now.error = walk_now.error = 0;
	read_now.calls = write_now.calls = walk_now.calls = 0;
}

static int
setup(void **state)
{
	all_as_they_like();
	return disk_setup(state);
}

/* Linux 5.6 to 5.11: openat2, but nothing about what is cached. */
static int
setup_uncached(void **state)
{
	all_as_they_like();
	walk_now.error = EINVAL;
	return disk_setup(state);
}

static int
teardown(void **state)
{
	all_as_they_like();
	return etfs_teardown(state);
}

static void
open_file(struct fixture *fx, const char *name, struct vfile *file)
{
	assert_int_equal(
	    do_create(&fx->self, fx->root, name, O_RDWR, 0644, file), 0);
}

/* Write and read something else. */
static void
use(struct fixture *fx, struct vfile *file)
{
	static char text[] = "text 0";
	char buf[16];

	text[5] = (char)(text[5] == '9' ? '0' : text[5] + 1);
	assert_int_equal(do_write(&fx->self, file, 0, text, 6), 6);
	assert_int_equal(do_read(&fx->self, file, 0, buf, sizeof(buf)), 6);
	assert_memory_equal(buf, text, 6);
}

/* Else what follows would show nothing. */
static void
it_is_asked_for(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	open_file(fx, "f", &file);
	use(fx, &file);
	use(fx, &file);
	assert_true(read_now.calls >= 2);
	assert_true(write_now.calls >= 1); /* ext4 does refuse it */
	assert_true(walk_now.calls >= 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* One file asks for all that are on the device. */
static void
refuse_with(struct fixture *fx, int error)
{
	struct vfile file, other;
	int i;

	read_now.error = write_now.error = error;
	open_file(fx, "f", &file);
	open_file(fx, "g", &other);
	for (i = 0; i < 5; i++) {
		use(fx, &file);
		use(fx, &other);
	}
	assert_int_equal(read_now.calls, 1);
	assert_int_equal(write_now.calls, 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &other), 0);
}

static void
an_unsupported_flag_is_tried_once(void **state)
{
	refuse_with(*state, EOPNOTSUPP);
}

static void
an_unknown_flag_is_tried_once(void **state)
{
	refuse_with(*state, EINVAL);
}

static void
an_unknown_call_is_tried_once(void **state)
{
	refuse_with(*state, ENOSYS);
}

/* Reads may be able to what writes are not. */
static void
each_direction_is_remembered_by_itself(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	int i;

	write_now.error = EOPNOTSUPP;
	open_file(fx, "f", &file);
	for (i = 0; i < 5; i++)
		use(fx, &file);
	assert_int_equal(write_now.calls, 1);
	assert_true(read_now.calls >= 5);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Not now is no refusal: the next may be in memory. */
static void
what_would_wait_is_asked_again(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	int i;

	read_now.error = write_now.error = EAGAIN;
	open_file(fx, "f", &file);
	for (i = 0; i < 5; i++)
		use(fx, &file);
	assert_int_equal(read_now.calls, 5);
	assert_int_equal(write_now.calls, 5);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
an_error_is_no_refusal(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char buf[8];

	open_file(fx, "f", &file);
	read_now.error = write_now.error = EIO;
	assert_int_equal(do_read(&fx->self, &file, 0, buf, sizeof(buf)), -EIO);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), -EIO);
	read_now.error = write_now.error = 0;
	read_now.calls = write_now.calls = 0;
	use(fx, &file);
	assert_true(read_now.calls >= 1);
	assert_true(write_now.calls >= 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Only the mount has asked. */
static void
walks_do_without_what_is_cached(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vnode *vn;

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	host_file(fx, "d/f", "text");
	vnode_put(walk(fx, "d/f"));
	vnode_put(walk(fx, "d/f"));
	assert_int_equal(do_walk(&fx->self, fx->root, "d/g", &vn), -ENOENT);
	assert_int_equal(do_walk(&now, fx->root, "d", &vn), -EDEADLK);
	assert_int_equal(walk_now.calls, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_asked_for),
		TEST(an_unsupported_flag_is_tried_once),
		TEST(an_unknown_flag_is_tried_once),
		TEST(an_unknown_call_is_tried_once),
		TEST(each_direction_is_remembered_by_itself),
		TEST(what_would_wait_is_asked_again),
		TEST(an_error_is_no_refusal),
		cmocka_unit_test_setup_teardown(
		    walks_do_without_what_is_cached, setup_uncached, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
