/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake.h -- a session that is carried by nothing.
 *
 * A real session on a real loop, over a tree in memory with a slowfs at /slow.
 * Frames are handed to it one by one; its replies are decoded and kept, in
 * order, until a test looks at them.  Whatever does not decode, is larger than
 * the room that was made for it, or is left when the test ends, fails it.
 */

#ifndef FAKE_H
#define FAKE_H

#include "fixture.h"
#include "p9.h"
#include "server.h"
#include "session.h"
#include "slowfs.h"
#include "transport.h"

#define FAKE_WORKERS 2 /* of the process: so many calls block all of them */

struct fake_reply {
	struct p9_msg m; /* borrows from frame */
	uint8_t *frame;
};

struct fake {
	struct server server;
	struct sloop loop;
	struct transport transport;
	struct session session;
	struct slowfs *slow;
	struct buf *rx; /* where frames are put; rx_left bytes are free */
	size_t rx_left;
	bool woken;
	int fails; /* how often the transport was told that a reply is lost */
	int rooms; /* given out, and not taken back */
	int no_memory; /* this many times there will be no room */
	size_t steps; /* how often session_step() wanted to be called again */
	struct fake_reply *replies; /* first .. nreplies: not yet looked at */
	size_t first, nreplies, cap;
	size_t nsent; /* in all */
	struct fake_reply current; /* the one that is being looked at */
	uv_work_t blockers[FAKE_WORKERS];
	uv_sem_t blocked, go_on; /* of the blockers */
	bool blocking;
	int fds; /* open before the test */
};

/*
 * For cmocka_unit_test_setup_teardown(): *state is a struct fake, whose client
 * has not said anything yet.  The second has said Tversion, and attached fid 0
 * to the root of the slowfs.  teardown hangs up if the test did not, and fails
 * it unless everything has been given back.
 */
int fake_setup(void **state);
int fake_setup_attached(void **state);
int fake_teardown(void **state);

extern const struct transport_ops fake_ops;

/* Hand over one frame.  What session_frame() says. */
int fake_frame(struct fake *fx, const uint8_t *p, size_t len);
int fake_send(struct fake *fx, const struct p9_msg *m);

/*
 * Let happen whatever can happen without waiting: workers that are waiting for
 * a ticket go on waiting.
 */
void fake_pump(struct fake *fx);

/* Run the loop until n replies have not been looked at. */
void fake_await(struct fake *fx, size_t n);

/* How many replies have not been looked at.  Does not run the loop. */
size_t fake_unread(const struct fake *fx);

/* The next reply, good until the one after it; runs the loop until it comes. */
const struct p9_msg *fake_next(struct fake *fx);

/* The client is gone: see it through to the end. */
void fake_hang_up(struct fake *fx);
void fake_await_end(struct fake *fx); /* after fx->session was told to end */

/* Occupy all workers, so that the next calls stay in the queue; and let go. */
void fake_block_workers(struct fake *fx);
void fake_unblock_workers(struct fake *fx);

/* Who attaches from now on is looked up, which takes a worker. */
void fake_look_up_users(struct fake *fx);

/* The next reply is this one, or this error (positive); or there is none. */
const struct p9_msg *expect(struct fake *fx, unsigned int type, uint16_t tag);
void expect_error(struct fake *fx, uint16_t tag, uint32_t ecode);
void expect_silence(struct fake *fx);

/* Send m, and see it answered well, or with this error. */
const struct p9_msg *call(struct fake *fx, const struct p9_msg *m);
void call_fails(struct fake *fx, const struct p9_msg *m, uint32_t ecode);

/* Hand over m, which the session takes. */
void send_ok(struct fake *fx, const struct p9_msg *m);

/* Messages, made in place; good until the end of the enclosing block. */
#define T(name, t, ...)                                                        \
	(&(struct p9_msg){                                                     \
	    .type = P9_T##name, .tag = (t), .u.T##name = { __VA_ARGS__ } })
#define STR(x)                                                                 \
	{                                                                      \
		(x), sizeof(x) - 1                                             \
	}

#define T_VERSION T(version, P9_NOTAG, 65536, STR(P9_VERSION_L))
#define T_ATTACH(t, fid, aname)                                                \
	T(attach, t, fid, P9_NOFID, STR(""), STR(aname), 0)
#define T_CLONE(t, fid, newfid) T(walk, t, fid, newfid, { .n = 0 })
#define T_WALK(t, fid, newfid, name)                                           \
	T(walk, t, fid, newfid, { 1, { STR(name) } })
#define T_READ(t, fid) T(read, t, fid, 0, 10)
#define T_WRITE(t, fid) T(write, t, fid, 0, { (const uint8_t *)"hello", 5 })
#define T_XATTRCREATE(t, fid, size)                                            \
	T(xattrcreate, t, fid, STR("user.a"), size, 0)
#define T_LOCK(t, fid, pid)                                                    \
	T(lock, t, fid, P9_LOCK_WRLCK, P9_LOCK_FLAG_BLOCK, 0, 0, pid, STR("me"))

/* Tags that helpers use for themselves: 60000 and above. */
void make_fid(struct fake *fx, uint32_t newfid, const char *name);
void open_fid(struct fake *fx, uint32_t newfid, const char *name);

#endif
