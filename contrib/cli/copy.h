/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy.h -- files and trees from place to place.
 *
 * The tree is walked by what waits; what is not a directory goes by itself, and
 * many at a time.  A directory is held open as long as something in it is under
 * way.
 */

#ifndef COPY_H
#define COPY_H

#include "place.h"
#include "progress.h"

/* How much of a file's attributes is kept: less, if more is not permitted. */
enum copy_keep {
	COPY_OWNER, /* and group, and with them set-id bits */
	COPY_GROUP,
	COPY_MODE /* and times, as always */
};

struct job;

struct copy {
	struct cli *c;
	const struct place *from, *to;
	bool recurse;
	bool keep; /* modes, times, and owners if it can be */
	bool resume; /* what has been begun, or is there already */
	bool verify;
	mode_t umask;
	struct progress progress;

	uint64_t self; /* qid.path of the copy, where it could meet itself */
	struct job *jobs; /* files that are under way */
	unsigned int active; /* so many */
	unsigned int chunks; /* that they have, beyond one each */
};

/* A directory on both sides. */
struct copy_dir {
	struct etfsc_req req; /* its first member */
	struct copy *cp;
	struct copy_dir *up; /* it is in; NULL: not known */
	unsigned int refs;
	struct place_file from, to;
	char *from_path, *to_path;
	bool set; /* give it attributes at the end */
	struct etfsc_setattr attr;
	struct etfsc_attr source; /* to be kept */
	enum copy_keep keep;
};

/*
 * Begin to copy what is called from in dir to what will be called to in it, a
 * symbolic link or not; waits until there is room for one more.
 */
void copy_file(
    struct copy_dir *dir, const char *from, const char *to, bool link);

/* The operand path, to what is called to in the directory to_dir; to NULL: a
 * directory, of which to_dir becomes a copy. */
void copy_tree(
    struct copy *cp, const char *path, const char *to_dir, const char *to);

/* The directory that path is in, and its name there, both to be freed, also
 * after a failure; 0 or -ENOMEM. */
int copy_split(const char *path, char **dir, char **name);

/* References; with the last one, its attributes are set, and it is closed. */
struct copy_dir *copy_dir_new(struct copy *cp, const char *from_path,
    const char *to_path, struct copy_dir *up);
void copy_dir_put(struct copy_dir *dir);

/* What to set; and is it worth another try with less, after rc? */
struct etfsc_setattr copy_keep(
    const struct etfsc_attr *source, enum copy_keep keep);
bool copy_keeps_less(int rc, enum copy_keep keep);

/* copy_say.c: of name in dir, or of name where dir is NULL. */
void copy_error(struct copy *cp, const char *dir, const char *name, int rc);
void copy_say(
    struct copy *cp, const char *dir, const char *name, const char *what);

#endif
