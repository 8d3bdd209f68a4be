/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_files.c -- steps: open, read, write, truncate, append, sync.
 */

#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "gtool.h"

static void
opening_a_file(void)
{
	int fd;

	DO(open("missing", O_RDONLY));
	DO(open("missing", O_RDWR | O_TRUNC));
	DO(open("no/where", O_WRONLY | O_CREAT, 0644));
	DO(open("", O_RDONLY));

	fd = DO(open("new", O_RDWR | O_CREAT | O_EXCL, 0640));
	DO(write(fd, "hello", 5));
	DO(close(fd));
	DO(open("new", O_RDWR | O_CREAT | O_EXCL, 0600));
	fd = DO(open("new", O_WRONLY | O_CREAT, 0600));
	DO(close(fd));
	show("new");

	DO(open("new", O_RDONLY | O_DIRECTORY));
	DO(open("new/", O_RDONLY));
	DO(open("new/below", O_RDONLY));
	DO(open("new/.", O_RDONLY));
	DO(open("new/..", O_RDONLY));
	DO(open("fresh/", O_WRONLY | O_CREAT, 0644));

	fd = DO(open("new", O_WRONLY | O_TRUNC));
	show("new");
	DO(close(fd));
	DO(put("new", "again"));
	fd = DO(open("new", O_RDONLY | O_TRUNC));
	show("new");
	DO(close(fd));
	fd = DO(open("new", O_PATH));
	DO(write(fd, "x", 1));
	DO(close(fd));
	fd = DO(open("new", O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY));
	DO(close(fd));
	fd = DO(open(".", O_TMPFILE | O_RDWR, 0600));
	DO(close(fd));
	dump();
}

static void
opening_a_directory(void)
{
	char c;
	int fd;

	DO(mkdir("d", 0755));
	DO(open("d", O_WRONLY));
	DO(open("d", O_RDWR));
	DO(open("d", O_RDONLY | O_CREAT, 0644));
	DO(open("d", O_WRONLY | O_CREAT | O_EXCL, 0644));
	DO(open("d", O_WRONLY | O_TRUNC));
	fd = DO(open("d", O_RDONLY));
	DO(read(fd, &c, 1));
	DO(pread(fd, &c, 1, 0));
	DO(write(fd, "x", 1));
	DO(ftruncate(fd, 0));
	DO(fsync(fd));
	DO(fdatasync(fd));
	DO(close(fd));
	fd = DO(open("d/", O_RDONLY | O_DIRECTORY));
	DO(close(fd));
	DO(truncate("d", 0));
	DO(open("d/../d/./missing", O_RDONLY));
}

static void
only_what_was_opened_for_is_allowed(void)
{
	char buf[8];
	int fd;

	DO(put("f", "contents"));
	fd = DO(open("f", O_WRONLY));
	DO(read(fd, buf, 1));
	DO(pread(fd, buf, 1, 0));
	DO(write(fd, "C", 1));
	DO(ftruncate(fd, 4));
	DO(close(fd));
	fd = DO(open("f", O_RDONLY));
	DO(write(fd, "x", 1));
	DO(pwrite(fd, "x", 1, 2));
	DO(ftruncate(fd, 1));
	DO(read(fd, buf, sizeof(buf)));
	DO(read(fd, buf, sizeof(buf)));
	DO(close(fd));
	DO(close(fd));
	show("f");

	/* Rights are asked for when opening, and never again. */
	fd = DO(open("secret", O_RDWR | O_CREAT, 0));
	DO(write(fd, "abc", 3));
	show_text(fd, 0, 8);
	DO(close(fd));
	show("secret");
	fd = DO(open("readable", O_RDWR | O_CREAT, 0644));
	DO(fchmod(fd, 0));
	DO(write(fd, "abc", 3));
	show_text(fd, 0, 8);
	DO(close(fd));
}

static void
creating_minds_the_umask(void)
{
	int fd;

	umask(027);
	DO(put("f", ""));
	fd = DO(open("g", O_WRONLY | O_CREAT, 0777));
	DO(close(fd));
	DO(mkdir("d", 0777));
	DO(mkfifo("p", 0666));
	umask(0);
	fd = DO(open("h", O_WRONLY | O_CREAT, 06777));
	DO(close(fd));
	DO(mkdir("e", 01777));
	fd = DO(open("i", O_WRONLY | O_CREAT, 0));
	DO(close(fd));
	DO(symlink("f", "l"));
	dump();
}

static void
reading_and_writing(void)
{
	char buf[64];
	struct iovec out[3] = { { "one ", 4 }, { "", 0 }, { "two", 3 } };
	struct iovec in[2] = { { buf, 2 }, { buf + 2, 40 } };
	int fd, copy;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(writev(fd, out, 3));
	show_text(fd, 0, 64);
	DO_OFF(lseek(fd, 0, SEEK_CUR));
	DO_OFF(lseek(fd, 1, SEEK_SET));
	DO(readv(fd, in, 2));
	DO(read(fd, buf, 8));
	DO(pread(fd, buf, 8, 100));
	DO_OFF(lseek(fd, -2, SEEK_END));
	DO(write(fd, "WOrld", 5));
	show_text(fd, 0, 64);
	DO_OFF(lseek(fd, -100, SEEK_CUR));
	DO(pwrite(fd, "far", 3, 5000));
	show_text(fd, 4990, 64);
	show("f");
	DO(write(fd, "", 0));
	DO(pwrite(fd, "", 0, 9000));
	DO(read(fd, buf, 0));
	show("f");
	DO(pwrite(fd, "x", 1, -1));
	DO(pread(fd, buf, 1, -1));
	DO(pread(fd, buf, 1, INT64_MAX));
	DO(pwrite(fd, "x", 1, INT64_MAX));
	DO_OFF(lseek(fd, INT64_MAX, SEEK_SET));

	copy = DO(open("g", O_RDWR | O_CREAT, 0644));
	DO_OFF(lseek(fd, 0, SEEK_SET));
	DO(sendfile(copy, fd, NULL, 100000));
	DO_OFF(lseek(fd, 5000, SEEK_SET));
	DO(copy_file_range(fd, NULL, copy, NULL, 3, 0));
	dump();
}

static void
the_offset_is_shared_by_dup_and_fork(void)
{
	int fd, twin;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	twin = DO(dup(fd));
	DO(write(fd, "one", 3));
	DO(write(twin, "two", 3));
	AS(0, 0, 0)
	{
		DO(write(fd, "three", 5));
		DO(close(fd));
	}
	DO(write(fd, "four", 4));
	DO(close(fd));
	DO(write(twin, "five", 4));
	show("f");
}

static void
truncating(void)
{
	int fd;

	DO(put("f", "0123456789"));
	DO(truncate("f", 4));
	show("f");
	DO(truncate("f", 8));
	show("f");
	fd = DO(open("f", O_RDWR));
	DO(ftruncate(fd, 6000));
	show_text(fd, 0, 10);
	show_text(fd, 5990, 20);
	DO(pwrite(fd, "end", 3, 5997));
	DO(ftruncate(fd, 5998));
	DO(ftruncate(fd, 6001));
	show_text(fd, 5990, 20);
	DO(ftruncate(fd, 0));
	DO(ftruncate(fd, 3));
	show_text(fd, 0, 10);
	DO(ftruncate(fd, -1));
	DO(close(fd));
	DO(truncate("f", -1));
	DO(truncate("missing", 0));
	DO(truncate("f/below", 0));
	DO(truncate("f", 1L << 42));
	DO(truncate("f", 0));
	DO(symlink("f", "l"));
	DO(truncate("l", 5));
	dump();
}

static void
appending(void)
{
	int a, b;

	DO(put("f", "0"));
	a = DO(open("f", O_WRONLY | O_APPEND));
	b = DO(open("f", O_RDWR | O_APPEND));
	DO(write(a, "1", 1));
	DO(write(b, "22", 2));
	DO(write(a, "333", 3));
	show("f");
	/* O_APPEND wins over an offset. */
	DO(pwrite(a, "4", 1, 0));
	DO_OFF(lseek(b, 0, SEEK_SET));
	DO(write(b, "5", 1));
	DO_OFF(lseek(b, 0, SEEK_CUR));
	show("f");
	DO(truncate("f", 2));
	DO(write(a, "6", 1));
	show("f");
	DO(fcntl(b, F_SETFL, 0));
	DO(pwrite(b, "7", 1, 0));
	DO(fcntl(b, F_SETFL, O_APPEND));
	DO(pwrite(b, "8", 1, 0));
	show("f");
	DO(close(a));
	DO(close(b));
	DO(put_more("f", "9"));
	show("f");
}

static void
holes(void)
{
	const off_t gib = 1 << 30;
	struct stat st;
	int fd;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(pwrite(fd, "five", 4, 5 * gib));
	DO(pwrite(fd, "end", 3, 4 * gib - 2));
	DO(pwrite(fd, "one", 3, 1));
	show_text(fd, 0, 8);
	show_text(fd, 3 * gib, 8);
	show_text(fd, 4 * gib - 4, 8);
	show_text(fd, 5 * gib - 2, 8);
	DO_OFF(lseek(fd, 0, SEEK_END));
	DO(fsync(fd));
	show("f");
	DO(fstat(fd, &st));
	note("fewer than 1000 blocks: %d", st.st_blocks < 1000);
	DO(ftruncate(fd, 4 * gib));
	show_text(fd, 4 * gib - 4, 8);
	DO(ftruncate(fd, 6 * gib));
	show_text(fd, 4 * gib - 4, 8);
	show_text(fd, 5 * gib, 8);
	DO(truncate("f", 1L << 40));
	DO(pwrite(fd, "tera", 4, (1L << 40) - 2));
	DO_OFF(lseek(fd, -4, SEEK_END));
	show_text(fd, (1L << 40) - 3, 8);
	DO(close(fd));
	show("f");
}

static void
large_reads_and_writes(void)
{
	static unsigned char out[3 << 20], in[sizeof(out) + 100];
	size_t i, at, n;
	int fd;

	for (i = 0; i < sizeof(out); i++)
		out[i] = (unsigned char)(i * 2654435761U >> 24);
	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(write(fd, out, sizeof(out)));
	DO(pread(fd, in, sizeof(in), 0));
	note("the same: %d", memcmp(out, in, sizeof(out)) == 0);
	DO(pwrite(fd, out + 1, 131073, 777777));
	memcpy(out + 777777, out + 1, 131073);
	memset(in, 0, sizeof(in));
	for (at = 0, i = 1; at < sizeof(out); at += n, i = i * 7 % 99991) {
		n = i * 10 < sizeof(out) - at ? i * 10 : sizeof(out) - at;
		if (pread(fd, in + at, n, (off_t)at) != (ssize_t)n)
			note("short read at %zu", at);
	}
	note("the same: %d", memcmp(out, in, sizeof(out)) == 0);
	DO(fsync(fd));
	DO(close(fd));
	show("f");
	DO(truncate("f", 1234567));
	show("f");
}

static void
syncing(void)
{
	int fd, dir;

	fd = DO(open("f", O_RDWR | O_CREAT | O_SYNC, 0644));
	DO(write(fd, "sync", 4));
	DO(close(fd));
	fd = DO(open("f", O_RDWR | O_DSYNC));
	DO(write(fd, "dsync", 5));
	DO(fsync(fd));
	DO(fdatasync(fd));
	DO(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	DO(syncfs(fd));
	DO(close(fd));
	fd = DO(open("f", O_RDONLY));
	DO(fsync(fd));
	DO(fdatasync(fd));
	DO(close(fd));
	dir = DO(open(".", O_RDONLY | O_DIRECTORY));
	DO(fsync(dir));
	DO(fdatasync(dir));
	DO(syncfs(dir));
	DO(close(dir));
	DO(fsync(fd));
	show("f");
}

static void
asking_by_path(void)
{
	struct stat a, b;
	int fd;

	DO(put("f", "x"));
	fd = DO(open("f", O_RDONLY));
	DO(fstat(fd, &a));
	DO(stat("./f", &b));
	note("same file: %d", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	DO(fstatat(fd, "", &b, AT_EMPTY_PATH));
	note("same file: %d", a.st_ino == b.st_ino);
	DO(stat(".", &b));
	note("same file: %d, same device: %d", a.st_ino == b.st_ino,
	    a.st_dev == b.st_dev);
	note("blksize is usable: %d", a.st_blksize >= 512);
	DO(access("f", F_OK));
	DO(access("f", X_OK));
	DO(access("missing", F_OK));
	DO(access("f/x", F_OK));
	DO(faccessat(AT_FDCWD, "f", R_OK | W_OK, AT_EACCESS));
	DO(stat("f/", &b));
	DO(lstat("", &b));
	DO(fchmod(fd, 0600));
	DO(fchown(fd, 12, 34));
	DO(chmod("missing", 0600));
	DO(chown("missing", 0, 0));
	DO(chmod("f", 07777));
	show("f");
	DO(chown("f", (uid_t)-1, 56));
	show("f");
	DO(chown("f", 78, (gid_t)-1));
	show("f");
	DO(chown("f", (uid_t)-1, (gid_t)-1));
	DO(chown("f", 4000000000U, 4000000001U));
	show("f");
}

static void
statfs_makes_sense(void)
{
	struct statfs a, b;
	int fd;

	DO(put("f", "x"));
	DO(statfs(".", &a));
	DO(statfs("f", &b));
	note("the same everywhere: %d", a.f_blocks == b.f_blocks);
	fd = DO(open("f", O_RDONLY));
	DO(fstatfs(fd, &b));
	note("the same everywhere: %d", a.f_blocks == b.f_blocks);
	note("a block is something: %d", a.f_bsize >= 512);
	note("free is not above all: %d",
	    a.f_bavail <= a.f_bfree && a.f_bfree <= a.f_blocks);
	note("something is free: %d", a.f_bfree > 0 && a.f_ffree > 0);
	note("files: %d", a.f_ffree <= a.f_files);
	note("names of %ld bytes", (long)a.f_namelen);
	DO(statfs("missing", &a));
}

static void
running_a_program(void)
{
	static char buf[4 << 20];
	int in, out, status;
	ssize_t n;
	pid_t pid;

	in = DO(open("/proc/self/exe", O_RDONLY));
	out = DO(open("program", O_WRONLY | O_CREAT, 0755));
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			note("cannot write");
	DO(close(out));
	fflush(stdout);
	if ((pid = fork()) == 0) {
		execl("./program", "program", "pattern", (char *)NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	note("ended with %#x", status);
	DO(chmod("program", 0644));
	DO(execl("./program", "program", (char *)NULL));
	DO(put("script", "#!/bin/sh\nexit 7\n"));
	DO(chmod("script", 0755));
	if ((pid = fork()) == 0) {
		execl("./script", "script", (char *)NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	note("ended with %#x", status);
}

static void
what_9p_has_no_message_for(void)
{
	int fd;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(write(fd, "0123456789", 10));
	DO(fallocate(fd, 0, 0, 100));
	DO(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4));
	DO_OFF(lseek(fd, 0, SEEK_DATA));
	DO_OFF(lseek(fd, 0, SEEK_HOLE));
	DO(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	DO(readahead(fd, 0, 10));
}

const struct topic files_group[] = {
	TOPIC(opening_a_file),
	TOPIC(opening_a_directory),
	TOPIC(only_what_was_opened_for_is_allowed),
	TOPIC(creating_minds_the_umask),
	TOPIC(reading_and_writing),
	TOPIC(the_offset_is_shared_by_dup_and_fork),
	TOPIC(truncating),
	TOPIC(appending),
	TOPIC(holes),
	TOPIC(large_reads_and_writes),
	TOPIC(syncing),
	TOPIC(asking_by_path),
	TOPIC(statfs_makes_sense),
	TOPIC(running_a_program),
	TOPIC(what_9p_has_no_message_for),
	TOPIC_END,
};
