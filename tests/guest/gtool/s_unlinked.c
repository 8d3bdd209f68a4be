/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_unlinked.c -- steps: a file that is open and has no name any more.
 */

#include <sys/mman.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

#include "gtool.h"

static void
show_fd(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		note("fstat: %s", err_name(errno));
	else
		note("mode %o links %lu owner %u:%u size %lld", st.st_mode,
		    (unsigned long)st.st_nlink, st.st_uid, st.st_gid,
		    (long long)st.st_size);
}

static void
everything_works_without_a_name(void)
{
	struct timespec when[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	struct statfs fs;
	struct stat st;
	char path[64], name[64], value[8];
	int fd, again;

	fd = DO(open("f", O_RDWR | O_CREAT, 0644));
	DO(write(fd, "hello", 5));
	DO(unlink("f"));
	DO(unlink("f"));
	DO(access("f", F_OK));
	show_fd(fd);
	show_text(fd, 0, 8);
	DO(write(fd, " world", 6));
	show_text(fd, 0, 16);
	DO(ftruncate(fd, 3));
	show_fd(fd);
	DO(ftruncate(fd, 10));
	show_text(fd, 0, 16);
	DO(fchmod(fd, 0600));
	DO(fchown(fd, 11, 22));
	show_fd(fd);
	DO(futimens(fd, when));
	DO(fstat(fd, &st));
	note("atime %ld mtime %ld", (long)st.st_atime, (long)st.st_mtime);
	DO(fsync(fd));
	DO(fdatasync(fd));
	DO(fstatfs(fd, &fs));
	snprintf(name, sizeof(name), "%sname", xattr_namespace);
	DO(fsetxattr(fd, name, "value", 5, 0));
	DO(fgetxattr(fd, name, value, sizeof(value)));
	DO(fremovexattr(fd, name));
	DO(fgetxattr(fd, name, value, sizeof(value)));

	/* Opening it again by way of its descriptor. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = DO(open(path, O_RDWR));
	show_text(again, 0, 16);
	DO(pwrite(again, "H", 1, 0));
	show_text(fd, 0, 16);
	DO(close(again));
	again = DO(open(path, O_WRONLY | O_TRUNC));
	show_fd(fd);
	DO(close(again));
	DO(chmod(path, 0640));
	DO(truncate(path, 7));
	show_fd(fd);
	DO(linkat(AT_FDCWD, path, AT_FDCWD, "g", AT_SYMLINK_FOLLOW));

	/* A new file of that name is another one. */
	DO(put("f", "other"));
	show_fd(fd);
	show("f");
	DO(close(fd));
	dump();
}

static void
two_descriptors_and_no_name(void)
{
	int a, b, c;

	DO(put("f", "text"));
	a = DO(open("f", O_RDONLY));
	b = DO(open("f", O_WRONLY | O_APPEND));
	c = DO(open("f", O_PATH));
	DO(unlink("f"));
	DO(write(b, " more", 5));
	show_text(a, 0, 16);
	DO(close(b));
	show_text(a, 0, 16);
	show_fd(a);
	show_fd(c);
	DO(close(a));
	show_fd(c);
	dump();
}

static void
one_name_of_two_goes(void)
{
	int fd;

	DO(put("f", "text"));
	DO(link("f", "g"));
	fd = DO(open("f", O_RDWR));
	DO(unlink("f"));
	show_fd(fd);
	DO(pwrite(fd, "T", 1, 0));
	show("g");
	DO(fchmod(fd, 0600));
	show("g");
	DO(unlink("g"));
	show_fd(fd);
	show_text(fd, 0, 8);
	DO(fchmod(fd, 0644));
	show_fd(fd);
}

static void
a_file_created_and_gone_at_once(void)
{
	int i, fd, bad = 0;
	char c;

	for (i = 0; i < 50; i++) {
		fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd == -1 || unlink("f") == -1 || write(fd, "x", 1) != 1 ||
		    pread(fd, &c, 1, 0) != 1 || c != 'x' || close(fd) == -1)
			bad++;
	}
	note("bad: %d", bad);
	dump();
}

static void
children_inherit_it(void)
{
	int fd;

	fd = DO(open("f", O_RDWR | O_CREAT, 0600));
	DO(unlink("f"));
	AS(1000, 1000, 0)
	{
		DO(write(fd, "from the child", 14));
		show_fd(fd);
		DO(fchmod(fd, 0666));
		DO(fchown(fd, 1000, 1000));
	}
	show_text(fd, 0, 20);
	show_fd(fd);
}

static void
a_mapping_outlives_the_name(void)
{
	const char *p;
	int fd;

	DO(put("f", "mapped text"));
	fd = DO(open("f", O_RDONLY));
	p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	note("mapped: %d", p != MAP_FAILED);
	DO(unlink("f"));
	DO(close(fd));
	if (p != MAP_FAILED)
		note("%.11s", p);
}

static void
a_directory_that_is_gone(void)
{
	char cwd[4096];
	struct stat st;
	int dir;

	DO(mkdir("d", 0755));
	dir = DO(open("d", O_RDONLY | O_DIRECTORY));
	DO(chdir("d"));
	DO(rmdir("../d"));
	DO(access("../d", F_OK));
	DO(put("f", "x"));
	DO(mkdir("e", 0755));
	DO(symlink("x", "l"));
	DO(link("/proc/self/fd/1", "x"));
	DO(open("x", O_RDONLY));
	DO(openat(dir, "x", O_RDONLY));
	DO(mkdirat(dir, "e", 0755));
	note("getcwd: %s",
	    getcwd(cwd, sizeof(cwd)) != NULL ? "found" : err_name(errno));
	DO(fstat(dir, &st));
	note("mode %o", st.st_mode);
	DO(fsync(dir));
	DO(close(dir));
	DO(stat(".", &st));
	DO(chdir(".."));
	dump();
}

const struct topic unlinked_group[] = {
	TOPIC(everything_works_without_a_name),
	TOPIC(two_descriptors_and_no_name),
	TOPIC(one_name_of_two_goes),
	TOPIC(a_file_created_and_gone_at_once),
	TOPIC(children_inherit_it),
	TOPIC(a_mapping_outlives_the_name),
	TOPIC(a_directory_that_is_gone),
	TOPIC_END,
};
