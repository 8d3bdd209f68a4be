/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_append.c -- O_APPEND under two writers, the second of which is the other
 * party: what they write is all there, and each record in one piece.
 */

#include "file.h"

struct writer {
	char letter;
	size_t size; /* of a record */
	int records;
	int fd; /* to share; or -1 to open one */
	int dir; /* there */
};

/* A record begins with a capital letter and goes on with small ones. */
static void
append_records(void *arg)
{
	const struct writer *w = arg;
	char *record = malloc(w->size);
	int fd = w->fd, i, whole = 0;

	if (fd == -1)
		fd = opens(openat(w->dir, "f", O_WRONLY | O_APPEND));
	memset(record, w->letter, w->size);
	record[0] = (char)(w->letter - 'a' + 'A');
	for (i = 0; i < w->records; i++)
		whole += write(fd, record, w->size) == (ssize_t)w->size;
	gives(w->records, whole);
	free(record);
}

/* The number of whole records of w at the places where records begin. */
static int
count_records(const char *buf, size_t len, const struct writer *w)
{
	int n = 0;
	size_t at, i;

	for (at = 0; at + w->size <= len; at += w->size) {
		if (buf[at] != w->letter - 'a' + 'A')
			continue;
		for (i = 1; i < w->size && buf[at + i] == w->letter; i++)
			continue;
		n += i == w->size;
	}
	return n;
}

static void
both_append(size_t size, int records, int fd)
{
	struct writer a = { 'a', size, records, fd, AT_FDCWD };
	struct writer b = { 'b', size, records, fd, there_fd };
	size_t len = 2 * size * (size_t)records;
	char *buf = malloc(len + 1);
	pid_t one, two;

	one = beside(append_records, &a);
	two = beside(append_records, &b);
	joined(one);
	joined(two);
	gives(len, size_of("f"));
	fd = opens(open("f", O_RDONLY));
	gives(len, read(fd, buf, len + 1));
	ok(close(fd));
	gives(records, count_records(buf, len, &a));
	gives(records, count_records(buf, len, &b));
	free(buf);
}

static void
two_writers_lose_no_record(void **state)
{
	(void)state;
	put("f", "");
	both_append(64, 250, -1);
}

static void
two_writers_lose_no_large_record(void **state)
{
	(void)state;
	put("f", "");
	both_append(5000, 50, -1);
}

/*
 * More than a message on any wire has room for: POSIX would have each record in
 * one piece, which two writers may or may not put to the test.
 */
static void
two_writers_lose_nothing_of_huge_records(void **state)
{
	struct writer a = { 'a', 1 << 20, 2, -1, AT_FDCWD };
	struct writer b = { 'b', 1 << 20, 2, -1, there_fd };
	static char buf[1 << 20];
	size_t n[256] = { 0 }, i;
	pid_t one, two;
	int fd;

	(void)state;
	put("f", "");
	one = beside(append_records, &a);
	two = beside(append_records, &b);
	joined(one);
	joined(two);
	gives(4 << 20, size_of("f"));
	fd = opens(open("f", O_RDONLY));
	while (read(fd, buf, sizeof(buf)) == (ssize_t)sizeof(buf))
		for (i = 0; i < sizeof(buf); i++)
			n[(unsigned char)buf[i]]++;
	gives(2, n['A']);
	gives(2, n['B']);
	gives((2 << 20) - 2, n['a']);
	gives((2 << 20) - 2, n['b']);
	ok(close(fd));
}

static void
two_writers_of_one_description_lose_no_record(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	fd = opens(open("f", O_WRONLY | O_APPEND));
	both_append(64, 250, fd);
	gives(2 * 64 * 250, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
}

static void
append_through_another_name(void *arg)
{
	int i, whole = 0, fd = opens(open(there("g"), O_WRONLY | O_APPEND));

	(void)arg;
	for (i = 0; i < 100; i++)
		whole += write(fd, "g", 1) == 1;
	gives(100, whole);
}

static void
writers_may_know_different_names(void **state)
{
	int i, whole = 0, fd;
	pid_t pid;

	(void)state;
	put("f", "");
	ok(link("f", "g"));
	pid = beside(append_through_another_name, NULL);
	fd = opens(open("f", O_RDWR | O_APPEND));
	for (i = 0; i < 100; i++)
		whole += write(fd, "f", 1) == 1;
	gives(100, whole);
	joined(pid);
	gives(200, size_of("f"));
	gives(200, size_of("g"));
	ok(close(fd));
}

const struct CMUnitTest posix_append[] = {
	cmocka_unit_test(two_writers_lose_no_record),
	cmocka_unit_test(two_writers_lose_no_large_record),
	cmocka_unit_test(two_writers_lose_nothing_of_huge_records),
	cmocka_unit_test(two_writers_of_one_description_lose_no_record),
	cmocka_unit_test(writers_may_know_different_names),
	{ 0 },
};
