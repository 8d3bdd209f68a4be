/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_open_kinds.c -- open(2): FIFOs, O_PATH, O_TMPFILE, O_DIRECT.
 */

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <signal.h>

#include "file.h"

static void
a_fifo_without_a_writer_can_be_opened_at_once(void **state)
{
	char c;
	int fd;

	(void)state;
	ok(mkfifo("p", 0644));
	fd = opens(open("p", O_RDONLY | O_NONBLOCK));
	gives(0, read(fd, &c, 1));
	yes(S_ISFIFO(fstat_of(fd).st_mode));
	fails(ESPIPE, lseek(fd, 0, SEEK_CUR));
	fails(ESPIPE, pread(fd, &c, 1, 0));
	fails(EBADF, write(fd, "x", 1));
	ok(close(fd));
}

static void
a_fifo_without_a_reader_cannot_be_written(void **state)
{
	int fd;

	(void)state;
	ok(mkfifo("p", 0644));
	fails(ENXIO, open("p", O_WRONLY | O_NONBLOCK));
	fd = opens(open("p", O_RDONLY | O_NONBLOCK));
	ok(close(opens(open("p", O_WRONLY | O_NONBLOCK))));
	ok(close(fd));
	fails(ENXIO, open("p", O_WRONLY | O_NONBLOCK));
}

static void
bytes_go_through_a_fifo(void **state)
{
	char buf[8];
	int in, out;

	(void)state;
	ok(mkfifo("p", 0644));
	in = opens(open("p", O_RDONLY | O_NONBLOCK));
	out = opens(open("p", O_WRONLY | O_NONBLOCK));
	fails(EAGAIN, read(in, buf, 1));
	gives(4, write(out, "text", 4));
	gives(4, read(in, buf, sizeof(buf)));
	ok(memcmp(buf, "text", 4));
	fails(ESPIPE, pwrite(out, "x", 1, 0));
	fails(EINVAL, ftruncate(out, 0));
	fails(EINVAL, fsync(out));
	gives(0, size_of("p"));
	ok(unlink("p"));
	gives(4, write(out, "text", 4));
	ok(close(out));
	gives(4, read(in, buf, sizeof(buf)));
	gives(0, read(in, buf, sizeof(buf)));
	ok(close(in));
}

static void
a_fifo_that_nobody_reads_breaks(void **state)
{
	int in, out;

	(void)state;
	ok(mkfifo("p", 0644));
	signal(SIGPIPE, SIG_IGN);
	in = opens(open("p", O_RDONLY | O_NONBLOCK));
	out = opens(open("p", O_WRONLY));
	ok(close(in));
	fails(EPIPE, write(out, "x", 1));
	ok(close(out));
	out = opens(open("p", O_RDWR));
	gives(1, write(out, "x", 1));
	gives(1, read(out, &(char){ 0 }, 1));
	ok(close(out));
}

static void
write_to_fifo(void *arg)
{
	int fd;

	(void)arg;
	fd = opens(open("p", O_WRONLY));
	gives(4, write(fd, "text", 4));
	ok(close(fd));
}

static void
opening_a_fifo_waits_for_the_other_end(void **state)
{
	char buf[8];
	pid_t pid;
	int fd;

	(void)state;
	ok(mkfifo("p", 0644));
	pid = beside(write_to_fifo, NULL);
	fd = opens(open("p", O_RDONLY));
	gives(4, read(fd, buf, sizeof(buf)));
	gives(0, read(fd, buf, sizeof(buf)));
	ok(close(fd));
	joined(pid);
}

static void
a_socket_cannot_be_opened(void **state)
{
	(void)state;
	ok(mknod("s", S_IFSOCK | 0666, 0));
	fails(ENXIO, open("s", O_RDONLY));
	fails(ENXIO, open("s", O_RDWR | O_NONBLOCK));
	ok(close(opens(open("s", O_PATH))));
}

/* A null device's node works wherever device nodes do. */
static void
a_device_node_reaches_its_device(void **state)
{
	int fd;

	(void)state;
	ok(mknod("null", S_IFCHR | 0666, 1 << 8 | 3));
	ok(mknod("none", S_IFCHR | 0666, 4095 << 8 | 3));
	fd = opens(open("null", O_RDWR));
	gives(4, write(fd, "text", 4));
	gives(0, read(fd, &(char){ 0 }, 1));
	ok(close(fd));
	fails(ENXIO, open("none", O_RDONLY));
}

static void
a_path_is_no_open_file(void **state)
{
	char buf[8];
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_PATH));
	gives(O_PATH, fcntl(fd, F_GETFL) & O_PATH);
	fails(EBADF, read(fd, buf, 1));
	fails(EBADF, pread(fd, buf, 1, 0));
	fails(EBADF, write(fd, "x", 1));
	fails(EBADF, lseek(fd, 0, SEEK_SET));
	fails(EBADF, ftruncate(fd, 0));
	fails(EBADF, fsync(fd));
	fails(EBADF, fchmod(fd, 0600));
	fails(EBADF, fchown(fd, 0, 0));
	fails(EBADF, fgetxattr(fd, "user.x", buf, sizeof(buf)));
	fails(EBADF, ioctl(fd, FIONREAD, buf));
	fails(EBADF, (intptr_t)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
	text("text", contents("f"));
	ok(close(fd));
}

static void
a_path_is_a_place(void **state)
{
	struct statfs fs;
	char name[40];
	int fd, dup_fd;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	fd = opens(open("d", O_PATH));
	gives(0, fstatfs(fd, &fs));
	yes(S_ISDIR(fstat_of(fd).st_mode));
	ok(close(opens(openat(fd, "f", O_RDWR))));
	ok(close(opens(openat(fd, "new", O_RDWR | O_CREAT, 0644))));
	dup_fd = opens(dup(fd));
	ok(close(fd));
	ok(fchdir(dup_fd));
	text("text", contents("f"));
	ok(close(dup_fd));
	fd = opens(open("f", O_PATH));
	gives(4, fstat_of(fd).st_size);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	dup_fd = opens(open(name, O_RDWR));
	text("text", text_at(dup_fd, 0, 4));
	ok(close(dup_fd));
	ok(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH));
	gives(2, look("f").st_nlink);
	ok(close(fd));
}

static void
a_file_may_have_no_name(void **state)
{
	int fd = opens(open(".", O_RDWR | O_TMPFILE, 0640));
	struct stat st = fstat_of(fd);
	char name[40];

	(void)state;
	yes(S_ISREG(st.st_mode));
	gives(0640, st.st_mode & 07777);
	gives(0, st.st_nlink);
	gives(4, write(fd, "text", 4));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	ok(linkat(AT_FDCWD, name, AT_FDCWD, "f", AT_SYMLINK_FOLLOW));
	text("text", contents("f"));
	gives(1, fstat_of(fd).st_nlink);
	ok(close(fd));
	fd = opens(open(".", O_RDWR | O_TMPFILE | O_EXCL, 0640));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	fails(ENOENT, linkat(AT_FDCWD, name, AT_FDCWD, "g", AT_SYMLINK_FOLLOW));
	ok(close(fd));
}

static void
a_file_without_a_name_is_written(void **state)
{
	(void)state;
	put("f", "text");
	fails(EINVAL, open(".", O_RDONLY | O_TMPFILE, 0640));
	fails(ENOTDIR, open("f", O_RDWR | O_TMPFILE, 0640));
	fails(ENOENT, open("none", O_RDWR | O_TMPFILE, 0640));
}

/* A file system may know no direct I/O: it must say so when asked. */
static void
direct_transfers_are_transfers(void **state)
{
	static _Alignas(4096) char page[8192];
	int fd = open("f", O_RDWR | O_CREAT | O_DIRECT, 0644);

	(void)state;
	if (fd == -1) {
		gives(EINVAL, errno);
		gives(0, size_of("f"));
		return;
	}
	gives(O_DIRECT, fcntl(fd, F_GETFL) & O_DIRECT);
	fill(page, 8192, 0);
	gives(8192, pwrite(fd, page, 8192, 0));
	gives(8192, size_of("f"));
	memset(page, 0, 8192);
	gives(4096, pread(fd, page, 4096, 4096));
	yes(is_filled(page, 4096, 4096));
	gives(0, pread(fd, page, 4096, 8192));
	ok(close(fd));
	fd = opens(open("f", O_RDWR));
	yes(has_filled(fd, 0, 8192));
	fill(page, 4096, 1);
	gives(4096, pwrite(fd, page, 4096, 0));
	ok(close(fd));
	fd = opens(open("f", O_RDONLY | O_DIRECT));
	gives(4096, read(fd, page, 4096));
	yes(is_filled(page, 4096, 1));
	ok(close(fd));
}

/* Where times of access are kept at all. */
static void
noatime_leaves_the_time_of_access(void **state)
{
	struct statfs fs;
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY | O_NOATIME));
	moves("f", "", gives(4, read(fd, (char[8]){ 0 }, 8)));
	ok(close(fd));
	fd = opens(open("f", O_RDONLY));
	ok(statfs("f", &fs));
	if ((fs.f_flags & 1024) != 0) /* ST_NOATIME */
		moves("f", "", gives(4, read(fd, (char[8]){ 0 }, 8)));
	else
		moves("f", "a", gives(4, read(fd, (char[8]){ 0 }, 8)));
	ok(close(fd));
}

const struct CMUnitTest posix_open_kinds[] = {
	cmocka_unit_test(a_fifo_without_a_writer_can_be_opened_at_once),
	cmocka_unit_test(a_fifo_without_a_reader_cannot_be_written),
	cmocka_unit_test(bytes_go_through_a_fifo),
	cmocka_unit_test(a_fifo_that_nobody_reads_breaks),
	cmocka_unit_test(opening_a_fifo_waits_for_the_other_end),
	cmocka_unit_test(a_socket_cannot_be_opened),
	cmocka_unit_test(a_device_node_reaches_its_device),
	cmocka_unit_test(a_path_is_no_open_file),
	cmocka_unit_test(a_path_is_a_place),
	cmocka_unit_test(a_file_may_have_no_name),
	cmocka_unit_test(a_file_without_a_name_is_written),
	cmocka_unit_test(direct_transfers_are_transfers),
	cmocka_unit_test(noatime_leaves_the_time_of_access),
	{ 0 },
};
