/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t9p.h -- a small blocking client that believes nothing.
 *
 * It sends a struct p9_msg or bytes of any kind, and takes replies one by one.
 * Every reply is held against its request before a test sees it: the tag is in
 * use and not flushed, the type is the request's or Rlerror, the number in an
 * Rlerror is one of the protocol's, the frame fits msize and the room that the
 * Linux client would have kept for it, counts are within what was asked for,
 * and directory entries are whole.  What is wrong ends the running test.
 *
 * All waiting has a time limit that only bounds hangs: T9_TIMEOUT seconds from
 * the environment, or T9_TIMEOUT.
 */

#ifndef T9P_H
#define T9P_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "p9.h"

#define T9_TIMEOUT 60 /* seconds */

struct t9_wait;

struct t9 {
	int rfd, wfd; /* one socket, or two pipes */
	uint32_t msize; /* the longest frame that may come */
	struct p9_msg in; /* the last reply; borrows from frame */
	uint8_t *frame; /* its bytes */
	size_t size; /* how many */
	bool anything; /* any well-formed reply will do: for garbage */
	uint32_t gid; /* for what t9ops.h creates; at first, our own */

	/* Its own. */
	size_t cap;
	uint8_t *out;
	size_t out_len, out_cap;
	bool corked;
	uint16_t next_tag;
	uint64_t sent; /* requests so far */
	struct t9_wait *wait; /* by tag */
	struct t9 *next;
};

/* Milliseconds on a clock that only goes forward, and the time limit. */
int64_t t9_now(void);
int t9_timeout(void);

/*
 * Where a failure is reported: the line of the test that made the call.  The
 * macros of t9ops.h and those below keep it up to date.
 */
void t9_here(const char *file, int line);
/* What the test is about just now, for the report; NULL: nothing special. */
void t9_context(const char *text);
void t9_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/*
 * Connect to "tcp:HOST:PORT" or "unix:PATH".  t9_socket gives the descriptor,
 * or -1 and errno; t9_dial insists.
 */
int t9_socket(const char *addr);
struct t9 *t9_dial(const char *addr);

/* A client on descriptors that become its own; they may be the same. */
struct t9 *t9_new(int rfd, int wfd);
void t9_free(struct t9 *c); /* closes; NULL is fine */
void t9_free_all(void); /* all that there are */
void t9_reset(struct t9 *c); /* closes with a reset, as a dying host does */

/*
 * Send a request, with a tag of its own (which is returned) or a given one.
 * Between t9_cork and t9_uncork frames are collected, to leave in one piece.
 */
uint16_t t9_send(struct t9 *c, const struct p9_msg *m);
void t9_send_tag(struct t9 *c, const struct p9_msg *m, uint16_t tag);
void t9_cork(struct t9 *c);
void t9_uncork(struct t9 *c);

/*
 * Send one whole frame of any content: a reply to its tag is awaited, and may
 * only be an error if the frame does not decode.  t9_send_bytes awaits nothing.
 * Both are silent if the server has closed: the next t9_recv tells.
 */
void t9_send_frame(struct t9 *c, const uint8_t *buf, size_t len);
void t9_send_bytes(struct t9 *c, const void *buf, size_t len);
void t9_shutdown(
    struct t9 *c); /* no more from here: the server reads its end */

/* Take the next reply; false: the server has closed. */
bool t9_recv(struct t9 *c);
void t9_recv_tag(struct t9 *c, uint16_t tag); /* it must come, and be this */
void t9_recv_closed(struct t9 *c); /* there must be none */
bool t9_readable(struct t9 *c, int ms); /* is there something? */

/* Send, wait, and return 0 or the error, as an errno of this host. */
int t9_rpc(struct t9 *c, const struct p9_msg *m);

/* The same, and insist on the outcome, 0 being success. */
void t9_expect(struct t9 *c, int err, const struct p9_msg *m);

/* t9_ok(c, Tlopen, .fid = 1, .flags = P9_O_RDWR) and its like. */
#define T9_MSG(name, ...)                                                      \
	(&(const struct p9_msg){ .type = P9_##name, .u.name = { __VA_ARGS__ } })
#define t9_ok(c, ...) t9_fails(c, 0, __VA_ARGS__)
#define t9_fails(c, err, ...)                                                  \
	(t9_here(__FILE__, __LINE__), t9_expect(c, err, T9_MSG(__VA_ARGS__)))

p9_str t9_str(const char *s);
bool t9_str_is(p9_str str, const char *s);

#define t9_send (t9_here(__FILE__, __LINE__), t9_send)
#define t9_recv (t9_here(__FILE__, __LINE__), t9_recv)
#define t9_recv_tag (t9_here(__FILE__, __LINE__), t9_recv_tag)
#define t9_recv_closed (t9_here(__FILE__, __LINE__), t9_recv_closed)

#endif
