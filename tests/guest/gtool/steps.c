/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps.c -- runs the steps and writes their transcript.
 *
 * A transcript is lines "topic: step = result".  They come from several
 * processes, one at a time: each flushes before another one may speak.
 */

#include <sys/wait.h>
#include <dirent.h>
#include <ftw.h>
#include <grp.h>
#include <stdarg.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "gtool.h"

/* A topic that takes longer hangs. */
#define TOPIC_SECONDS 90

#define TEXT_MAX 48 /* longer contents are logged as a checksum */

struct other {
	const char *name;
	pid_t pid;
	int to, from; /* orders to it, results from it */
	const char *text; /* of the step it is doing */
};

struct order {
	other_fn *fn;
	long a[4];
};

const char *xattr_namespace = "trusted.";

static const char *topic_name = "gtool"; /* if there is none */
static const char *who = ""; /* the second process' name and ": " */
static const char *second_dir; /* the topic's directory for others */

static const struct {
	const char *name;
	const struct topic *topics;
} groups[] = {
	{ "files", files_group },
	{ "names", names_group },
	{ "links", links_group },
	{ "rename", rename_group },
	{ "unlinked", unlinked_group },
	{ "nodes", nodes_group },
	{ "perm", perm_group },
	{ "dirs", dirs_group },
	{ "times", times_group },
	{ "xattr", xattr_group },
	{ "roots", roots_group },
	{ "acl", acl_group },
	{ "locks", locks_group },
	{ "mmap", mmap_group },
};

static void
say(const char *fmt, ...)
{
	char line[8192];
	va_list ap;
	const char *p;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	printf("%s: %s", topic_name, who);
	for (p = line; *p != '\0'; p++) {
		if (*p < ' ' || *p > '~')
			printf("\\%03o", (unsigned char)*p);
		else
			putchar(*p);
	}
	putchar('\n');
	fflush(stdout);
}

void
note(const char *fmt, ...)
{
	char line[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	say("%s", line);
}

const char *
err_name(int err)
{
	const char *name = strerrorname_np(err);

	return name != NULL ? name : "unknown errno";
}

long
step_result(const char *text, long result)
{
	int err = errno;

	if (result == -1)
		say("%s = -1 %s", text, err_name(err));
	else
		say("%s = %ld", text, result);
	errno = err;
	return result;
}

void
nap(int milliseconds)
{
	struct timespec ts = { milliseconds / 1000,
		milliseconds % 1000 * 1000000L };

	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		;
}

uint64_t
hash_bytes(uint64_t hash, const void *buf, size_t len)
{
	const unsigned char *p = buf;

	while (len-- > 0)
		hash = (hash ^ *p++) * 0x100000001b3U;
	return hash;
}

static int
put_with(const char *path, const char *text, int flags)
{
	ssize_t n;
	int fd, err;

	if ((fd = open(path, O_WRONLY | O_CREAT | flags, 0644)) == -1)
		return -1;
	n = write(fd, text, strlen(text));
	err = errno;
	if (close(fd) == -1)
		return -1;
	errno = n == -1 ? err : EIO;
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

int
put(const char *path, const char *text)
{
	return put_with(path, text, O_TRUNC);
}

int
put_more(const char *path, const char *text)
{
	return put_with(path, text, O_APPEND);
}

/* Printable, in quotes; out has room for 4 * len + 3. */
static void
quote(char *out, const unsigned char *p, size_t len)
{
	*out++ = '"';
	for (; len > 0; len--, p++) {
		if (*p == '"' || *p == '\\' || *p < ' ' || *p > '~')
			out += sprintf(out, "\\%03o", *p);
		else
			*out++ = (char)*p;
	}
	*out++ = '"';
	*out = '\0';
}

void
show_text(int fd, off_t off, size_t len)
{
	unsigned char buf[256];
	char text[4 * sizeof(buf) + 3];
	ssize_t n;

	if (len > sizeof(buf))
		len = sizeof(buf);
	if ((n = pread(fd, buf, len, off)) == -1) {
		say("at %lld: %s", (long long)off, err_name(errno));
		return;
	}
	quote(text, buf, (size_t)n);
	say("at %lld: %zd bytes %s", (long long)off, n, text);
}

/* What a file contains, or a link: in quotes, or as a checksum. */
static void
contents(char *out, size_t cap, const char *path, const struct stat *st)
{
	unsigned char buf[65536];
	uint64_t hash = HASH_INIT;
	ssize_t n;
	int fd;

	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, (char *)buf, sizeof(buf));
		if (n >= 0 && n <= TEXT_MAX)
			quote(out, buf, (size_t)n);
		else
			snprintf(out, cap, "%zd bytes %016llx", n,
			    (unsigned long long)hash_bytes(
				hash, buf, n > 0 ? (size_t)n : 0));
		return;
	}
	if ((fd = open(path, O_RDONLY)) == -1) {
		snprintf(out, cap, "%s", err_name(errno));
		return;
	}
	if (st->st_size <= TEXT_MAX) {
		n = read(fd, buf, TEXT_MAX);
		quote(out, buf, n > 0 ? (size_t)n : 0);
	} else {
		while ((n = read(fd, buf, sizeof(buf))) > 0)
			hash = hash_bytes(hash, buf, (size_t)n);
		snprintf(out, cap, "hash %016llx", (unsigned long long)hash);
	}
	close(fd);
}

static void
show_as(const char *path, const char *same)
{
	char text[4 * TEXT_MAX + 32] = "", special[64] = "";
	struct stat st;
	const char *type;

	if (lstat(path, &st) == -1) {
		say("%s: %s", path, err_name(errno));
		return;
	}
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
	case S_IFLNK:
		type = S_ISREG(st.st_mode) ? "file" : "symlink";
		snprintf(special, sizeof(special), " size %lld ",
		    (long long)st.st_size);
		/* Nobody wants to read gigabytes of zeros. */
		if (st.st_size < 16 << 20)
			contents(text, sizeof(text), path, &st);
		break;
	case S_IFCHR:
	case S_IFBLK:
		type = S_ISCHR(st.st_mode) ? "char" : "block";
		snprintf(special, sizeof(special), " device %u:%u",
		    major(st.st_rdev), minor(st.st_rdev));
		break;
	case S_IFDIR:
		type = "directory";
		break;
	case S_IFIFO:
		type = "fifo";
		break;
	default:
		type = "socket";
		break;
	}
	say("%s: %s %04o links %lu owner %u:%u%s%s%s", path, type,
	    st.st_mode & 07777, (unsigned long)st.st_nlink, st.st_uid,
	    st.st_gid, special, text, same);
}

void
show(const char *path)
{
	show_as(path, "");
}

static void
dump_dir(const char *path)
{
	struct dirent **list;
	struct stat st, first;
	char sub[PATH_MAX], same[300];
	int i, j, n;

	if ((n = scandir(path, &list, NULL, alphasort)) == -1) {
		say("%s: cannot be listed: %s", path, err_name(errno));
		return;
	}
	for (i = 0; i < n; i++) {
		const char *name = list[i]->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		snprintf(sub, sizeof(sub), "%s%s%s",
		    strcmp(path, ".") == 0 ? "" : path,
		    strcmp(path, ".") == 0 ? "" : "/", name);
		same[0] = '\0';
		if (lstat(sub, &st) == -1)
			st.st_nlink = 0;
		/* The first name in this directory of the same file. */
		for (j = 0; j < i && !S_ISDIR(st.st_mode) && st.st_nlink > 1;
		     j++) {
			if (list[j]->d_ino != list[i]->d_ino ||
			    list[j]->d_name[0] == '.')
				continue;
			snprintf(
			    same, sizeof(same), " same as %s", list[j]->d_name);
			if (lstat(list[j]->d_name, &first) == 0 &&
			    strcmp(path, ".") == 0 && first.st_ino != st.st_ino)
				strcpy(same, " d_ino and st_ino disagree");
			break;
		}
		show_as(sub, same);
		if (S_ISDIR(st.st_mode))
			dump_dir(sub);
	}
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

void
dump(void)
{
	dump_dir(".");
}

pid_t
as_begin(uid_t uid, gid_t gid, gid_t group)
{
	pid_t pid;
	int status;

	fflush(stdout);
	if ((pid = fork()) == -1) {
		say("fork: %s", err_name(errno));
		exit(1);
	}
	if (pid == 0) {
		if (setgroups(group != 0, &group) == -1 ||
		    setresgid(gid, gid, gid) == -1 ||
		    setresuid(uid, uid, uid) == -1) {
			say("cannot become %u: %s", uid, err_name(errno));
			_exit(1);
		}
		return 0;
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (status != 0)
		say("the other user's process ended with %#x", status);
	return pid;
}

void
as_end(void)
{
	fflush(stdout);
	_exit(0);
}

/* What the second process does all its life. */
static void
obey(int from, int to)
{
	struct order order;
	long result[2];

	while (read(from, &order, sizeof(order)) == sizeof(order)) {
		errno = 0;
		result[0] =
		    order.fn(order.a[0], order.a[1], order.a[2], order.a[3]);
		result[1] = errno;
		if (write(to, result, sizeof(result)) != sizeof(result))
			break;
	}
}

struct other *
other_new(const char *name)
{
	static char prefix[64];
	struct other *o = calloc(1, sizeof(*o));
	int to[2], from[2];

	if (o == NULL || pipe(to) == -1 || pipe(from) == -1)
		exit(1);
	fflush(stdout);
	o->name = name;
	if ((o->pid = fork()) == -1)
		exit(1);
	if (o->pid == 0) {
		alarm(TOPIC_SECONDS);
		close(to[1]);
		close(from[0]);
		snprintf(prefix, sizeof(prefix), "%s: ", name);
		who = prefix;
		if (second_dir != NULL && chdir(second_dir) == -1)
			say("cannot enter %s: %s", second_dir, err_name(errno));
		obey(to[0], from[1]);
		_exit(0);
	}
	close(to[0]);
	close(from[1]);
	o->to = to[1];
	o->from = from[0];
	return o;
}

void
other_start(struct other *o, other_fn *fn, const char *text, const long a[4])
{
	struct order order = { fn, { a[0], a[1], a[2], a[3] } };

	o->text = text;
	fflush(stdout);
	if (write(o->to, &order, sizeof(order)) != sizeof(order))
		say("%s is gone", o->name);
}

long
other_wait(struct other *o)
{
	long result[2] = { -1, 0 };
	char text[256];

	if (read(o->from, result, sizeof(result)) != sizeof(result))
		say("%s died", o->name);
	/* Logged here: when it was done is not when we came to wait. */
	snprintf(text, sizeof(text), "%s: %s", o->name, o->text);
	errno = (int)result[1];
	return step_result(text, result[0]);
}

long
other_do(struct other *o, other_fn *fn, const char *text, const long a[4])
{
	other_start(o, fn, text, a);
	return other_wait(o);
}

void
other_free(struct other *o)
{
	close(o->to);
	close(o->from);
	while (waitpid(o->pid, NULL, 0) == -1 && errno == EINTR)
		;
	free(o);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if ((type == FTW_DP ? rmdir(path) : unlink(path)) == -1)
		say("removing %s: %s", path, err_name(errno));
	return 0;
}

static void
run_topic(const struct topic *topic, const char *dir, const char *dir2)
{
	char here[PATH_MAX + 64], there[PATH_MAX + 64];
	int status;
	pid_t pid;

	topic_name = topic->name;
	snprintf(here, sizeof(here), "%s/%s", dir, topic->name);
	snprintf(there, sizeof(there), "%s/%s", dir2, topic->name);
	second_dir = there;

	umask(022);
	if (mkdir(here, 0755) == -1) {
		say("mkdir %s: %s", here, err_name(errno));
		return;
	}
	fflush(stdout);
	if ((pid = fork()) == 0) {
		alarm(TOPIC_SECONDS);
		if (chdir(here) == -1)
			say("chdir %s: %s", here, err_name(errno));
		topic->run();
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (status != 0)
		say("the process ended with %#x", status);

	nftw(here, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (access(here, F_OK) == 0)
		say("something is left");
	second_dir = NULL;
}

int
cmd_steps(int argc, char **argv)
{
	char dir[PATH_MAX], dir2[PATH_MAX];
	const struct topic *t;
	size_t i;

	if (argc > 2 && strcmp(argv[1], "-x") == 0) {
		xattr_namespace = argv[2];
		argv += 2;
		argc -= 2;
	}
	for (i = 0; argc > 2 && i < nitems(groups); i++)
		if (strcmp(argv[1], groups[i].name) == 0)
			break;
	if (argc < 3 || i == nitems(groups)) {
		fprintf(stderr, "gtool steps: no such group\n");
		return 2;
	}
	if (realpath(argv[2], dir) == NULL ||
	    realpath(argv[argc > 3 ? 3 : 2], dir2) == NULL) {
		fprintf(stderr, "gtool steps: no such directory\n");
		return 2;
	}
	/* Descriptors are numbered alike everywhere. */
	closefrom(3);
	for (t = groups[i].topics; t->name != NULL; t++)
		run_topic(t, dir, dir2);
	printf("end of %s\n", argv[1]);
	return 0;
}
