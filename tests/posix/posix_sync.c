/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_sync.c -- fsync(2), fdatasync(2), syncfs(2): that they end well, and
 * change nothing that can be seen.
 */

#include "file.h"

static int (*const syncs[])(int) = { fsync, fdatasync, syncfs };

static void
files_are_synchronised(void **state)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	size_t i, j;
	int fd;

	(void)state;
	put("f", "text");
	for (i = 0; i < nitems(modes); i++) {
		fd = opens(open("f", modes[i]));
		for (j = 0; j < nitems(syncs); j++)
			ok(syncs[j](fd));
		ok(close(fd));
	}
	text("text", contents("f"));
}

static void
directories_are_synchronised(void **state)
{
	size_t i;
	int fd;

	(void)state;
	ok(mkdir("d", 0755));
	fd = opens(open("d", O_RDONLY | O_DIRECTORY));
	put("d/f", "text");
	for (i = 0; i < nitems(syncs); i++)
		ok(syncs[i](fd));
	ok(unlink("d/f"));
	ok(fsync(fd));
	ok(rmdir("d"));
	for (i = 0; i < nitems(syncs); i++)
		ok(syncs[i](fd));
	ok(close(fd));
}

static void
written_files_are_synchronised(void **state)
{
	int fd = put_open("f", "");

	(void)state;
	gives(4, write(fd, "text", 4));
	ok(fsync(fd));
	gives(4, write(fd, "more", 4));
	ok(fdatasync(fd));
	ok(ftruncate(fd, 6));
	ok(fdatasync(fd));
	ok(fchmod(fd, 0600));
	ok(fsync(fd));
	text("textmo", contents("f"));
	ok(unlink("f"));
	gives(1, write(fd, "x", 1));
	ok(fsync(fd));
	ok(fdatasync(fd));
	ok(close(fd));
}

static void
synchronising_moves_no_times(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	moves("f", "", ok(fsync(fd)));
	moves("f", "", ok(fdatasync(fd)));
	ok(close(fd));
}

static void
a_user_may_synchronise_what_is_open(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	as(USER);
	fd = opens(open("f", O_RDONLY));
	ok(fsync(fd));
	ok(fdatasync(fd));
	ok(close(fd));
	as(0);
}

static void
what_is_no_file_is_not_synchronised(void **state)
{
	size_t i;
	int fds[2], fd;

	(void)state;
	ok(mkfifo("p", 0644));
	fd = opens(open("p", O_RDWR));
	fails(EINVAL, fsync(fd));
	fails(EINVAL, fdatasync(fd));
	ok(close(fd));
	ok(pipe(fds));
	fails(EINVAL, fsync(fds[0]));
	fails(EINVAL, fdatasync(fds[1]));
	for (i = 0; i < nitems(syncs); i++) {
		fails(EBADF, syncs[i](1000));
		fails(EBADF, syncs[i](-1));
	}
	put("f", "text");
	fd = opens(open("f", O_PATH));
	fails(EBADF, fsync(fd));
	fails(EBADF, fdatasync(fd));
	ok(close(fd));
}

const struct CMUnitTest posix_sync[] = {
	cmocka_unit_test(files_are_synchronised),
	cmocka_unit_test(directories_are_synchronised),
	cmocka_unit_test(written_files_are_synchronised),
	cmocka_unit_test(synchronising_moves_no_times),
	cmocka_unit_test(a_user_may_synchronise_what_is_open),
	cmocka_unit_test(what_is_no_file_is_not_synchronised),
	{ 0 },
};
