/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.h -- what a client has with us: dialect, msize, fids, requests.
 *
 * A session is everything that Tversion begins and a lost connection ends.  It
 * knows no socket: frames come in by session_frame(), replies leave through
 * its transport.  All of its state is in this struct and what hangs off it.
 *
 * A lost connection is no special case: every request is hurried, and when the
 * last has ended every fid is clunked by the ordinary code.  Tversion in
 * mid-session is the same, and then begins anew.
 */

#ifndef SESSION_H
#define SESSION_H

#include "fid.h"
#include "idmap.h"
#include "p9.h"
#include "removed.h"
#include "server.h"
#include "transport.h"

enum session_state {
	SESSION_UP, /* takes frames */
	SESSION_RESETTING, /* Tversion waits for all that was before it */
	SESSION_ENDING, /* the client is gone */
	SESSION_ENDED, /* nothing is left; session_fini() may be called */
};

struct session {
	struct sloop *loop;
	struct transport *transport;
	const char *name; /* of the client, for the log; the transport's */
	struct origin from;
	uint64_t client; /* unique while the server runs */

	enum session_state state;
	bool versioned;
	bool stopping; /* nobody is to wait for anybody else any more */
	unsigned int nrefused, nlost; /* that the log tells of */
	uint32_t msize; /* once versioned; before: the server's limit */
	struct idmap fids; /* number to struct fid */
	size_t nopen; /* of them, those that are open, or about to be */
	struct list all; /* the same, the newest first, by link */
	struct list swept; /* stale.c's: what stands before it in all has been
			    * looked at; in no list while there is no sweep */
	size_t nstale; /* requests of stale.c's that have not ended */
	struct idmap tags; /* tag to pending struct request */
	struct list pending; /* all pending requests, by link */
	struct list ready; /* requests that may run now, by wait */
	bool draining; /* ready is being looked at */
	size_t npending;
	size_t nwaits; /* of them, how many wait for somebody else: wait.h */
	size_t held; /* bytes of frames that pending requests lie in */
	size_t held_waiting; /* the same, of those that wait; not in held */
	size_t xattr_bytes; /* in xattr fids */
	struct vlock_quota locks;
	struct removed *removed; /* names, by this client; or NULL */
	struct request *version; /* the Tversion of SESSION_RESETTING */
};

/* from and name stay the transport's and must outlive the session. */
void session_init(struct session *s, struct sloop *loop,
    struct transport *transport, const struct origin *from, const char *name);
void session_fini(struct session *s); /* once SESSION_ENDED */

/* May session_frame() be called now?  If not, transport->ops->wake tells. */
bool session_ready(const struct session *s);

/*
 * One frame of exactly len bytes at p, inside buf, which is referenced as long
 * as the request needs it.  0, or -EPROTO: no answer could be told apart, the
 * connection must end (the reason has been logged).
 */
int session_frame(
    struct session *s, struct buf *buf, const uint8_t *p, size_t len);

/* The client is gone: begin to end.  session_step() does the rest. */
void session_end(struct session *s);

/*
 * Go on with ending, resetting or a sweep (stale.h), some of it per call: true
 * means call again soon, false that wake will tell, or that there is nothing to
 * do.
 */
bool session_step(struct session *s);

/* The server stops: requests that wait for others give up and are answered. */
void session_stop(struct session *s);

/* request.c's: something has ended that the session may have waited for. */
void session_request_ended(struct session *s);

/* run_session.c's: begin the reset that r, a Tversion, asks for. */
int session_reset(struct session *s, struct request *r);

#endif
