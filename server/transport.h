/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * transport.h -- what a session needs from whatever carries it.
 *
 * A transport brings whole frames, gives places for replies, and takes the
 * replies away, in the order in which they were sent.  All on the loop of the
 * session.
 */

#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stddef.h>
#include <stdint.h>

#include "pool.h"
#include "vfs.h"

/* A place for one reply: cap bytes at p. */
struct room {
	uint8_t *p; /* NULL: none was taken */
	size_t cap;
	struct buf *buf;
};

struct transport {
	const struct transport_ops *ops;
	size_t sendfile; /* bytes from which on send_file is worth it, or 0 */
};

struct transport_ops {
	/* Find a place for a reply of up to cap bytes.  0 or -ENOMEM. */
	int (*reserve)(struct transport *t, size_t cap, struct room *room);

	/* The first len bytes of room are a reply; room is taken back. */
	void (*send)(struct transport *t, struct room *room, size_t len);

	/*
	 * As send, but that ext is the reply's payload, and len bytes what comes
	 * before.  ext->fd is not used any more after the call.
	 */
	void (*send_file)(struct transport *t, struct room *room, size_t len,
	    const struct vextent *ext);

	/* There is no reply in room after all. */
	void (*drop)(struct transport *t, struct room *room);

	/* A reply is lost: the connection must end, soon. */
	void (*fail)(struct transport *t);

	/*
	 * Something that kept the session from taking frames has ended, or
	 * the session itself has: look at it again, but not from inside this
	 * call.
	 */
	void (*wake)(struct transport *t);
};

#endif
