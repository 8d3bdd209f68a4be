/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request.h -- one T message and what becomes of it.
 *
 * Every request goes the same way: its fids are found, it is let in (or waits
 * its turn on a fid), its handler runs, and request_finish() ends it.  There is
 * no other end.  What a message needs and does is its row in handlers.c.
 */

#ifndef REQUEST_H
#define REQUEST_H

#include "fid.h"
#include "p9.h"
#include "session.h"
#include "transport.h"

struct request;

/* What must hold before a handler runs; all about its first fid. */
enum {
	NEED_FID = 1 << 0, /* it exists (else EBADF) */
	NEED_FILE = 1 << 1, /* and is no xattr fid (EINVAL) */
	NEED_WALKED = 1 << 2, /* and is not open either (EINVAL) */
	NEED_OPEN = 1 << 3, /* it is open for I/O (EBADF) */
	ALONE = 1 << 4, /* it is the only request on that fid */
	MUSTRUN = 1 << 5, /* a flush waits for it but does not hurry it */
	ENDS_FID = 1 << 6, /* the number is free from now on */
	HAS_FID2 = 1 << 7, /* names a second fid, which exists (EBADF) */
	MAKES_FID = 1 << 8, /* claims the number of a new one */
};

struct handler {
	/* Do it.  Returns as vfs calls do. */
	int (*run)(struct request *r);

	/*
	 * After run, whatever the result, or NULL: put away what run got, and
	 * change fids and session.  Returns the final result.
	 */
	int (*end)(struct request *r, int rc);

	/* Fill in the R message after success; NULL if it has no body. */
	void (*reply)(struct request *r, struct p9_msg *out);

	unsigned int flags;
	size_t fid2; /* offset in the message of HAS_FID2's or MAKES_FID's */
};

extern const struct handler handlers[256];

/*
 * A request borrows from its frame, and references the frame's buffer while it
 * is pending.  It holds a reference on each fid.
 */
struct request {
	struct session *session; /* outlives all its requests */
	const struct handler *h;
	struct buf *buf; /* its frame lies in; a reference if pending, or
			  * NULL if it needs its frame no more */
	size_t frame_len;
	void *kept; /* what a request that waits needs of it; see wait.c */
	bool pending; /* counted, and known by its tag */
	bool flushed; /* the client no longer wants to know */
	bool stale; /* its file was unmounted: see stale.h */
	bool admitted; /* among the users of its fids */
	bool canceled; /* before it was admitted */
	bool waiting; /* for somebody else, or has done: see wait.h */
	bool ran; /* its handler was called, and so end must be */
	bool internal; /* made by us: it has no tag and no reply */
	struct fid *fid, *fid2, *newfid;
	struct room room; /* where its reply goes, if it was needed early */
	bool on_host; /* the payload of its reply lies at extent */
	struct list link; /* in session->pending */
	struct fid_wait waits[2]; /* for fid and fid2, until it is admitted */
	struct list wait; /* in session->ready, or (a Tflush) in the flushers
			   * of what it flushes */
	struct list flushers;
	struct request *flushing;
	int (*step)(struct request *r, int rc); /* see request_then() */

	struct vop op; /* the vfs call under way, if any */

	/* From here on nothing is cleared beforehand. */
	struct p9_msg in;
	struct vextent extent;
	union {
		struct vattr attr;
		struct vstatfs statfs;
		struct vnode *vn;
		struct vqid made;
		struct vfile file;
		struct {
			struct iovec iov;
			size_t len;
			bool full;
			bool rest; /* see run_stream.c */
		} io;
		struct {
			struct vwalk w;
			struct vname names[P9_MAXWELEM];
		} walk;
		struct {
			struct vwalk w;
			struct vname names[P9_MAXWELEM];
			p9_str rest; /* of aname */
			struct vcred *cred;
			struct vnode *top; /* of the tree; not a reference */
			struct vnode *at;
		} attach;
		struct vblob blob;
		struct {
			struct vlock lk;
			char host[VFS_NAME_MAX];
			uint8_t status;
		} lock;
		int removed; /* Tremove: what became of the file */
	} u;
};

/* NULL if there is no memory. */
struct request *request_new(struct session *s);

/* A decoded request begins its life; it may be over when this returns. */
void request_start(struct request *r);

/* One of our own making begins, on fid. */
void request_start_on(
    struct request *r, const struct handler *h, struct fid *fid);

/* The only way a request ends.  r is gone afterwards. */
void request_finish(struct request *r, int rc);

/* Answer with an error a frame that never became a request. */
int request_refuse(struct session *s, const struct p9_msg *in, int rc);

/*
 * Go on with step when the vop that returned rc has ended, well or badly: now,
 * or later if it is pending.  step returns as handlers do.
 */
int request_then(
    struct request *r, int rc, int (*step)(struct request *r, int rc));

/* r becomes pending, if it is not yet. */
void request_pend(struct request *r);

/*
 * End early, if that is possible at all; never from inside this call, but
 * perhaps in the next request_run_ready().
 */
void request_hurry(struct request *r);

/* Try those again that waited on a fid, and end those that need not. */
void request_run_ready(struct session *s);

/* A place for a reply with a payload of up to len bytes; 0 or -ENOMEM. */
int request_reserve(struct request *r, size_t len);
void request_unreserve(struct request *r);
uint8_t *request_payload(struct request *r);

#endif
