/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place.h -- where files are copied from, and to: the server's tree, or this
 * machine's.
 *
 * Each call that takes a request is one message at most.  It returns 0, a
 * count or -errno at once, which this machine always does, or PLACE_PENDING:
 * then req->done tells.  Where results go has to stay until then.
 */

#ifndef PLACE_H
#define PLACE_H

#include <limits.h>

#include "dir.h"

#define PLACE_PENDING INT_MIN
#define PLACE_TARGET 4096U /* bytes that a link leads to, at most */

/* A file or directory; one of the two counts. */
struct place_file {
	int fd;
	uint32_t fid;
};

#define PLACE_NONE ((struct place_file){ -1, ETFSC_NOFID })

struct place {
	bool remote;

	/*
	 * Files.  find: what is called name, no link followed, to be opened
	 * with flags of open(2); open: do that.  twin: a file to be given to
	 * create, which makes it one that is called name, in the same
	 * directory, and opens it to be read and written.
	 */
	int (*find)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *dir, const char *name, int flags,
	    struct place_file *out);
	int (*open)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *f, int flags);
	int (*twin)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *dir, struct place_file *out);
	int (*create)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *dir, struct place_file *f,
	    const char *name, mode_t mode);
	int (*stat)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *f, struct etfsc_attr *out);
	/* Size, owners, mode, or times, both of which count if one of them is
	 * valid. */
	int (*set)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *f, const struct etfsc_setattr *set);
	int (*read)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *f, void *buf, uint32_t len, uint64_t off);
	int (*write)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *f, const void *buf, uint32_t len,
	    uint64_t off);
	/* *f is PLACE_NONE then, whatever comes of it. */
	int (*close)(
	    struct cli *c, struct etfsc_req *req, struct place_file *f);

	/* Names.  readlink: the length; no more than PLACE_TARGET is stored. */
	int (*readlink)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *f, char *buf);
	int (*symlink)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *dir, const char *name, const char *target);
	int (*rename)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *dir, const char *from, const char *to);
	int (*unlink)(struct cli *c, struct etfsc_req *req,
	    const struct place_file *dir, const char *name);

	/* Where the next data begin and end from off on, of a file so large;
	 * begin is size if there are none. */
	void (*data)(const struct place_file *f, uint64_t off, uint64_t size,
	    uint64_t *begin, uint64_t *end);

	/* What follows waits, and is 0 or -errno. */

	/* A directory, by path and by name; no link is followed to the last. */
	int (*at)(struct cli *c, const char *path, struct place_file *out);
	int (*enter)(struct cli *c, const struct place_file *dir,
	    const char *name, struct place_file *out);
	int (*mkdir)(struct cli *c, const struct place_file *dir,
	    const char *name, mode_t mode);
	/* To be given to dir_free(), also after a failure. */
	int (*list)(
	    struct cli *c, const struct place_file *dir, struct dir_list *out);
	/* Attributes of what path leads to, or of the link that it is. */
	int (*look)(struct cli *c, const char *path, bool follow,
	    struct etfsc_attr *out);
	/* The path that a link leads to, to be freed. */
	int (*follow)(struct cli *c, const char *path, char **out);
};

extern const struct place place_local, place_remote;

/* Close without waiting; PLACE_NONE is fine. */
void place_drop(struct cli *c, struct place_file *f);

#endif
