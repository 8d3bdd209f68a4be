/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn_internal.h -- what the conn*.c files share: a connection.
 *
 *	conn.c		its life
 *	conn_run.c	its turns: what comes in, and replies that leave
 */

#ifndef CONN_INTERNAL_H
#define CONN_INTERNAL_H

#include "conn.h"
#include "rx.h"
#include "session.h"
#include "tx.h"

#define CONN_NAME 72

struct conn {
	struct transport transport;
	struct sloop *loop;
	struct list link; /* in loop->conns */
	struct list run; /* in loop->runnable */
	struct list dirty; /* in loop->dirty */
	int in, out;
	bool in_is_socket, out_is_socket;
	bool down; /* the client is gone, or has to go */
	bool stopping; /* takes no more frames */
	bool stalled; /* would take frames, but for its limits */
	bool closing; /* handles are being closed */
	int events_in, events_out; /* what is polled for */
	int nhandles;
	uv_poll_t poll_in, poll_out; /* the second only if out is not in */
	uint64_t last_turn; /* uv_now() */
	struct rx rx;
	struct tx tx;
	struct session session;
	char name[CONN_NAME];
};

/*
 * conn_run.c -- turns.
 *
 * conn_make_runnable has c looked at in the next iteration of the loop, and
 * conn_update_polls has it woken for what it waits for.  conn_hang_up: the
 * client is gone; the session ends when c is looked at.  conn_flush_dirty sends
 * what an iteration has brought.
 */
void conn_make_runnable(struct conn *c);
void conn_update_polls(struct conn *c);
void conn_hang_up(struct conn *c);
void conn_flush_dirty(uv_check_t *check);

/* conn.c -- its session has ended. */
void conn_close(struct conn *c);

#endif
