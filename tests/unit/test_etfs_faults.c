/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_faults.c -- a host that gives and takes less than it is asked to,
 * has nothing in memory now, or is interrupted, all of it at random: what is
 * read is what was written, and nothing else.
 *
 * The calls in question are functions of this program, which the linker takes
 * before the C library's.
 */

#include <dlfcn.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "etfs_fixture.h"
#include "real_syscall.h"

#define SIZE 200000U /* of the file, at most */
#define STEPS 3000
#define PIECES 24 /* of an iovec; more than etfs looks at once */

typedef ssize_t vector_call(int, const struct iovec *, int, off_t, int);

static _Atomic bool faulty;
static _Atomic uint32_t state_of_random = 1;
static _Atomic unsigned int refusals, shortened, interrupted;

/* Workers ask as well. */
static uint32_t
a_random(uint32_t below)
{
	uint32_t n = atomic_load(&state_of_random), next;

	do {
		next = n * 1664525U + 1013904223U;
	} while (!atomic_compare_exchange_weak(&state_of_random, &n, next));
	return (next >> 8) % below;
}

/* Nothing now, or interrupted?  Sets errno. */
static bool
fails(bool now)
{
	if (!faulty)
		return false;
	if (now && a_random(4) == 0) {
		refusals++;
		errno = EAGAIN;
		return true;
	}
	if (a_random(8) != 0)
		return false;
	interrupted++;
	errno = EINTR;
	return true;
}

/* Leave a part of iov, at least a byte. */
static int
shorten(struct iovec *some, const struct iovec *iov, int n)
{
	int keep = n;

	memcpy(some, iov, (size_t)n * sizeof(*iov));
	if (!faulty || n == 0 || a_random(3) != 0)
		return n;
	shortened++;
	keep = 1 + (int)a_random((uint32_t)n);
	if (some[keep - 1].iov_len > 1)
		some[keep - 1].iov_len =
		    1 + a_random((uint32_t)some[keep - 1].iov_len);
	return keep;
}

static ssize_t
call(const char *name, int fd, const struct iovec *iov, int n, off_t off,
    int flags)
{
	vector_call *real = (vector_call *)dlsym(RTLD_NEXT, name);
	struct iovec some[PIECES];

	if (n > PIECES)
		return real(fd, iov, n, off, flags);
	if (fails((flags & RWF_NOWAIT) != 0))
		return -1;
	n = shorten(some, iov, n);
	return real(fd, some, n, off, flags);
}

ssize_t
preadv2(int fd, const struct iovec *iov, int n, off_t off, int flags)
{
	return call("preadv2", fd, iov, n, off, flags);
}

ssize_t
pwritev2(int fd, const struct iovec *iov, int n, off_t off, int flags)
{
	return call("pwritev2", fd, iov, n, off, flags);
}

long
syscall(long number, ...)
{
	const struct open_how *how;
	struct syscall_args args;
	va_list ap;

	va_start(ap, number);
	args = syscall_args(ap);
	va_end(ap);
	how = (const void *)args.arg[2];
	if (number == SYS_openat2 &&
	    fails((how->resolve & RESOLVE_CACHED) != 0))
		return -1;
	return real_syscall(number, &args);
}

static int
setup(void **state)
{
	int rc = disk_setup(state);

	refusals = shortened = interrupted = 0;
	faulty = true;
	return rc;
}

static int
setup_tmpfs(void **state)
{
	int rc = tmpfs_setup(state);

	refusals = shortened = interrupted = 0;
	faulty = true;
	return rc;
}

static int
teardown(void **state)
{
	faulty = false;
	return etfs_teardown(state);
}

/* buf in pieces, of any lengths. */
static int
divide(uint8_t *buf, size_t len, struct iovec iov[PIECES])
{
	size_t piece;
	int n = 0;

	while (len > 0) {
		piece = n == PIECES - 1 ? len : 1 + a_random((uint32_t)len) / 4;
		iov[n++] = (struct iovec){ buf, piece };
		buf += piece;
		len -= piece;
	}
	return n;
}

struct model {
	uint8_t data[SIZE];
	size_t size;
};

static void
read_some(struct fixture *fx, struct vfile *file, const struct model *m)
{
	size_t off = a_random(SIZE), len = 1 + a_random(SIZE / 4), got = 0;
	size_t there = off < m->size ? m->size - off : 0;
	uint8_t *buf = calloc(1, len);
	struct iovec iov[PIECES];
	struct wait w;
	int n = divide(buf, len, iov);

	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_read(&w.op, file, off, iov, n, &got)), 0);
	assert_int_equal(got, len < there ? len : there);
	if (got > 0)
		assert_memory_equal(buf, m->data + off, got);
	free(buf);
}

/* A host that takes less says so, and so do we. */
static void
write_some(struct fixture *fx, struct vfile *file, struct model *m)
{
	size_t off = a_random(SIZE - 1), len = 1 + a_random(SIZE / 8), put = 0;
	uint8_t *buf;
	struct iovec iov[PIECES];
	struct wait w;
	size_t i;
	int n;

	if (len > SIZE - off)
		len = SIZE - off;
	buf = malloc(len);
	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)a_random(256);
	n = divide(buf, len, iov);
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_write(&w.op, file, off, iov, n, &put)), 0);
	assert_true(put > 0 && put <= len);
	memcpy(m->data + off, buf, put);
	if (off + put > m->size)
		m->size = off + put;
	free(buf);
}

static void
what_was_written_is_read(void **state)
{
	struct fixture *fx = *state;
	struct model *m = calloc(1, sizeof(*m));
	struct vfile file;
	int i;

	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0644, &file), 0);
	for (i = 0; i < STEPS; i++) {
		if (a_random(2) == 0)
			read_some(fx, &file, m);
		else
			write_some(fx, &file, m);
	}
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_true(shortened > STEPS / 8);
	assert_true(interrupted > STEPS / 16);
	if (!on_tmpfs(fx))
		assert_true(refusals > STEPS / 16);
	free(m);
}

static void
names_are_found(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	int i;

	assert_int_equal(mkdir(on_host(fx, "a"), 0755), 0);
	assert_int_equal(mkdir(on_host(fx, "a/b"), 0755), 0);
	host_file(fx, "a/b/f", "text");
	for (i = 0; i < STEPS / 10; i++) {
		assert_int_equal(do_walk(&fx->self, fx->root, "a/b/f", &vn), 0);
		vnode_put(vn);
		assert_int_equal(
		    do_walk(&fx->self, fx->root, "a/b/no", &vn), -ENOENT);
	}
	assert_true(interrupted > 0);
	if (!on_tmpfs(fx))
		assert_true(refusals > 0);
}

#define FAULTY(test)                                                           \
	{ #test " (disk)", test, setup, teardown, NULL },                      \
	{                                                                      \
#test " (tmpfs)", test, setup_tmpfs, teardown, NULL            \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FAULTY(what_was_written_is_read),
		FAULTY(names_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
