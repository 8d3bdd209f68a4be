/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix.h -- what every file of cases here includes.
 *
 * A case is a function of cmocka's, named as a sentence that is true where it
 * passes.  It runs in a process of its own, as root with umask 022, in an empty
 * directory of its own, which is removed after it.  It knows nothing about the
 * file system but what the manual pages promise: where one is known to differ,
 * expected.tsv says so, and why.
 *
 * To add a case: write it into posix_TOPIC.c and name it in the table at that
 * file's end.  To add a file: name its table in cases.c, too.  What two parties
 * see of each other, who may have two mounts, is in posix_two_TOPIC.c.
 */

#ifndef POSIX_H
#define POSIX_H

#include <sys/stat.h>
#include <sys/types.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Assertions; the first that does not hold ends the case.  Each counts as one,
 * so that a loop over many of the same kind should have one after it.
 *
 *	ok(call)		it returns 0
 *	gives(n, call)		it returns n, or: a number is n
 *	fd = opens(call)	it returns a descriptor
 *	dir = opens_dir(path)	that can be opened by opendir(3)
 *	fails(EPERM, call)	it returns -1 and sets errno so
 *	fails_either(a, b, c)	either of two errnos, where both are allowed
 *	yes(condition)		that holds
 *	text("abc", string)	that is it
 *
 * In a loop that has no known end, must(condition) does not count.
 */
#define ok(call) gives(0, call)
#define gives(want, call)                                                      \
	posix_gives(HERE, #call, (int64_t)(call), (int64_t)(want))
#define opens(call) posix_opens(HERE, #call, (call))
#define opens_dir(path) posix_opens_dir(HERE, path)
#define fails(err, call) fails_either(err, err, call)
#define fails_either(a, b, call)                                               \
	posix_fails(HERE, #call, (int64_t)(call), (a), (b))
#define yes(condition) posix_yes(HERE, #condition, (condition))
#define text(want, got) posix_text(HERE, #got, (got), (want))

#define must(condition)                                                        \
	do {                                                                   \
		if (!(condition))                                              \
			posix_fail(                                            \
			    HERE, "%s: %s", #condition, strerror(errno));      \
	} while (0)

#define HERE __FILE__, __LINE__
void posix_gives(
    const char *file, int line, const char *what, int64_t got, int64_t want);
int posix_opens(const char *file, int line, const char *what, int got);
DIR *posix_opens_dir(const char *file, int line, const char *path);
void posix_fails(const char *file, int line, const char *what, int64_t got,
    int err, int other);
void posix_yes(const char *file, int line, const char *what, bool holds);
void posix_text(const char *file, int line, const char *what, const char *got,
    const char *want);

/* The case fails; the text is what is told of it. */
void posix_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), noreturn));

/*
 * Users.  Over 9P a server looks supplementary groups up for itself, so these
 * are the ones it knows in the guests: USER is also in GROUP, OTHER is alone.
 */
#define USER 1000
#define OTHER 1001
#define GROUP 2000

/*
 * Be USER, OTHER or root (0) from here on, in all of user, group (of the same
 * number) and supplementary groups, without privileges unless root.
 */
void as(uid_t uid);

/* The real user only, for access(2): the effective one stays. */
void really(uid_t uid);

/*
 * A process of its own, whose assertions are the case's; wait for it to end,
 * well.  It must not use cmocka's own assertions.
 */
pid_t beside(void (*run)(void *arg), void *arg);
void joined(pid_t pid);

/*
 * The other party has the same directory through a mount of its own, if there
 * is one: a descriptor, for openat(2) and its like, and a path there (which root
 * may use; good until the fourth next).  Else they are AT_FDCWD, and the name.
 */
extern int there_fd;
const char *there(const char *name);

/* How many entries a large directory is to have, 50 to 5000. */
extern unsigned int posix_entries;

/*
 * Return when what the file system stamps with the time from now on is later
 * than all it has stamped before.
 */
void tick(void);

/* A file of mode 0644 with that in it; one assertion for each. */
#define put(path, contents) posix_put(HERE, path, contents)
void posix_put(
    const char *file, int line, const char *path, const char *contents);

/* What lstat(2) tells of something that must be there; the bits of its mode. */
#define look(path) posix_look(HERE, path)
#define mode_of(path) (look(path).st_mode & 07777)
struct stat posix_look(const char *file, int line, const char *path);

/* Is there anything by that name?  If not, for the reason that there is not. */
bool exists(const char *path);

/* A file's contents, as text; good until the next. */
#define contents(path) posix_contents(HERE, path)
const char *posix_contents(const char *file, int line, const char *path);

#endif
