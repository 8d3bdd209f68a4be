/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known.h -- people whom the host's user database has told us of lately.
 *
 * A client attaches often, and the database may be far away.  What it said is
 * remembered for a few seconds, of a few dozen people.  Any thread.
 */

#ifndef KNOWN_H
#define KNOWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "vfs.h"

/* Somebody that a cred can be made for. */
struct person {
	uid_t uid;
	bool gid_known; /* else the database says, or nobody does */
	gid_t gid;
};

struct known;

struct known *known_new(void); /* NULL if there is no memory */
void known_free(struct known *k); /* NULL is fine */

/* A cred of the caller's own, equal to what was kept; or NULL. */
struct vcred *known_find(struct known *k, const struct person *who);
void known_keep(
    struct known *k, const struct person *who, const struct vcred *cred);

#endif
