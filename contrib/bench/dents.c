/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dents.c -- bench-dents SECONDS ENTRIES...: entries of a directory of so many
 * in a second, by getdents64(2) alone; in a temporary directory of the current
 * one.
 */

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint8_t buf[1 << 20];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How many entries there are. */
static unsigned long
list(int fd)
{
	unsigned long count = 0;
	const struct dirent64 *e;
	long n, at;

	lseek(fd, 0, SEEK_SET);
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0)
		for (at = 0; at < n; at += e->d_reclen, count++)
			e = (const struct dirent64 *)(const void *)(buf + at);
	return count;
}

static int
measure(double seconds, unsigned long n)
{
	char dir[] = "dents.XXXXXX", name[32];
	double start, took;
	unsigned long i, sum = 0;
	int fd;

	if (mkdtemp(dir) == NULL ||
	    (fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		perror(dir);
		return 1;
	}
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "f%lu", i);
		close(openat(fd, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	}
	start = now();
	do
		sum += list(fd);
	while ((took = now() - start) < seconds);
	printf("%lu %.0f\n", n, (double)sum / took);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "f%lu", i);
		unlinkat(fd, name, 0);
	}
	close(fd);
	return rmdir(dir) != 0;
}

int
main(int argc, char **argv)
{
	int i, bad = argc < 3;

	if (bad)
		fprintf(stderr, "usage: bench-dents SECONDS ENTRIES...\n");
	for (i = 2; i < argc; i++)
		bad |=
		    measure(strtod(argv[1], NULL), strtoul(argv[i], NULL, 10));
	return bad;
}
