/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gtool.h -- what the guest's tests need and busybox lacks.
 *
 * One static program with several commands (main.c).  The heart is "steps":
 * lists of file operations that are run in two places, the guest's own tmpfs
 * and our mount, and whose transcripts must be equal line by line.
 *
 * So a step says nothing about what is right: Linux's own tmpfs does.  A step
 * is one call wrapped in DO(); its text in the transcript is its source.
 * Whatever cannot be equal (inode numbers, times of day) must not be printed.
 */

#ifndef GTOOL_H
#define GTOOL_H

#include <sys/stat.h>
#include <sys/types.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/*
 * A topic is a function full of steps.  It runs in a process of its own and
 * starts in an empty directory of its own, as root, with umask 022.  A group
 * is an array of topics that ends with an empty one.
 */
struct topic {
	const char *name;
	void (*run)(void);
};

#define TOPIC(function)                                                        \
	{                                                                      \
#function, function                                            \
	}
#define TOPIC_END                                                              \
	{                                                                      \
		NULL, NULL                                                     \
	}

extern const struct topic files_group[], names_group[], links_group[],
    rename_group[], unlinked_group[], nodes_group[], perm_group[], dirs_group[],
    times_group[], xattr_group[], roots_group[], acl_group[], locks_group[],
    mmap_group[];

/*
 * Do one call that returns -1 and an errno, or a number, and log it.  The
 * value of DO() is the call's; DO_OFF() is for what does not fit an int.
 */
#define DO(call) (errno = 0, (int)step_result(#call, (call)))
#define DO_OFF(call) (errno = 0, step_result(#call, (call)))

long step_result(const char *text, long result);

/* Log a line that is no call. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Log what lstat(2) says of path, a file's text or a link's target. */
void show(const char *path);

/* show() everything below the current directory, sorted by name. */
void dump(void);

/* Log up to len bytes of fd at off. */
void show_text(int fd, off_t off, size_t len);

/* Make path a file with this text, or append to it: 0 or -1. */
int put(const char *path, const char *text);
int put_more(const char *path, const char *text);

/* An errno's name. */
const char *err_name(int err);

/* A checksum that tells two contents apart. */
uint64_t hash_bytes(uint64_t hash, const void *buf, size_t len);

#define HASH_INIT 0xcbf29ce484222325U

/* Sleep; 20 ms are enough for a clock's tick to pass. */
void nap(int milliseconds);

/*
 * The block behind AS() is run by a child that has become another user, and
 * the parent waits for its end:
 *
 *	AS (1000, 1000, 0) {
 *		DO(open("secret", O_RDONLY));
 *	}
 *
 * The third number is a supplementary group, 0 for none.
 */
#define AS(uid, gid, group)                                                    \
	if (as_begin(uid, gid, group) == 0)                                    \
		for (;; as_end())

pid_t as_begin(uid_t uid, gid_t gid, gid_t group);
void as_end(void) __attribute__((noreturn));

/*
 * A second process that does what it is told, and logs it.  It has a copy of
 * our memory, so functions and constant strings may be passed, but its
 * descriptors are its own: those from before other_new() and what it opens.
 * It starts in the topic's directory as seen through the second mount, if
 * the steps were given one.
 */
struct other;
typedef long other_fn(long a, long b, long c, long d);

struct other *other_new(const char *name);
void other_free(struct other *o);

/* Only start it; other_wait() gives the value. */
#define START(o, fn, ...)                                                      \
	other_start(                                                           \
	    o, fn, #fn "(" #__VA_ARGS__ ")", (const long[4]){ __VA_ARGS__ })

/* Do it and wait for the end.  The value is the call's. */
#define ON(o, fn, ...)                                                         \
	other_do(                                                              \
	    o, fn, #fn "(" #__VA_ARGS__ ")", (const long[4]){ __VA_ARGS__ })

/* A string among the arguments. */
#define STR(s) ((long)(s))

void other_start(
    struct other *o, other_fn *fn, const char *text, const long a[4]);
long other_wait(struct other *o);
long other_do(struct other *o, other_fn *fn, const char *text, const long a[4]);

/* The prefix of the xattr names that xattr_group works with. */
extern const char *xattr_namespace;

/* The commands: argv[0] is the command's name.  They return exit statuses. */
int cmd_steps(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_many(int argc, char **argv);
int cmd_mktree(int argc, char **argv);
int cmd_sametree(int argc, char **argv);
int cmd_pattern(int argc, char **argv);
int cmd_lock(int argc, char **argv);
int cmd_mapped(int argc, char **argv);

#endif /* GTOOL_H */
