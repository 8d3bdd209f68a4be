/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_mmap.c -- mmap(2), msync(2), munmap(2): files in memory.
 *
 * Cases with MAP_SHARED and PROT_WRITE are apart from the others, and so are
 * those in which read(2) sees what was written in memory: a file system can do
 * without.
 */

#include <sys/mman.h>
#include <sys/wait.h>
#include <signal.h>

#include "file.h"

#define PAGE ((size_t)4096)

static char *
map(int fd, size_t len, int prot, int flags)
{
	char *p = mmap(NULL, len, prot, flags, fd, 0);

	posix_gives(HERE, "mmap", p == MAP_FAILED ? -1 : 0, 0);
	return p;
}

/* As many pages, as fill() has them; O_RDWR. */
static int
put_pages(const char *path, size_t pages)
{
	size_t len = pages * PAGE;
	char *buf = malloc(len);
	int fd = put_open(path, "");

	yes(buf != NULL);
	fill(buf, len, 0);
	gives(len, pwrite(fd, buf, len, 0));
	free(buf);
	return fd;
}

static void
a_private_map_is_the_file(void **state)
{
	int fd = put_pages("f", 100);
	char *p;

	(void)state;
	p = map(fd, 100 * PAGE, PROT_READ, MAP_PRIVATE);
	yes(is_filled(p, 100 * PAGE, 0));
	ok(munmap(p, 100 * PAGE));
	ok(close(fd));
	fd = opens(open("f", O_RDONLY));
	p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	ok(close(fd));
	/* The map stays when the descriptor is closed. */
	yes(is_filled(p, PAGE, 0));
	ok(unlink("f"));
	yes(is_filled(p, PAGE, 0));
	ok(munmap(p, PAGE));
}

static void
private_writes_stay_private(void **state)
{
	int fd = put_pages("f", 2);
	char *p, *q;

	(void)state;
	p = map(fd, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	q = map(fd, 2 * PAGE, PROT_READ, MAP_PRIVATE);
	p[PAGE] = 'P';
	gives('P', p[PAGE]);
	yes(has_filled(fd, 0, 2 * PAGE));
	yes(is_filled(q, 2 * PAGE, 0));
	ok(msync(p, 2 * PAGE, MS_SYNC));
	yes(has_filled(fd, 0, 2 * PAGE));
	ok(munmap(p, 2 * PAGE));
	yes(has_filled(fd, 0, 2 * PAGE));
	ok(munmap(q, 2 * PAGE));
	ok(close(fd));
}

static void
a_map_may_begin_at_any_page(void **state)
{
	int fd = put_pages("f", 4);
	char *p;

	(void)state;
	p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
	yes(p != MAP_FAILED);
	yes(is_filled(p, PAGE, 2 * PAGE));
	ok(munmap(p, PAGE));
	fails(
	    EINVAL, (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 1));
	fails(EINVAL,
	    (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE - 1));
	ok(close(fd));
}

static void
a_shared_map_is_the_file(void **state)
{
	char *p;
	int fd;

	(void)state;
	ok(close(put_pages("f", 10)));
	fd = opens(open("f", O_RDONLY));
	p = map(fd, 10 * PAGE, PROT_READ, MAP_SHARED);
	yes(is_filled(p, 10 * PAGE, 0));
	ok(munmap(p, 10 * PAGE));
	ok(close(fd));
}

static void
a_shared_map_of_a_writable_file_is_the_file(void **state)
{
	int fd = put_pages("f", 10);
	char *p;

	(void)state;
	p = map(fd, 10 * PAGE, PROT_READ, MAP_SHARED);
	yes(is_filled(p, 10 * PAGE, 0));
	ok(munmap(p, 10 * PAGE));
	ok(close(fd));
}

static void
a_map_needs_what_it_does(void **state)
{
	char *p;
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	fails(EACCES,
	    (intptr_t)mmap(
		NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	fails(
	    EACCES, (intptr_t)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0));
	p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	ok(munmap(p, PAGE));
	p = map(fd, PAGE, PROT_READ, MAP_PRIVATE);
	ok(munmap(p, PAGE));
	ok(close(fd));
	fd = opens(open("f", O_WRONLY));
	fails(
	    EACCES, (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	fails(
	    EACCES, (intptr_t)mmap(NULL, PAGE, PROT_WRITE, MAP_PRIVATE, fd, 0));
	fails(
	    EACCES, (intptr_t)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0));
	ok(close(fd));
}

static void
maps_check_their_arguments(void **state)
{
	int fd = put_pages("f", 1), other;
	char *p;

	(void)state;
	fails(EINVAL, (intptr_t)mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0));
	fails(EINVAL, (intptr_t)mmap(NULL, PAGE, PROT_READ, 0, fd, 0));
	fails(EBADF, (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0));
	fails(
	    EBADF, (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 1000, 0));
	other = opens(open(".", O_RDONLY));
	fails_either(ENODEV, EACCES,
	    (intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, other, 0));
	ok(close(other));
	p = map(fd, PAGE, PROT_READ, MAP_PRIVATE);
	fails(EINVAL, msync(p + 1, PAGE, MS_SYNC));
	fails(EINVAL, msync(p, PAGE, MS_SYNC | MS_ASYNC));
	fails(EINVAL, msync(p, PAGE, 0x1000));
	ok(msync(p, PAGE, MS_ASYNC));
	ok(msync(p, PAGE, MS_SYNC | MS_INVALIDATE));
	fails(EINVAL, munmap(p + 1, PAGE));
	ok(munmap(p, PAGE));
	fails(ENOMEM, msync(p, PAGE, MS_SYNC));
	ok(close(fd));
}

static void
touch_byte(void *arg)
{
	volatile char *p = arg;

	signal(SIGBUS, SIG_DFL); /* cmocka's handler would exit */
	(void)*p;
}

/* Does reading it end a process with SIGBUS? */
static void
is_beyond(char *p)
{
	pid_t pid = beside(touch_byte, p);
	int status;

	gives(pid, waitpid(pid, &status, 0));
	yes(WIFSIGNALED(status));
	gives(SIGBUS, WTERMSIG(status));
}

static void
the_rest_of_the_last_page_is_zeros(void **state)
{
	int fd = put_open("f", "short");
	char *p;

	(void)state;
	p = map(fd, 2 * PAGE, PROT_READ, MAP_PRIVATE);
	ok(memcmp(p, "short", 5));
	gives(0, p[5]);
	gives(0, p[PAGE - 1]);
	is_beyond(p + PAGE);
	ok(munmap(p, 2 * PAGE));
	ok(close(fd));
}

static void
a_file_that_shrinks_leaves_its_map(void **state)
{
	int fd = put_pages("f", 3);
	char *p;

	(void)state;
	p = map(fd, 3 * PAGE, PROT_READ, MAP_PRIVATE);
	yes(is_filled(p, 3 * PAGE, 0));
	ok(ftruncate(fd, PAGE));
	yes(is_filled(p, PAGE, 0));
	is_beyond(p + PAGE);
	is_beyond(p + 2 * PAGE);
	ok(munmap(p, 3 * PAGE));
	ok(close(fd));
}

/* A page that was not looked at before shows what is there now. */
static void
a_map_shows_what_is_written_before(void **state)
{
	int fd = put_pages("f", 3);
	char *p;

	(void)state;
	p = map(fd, 3 * PAGE, PROT_READ, MAP_PRIVATE);
	gives(7, pwrite(fd, "written", 7, PAGE));
	ok(memcmp(p + PAGE, "written", 7));
	yes(is_filled(p + 2 * PAGE, PAGE, 2 * PAGE));
	ok(munmap(p, 3 * PAGE));
	ok(close(fd));
}

const struct CMUnitTest posix_mmap[] = {
	cmocka_unit_test(a_private_map_is_the_file),
	cmocka_unit_test(private_writes_stay_private),
	cmocka_unit_test(a_map_may_begin_at_any_page),
	cmocka_unit_test(a_shared_map_is_the_file),
	cmocka_unit_test(a_shared_map_of_a_writable_file_is_the_file),
	cmocka_unit_test(a_map_needs_what_it_does),
	cmocka_unit_test(maps_check_their_arguments),
	cmocka_unit_test(the_rest_of_the_last_page_is_zeros),
	cmocka_unit_test(a_file_that_shrinks_leaves_its_map),
	cmocka_unit_test(a_map_shows_what_is_written_before),
	{ 0 },
};
