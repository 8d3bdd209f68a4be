/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.h -- the model: a tree of files in memory, and what each party has
 * open of it.
 *
 * It is as simple as can be, and shares nothing with the server.  All parties
 * are root, or all are one user who owns everything and grants himself all:
 * permissions are not its subject.
 */

#ifndef WORLD_H
#define WORLD_H

#include "step.h"

#define WORLD_PAGE 4096
#define WORLD_TOUCHED 8
#define WORLD_XATTRS 3

/* Attributes that a step changed: those it must have, those it may have. */
enum {
	T_MTIME = 1 << 0,
	T_CTIME = 1 << 1,
	T_BOTH = T_MTIME | T_CTIME,
	T_ATIME = 1 << 2
};

struct page {
	uint64_t at; /* number of the page */
	struct page *next; /* in no order */
	uint8_t bytes[WORLD_PAGE];
};

struct xvalue {
	bool set;
	uint32_t len, seed;
};

struct lock {
	uint64_t start, end; /* the first byte and the last */
	bool write;
	unsigned int party;
	int slot; /* through which it was taken */
	struct lock *next;
};

struct entry {
	char *name;
	struct node *node;
	struct entry *next;
};

struct node {
	unsigned int id;
	mode_t mode; /* with S_IFMT */
	uid_t uid;
	gid_t gid;
	unsigned int nlink; /* names; of a directory, 0 once it is removed */
	unsigned int opens; /* slots that hold it */
	uint64_t size;
	struct page *pages; /* of a file; the others are holes */
	const char *target; /* of a symbolic link */
	struct xvalue xattrs[WORLD_XATTRS];
	struct lock *locks;
	struct entry *entries; /* of a directory */
	struct node *parent; /* of a directory */
	struct node *all; /* the next of all */

	/* What can only be learned, and then has to stay. */
	struct timespec atime, mtime, ctime;
	bool known; /* those are */
	uint64_t ino[2]; /* 0: not known; by kind of party */
	int must, may; /* T_*: what has become of times since then */
	int exact; /* T_*: those that are known before they are seen */
};

struct handle {
	struct node *node; /* NULL: nothing is open */
	int flags;
};

/* How parties differ. */
struct world_party {
	bool wire; /* does not follow links, sends what it is told */
	bool mounted; /* uses Linux's client, which has its own mind */
};

struct world {
	struct node *root, *nodes;
	unsigned int nparties, ids;
	struct world_party party[STEP_PARTIES];
	struct handle slots[STEP_PARTIES][STEP_SLOTS];
	bool dirs_count; /* nlink of a directory tells its subdirectories */
	struct timespec begun; /* no change is older */

	/* Of the last step: what it changed, and what OP_STAT was about. */
	struct node *subject;
	int also; /* another errno that is as good, or 0 */
	struct node *touched[WORLD_TOUCHED];
	unsigned int ntouched;
};

void world_init(struct world *w);
void world_fini(struct world *w);
/* An empty tree, and nothing open. */
void world_reset(struct world *w);
/* What the last step touched has been looked at. */
void world_forget(struct world *w);

/* Let a step's places be what there is, where it says so. */
void world_fit(const struct world *w, struct step *step);

/*
 * Do it: what has to come of it is in *out, and in the tree.  False: the model
 * has nothing to say about that, it is not to be done.
 */
bool world_step(struct world *w, const struct step *step, struct outcome *out);

/* The rules for those that make, remove and move names, and for opening. */
int rule_open(struct world *w, const struct step *s);
int rule_make(struct world *w, const struct step *s);
int rule_link(struct world *w, const struct step *s);
int rule_rename(struct world *w, const struct step *s);
int rule_remove(struct world *w, const struct step *s);
int rule_lock(struct world *w, const struct step *s);
#define RULE_SKIP (-1000)

/* A path, walked: dir and name are where it is, or would be. */
struct way {
	struct world *w;
	bool follows; /* symbolic links, at the end only if ... */
	bool follow_last;
	int links;
	struct node *dir;
	char name[257];
	struct node *node; /* NULL: the last name is not there */
	bool too_long; /* and never can be */
};
int way_walk(struct world *w, const struct step *s, const struct place *p,
    struct way *y, bool follow_last);
/* Without a look at the last name: too_long may be set. */
int way_begin(struct world *w, const struct step *s, const struct place *p,
    struct way *y, bool follow_last);

/* See mounted.c: may a step change a name of node, its mode, lock or open it? */
bool mounted_goes_by(
    const struct world *w, const struct step *s, const struct node *node);
bool mounted_misses(
    const struct world *w, const struct step *s, const struct node *node);
bool mounted_mixes_locks(
    const struct world *w, const struct step *s, const struct node *node);

struct node *node_new(struct world *w, mode_t mode);
struct node *node_entry(const struct node *dir, const char *name);
void node_add(struct node *dir, const char *name, struct node *node);
void node_remove(struct node *dir, const char *name);
bool node_is_in(const struct node *node, const struct node *dir);
unsigned int node_depth(const struct node *node);
/* The longest way down. */
unsigned int node_height(const struct node *node);
uint64_t node_nlink(const struct world *w, const struct node *node);
bool node_place(
    const struct world *w, const struct node *node, struct place *p);

void bytes_read(const struct node *node, uint64_t off, uint8_t *buf, size_t n);
void bytes_write(struct node *node, uint64_t off, const uint8_t *buf, size_t n);
void bytes_resize(struct node *node, uint64_t size);

void locks_drop(struct node *node, unsigned int party, int slot);

/* Note that a step changes times of a node. */
void touch(struct world *w, struct node *node, int must, int may);

#endif
