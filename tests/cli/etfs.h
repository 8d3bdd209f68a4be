/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs.h -- the etfs command, run without a shell and compared in all that it
 * says.  It is $ETFS, or build/etfs.
 *
 * In what it is given and in what it must say, '@' is the test's own directory
 * on the server, "/t1".
 */

#ifndef ETFS_H
#define ETFS_H

#include "client.h"

/* How it is to be run; zero is the usual. */
struct etfs_how {
	const char *address; /* NULL: the run's server */
	const char *in; /* its standard input; NULL: nothing */
	size_t inlen; /* 0: in is text */
	unsigned int columns; /* stdout is a terminal so wide, if not 0 */
	const char *zone; /* NULL: UTC */
	int out; /* its standard output goes there, if not 0 */
};

struct etfs_said {
	int status; /* as a shell has it */
	char *out, *err; /* terminated */
	size_t outlen;
};

/* args end with NULL. */
void etfs_run(struct client *c, const struct etfs_how *how,
    const char *const *args, struct etfs_said *said);
void etfs_free(struct etfs_said *said);

/* One that runs meanwhile: its ends of pipes, and its end. */
struct etfs_child {
	pid_t pid;
	int in, out; /* in is closed by etfs_child_ends() */
};
void etfs_start(struct client *c, const struct etfs_how *how,
    const char *const *args, struct etfs_child *child);
int etfs_ends(struct etfs_child *child); /* its exit status */

/* A fake for etfs, at f->addr; the other end, to be closed before it is stopped. */
struct fake;
int etfs_fake_start(struct fake *f);

/* In the child, be etfs. */
void etfs_exec(
    struct client *c, const struct etfs_how *how, const char *const *args);

/* It exits with 0, says nothing on stderr, and that on stdout. */
#define prints(c, want, ...)                                                   \
	etfs_expect(c, &(struct etfs_how){ 0 }, __FILE__, __LINE__, 0, want,   \
	    "", (const char *const[]){ __VA_ARGS__, NULL })
/* The same, and how. */
#define prints_how(c, how, want, ...)                                          \
	etfs_expect(c, how, __FILE__, __LINE__, 0, want, "",                   \
	    (const char *const[]){ __VA_ARGS__, NULL })
/* Nothing on stdout, a line on stderr, and 1. */
#define refuses(c, want, ...)                                                  \
	etfs_expect(c, &(struct etfs_how){ 0 }, __FILE__, __LINE__, 1, "",     \
	    want, (const char *const[]){ __VA_ARGS__, NULL })
/* A line, the synopsis, and 2. */
#define misused(c, want, ...)                                                  \
	etfs_expect(c, &(struct etfs_how){ 0 }, __FILE__, __LINE__, 2, "",     \
	    want, (const char *const[]){ __VA_ARGS__, NULL })
void etfs_expect(struct client *c, const struct etfs_how *how, const char *file,
    int line, int status, const char *out, const char *err,
    const char *const *args);

#endif
