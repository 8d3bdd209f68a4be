/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_op.h -- one operation under way, and the loop that it belongs to.
 *
 * Of a vop the caller sets the first few members; the rest is here only so that
 * it can be a part of what the caller calls a request, and nothing need be
 * allocated for it.  How a call ends is told in vfs.h.
 */

#ifndef VFS_OP_H
#define VFS_OP_H

#include <sys/uio.h>
#include <uv.h>

#include "vfs_types.h"

struct vfs;
struct vfs_fs;
struct vop;

/* A call about locks while it is under way: vfs's own, see vfs_lock.c. */
struct vlock_call {
	enum {
		VLOCK_TAKE, /* or change, or drop */
		VLOCK_ASK,
		VLOCK_CLOSE
	} kind;
	bool wait;
	struct vlock lk; /* what is wanted; the answer to VLOCK_ASK */
	struct vlock *answer; /* VLOCK_ASK: where that goes */
	char *hostbuf;
	struct vfile *file;
	struct vlock_table *table;
	int (*then)(struct vop *op, int rc); /* how it goes on, or NULL */
	int rc; /* what a worker was told by the host */

	/* While it waits; see vfs_wait.h. */
	struct vop *next, **prev; /* on the vnode; prev is NULL if not */
	struct vop *loop_next, **loop_prev; /* the same on the loop */
	uint64_t deadline;
	bool refused; /* by the host, which is asked again at retry_at */
	uint32_t retry_ms;
	uint64_t retry_at;
	struct vop *due_next;
};

/*
 * vfs's half of an event loop: where operations that ended on other threads
 * come back.  One per loop, in memory that the caller has; init and fini run
 * on the loop's thread (or before it starts).  fini starts closing handles:
 * run the loop once more for them, then forget it.
 */
struct vloop {
	uv_loop_t *uv;
	uv_async_t async;
	uv_timer_t timer; /* for lock waits that have lasted enough */
	uv_timer_t poll; /* for those that the host refused */
	uv_mutex_t mutex; /* guards posted, waiting */
	struct vop *posted; /* by other threads, oldest first */
	struct vop **posted_tail;
	struct vop *waiting; /* lock waits of this loop, oldest first */
	struct vop **waiting_tail;
};

int vloop_init(struct vloop *loop, uv_loop_t *uv);
void vloop_fini(struct vloop *loop);

/* Where an operation is that needs a worker; see vfs_lane.h. */
enum vop_stage {
	VOP_OUTSIDE,
	VOP_IN_LINE,
	VOP_ADMITTED, /* a worker is on its way to it */
	VOP_ON_WORKER,
};

/*
 * One operation, embedded in what the caller calls a request.  loop may be
 * NULL where no file system involved ever waits.  cred is borrowed.  client
 * tells those apart who are to get their share of the workers each.
 */
struct vop {
	/* Set by the caller. */
	void (*done)(struct vop *op, int rc);
	struct vloop *loop;
	const struct vcred *cred;
	uint64_t client;

	/*
	 * vfs's and the file system's own.  call runs the operation, now or on
	 * a worker; resume: see vop_run() in vfs_internal.h; hurry is NULL, or
	 * set while the operation is pending.
	 */
	int (*call)(struct vop *op);
	int (*resume)(struct vop *op, int rc);
	void (*hurry)(struct vop *op);
	void *fs; /* for whoever set hurry */
	struct vop *next; /* in a list of its vloop, or in line */
	int rc;
	bool may_block; /* we are on a worker, or: */
	bool on_loop; /* the loop does what a worker would; see vop_seldom() */
	bool seldom; /* it would hardly ever have to wait */
	bool movable; /* see vop_change_lane() */
	enum vop_stage stage; /* guarded as lanes are, but when outside */
	struct vlane *lane; /* where it is to run; NULL: where vn is */
	struct vline *line; /* where it waits, or runs */
	struct vworker *worker; /* that is on its way */
	bool hurried; /* by vop_hurry(), for who runs in steps and clears it */
	struct vnode *vn;
	union vop_args {
		struct {
			struct vattr *out;
		} getattr;
		struct {
			struct vfile *file;
			struct vsetattr sa;
		} setattr;
		struct {
			char *buf;
			size_t cap;
			size_t *len;
		} readlink;
		struct {
			struct vstatfs *out;
		} statfs;
		struct {
			struct vnode *dir;
			struct vname name;
			int flags;
			struct vfile *file;
		} open;
		struct {
			struct vname name;
			int flags;
			mode_t mode;
			gid_t gid;
			dev_t rdev;
			struct vname target;
			struct vnode *link;
			struct vnode **out;
			struct vfile *file;

			/* Where a mount has the name: see vfs_taken.c. */
			struct vnode *dir, *up;
			int settled, searched;
		} create;
		struct {
			struct vname name, newname;
			struct vnode *newdir, *expect;
			bool rmdir;
		} remove;
		struct {
			struct vfile *file;
			uint64_t off;
			const struct iovec *iov;
			int iovcnt;
			struct iovec cut; /* iov, if only a part is wanted */
			size_t *len;
			bool flag; /* fsync: data only */
			int events; /* poll */
		} io;
		struct {
			struct vfile *file;
			uint64_t cookie;
			vfs_emit *emit;
			void *ctx;
			struct vnode *root;
			bool full; /* emit had no room */
		} readdir;
		struct {
			struct vname name;
			struct vblob *out;
			const void *data;
			size_t len;
			int flags;
		} xattr;
		struct {
			struct vwalk *w;
			struct vnode *next;
			struct vnode *over; /* is where it leads, if not NULL */
		} walk;
		struct vlock_call lock;
		struct {
			struct vfs_fs *fs;
			struct vlane *lane;
		} unmount;
		struct {
			struct vfs *vfs;
			int (*run)(struct vop *op);
		} work;
	} u;
};

void vop_init(
    struct vop *op, struct vloop *loop, void (*done)(struct vop *op, int rc));

/*
 * Ask a pending operation to finish early.  It still finishes through done,
 * later, with -ECANCELED if nothing happened or with its real result if it was
 * too late to stop.  Harmless on one that cannot be hurried.
 */
void vop_hurry(struct vop *op);

#endif
