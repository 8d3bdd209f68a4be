/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socket.h -- the descriptors that clients come from.
 */

#ifndef SOCKET_H
#define SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "address.h"
#include "failure.h"

struct sock {
	const struct address *addr; /* what asked for it */
	int family; /* AF_*; AF_UNSPEC: no socket at all */
	bool listening; /* else there is one client, here already */
	int fd; /* to accept from, or to read from */
	int out; /* one client's: to write to, may be fd; else -1 */
	dev_t dev; /* unix: the socket file that we have made, */
	ino_t ino; /* and remove if it is still ours; 0: none */
};

/* A growing list; begins as all zeroes. */
struct sockets {
	struct sock *v;
	size_t n;
};

/*
 * Add what addr asks for: several for a host name with several addresses.
 * Everything is non-blocking, close-on-exec, and listens.  addr is borrowed
 * for as long as set lives.
 */
int sockets_open(
    struct sockets *set, const struct address *addr, struct failure *f);

/* Remove the socket files; the sockets themselves stay as they are. */
void sockets_remove_files(struct sockets *set);

/* Close what is open (fd and out that are not -1) and forget it all. */
void sockets_close(struct sockets *set);

#endif
