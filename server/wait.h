/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.h -- requests that wait for somebody else: for another client, or for
 * whoever is at the other end of a device.
 *
 * Nobody knows how long that takes.  So they must not be in the way of what the
 * client says next, a Tflush above all: they do not count among the requests
 * that keep a session from being read, but have a limit of their own, and hold
 * as little as they can.  And they end when there is no more point in waiting:
 * with their fid, with the session, or when the server stops.
 */

#ifndef WAIT_H
#define WAIT_H

#include "request.h"

/*
 * May r wait?  0; -ECANCELED if its waits are over; -ENOBUFS if too many of the
 * client's requests wait already.
 */
int wait_check(const struct request *r);

/* It does from now on, and counts as such until it ends. */
void wait_begin(struct request *r);
void wait_end(struct request *r); /* request.c's */

/* Those on fid (NULL: all of the session's) are to end soon. */
void wait_hurry(struct session *s, const struct fid *fid);

#endif
