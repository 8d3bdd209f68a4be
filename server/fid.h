/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fid.h -- a client's handle on a file.
 *
 * A fid belongs to one session.  It is counted: one reference while its number
 * is known, one for each request that uses it.  Requests that change what a fid
 * is (open, walk in place, clunk, ...) have it to themselves: they wait for
 * earlier requests on it, and later ones wait for them.
 */

#ifndef FID_H
#define FID_H

#include "list.h"
#include "pool.h"
#include "vfs.h"

struct request;

/* What an attach gave, shared by all fids that come from it. */
struct attach {
	unsigned int refs;
	struct vcred *cred;
	struct vnode *root; /* ".." stays here */
};

struct attach *attach_new(struct vcred *cred, struct vnode *root);
struct attach *attach_get(struct attach *attach);
void attach_put(struct attach *attach); /* NULL is fine */

enum fid_kind {
	FID_NEW, /* being made: its number is taken, no more */
	FID_WALKED, /* names a file */
	FID_OPEN, /* and is open for I/O */
	FID_XATTR_READ, /* a value, or a list of names */
	FID_XATTR_WRITE, /* a value that is being sent, stored by Tclunk */
	FID_STALE, /* its file was unmounted: it has nothing any more */
};

/* The value behind an xattr fid. */
struct fid_xattr {
	char *name;
	uint8_t *data;
	size_t size; /* of data; what was announced */
	size_t got; /* how much of it has been written */
	int flags;
};

/* A request in a fid's queue. */
struct fid_wait {
	struct list link;
	struct request *r;
};

/* What a Tread that goes on after a short one would ask for; see run_stream.c. */
struct fid_rest {
	uint64_t offset;
	uint32_t least, most; /* counts; most is 0 if none is expected */
};

#define FID_NAME_INLINE 32

struct fid {
	uint32_t num;
	unsigned int refs;
	enum fid_kind kind;
	struct list link; /* in session->all */
	unsigned int asked; /* how often for attributes; see run_attr.c */
	bool lost; /* FID_STALE: and with it a value that was sent */
	bool exclusive; /* one request has it to itself */
	unsigned int users; /* requests that have been let in */
	struct list waiting; /* struct fid_wait: those that have not, in the
			      * order in which they came */
	struct attach *attach;
	struct vnode *vn;
	struct vnode *dir; /* where it was found; NULL if not by a name */
	size_t namelen; /* and as what */
	union {
		char buf[FID_NAME_INLINE];
		char *ptr; /* if longer */
	} name;
	struct vfile file; /* FID_OPEN */
	struct fid_rest rest; /* of a stream */
	struct fid_xattr xattr;
};

/* A fid of kind FID_NEW, with one reference; NULL if there is no memory. */
struct fid *fid_new(struct pool *pool, uint32_t num);
void fid_put(struct pool *pool, struct fid *fid);

/*
 * It names vn from now on.  Takes the references on vn and dir, not attach's.
 * If there is no memory for the name the place is forgotten (as after an
 * attach); the file is what counts.
 */
void fid_set(struct fid *fid, struct attach *attach, struct vnode *vn,
    struct vnode *dir, struct vname name);

/* It lets go of all that it has; its file is closed already. */
void fid_make_stale(struct fid *fid);

/* Its file has been moved to name in dir, which is borrowed. */
void fid_move(struct fid *fid, struct vnode *dir, struct vname name);

/* The name it was found by, in fid->dir; empty if there is none. */
struct vname fid_name(const struct fid *fid);

#endif
