/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_mmap_write.c -- mmap(2) with MAP_SHARED and PROT_WRITE, msync(2).
 */

#include <sys/mman.h>
#include <sys/wait.h>
#include <signal.h>

#include "file.h"

#define PAGE ((size_t)4096)
#define LEN (8 * PAGE)

/* Text is put into memory without its end. */
static void
place(char *p, const char *s)
{
	must(p != MAP_FAILED);
	while (*s != '\0')
		*p++ = *s++;
}

/* A file of zeros, and its memory, of which one may be a page too much. */
static int
put_map(off_t size, char **p)
{
	int fd = put_open("f", "");

	ok(ftruncate(fd, size));
	*p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	posix_gives(HERE, "mmap", *p == MAP_FAILED ? -1 : 0, 0);
	return fd;
}

static void
what_is_synchronised_can_be_read(void **state)
{
	char *p;
	int fd = put_map(LEN, &p), other;

	(void)state;
	place(p, "first");
	place(p + 3 * PAGE - 3, "across");
	ok(msync(p, LEN, MS_SYNC));
	text("first", text_at(fd, 0, 5));
	text("across", text_at(fd, 3 * PAGE - 3, 6));
	other = opens(open("f", O_RDONLY));
	text("first", text_at(other, 0, 5));
	text("across", text_at(other, 3 * PAGE - 3, 6));
	gives(LEN, size_of("f"));
	ok(close(other));
	ok(munmap(p, LEN));
	ok(close(fd));
}

static void
what_is_unmapped_can_be_read(void **state)
{
	char *p;
	int fd = put_map(LEN, &p);

	(void)state;
	ok(close(fd));
	fill(p, LEN, 0);
	ok(munmap(p, LEN));
	fd = opens(open("f", O_RDWR));
	ok(fsync(fd));
	yes(has_filled(fd, 0, LEN));
	ok(close(fd));
}

static void
a_write_is_seen_in_the_map(void **state)
{
	char *p;
	int fd = put_map(LEN, &p), other;

	(void)state;
	gives(0, p[PAGE]);
	gives(7, pwrite(fd, "written", 7, PAGE));
	ok(memcmp(p + PAGE, "written", 7));
	other = opens(open("f", O_WRONLY));
	gives(5, pwrite(other, "other", 5, 2 * PAGE));
	ok(memcmp(p + 2 * PAGE, "other", 5));
	ok(close(other));
	ok(munmap(p, LEN));
	ok(close(fd));
}

/* Both are views of one memory. */
static void
a_read_sees_the_map_at_once(void **state)
{
	char *p;
	int fd = put_map(LEN, &p), other;

	(void)state;
	place(p + 100, "memory");
	text("memory", text_at(fd, 100, 6));
	other = opens(open("f", O_RDONLY));
	text("memory", text_at(other, 100, 6));
	place(p + 100, "M");
	text("Memory", text_at(other, 100, 6));
	ok(close(other));
	ok(munmap(p, LEN));
	ok(close(fd));
}

static void
maps_of_a_file_are_one_memory(void **state)
{
	char *p, *q;
	int fd = put_map(LEN, &p), other;

	(void)state;
	other = opens(open("f", O_RDONLY));
	q = mmap(NULL, LEN, PROT_READ, MAP_SHARED, other, 0);
	posix_gives(HERE, "mmap", q == MAP_FAILED ? -1 : 0, 0);
	place(p + PAGE, "shared");
	ok(memcmp(q + PAGE, "shared", 6));
	ok(close(other));
	ok(munmap(q, LEN));
	ok(munmap(p, LEN));
	ok(close(fd));
}

static void
write_to_map(void *arg)
{
	char *p = arg;

	place(p + PAGE, "child");
}

static void
processes_share_a_map(void **state)
{
	char *p;
	int fd = put_map(LEN, &p);

	(void)state;
	joined(beside(write_to_map, p));
	ok(memcmp(p + PAGE, "child", 5));
	ok(msync(p, LEN, MS_SYNC));
	text("child", text_at(fd, PAGE, 5));
	ok(munmap(p, LEN));
	ok(close(fd));
}

/* The file does not become longer. */
static void
what_is_behind_the_end_is_not_written(void **state)
{
	char *p;
	int fd = put_map(PAGE + 10, &p);

	(void)state;
	place(p + PAGE + 6, "tail and more");
	ok(msync(p, LEN, MS_SYNC));
	gives(PAGE + 10, size_of("f"));
	ok(munmap(p, LEN));
	ok(close(fd));
	fd = opens(open("f", O_RDWR));
	text("tail", text_at(fd, PAGE + 6, 100));
	ok(close(fd));
}

static void
holes_are_written_through_a_map(void **state)
{
	char *p;
	int fd = put_map(LEN, &p);

	(void)state;
	gives(0, p[4 * PAGE]);
	place(p + 4 * PAGE, "hole");
	ok(munmap(p, LEN));
	ok(fsync(fd));
	ok(close(fd));
	fd = opens(open("f", O_RDONLY));
	yes(is_all(fd, 0, 4 * PAGE, '\0'));
	text("hole", text_at(fd, 4 * PAGE, 4));
	yes(is_all(fd, 4 * PAGE + 4, LEN - 4 * PAGE - 4, '\0'));
	ok(close(fd));
}

static void
an_unlinked_files_map_is_written(void **state)
{
	char *p;
	int fd = put_map(LEN, &p);

	(void)state;
	ok(unlink("f"));
	place(p, "gone");
	ok(msync(p, LEN, MS_SYNC));
	text("gone", text_at(fd, 0, 4));
	ok(munmap(p, LEN));
	ok(close(fd));
}

/*
 * By the next msync(2) with MS_SYNC at the latest.  The time of access may move
 * as well, for the page is read before.
 */
static void
writing_through_a_map_moves_times(void **state)
{
	struct stat before;
	char *p;
	int fd = put_map(LEN, &p);

	(void)state;
	before = file_aged(HERE, "f");
	p[0] = 'x';
	ok(msync(p, LEN, MS_SYNC));
	yes(strstr(file_moved(HERE, &before, "f"), "mc") != NULL);
	ok(munmap(p, LEN));
	ok(close(fd));
}

static void
touch_page(void *arg)
{
	signal(SIGBUS, SIG_DFL); /* cmocka's handler would exit */
	*(volatile char *)arg = 'x';
}

static void
a_map_ends_with_the_file(void **state)
{
	char *p;
	int fd = put_map(PAGE, &p), status;
	pid_t pid;

	(void)state;
	pid = beside(touch_page, p + PAGE);
	gives(pid, waitpid(pid, &status, 0));
	yes(WIFSIGNALED(status));
	gives(SIGBUS, WTERMSIG(status));
	joined(beside(touch_page, p + PAGE - 1));
	gives('x', p[PAGE - 1]);
	/* The file grows, and so does what can be used. */
	ok(ftruncate(fd, 2 * PAGE));
	joined(beside(touch_page, p + PAGE));
	gives('x', p[PAGE]);
	ok(munmap(p, LEN));
	ok(close(fd));
}

const struct CMUnitTest posix_mmap_write[] = {
	cmocka_unit_test(what_is_synchronised_can_be_read),
	cmocka_unit_test(what_is_unmapped_can_be_read),
	cmocka_unit_test(a_write_is_seen_in_the_map),
	cmocka_unit_test(a_read_sees_the_map_at_once),
	cmocka_unit_test(maps_of_a_file_are_one_memory),
	cmocka_unit_test(processes_share_a_map),
	cmocka_unit_test(what_is_behind_the_end_is_not_written),
	cmocka_unit_test(holes_are_written_through_a_map),
	cmocka_unit_test(an_unlinked_files_map_is_written),
	cmocka_unit_test(writing_through_a_map_moves_times),
	cmocka_unit_test(a_map_ends_with_the_file),
	{ 0 },
};
