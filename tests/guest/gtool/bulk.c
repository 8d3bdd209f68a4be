/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bulk.c -- many entries, whole trees, large files, a lock.
 *
 * These commands know what is right and say so: they print what they did and
 * compared, and exit 1 if anything was wrong.
 */

#include <dirent.h>
#include <limits.h>
#include <time.h>

#include "gtool.h"

static int wrong;
static unsigned char file_type = DT_REG; /* in listings */
static const char *owner; /* of all files, as UID:GID; NULL: who it was */

static void
complain(const char *what, const char *path)
{
	/* A broken server should not fill the log. */
	if (wrong++ < 20)
		printf("WRONG: %s %s (%s)\n", what, path, err_name(errno));
	errno = 0;
}

static double
seconds(void)
{
	static struct timespec then;
	struct timespec now;
	double d;

	clock_gettime(CLOCK_MONOTONIC, &now);
	d = (double)(now.tv_sec - then.tv_sec) +
	    (double)(now.tv_nsec - then.tv_nsec) / 1e9;
	then = now;
	return d;
}

/* List dir; every entry with a number below n must be there exactly once. */
static void
list_many(const char *dir, int n, int expected)
{
	unsigned char *seen = calloc((size_t)n, 1);
	struct dirent *e;
	int found = 0, i;
	DIR *d;

	if (seen == NULL || (d = opendir(dir)) == NULL) {
		complain("cannot list", dir);
		free(seen);
		return;
	}
	errno = 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		i = atoi(e->d_name + 5);
		if (i < 0 || i >= n || seen[i]++ != 0)
			complain("listed twice or unasked:", e->d_name);
		if (e->d_type != file_type)
			complain("wrong d_type of", e->d_name);
		found++;
	}
	if (errno != 0)
		complain("readdir", dir);
	if (found != expected)
		complain("not all are listed in", dir);
	printf("listed %d of %d, %.1f s\n", found, expected, seconds());
	closedir(d);
	free(seen);
}

/* Make entry i: one in ten by open and write, the others the short way. */
static void
make_one(const char *name, int i)
{
	int fd;

	if (i % 10 != 0) {
		if (mknod(name, S_IFREG | 0644, 0) == -1)
			complain("mknod", name);
		return;
	}
	if ((fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644)) == -1 ||
	    write(fd, name, strlen(name)) != (ssize_t)strlen(name) ||
	    close(fd) == -1)
		complain("cannot create", name);
}

int
cmd_many(int argc, char **argv)
{
	int n, i;
	struct stat st;
	char name[16];

	if (argc > 1 && strcmp(argv[1], "-u") == 0) {
		file_type = DT_UNKNOWN;
		argc--;
		argv++;
	}
	n = argc > 2 ? atoi(argv[2]) : 0;
	if (n <= 0 || mkdir(argv[1], 0755) == -1 || chdir(argv[1]) == -1) {
		fprintf(stderr, "gtool many: cannot use the directory\n");
		return 2;
	}
	seconds();
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "entry%06d", i);
		make_one(name, i);
	}
	printf("created %d, %.1f s\n", n, seconds());
	list_many(".", n, n);

	for (i = 0; i < n; i += 97) {
		snprintf(name, sizeof(name), "entry%06d", i);
		if (stat(name, &st) == -1 ||
		    st.st_size != (i % 10 == 0 ? (off_t)strlen(name) : 0))
			complain("stat", name);
	}
	for (i = 1; i < n; i += 2) {
		snprintf(name, sizeof(name), "entry%06d", i);
		if (unlink(name) == -1)
			complain("unlink", name);
	}
	printf("removed every other one, %.1f s\n", seconds());
	list_many(".", n, n - n / 2);
	for (i = 0; i < n; i += 2) {
		snprintf(name, sizeof(name), "entry%06d", i);
		if (unlink(name) == -1)
			complain("unlink", name);
	}
	printf("removed the rest, %.1f s\n", seconds());
	list_many(".", n, 0);
	if (chdir("..") == -1 || rmdir(argv[1]) == -1)
		complain("rmdir", argv[1]);
	return wrong != 0;
}

static void
make_file(const char *path, int i)
{
	static char text[9000];
	size_t len = (size_t)(i * 7919 % (i % 16 == 0 ? 9000 : 700)), k;
	int fd;

	for (k = 0; k < len; k++)
		text[k] = (char)((size_t)i * 31 + k * 7 + (k >> 5));
	if (i % 50 == 3)
		len = 0;
	if ((fd = open(path, O_WRONLY | O_CREAT, 0644)) == -1 ||
	    write(fd, text, len) != (ssize_t)len ||
	    fchmod(fd,
		i % 9 == 0        ? 0755
		    : i % 11 == 0 ? 0400
				  : 0644) == -1 ||
	    close(fd) == -1)
		complain("cannot make", path);
}

int
cmd_mktree(int argc, char **argv)
{
	struct timespec when[2] = { { 1000000000, 0 }, { 0, 0 } };
	int n = argc > 2 ? atoi(argv[2]) : 0, i;
	char dir[64], path[128], target[128];

	if (n <= 0 || mkdir(argv[1], 0755) == -1 || chdir(argv[1]) == -1) {
		fprintf(stderr, "gtool mktree: cannot use the directory\n");
		return 2;
	}
	for (i = 0; i < n; i++) {
		snprintf(dir, sizeof(dir), "d%d", i / 40);
		if (i % 40 == 0)
			mkdir(dir, i % 80 == 0 ? 0755 : 0700);
		snprintf(path, sizeof(path), "%s/file-%d", dir, i);
		if (i % 40 == 17) {
			snprintf(
			    target, sizeof(target), "%s/file-%d", dir, i - 1);
			if (link(target, path) == -1)
				complain("link", path);
		} else if (i % 40 == 23) {
			snprintf(target, sizeof(target), "file-%d", i - 2);
			if (symlink(target, path) == -1)
				complain("symlink", path);
		} else {
			make_file(path, i);
		}
		when[1].tv_sec = 1100000000 + i;
		utimensat(AT_FDCWD, path, when, AT_SYMLINK_NOFOLLOW);
	}
	return wrong != 0;
}

static unsigned long compared;

/*
 * Trees are compared name by name, relative to open directories: without a
 * cache each component of a path costs the client three round trips.
 */
static void
same_contents(int dir_a, int dir_b, const char *name)
{
	char buf_a[65536], buf_b[65536];
	int fd_a = openat(dir_a, name, O_RDONLY);
	int fd_b = openat(dir_b, name, O_RDONLY);
	ssize_t n, m;

	do {
		n = read(fd_a, buf_a, sizeof(buf_a));
		m = read(fd_b, buf_b, sizeof(buf_b));
		if (n != m || n == -1 || memcmp(buf_a, buf_b, (size_t)n) != 0) {
			complain("other contents:", name);
			break;
		}
	} while (n > 0);
	close(fd_a);
	close(fd_b);
}

static void
same_target(int dir_a, int dir_b, const char *name)
{
	char buf_a[PATH_MAX], buf_b[PATH_MAX];
	ssize_t n = readlinkat(dir_a, name, buf_a, sizeof(buf_a));
	ssize_t m = readlinkat(dir_b, name, buf_b, sizeof(buf_b));

	if (n != m || n == -1 || memcmp(buf_a, buf_b, (size_t)n) != 0)
		complain("other target:", name);
}

static bool
owned(const struct stat *st)
{
	char text[32];

	snprintf(text, sizeof(text), "%u:%u", st->st_uid, st->st_gid);
	return strcmp(text, owner) == 0;
}

static void same_entries(int dir_a, int dir_b, const char *name);

static void
same(int dir_a, int dir_b, const char *name)
{
	struct stat a, b;

	compared++;
	if (fstatat(dir_a, name, &a, AT_SYMLINK_NOFOLLOW) == -1 ||
	    fstatat(dir_b, name, &b, AT_SYMLINK_NOFOLLOW) == -1) {
		complain("lstat", name);
		return;
	}
	if (a.st_mode != b.st_mode)
		complain("other mode:", name);
	if (owner != NULL ? !owned(&b)
			  : a.st_uid != b.st_uid || a.st_gid != b.st_gid)
		complain("other owner:", name);
	if (S_ISDIR(a.st_mode)) {
		same_entries(openat(dir_a, name, O_RDONLY | O_DIRECTORY),
		    openat(dir_b, name, O_RDONLY | O_DIRECTORY), name);
		return;
	}
	if (a.st_nlink != b.st_nlink)
		complain("other number of links:", name);
	if (a.st_size != b.st_size)
		complain("other size:", name);
	if (S_ISREG(a.st_mode)) {
		if (a.st_mtime != b.st_mtime)
			complain("other time:", name);
		same_contents(dir_a, dir_b, name);
	} else if (S_ISLNK(a.st_mode)) {
		same_target(dir_a, dir_b, name);
	}
}

/* Closes both. */
static void
same_entries(int dir_a, int dir_b, const char *name)
{
	struct dirent **list_a, **list_b;
	int n = scandirat(dir_a, ".", &list_a, NULL, alphasort);
	int m = scandirat(dir_b, ".", &list_b, NULL, alphasort);
	int i;

	if (n != m || n == -1) {
		complain("other number of entries:", name);
		return;
	}
	for (i = 0; i < n; i++) {
		if (strcmp(list_a[i]->d_name, list_b[i]->d_name) != 0)
			complain("other name:", list_b[i]->d_name);
		else if (list_a[i]->d_name[0] != '.')
			same(dir_a, dir_b, list_a[i]->d_name);
		free(list_a[i]);
		free(list_b[i]);
	}
	free(list_a);
	free(list_b);
	close(dir_a);
	close(dir_b);
}

int
cmd_sametree(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "-o") == 0) {
		owner = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc != 3)
		return 2;
	seconds();
	same_entries(open(argv[1], O_RDONLY | O_DIRECTORY),
	    open(argv[2], O_RDONLY | O_DIRECTORY), argv[2]);
	printf("compared %lu files, %d differences, %.1f s\n", compared, wrong,
	    seconds());
	return wrong != 0;
}

/* Every eight bytes of a pattern hold their own offset, scrambled. */
static void
fill(unsigned char *buf, size_t len, uint64_t off)
{
	size_t i;

	for (i = 0; i < len; i++, off++)
		buf[i] = (unsigned char)((off >> 3) * 0x9e3779b97f4a7c15U >>
		    (off & 7) * 8);
}

int
cmd_pattern(int argc, char **argv)
{
	static unsigned char want[1 << 20], got[1 << 20];
	bool writing = argc > 1 && strcmp(argv[1], "write") == 0;
	uint64_t off, end;
	size_t n;
	int fd;

	if (argc != 5)
		return 2;
	fd = open(argv[2], writing ? O_WRONLY | O_CREAT : O_RDONLY, 0644);
	if (fd == -1)
		complain("cannot open", argv[2]);
	off = strtoull(argv[3], NULL, 0);
	end = off + strtoull(argv[4], NULL, 0);
	seconds();
	for (; off < end && wrong == 0; off += n) {
		n = end - off < sizeof(want) ? end - off : sizeof(want);
		fill(want, n, off);
		if (writing && pwrite(fd, want, n, (off_t)off) != (ssize_t)n)
			complain("write", argv[2]);
		if (!writing &&
		    (pread(fd, got, n, (off_t)off) != (ssize_t)n ||
			memcmp(want, got, n) != 0))
			complain("other bytes in", argv[2]);
	}
	if (writing && fsync(fd) == -1)
		complain("fsync", argv[2]);
	if (close(fd) == -1)
		complain("close", argv[2]);
	printf("%s %s: %s bytes at %s %s, %.1f s\n", argv[1], argv[2], argv[4],
	    argv[3], wrong == 0 ? "are right" : "are wrong", seconds());
	return wrong != 0;
}

/* Wait for a write lock on a file, say so, and hold it for a while. */
int
cmd_lock(int argc, char **argv)
{
	struct flock fl = { F_WRLCK, SEEK_SET, 0, 0, 0 };
	int fd;

	if (argc != 3)
		return 2;
	fd = open(argv[1], O_RDWR | O_CREAT, 0644);
	if (fd == -1 || fcntl(fd, F_SETLKW, &fl) == -1) {
		complain("cannot lock", argv[1]);
		return 1;
	}
	printf("locked %s\n", argv[1]);
	fflush(stdout);
	nap(atoi(argv[2]) * 1000);
	return 0;
}
