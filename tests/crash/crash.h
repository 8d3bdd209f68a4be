/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crash.h -- what is left of a server's work when it is killed.
 *
 * Workers, several on each of some connections, change files, each in a
 * directory of its own and one operation at a time.  When so many of them as a
 * seed says have been acknowledged, the server gets SIGKILL, with one operation
 * of most workers under way.  Then the host has to show, for each worker, all
 * that was acknowledged, and of the one under way all or nothing; of a write
 * perhaps a first part.  There are no other names, and files that nobody
 * touched are as they were.
 *
 * The host's kernel survives, and with it what it has not yet written to the
 * disk: so this is about what the server holds back and what it does in several
 * steps, not about what fsync is for when the power fails.  As far as we can
 * see from here, a server that does nothing at Tfsync is as good as one that
 * does; but whatever has been acknowledged, with Tfsync or without, has to be
 * there, which is more than fsync promises.
 *
 * With identity mapped, a file that is being created is for a moment the
 * server's own, 0600 or, if a directory, 0700, until its owner and mode are
 * stored: two calls on the host.  It may be left so.
 */

#ifndef CRASH_H
#define CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "etfsc.h"

#define NAMES 5 /* in a worker's directory */
#define FILE_MAX 200000 /* bytes */
#define WRITE_MAX 70000

struct file {
	bool is_dir;
	mode_t mode, or_mode; /* of a change that was under way, either */
	uid_t uid, or_uid;
	size_t size;
	uint8_t *bytes; /* FILE_MAX of them */
};

enum deed {
	CREATE,
	WRITE,
	TRUNCATE,
	CHMOD,
	CHOWN,
	CLOSE,
	RENAME,
	UNLINK,
	MKDIR,
	RMDIR,
	FSYNC,
	FSYNC_DIR,
	DEEDS
};

struct worker {
	unsigned int number;
	struct etfsc *fs;
	uint32_t dir, opendir, file; /* fids */
	struct file *names[NAMES]; /* by number; NULL: not there */
	struct file *open; /* what the fid file is of, or NULL */
	bool named; /* open is one of names */

	/* Under way, if req.pending; the first may only be a walk. */
	struct etfsc_req walk, req;
	enum deed deed;
	unsigned int from, to; /* names */
	size_t off, len;
	mode_t mode;
	uid_t uid;
	uint8_t data[WRITE_MAX];
};

struct tally {
	unsigned int acknowledged, fsyncs, under_way, happened, partly;
};

uint32_t crash_random(uint32_t n); /* below n */
void crash_seed(uint64_t seed);
/* Say why, and exit. */
void __attribute__((noreturn, format(printf, 1, 2)))
crash_fail(const char *format, ...);

/* Take up work in a directory that is there; give it up. */
void worker_begin(struct worker *w, struct etfsc *fs);
void worker_forget(struct worker *w);
/* Submit something. */
void worker_go(struct worker *w, bool as_root);
/* It has ended well. */
void worker_acknowledge(struct worker *w, struct tally *tally);
const char *worker_name(unsigned int i);

/* What op does to files, with all of a write or its first len bytes. */
void worker_apply(struct worker *w, size_t len);

/*
 * Compare the directory of the host (with identity mapped, or not), and adopt what has happened of the
 * operation under way.
 */
void after_worker(
    struct worker *w, const char *host, bool mapped, struct tally *tally);
/* The same files as a new server shows them. */
void after_attributes(const struct worker *w, struct etfsc *fs);
/* No other names at the top; and what nobody has touched. */
void still_make(const char *host);
void still_check(const char *host, unsigned int workers);

#endif
