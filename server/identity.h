/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identity.h -- who a client is, and as whom it acts.
 *
 * trust is a listener's: how far a claimed identity is believed.  identity is
 * the server's: what is done with it.
 */

#ifndef IDENTITY_H
#define IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "known.h"
#include "vfs.h"

enum trust {
	TRUST_PEER, /* Unix socket: the peer's credentials; its root may
			 * attach as anyone, others as themselves only */
	TRUST_PRIVPORT, /* TCP: who comes from a port below 1024 */
	TRUST_ANY, /* whatever is claimed */
	TRUST_NONE, /* nothing: everyone is the squash user */
};

enum identity_mode {
	IDENTITY_SELF, /* all act as the server's own user */
	IDENTITY_CLIENT, /* each acts as the user it attached as */
	IDENTITY_SQUASH, /* all act as one user */
};

struct identity {
	enum identity_mode mode;
	uid_t squash_uid; /* of IDENTITY_SQUASH, and of those not believed */
	gid_t squash_gid;
	struct known *known; /* NULL: everybody is looked up each time */
};

/* Where a connection comes from, as far as that matters here. */
struct origin {
	enum trust trust;
	bool privport; /* TCP, from a port below 1024 */
	bool has_peer; /* Unix socket: peer_uid and peer_gid are known */
	uid_t peer_uid;
	gid_t peer_gid;
};

/*
 * The cred of an attach.  n_uname as in Tattach; uname (terminated) counts only
 * if n_uname is 0xffffffff.  Looks up the host's user database: may block, call
 * it on a worker.  -EPERM if a peer asks to be somebody it may not be.
 */
int identity_cred(const struct identity *id, const struct origin *from,
    uint32_t n_uname, const char *uname, struct vcred **out);

/* The same on a loop: -EAGAIN if somebody would have to be looked up. */
int identity_cred_now(const struct identity *id, const struct origin *from,
    uint32_t n_uname, const char *uname, struct vcred **out);

#endif
