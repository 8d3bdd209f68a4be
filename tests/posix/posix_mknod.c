/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_mknod.c -- mknod(2) of every type, mkfifo(3), and what the nodes do.
 */

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "posix.h"

static void
mknod_makes_a_file(void **state)
{
	(void)state;
	ok(mknod("f", S_IFREG | 0640, 0));
	yes(S_ISREG(look("f").st_mode));
	gives(0640, mode_of("f"));
	gives(0, look("f").st_size);
	ok(mknod("g", 0600, 0));
	yes(S_ISREG(look("g").st_mode));
	gives(0600, mode_of("g"));
	put("f", "text");
	text("text", contents("f"));
}

static void
mknod_makes_fifos_and_sockets(void **state)
{
	(void)state;
	ok(mknod("p", S_IFIFO | 0640, 0));
	yes(S_ISFIFO(look("p").st_mode));
	gives(0640, mode_of("p"));
	gives(1, look("p").st_nlink);
	gives(0, look("p").st_size);
	ok(mknod("s", S_IFSOCK | 0604, 0));
	yes(S_ISSOCK(look("s").st_mode));
	gives(0604, mode_of("s"));
	gives(1, look("s").st_nlink);
	ok(mkfifo("q", 04777));
	yes(S_ISFIFO(look("q").st_mode));
	gives(0755, mode_of("q") & 0777);
}

static void
mknod_makes_devices(void **state)
{
	(void)state;
	ok(mknod("c", S_IFCHR | 0640, makedev(240, 1)));
	yes(S_ISCHR(look("c").st_mode));
	gives(0640, mode_of("c"));
	gives(makedev(240, 1), look("c").st_rdev);
	ok(mknod("b", S_IFBLK | 0604, makedev(241, 2)));
	yes(S_ISBLK(look("b").st_mode));
	gives(0604, mode_of("b"));
	gives(makedev(241, 2), look("b").st_rdev);
	ok(unlink("c"));
	ok(unlink("b"));
}

static void
device_numbers_may_be_large(void **state)
{
	(void)state;
	ok(mknod("a", S_IFCHR | 0600, makedev(0, 0)));
	gives(makedev(0, 0), look("a").st_rdev);
	ok(mknod("b", S_IFCHR | 0600, makedev(255, 255)));
	gives(makedev(255, 255), look("b").st_rdev);
	ok(mknod("c", S_IFBLK | 0600, makedev(300, 70000)));
	gives(makedev(300, 70000), look("c").st_rdev);
	ok(mknod("d", S_IFBLK | 0600, makedev(4095, 0xfffff)));
	gives(makedev(4095, 0xfffff), look("d").st_rdev);
}

static void
a_device_can_be_used(void **state)
{
	char buf[4] = "abcd";
	int fd;

	(void)state;
	ok(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	ok(mknod("zero", S_IFCHR | 0666, makedev(1, 5)));
	fd = opens(open("null", O_RDWR));
	gives(4, write(fd, buf, 4));
	gives(0, read(fd, buf, 4));
	ok(close(fd));
	fd = opens(open("zero", O_RDONLY));
	gives(4, read(fd, buf, 4));
	gives(0, memcmp(buf, "\0\0\0\0", 4));
	ok(mknod("none", S_IFCHR | 0666, makedev(4000, 1)));
	fails(ENXIO, open("none", O_RDWR));
}

static void
devices_are_made_by_root_only(void **state)
{
	(void)state;
	ok(chmod(".", 0777));
	as(USER);
	fails(EPERM, mknod("c", S_IFCHR | 0666, makedev(1, 3)));
	fails(EPERM, mknod("b", S_IFBLK | 0666, makedev(7, 0)));
	ok(mknod("p", S_IFIFO | 0666, 0));
	ok(mknod("s", S_IFSOCK | 0666, 0));
	ok(mknod("f", S_IFREG | 0666, 0));
	gives(USER, look("p").st_uid);
	gives(USER, look("s").st_uid);
	gives(USER, look("f").st_uid);
	yes(!exists("c"));
	yes(!exists("b"));
}

static void
mknod_never_replaces(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	ok(symlink("nothing", "l"));
	ok(mkfifo("p", 0644));
	fails(EEXIST, mknod("f", S_IFREG | 0644, 0));
	fails(EEXIST, mknod("f", S_IFIFO | 0644, 0));
	fails(EEXIST, mknod("d", S_IFIFO | 0644, 0));
	fails(EEXIST, mknod("l", S_IFSOCK | 0644, 0));
	fails(EEXIST, mknod("p", S_IFIFO | 0644, 0));
	fails(EEXIST, mkfifo("f", 0644));
	fails(EEXIST, mkfifo("d", 0644));
	fails(EEXIST, mkfifo("l", 0644));
	fails(EEXIST, mkfifo("p", 0644));
	text("text", contents("f"));
	yes(!exists("nothing"));
}

static void
mknod_refuses(void **state)
{
	(void)state;
	put("f", "");
	fails(EPERM, mknod("d", S_IFDIR | 0755, 0));
	fails(EINVAL, mknod("l", S_IFLNK | 0777, 0));
	fails(EINVAL, mknod("x", S_IFMT | 0777, 0));
	fails(ENOENT, mknod("nothing/p", S_IFIFO | 0644, 0));
	fails(ENOENT, mknod("", S_IFIFO | 0644, 0));
	fails(ENOENT, mknod("p/", S_IFIFO | 0644, 0));
	fails(ENOTDIR, mknod("f/p", S_IFIFO | 0644, 0));
	fails(EFAULT, mknod((const char *)1, S_IFIFO | 0644, 0));
	fails(ENOENT, mkfifo("nothing/p", 0644));
	fails(ENOENT, mkfifo("", 0644));
	fails(ENOTDIR, mkfifo("f/p", 0644));
}

static void
mknod_needs_a_directory_that_may_be_written(void **state)
{
	(void)state;
	as(USER);
	fails(EACCES, mknod("f", S_IFREG | 0644, 0));
	fails(EACCES, mknod("p", S_IFIFO | 0644, 0));
	fails(EACCES, mkfifo("p", 0644));
	as(0);
	yes(!exists("f"));
	yes(!exists("p"));
}

static void
mknodat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("f", O_RDONLY));
	ok(mknodat(fd, "p", S_IFIFO | 0644, 0));
	yes(S_ISFIFO(look("d/p").st_mode));
	ok(mkfifoat(fd, "q", 0644));
	yes(S_ISFIFO(look("d/q").st_mode));
	fails(ENOTDIR, mknodat(file, "p", S_IFIFO | 0644, 0));
	fails(ENOTDIR, mkfifoat(file, "p", 0644));
	fails(EBADF, mknodat(-1, "p", S_IFIFO | 0644, 0));
	fails(EBADF, mkfifoat(-1, "p", 0644));
}

static void
write_hello(void *arg)
{
	int fd = opens(open(arg, O_WRONLY));

	gives(5, write(fd, "hello", 5));
	ok(close(fd));
}

static void
a_fifo_joins_two_processes(void **state)
{
	char name[] = "p", buf[16];
	pid_t pid;
	int fd;

	(void)state;
	ok(mkfifo(name, 0644));
	fails(ENXIO, open(name, O_WRONLY | O_NONBLOCK));
	pid = beside(write_hello, name);
	fd = opens(open(name, O_RDONLY));
	gives(5, read(fd, buf, 5));
	gives(0, memcmp(buf, "hello", 5));
	gives(0, read(fd, buf, 5));
	joined(pid);
	fails(ESPIPE, lseek(fd, 0, SEEK_SET));
	ok(close(fd));
	gives(0, look(name).st_size);
}

static void
a_fifo_can_be_renamed_while_it_is_open(void **state)
{
	char buf[4];
	int in, out;

	(void)state;
	ok(mkfifo("p", 0644));
	in = opens(open("p", O_RDONLY | O_NONBLOCK));
	ok(rename("p", "q"));
	out = opens(open("q", O_WRONLY));
	gives(3, write(out, "abc", 3));
	gives(3, read(in, buf, 3));
	ok(unlink("q"));
	gives(3, write(out, "def", 3));
	gives(3, read(in, buf, 3));
	gives(0, memcmp(buf, "def", 3));
}

static void
a_bound_socket_is_a_file(void **state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = "s" };
	const struct sockaddr *sa = (const struct sockaddr *)&sun;
	int a, b, c;

	(void)state;
	a = opens(socket(AF_UNIX, SOCK_STREAM, 0));
	ok(bind(a, sa, sizeof(sun)));
	yes(S_ISSOCK(look("s").st_mode));
	gives(0755, mode_of("s"));
	b = opens(socket(AF_UNIX, SOCK_STREAM, 0));
	fails(ECONNREFUSED, connect(b, sa, sizeof(sun)));
	ok(listen(a, 1));
	ok(connect(b, sa, sizeof(sun)));
	c = opens(accept(a, NULL, NULL));
	gives(1, write(c, "x", 1));
	fails(ENXIO, open("s", O_RDWR));
	fails(EADDRINUSE,
	    bind(opens(socket(AF_UNIX, SOCK_STREAM, 0)), sa, sizeof(sun)));
	ok(unlink("s"));
	fails(ENOENT,
	    connect(opens(socket(AF_UNIX, SOCK_STREAM, 0)), sa, sizeof(sun)));
}

const struct CMUnitTest posix_mknod[] = {
	cmocka_unit_test(mknod_makes_a_file),
	cmocka_unit_test(mknod_makes_fifos_and_sockets),
	cmocka_unit_test(mknod_makes_devices),
	cmocka_unit_test(device_numbers_may_be_large),
	cmocka_unit_test(a_device_can_be_used),
	cmocka_unit_test(devices_are_made_by_root_only),
	cmocka_unit_test(mknod_never_replaces),
	cmocka_unit_test(mknod_refuses),
	cmocka_unit_test(mknod_needs_a_directory_that_may_be_written),
	cmocka_unit_test(mknodat_begins_at_a_directory),
	cmocka_unit_test(a_fifo_joins_two_processes),
	cmocka_unit_test(a_fifo_can_be_renamed_while_it_is_open),
	cmocka_unit_test(a_bound_socket_is_a_file),
	{ 0 },
};
