/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * relay.h -- a server of one connection, which is killed when so many requests
 * have passed: threads between etfs and it count them.
 */

#ifndef RELAY_H
#define RELAY_H

#include <pthread.h>

#include "etfs.h"
#include "server.h"

struct relay {
	/* Set by the test. */
	const char *dir; /* that it serves */
	size_t requests; /* it is killed behind that one; 0: not at all */
	bool answered; /* not before the answer to that one has passed */

	char addr[32]; /* for etfs */
	struct server *srv;
	int etfs; /* its end, to be closed when it has been started */
	int ends[2]; /* of etfs, and of the server */
	size_t seen; /* requests so far */
	_Atomic int last; /* the tag of what it is killed behind; -1: not yet */
	pthread_t threads[2];
};

void relay_start(struct relay *r);

/* When etfs has ended: has the server been killed? */
bool relay_stop(struct relay *r);

#endif
