/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix.c -- assertions that are counted across processes, users, the clock.
 */

#include <grp.h>
#include <limits.h>
#include <sys/wait.h>

#include "check.h"

unsigned int posix_entries = 5000;
int there_fd = AT_FDCWD;

static struct tally *tally;
static int clock_fd;
static pid_t case_pid;
static uid_t who; /* it is now */

void
posix_begin(struct tally *t, int fd)
{
	tally = t;
	clock_fd = fd;
	case_pid = getpid();
	who = 0;
	umask(022);
}

void
posix_fail(const char *file, int line, const char *fmt, ...)
{
	const char *base = strrchr(file, '/');
	bool none = false;
	va_list ap;
	int n;

	/* The first word counts, whichever process has it. */
	if (atomic_compare_exchange_strong(&tally->failed, &none, true)) {
		n = snprintf(tally->what, sizeof(tally->what),
		    "%s:%d: ", base != NULL ? base + 1 : file, line);
		va_start(ap, fmt);
		vsnprintf(
		    tally->what + n, sizeof(tally->what) - (size_t)n, fmt, ap);
		va_end(ap);
	}
	if (getpid() == case_pid)
		fail();
	_exit(1);
}

static const char *
name_of(int err)
{
	const char *name = strerrorname_np(err);

	return name != NULL ? name : "unknown errno";
}

void
posix_gives(
    const char *file, int line, const char *what, int64_t got, int64_t want)
{
	int err = errno;

	atomic_fetch_add(&tally->assertions, 1);
	if (got == want)
		return;
	if (got == -1)
		posix_fail(file, line, "%s: -1 %s, not %lld", what,
		    name_of(err), (long long)want);
	posix_fail(file, line, "%s: %lld, not %lld", what, (long long)got,
	    (long long)want);
}

int
posix_opens(const char *file, int line, const char *what, int got)
{
	int err = errno;

	atomic_fetch_add(&tally->assertions, 1);
	if (got < 0)
		posix_fail(file, line, "%s: -1 %s", what, name_of(err));
	return got;
}

DIR *
posix_opens_dir(const char *file, int line, const char *path)
{
	DIR *dir = opendir(path);

	posix_opens(file, line, path, dir != NULL ? 0 : -1);
	return dir;
}

void
posix_fails(const char *file, int line, const char *what, int64_t got, int err,
    int other)
{
	int is = errno;

	atomic_fetch_add(&tally->assertions, 1);
	if (got != -1)
		posix_fail(file, line, "%s: %lld, not -1 %s", what,
		    (long long)got, name_of(err));
	if (is != err && is != other)
		posix_fail(file, line, "%s: -1 %s, not %s", what, name_of(is),
		    name_of(err));
}

void
posix_yes(const char *file, int line, const char *what, bool holds)
{
	atomic_fetch_add(&tally->assertions, 1);
	if (!holds)
		posix_fail(file, line, "%s: it is not so", what);
}

void
posix_text(const char *file, int line, const char *what, const char *got,
    const char *want)
{
	atomic_fetch_add(&tally->assertions, 1);
	if (strcmp(got, want) != 0)
		posix_fail(file, line, "%s: \"%.200s\", not \"%.200s\"", what,
		    got, want);
}

/* The saved user stays root's, as the way back. */
void
as(uid_t uid)
{
	const gid_t group = GROUP;

	if (setresuid(0, 0, 0) != 0 || setgroups(uid == USER, &group) != 0 ||
	    setresgid(uid, uid, uid) != 0 || setresuid(uid, uid, 0) != 0)
		posix_fail(HERE, "cannot be user %u: %s", uid, strerror(errno));
	who = uid;
}

void
really(uid_t uid)
{
	if (setresgid(uid, (gid_t)-1, (gid_t)-1) != 0 ||
	    setresuid(uid, (uid_t)-1, (uid_t)-1) != 0)
		posix_fail(
		    HERE, "cannot really be %u: %s", uid, strerror(errno));
}

pid_t
beside(void (*run)(void *arg), void *arg)
{
	pid_t pid = fork();

	if (pid == -1)
		posix_fail(HERE, "fork: %s", strerror(errno));
	if (pid == 0) {
		run(arg);
		_exit(0);
	}
	return pid;
}

void
joined(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		posix_fail(HERE, "waitpid: %s", strerror(errno));
	if (status != 0)
		posix_fail(HERE, "a process ended with status %#x", status);
}

const char *
there(const char *name)
{
	static char paths[4][PATH_MAX];
	static unsigned int n;
	char *path = paths[n++ % nitems(paths)];

	if (there_fd == AT_FDCWD)
		return name;
	snprintf(path, PATH_MAX, "/proc/self/fd/%d/%s", there_fd, name);
	return path;
}

static struct timespec
stamp(void)
{
	struct stat st;

	if (fchmod(clock_fd, 0600) != 0 || fstat(clock_fd, &st) != 0)
		posix_fail(HERE, "the clock's file: %s", strerror(errno));
	return st.st_ctim;
}

void
tick(void)
{
	const struct timespec nap = { 0, 500000 };
	struct timespec from, to;
	uid_t uid = who;

	as(0);
	from = to = stamp();
	while (to.tv_sec == from.tv_sec && to.tv_nsec == from.tv_nsec) {
		nanosleep(&nap, NULL);
		to = stamp();
	}
	as(uid);
}

void
posix_put(const char *file, int line, const char *path, const char *contents)
{
	const size_t len = strlen(contents);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	posix_opens(file, line, path, fd);
	posix_gives(file, line, path, write(fd, contents, len), (int64_t)len);
	posix_gives(file, line, path, close(fd), 0);
}

struct stat
posix_look(const char *file, int line, const char *path)
{
	struct stat st;

	posix_gives(file, line, path, lstat(path, &st), 0);
	return st;
}

bool
exists(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return true;
	if (errno != ENOENT)
		posix_fail(HERE, "lstat of %s: %s", path, name_of(errno));
	return false;
}

const char *
posix_contents(const char *file, int line, const char *path)
{
	static char buf[65536];
	int fd = posix_opens(file, line, path, open(path, O_RDONLY));
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	if (n == -1)
		posix_fail(file, line, "read of %s: %s", path, strerror(errno));
	buf[n] = '\0';
	close(fd);
	return buf;
}
