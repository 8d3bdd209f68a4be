/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * origin.h -- where a client comes from, as the host tells it.
 */

#ifndef ORIGIN_H
#define ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "identity.h"

/*
 * How far a claimed identity is believed where nobody has said: root's server
 * asks for proof.  family as in struct sock.
 */
enum trust origin_default_trust(int family, bool root);

/*
 * Ask the host about the client at fd.  name is for the log: at most cap
 * bytes, terminated.
 */
void origin_ask(
    int fd, int family, struct origin *from, char *name, size_t cap);

#endif
