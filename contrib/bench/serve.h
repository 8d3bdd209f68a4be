/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * serve.h -- the least of a server, for yardsticks: one thread; epoll(7), one
 * recv(2) and one sendmsg(2) for all requests that have come.
 *
 * Clients are trusted: what no client of ours sends ends the connection.
 */

#ifndef SERVE_H
#define SERVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "p9.h"

#define SERVE_MSIZE P9_MAX_MSIZE

struct serve_client;

struct serve {
	/*
	 * Answer t: fill in r's body, and return 0 or -errno.  The type and
	 * the tag of r are as they should be.  A payload lies at *payload
	 * already (there is room for what was asked for), or anywhere else,
	 * where it stays.
	 */
	int (*answer)(struct serve_client *c, const struct p9_msg *t,
	    struct p9_msg *r, uint8_t *payload);
	void (*gone)(struct serve_client *c); /* may be NULL */
	void *arg;
};

struct serve_client {
	const struct serve *serve;
	void *state; /* for answer; NULL at first */
	int fd;
	uint32_t msize;
	uint8_t *in; /* bytes start to end have come */
	size_t start, end;
	uint8_t *out;
	size_t len; /* of what is in out */
	struct iovec *pieces; /* to be sent */
	size_t npieces;
};

/* Rversion, and what the client is from now on. */
void serve_version(
    struct serve_client *c, const struct p9_msg *t, struct p9_msg *r);

/* unix:PATH or tcp:ADDRESS:PORT.  Until it is killed; returns -1 on failure,
 * which has been said. */
int serve_at(const char *address, const struct serve *serve);
int serve_listen(const char *address);
int serve_connect(const char *address);

#endif
