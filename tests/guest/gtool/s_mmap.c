/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_mmap.c -- steps: mapped files.
 */

#include <sys/mman.h>
#include <sys/wait.h>
#include <signal.h>

#include "gtool.h"

#define PAGE 4096

static char *
map(int fd, size_t len, int prot, int flags)
{
	void *p = mmap(NULL, len, prot, flags, fd, 0);

	if (p == MAP_FAILED) {
		note("mmap: %s", err_name(errno));
		return NULL;
	}
	return p;
}

static int
make(const char *path, size_t len)
{
	char buf[PAGE];
	size_t i, at;
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);

	for (at = 0; at < len; at += PAGE) {
		for (i = 0; i < PAGE; i++)
			buf[i] = (char)('a' + (at / PAGE + i) % 26);
		if (write(fd, buf, PAGE) != PAGE)
			note("write: %s", err_name(errno));
	}
	return fd;
}

static void
reading_through_a_mapping(void)
{
	char *p;
	int fd;

	fd = make("f", 10 * PAGE);
	if ((p = map(fd, 10 * PAGE, PROT_READ, MAP_PRIVATE)) != NULL)
		note("%.5s %.5s %016llx", p, p + 9 * PAGE + 100,
		    (unsigned long long)hash_bytes(HASH_INIT, p, 10 * PAGE));
	if ((p = map(fd, 10 * PAGE, PROT_READ, MAP_SHARED)) != NULL)
		note("%.5s %.5s", p, p + 5 * PAGE);
	DO(close(fd));
	fd = DO(open("f", O_RDONLY));
	if ((p = map(fd, 10 * PAGE, PROT_READ, MAP_SHARED)) != NULL)
		note("%.5s %.5s", p, p + 7 * PAGE);
	map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	DO(close(fd));
	fd = DO(open("f", O_WRONLY));
	map(fd, PAGE, PROT_READ, MAP_PRIVATE);
	DO(close(fd));
	fd = DO(open(".", O_RDONLY));
	map(fd, PAGE, PROT_READ, MAP_PRIVATE);
	show("f");
}

static void
private_writes_stay_private(void)
{
	char *p;
	int fd;

	fd = make("f", 2 * PAGE);
	if ((p = map(fd, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE)) !=
	    NULL) {
		memcpy(p, "private", 7);
		note("%.10s", p);
	}
	show_text(fd, 0, 10);
	show("f");
}

static void
beyond_the_end(void)
{
	int fd, status;
	pid_t pid;
	char *p;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(write(fd, "short", 5));
	if ((p = map(fd, 2 * PAGE, PROT_READ, MAP_PRIVATE)) == NULL)
		return;
	note("%s|%d", p, p[PAGE - 1]);
	fflush(stdout);
	if ((pid = fork()) == 0)
		_exit(p[PAGE]);
	waitpid(pid, &status, 0);
	note("ended by signal %d", WTERMSIG(status));
}

/* Needs cache=mmap, loose or better. */
static void
writing_through_a_mapping(void)
{
	char *p, *q;
	int fd, fd2;

	fd = make("f", 4 * PAGE);
	p = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (p == NULL)
		return;
	memcpy(p, "written", 7);
	memcpy(p + 3 * PAGE - 3, "across", 6);
	DO(msync(p, 4 * PAGE, MS_SYNC));
	fd2 = DO(open("f", O_RDONLY));
	show_text(fd2, 0, 10);
	show_text(fd2, 3 * PAGE - 5, 10);
	DO(pwrite(fd, "by write", 8, 2 * PAGE));
	note("%.10s", p + 2 * PAGE);
	q = map(fd2, 4 * PAGE, PROT_READ, MAP_SHARED);
	memcpy(p + 100, "seen", 4);
	if (q != NULL)
		note("%.4s", q + 100);
	DO(close(fd));
	memcpy(p + 200, "after close", 11);
	DO(munmap(p, 4 * PAGE));
	DO(fsync(fd2));
	show_text(fd2, 200, 12);
	show("f");
}

static void
writing_into_a_hole(void)
{
	char *p;
	int fd;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(ftruncate(fd, 100 * PAGE + 10));
	p = map(fd, 101 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
	if (p == NULL)
		return;
	memcpy(p + 50 * PAGE, "hole", 4);
	/* What is behind the end of the file is not written. */
	memcpy(p + 100 * PAGE + 6, "tail and more", 13);
	DO(munmap(p, 101 * PAGE));
	DO(fsync(fd));
	DO(close(fd));
	fd = DO(open("f", O_RDONLY));
	show_text(fd, 50 * PAGE - 2, 8);
	show_text(fd, 100 * PAGE, 20);
	show("f");
}

static void
writing_as_a_user(void)
{
	char *p;
	int fd;

	DO(chmod(".", 0777));
	AS(1000, 1000, 0)
	{
		fd = make("f", PAGE);
		DO(fchmod(fd, 0600));
		p = map(fd, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
		if (p != NULL) {
			memcpy(p, "user", 4);
			DO(munmap(p, PAGE));
		}
		DO(unlink("f"));
		DO(fsync(fd));
		show_text(fd, 0, 8);
		DO(close(fd));
	}
	dump();
}

const struct topic mmap_group[] = {
	TOPIC(reading_through_a_mapping),
	TOPIC(private_writes_stay_private),
	TOPIC(beyond_the_end),
	TOPIC(writing_through_a_mapping),
	TOPIC(writing_into_a_hole),
	TOPIC(writing_as_a_user),
	TOPIC_END,
};
