/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_files.h -- open files and directories, and the paths to them.
 */

#ifndef ETFSC_FILES_H
#define ETFSC_FILES_H

#include "etfsc_internal.h"

struct etfsc_file {
	struct etfsc *fs;
	uint32_t fid;
	int flags; /* of open */
	uint32_t iounit; /* 0: none in particular */
	struct etfsc_qid qid;
	struct etfsc_req clunk;
	struct etfsc_file *next, **prev; /* in fs->files */
};

struct etfsc_dir {
	struct etfsc *fs;
	uint32_t fid;
	uint64_t cookie; /* of the last entry given */
	uint8_t *buf; /* entries from the server: pos..len are still to give */
	uint32_t pos, len, cap;
	struct etfsc_dir *next, **prev; /* in fs->dirs */
};

/* Out of the list, and gone; the fid is somebody else's business. */
void etfsc_file_free(struct etfsc_file *file);
void etfsc_dir_free(struct etfsc_dir *dir);

/*
 * The names that lead to where a path is, without links: "/a/b".  Only who
 * changes directory wants to know.
 */
struct etfsc_trail {
	char *s; /* "" is the root */
	size_t len, cap;
};

int etfsc_trail_add(struct etfsc_trail *trail, const p9_names *names);
void etfsc_trail_reset(struct etfsc_trail *trail); /* to the root */

/*
 * A path on the way to its end.  at is where rest begins; it may be the
 * connection's root or current directory, and then it is not ours.
 */
struct etfsc_path {
	struct etfsc *fs;
	uint32_t at;
	bool ours;
	struct etfsc_qid qid; /* of at */
	const char *rest;
	char *buf; /* what rest is in, once a link has been followed */
	unsigned int links; /* so far */
	struct etfsc_trail *trail; /* or NULL */
};

/* The last name of a path, which stands for something in its directory. */
struct etfsc_last {
	enum {
		ETFSC_NAME,
		ETFSC_DOT, /* "." */
		ETFSC_DOTS, /* ".." */
		ETFSC_TOP, /* there is none: "/" */
	} kind;
	bool slash; /* there is one behind it: it has to be a directory */
	char name[ETFSC_NAME_MAX + 1];
};

/* 0, or -ENOENT for an empty path.  In any case, fini is due. */
int etfsc_path_init(struct etfsc_path *p, struct etfsc *fs, const char *path);
/* Queues a Tclunk, if at is ours; it goes out behind what has been queued. */
void etfsc_path_fini(struct etfsc_path *p);

/*
 * Go to the end, so that at is what the path names; follow: also if that is a
 * symbolic link.  0 or -errno.
 */
int etfsc_path_resolve(struct etfsc_path *p, bool follow);
/* Only up to the directory that the last name is in. */
int etfsc_path_parent(struct etfsc_path *p, struct etfsc_last *last);
/* rest is now what link, a fid, says, and then what was rest. */
int etfsc_path_splice(struct etfsc_path *p, uint32_t link);
/* One name from at: 0 and *fid, or -errno. */
int etfsc_path_child(struct etfsc_path *p, const char *name, uint32_t *fid,
    struct etfsc_qid *qid);
/* at is fid now, which becomes p's. */
void etfsc_path_enter(
    struct etfsc_path *p, uint32_t fid, const struct etfsc_qid *qid);
/* at as a fid that may be opened or moved; it is not p's any more. */
int etfsc_path_take(struct etfsc_path *p, uint32_t *fid);

/* init and resolve, or init and parent; after a failure no fini is due. */
int etfsc_path_find(
    struct etfsc_path *p, struct etfsc *fs, const char *path, bool follow);
int etfsc_path_find_parent(struct etfsc_path *p, struct etfsc *fs,
    const char *path, struct etfsc_last *last);

static inline bool
etfsc_is_link(const struct etfsc_qid *qid)
{
	return (qid->type & ETFSC_QTSYMLINK) != 0;
}

static inline bool
etfsc_is_dir(const struct etfsc_qid *qid)
{
	return (qid->type & ETFSC_QTDIR) != 0;
}

#endif
