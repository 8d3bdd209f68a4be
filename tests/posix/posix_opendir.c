/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_opendir.c -- which files opendir(3) and O_DIRECTORY open, and what a
 * directory's descriptor is not for.
 */

#include <dirent.h>

#include "posix.h"

static void
opendir_refuses(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0300));
	yes(opendir("nothing") == NULL);
	gives(ENOENT, errno);
	yes(opendir("") == NULL);
	gives(ENOENT, errno);
	yes(opendir("f") == NULL);
	gives(ENOTDIR, errno);
	yes(opendir("f/d") == NULL);
	gives(ENOTDIR, errno);
	ok(symlink("l", "l"));
	yes(opendir("l") == NULL);
	gives(ELOOP, errno);
}

static void
o_directory_opens_directories_only(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("d", "l"));
	ok(symlink("f", "m"));
	ok(mkfifo("p", 0644));
	fd = opens(open("d", O_RDONLY | O_DIRECTORY));
	ok(close(fd));
	fd = opens(open("l", O_RDONLY | O_DIRECTORY));
	ok(close(fd));
	fd = opens(open(".", O_RDONLY | O_DIRECTORY));
	ok(close(fd));
	fails(ENOTDIR, open("f", O_RDONLY | O_DIRECTORY));
	fails(ENOTDIR, open("m", O_RDONLY | O_DIRECTORY));
	fails(ENOTDIR, open("p", O_RDONLY | O_DIRECTORY));
	fails(ENOENT, open("nothing", O_RDONLY | O_DIRECTORY));
	fails_either(
	    ENOTDIR, ELOOP, open("l", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	fails(EISDIR, open("d", O_WRONLY | O_DIRECTORY));
	fails(EISDIR, open("d", O_RDWR | O_DIRECTORY));
	fails(EISDIR, open("d", O_WRONLY));
	fails(EISDIR, open("d", O_RDWR));
	fails(EISDIR, open("d", O_RDONLY | O_CREAT, 0644));
	fails(EISDIR, open("d", O_RDONLY | O_TRUNC));
	fails(EISDIR, open("d/", O_RDWR | O_CREAT, 0644));
}

static void
a_directory_is_not_read_as_a_file(void **state)
{
	char buf[16];
	int fd;

	(void)state;
	fd = opens(open(".", O_RDONLY));
	fails(EISDIR, read(fd, buf, sizeof(buf)));
	fails(EISDIR, pread(fd, buf, sizeof(buf), 0));
	fails(EBADF, write(fd, buf, sizeof(buf)));
	fails_either(EINVAL, EBADF, ftruncate(fd, 0));
	fails(EISDIR, truncate(".", 0));
	ok(fsync(fd));
	ok(fdatasync(fd));
}

const struct CMUnitTest posix_opendir[] = {
	cmocka_unit_test(opendir_refuses),
	cmocka_unit_test(o_directory_opens_directories_only),
	cmocka_unit_test(a_directory_is_not_read_as_a_file),
	{ 0 },
};
