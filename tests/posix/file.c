/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.c -- what cases about the contents of files have in common.
 */

#include "file.h"

#define LONG_AGO 1000000000

int
file_put_open(
    const char *file, int line, const char *path, const char *contents)
{
	posix_put(file, line, path, contents);
	return posix_opens(file, line, path, open(path, O_RDWR));
}

struct stat
file_fstat(const char *file, int line, int fd)
{
	struct stat st = { 0 };

	posix_gives(file, line, "fstat", fstat(fd, &st), 0);
	return st;
}

const char *
text_at(int fd, off_t at, size_t len)
{
	static char buf[256];
	ssize_t n;

	n = pread(fd, buf, len < sizeof(buf) ? len : sizeof(buf) - 1, at);
	buf[n > 0 ? n : 0] = '\0';
	return n >= 0 ? buf : strerrorname_np(errno);
}

bool
is_all(int fd, off_t at, size_t len, char c)
{
	char *buf = malloc(len + 1);
	bool is = buf != NULL && pread(fd, buf, len, at) == (ssize_t)len;
	size_t i;

	for (i = 0; is && i < len; i++)
		is = buf[i] == c;
	free(buf);
	return is;
}

static char
byte_at(size_t at)
{
	return (char)(at * 31 + at / 4096 * 7);
}

void
fill(char *buf, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = byte_at(at + i);
}

bool
is_filled(const char *buf, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (buf[i] != byte_at(at + i))
			return false;
	return true;
}

bool
has_filled(int fd, off_t at, size_t len)
{
	char *buf = malloc(len + 1);
	bool is = buf != NULL && pread(fd, buf, len, at) == (ssize_t)len &&
	    is_filled(buf, len, (size_t)at);

	free(buf);
	return is;
}

struct stat
file_aged(const char *file, int line, const char *path)
{
	const struct timespec t[2] = { { LONG_AGO, 0 }, { LONG_AGO, 0 } };
	struct stat st;

	posix_gives(file, line, "utimensat",
	    utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW), 0);
	st = posix_look(file, line, path);
	tick();
	return st;
}

static bool
differ(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec || a.tv_nsec != b.tv_nsec;
}

const char *
file_moved(
    const char *file, int line, const struct stat *before, const char *path)
{
	static char letters[4];
	struct stat st = posix_look(file, line, path);
	char *p = letters;

	if (differ(st.st_atim, before->st_atim))
		*p++ = 'a';
	if (differ(st.st_mtim, before->st_mtim))
		*p++ = 'm';
	if (differ(st.st_ctim, before->st_ctim))
		*p++ = 'c';
	*p = '\0';
	return letters;
}
