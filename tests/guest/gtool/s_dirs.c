/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_dirs.c -- steps: making, listing and removing directories.
 */

#include <sys/syscall.h>
#include <dirent.h>
#include <limits.h>

#include "gtool.h"

static void
making_and_removing(void)
{
	DO(mkdir("a", 0755));
	DO(mkdir("a", 0755));
	DO(mkdir("a/b", 0700));
	DO(mkdir("a/b/c", 01777));
	DO(mkdir("x/y", 0755));
	DO(put("f", "x"));
	DO(mkdir("f", 0755));
	DO(mkdir("f/x", 0755));
	dump();
	DO(rmdir("a"));
	DO(rmdir("a/b"));
	DO(rmdir("f"));
	DO(rmdir("missing"));
	DO(unlink("a"));
	DO(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
	DO(unlinkat(AT_FDCWD, "a", 0));
	DO(put("a/b/c/f", "x"));
	DO(rmdir("a/b/c"));
	DO(unlink("a/b/c/f"));
	DO(rmdir("a/b/c"));
	DO(rmdir("a/b"));
	show("a");
	DO(rmdir("a"));
	dump();
}

static void
links_are_counted(void)
{
	DO(mkdir("d", 0755));
	show("d");
	DO(mkdir("d/1", 0755));
	DO(mkdir("d/2", 0755));
	DO(put("d/f", "x"));
	show("d");
	DO(rename("d/1", "1"));
	show("d");
	DO(rename("d/2", "d/3"));
	show("d");
	DO(rmdir("d/3"));
	show("d");
	DO(rename("1", "d/1"));
	show("d");
	DO(mkdir("e", 0755));
	DO(rename("d", "e/d"));
	show("e");
	show("e/d");
	show(".");
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* List what is still to come of d, sorted, each as TYPE:NAME. */
static void
list_rest(DIR *d)
{
	char text[1024] = "", *names[64];
	struct dirent *e;
	size_t n = 0, i;

	errno = 0;
	while (n < nitems(names) && (e = readdir(d)) != NULL)
		if (asprintf(&names[n], " %d:%s", e->d_type, e->d_name) != -1)
			n++;
	if (errno != 0)
		note("readdir: %s", err_name(errno));
	qsort(names, n, sizeof(names[0]), by_name);
	for (i = 0; i < n; i++) {
		strcat(text, names[i]);
		free(names[i]);
	}
	note("%zu entries:%s", n, text);
}

static void
a_listing_is_complete_and_typed(void)
{
	struct dirent *e;
	struct stat st, up;
	DIR *d;

	DO(mkdir("d", 0755));
	DO(put("f", "x"));
	DO(symlink("f", "l"));
	DO(mkfifo("p", 0644));
	DO(mknod("s", S_IFSOCK | 0600, 0));
	DO(mknod("c", S_IFCHR | 0600, 0x103));
	DO(mknod("b", S_IFBLK | 0600, 0x700));
	DO(put(".hidden", "x"));
	d = opendir(".");
	list_rest(d);
	DO(readdir(d) == NULL ? 0 : 1);
	rewinddir(d);
	while ((e = readdir(d)) != NULL) {
		/* ".." of the topic's directory is beyond the steps. */
		if (strcmp(e->d_name, "..") != 0 &&
		    (lstat(e->d_name, &st) == -1 || st.st_ino != e->d_ino))
			note("%s has another d_ino", e->d_name);
	}
	DO(put("new", "x"));
	DO(unlink("f"));
	rewinddir(d);
	list_rest(d);
	DO(closedir(d));
	d = opendir("d");
	list_rest(d);
	DO(closedir(d));
	DO(stat(".", &st));
	DO(stat("d/..", &up));
	note("the same: %d", st.st_ino == up.st_ino);
}

static void
make_entries(const char *prefix, int n)
{
	char name[32];
	int i, fd;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%03d", prefix, i);
		if ((fd = open(name, O_WRONLY | O_CREAT, 0644)) == -1)
			note("%s: %s", name, err_name(errno));
		close(fd);
	}
}

/* Count the entries of d that begin with prefix; each must be new. */
static int
count(DIR *d, const char *prefix, int n)
{
	char seen[1000] = { 0 };
	struct dirent *e;
	int found = 0, i;

	while ((e = readdir(d)) != NULL) {
		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		i = atoi(e->d_name + strlen(prefix));
		if (i < 0 || i >= n || seen[i]++ != 0)
			note("%s is listed twice", e->d_name);
		found++;
	}
	return found;
}

static void
positions_can_be_returned_to(void)
{
	char third[256] = "", again[256] = "";
	struct dirent *e;
	long pos = 0;
	DIR *d, *d2;
	int i, rest;

	make_entries("f", 100);
	d = opendir(".");
	for (i = 0; i < 30 && readdir(d) != NULL; i++)
		;
	pos = telldir(d);
	if ((e = readdir(d)) != NULL)
		snprintf(third, sizeof(third), "%s", e->d_name);
	rest = count(d, "f", 100);
	seekdir(d, pos);
	if ((e = readdir(d)) != NULL)
		snprintf(again, sizeof(again), "%s", e->d_name);
	note("the same entry: %d", strcmp(third, again) == 0);
	note("the same rest: %d", count(d, "f", 100) == rest);

	/* Two that read one directory do not disturb each other. */
	d2 = opendir(".");
	rewinddir(d);
	for (i = 0; i < 10; i++)
		if (readdir(d) == NULL || readdir(d2) == NULL)
			note("ends early");
	seekdir(d2, pos);
	if ((e = readdir(d2)) != NULL)
		note("the same entry: %d", strcmp(third, e->d_name) == 0);
	rewinddir(d);
	note("%d", count(d, "f", 100));
	rewinddir(d2);
	note("%d", count(d2, "f", 100));
	DO(closedir(d));
	DO(closedir(d2));
}

static void
entries_come_and_go_while_listing(void)
{
	char buf[512];
	long n, at;
	int fd, left, got = 0, removed = 0, named = 0;
	DIR *d;

	make_entries("f", 300);
	fd = DO(open(".", O_RDONLY | O_DIRECTORY));
	/* As rm -r does, but with a small buffer: read some, remove them. */
	while ((n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (at = 0; at < n;) {
			/* d_ino[8] d_off[8] d_reclen[2] d_type[1] d_name */
			unsigned short reclen;
			const char *name = buf + at + 19;

			memcpy(&reclen, buf + at + 16, sizeof(reclen));
			at += reclen;
			got++;
			if (name[0] == 'f') {
				named++;
				removed += unlink(name) == 0;
			}
		}
	}
	note("got %d, named %d, removed %d", got, named, removed);
	DO(close(fd));
	dump();

	make_entries("a", 200);
	d = opendir(".");
	if (readdir(d) == NULL)
		note("empty");
	make_entries("z", 50);
	for (left = 0; left < 200; left += 2) {
		snprintf(buf, sizeof(buf), "a%03d", left);
		unlink(buf);
	}
	rewinddir(d);
	note("%d", count(d, "a", 200));
	rewinddir(d);
	note("%d", count(d, "z", 50));
	DO(closedir(d));
}

static void
what_is_no_directory(void)
{
	char buf[64];
	int fd;

	DO(put("f", "x"));
	fd = DO(open("f", O_RDONLY));
	DO(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	DO(openat(fd, "x", O_RDONLY));
	DO(fchdir(fd));
	DO(chdir("f"));
	DO(chroot("f"));
	DO(close(fd));
	fd = DO(open(".", O_RDONLY));
	DO(syscall(SYS_getdents64, fd, buf, 8));
	DO(fchdir(fd));
	DO(openat(fd, "f", O_RDONLY));
}

static void
a_removed_directory_lists_nothing(void)
{
	char buf[256];
	int fd;
	DIR *d;

	DO(mkdir("d", 0755));
	DO(put("d/f", "x"));
	fd = DO(open("d", O_RDONLY | O_DIRECTORY));
	d = opendir("d");
	DO(unlink("d/f"));
	DO(rmdir("d"));
	note("%d", (int)syscall(SYS_getdents64, fd, buf, sizeof(buf)) > 0);
	DO(openat(fd, "f", O_WRONLY | O_CREAT, 0644));
	DO(unlinkat(fd, "f", 0));
	DO(mkdir("d", 0700));
	DO(put("d/new", "x"));
	DO(faccessat(fd, "new", F_OK, 0));
	DO(closedir(d));
	DO(close(fd));
	dump();
}

static void
the_working_directory_moves(void)
{
	char cwd[PATH_MAX];

	DO(mkdir("a", 0755));
	DO(mkdir("b", 0755));
	DO(chdir("a"));
	DO(rename("../a", "../b/c"));
	note("%s",
	    getcwd(cwd, sizeof(cwd)) != NULL ? strstr(cwd, "/b/c")
					     : err_name(errno));
	DO(put("f", "x"));
	DO(access("../../b/c/f", F_OK));
	DO(chdir(".."));
	DO(access("c/f", F_OK));
	dump();
}

const struct topic dirs_group[] = {
	TOPIC(making_and_removing),
	TOPIC(links_are_counted),
	TOPIC(a_listing_is_complete_and_typed),
	TOPIC(positions_can_be_returned_to),
	TOPIC(entries_come_and_go_while_listing),
	TOPIC(what_is_no_directory),
	TOPIC(a_removed_directory_lists_nothing),
	TOPIC(the_working_directory_moves),
	TOPIC_END,
};
