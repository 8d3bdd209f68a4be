/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inherited.h -- descriptors that the server was started with, as places where
 * clients come from.
 */

#ifndef INHERITED_H
#define INHERITED_H

#include "address.h"
#include "failure.h"
#include "socket.h"

/*
 * Is there such a descriptor?  To be asked before the server opens anything,
 * which might get the same number.  Other kinds of addresses are fine.
 */
int inherited_check(const struct address *addr, struct failure *f);

/*
 * Make what addr names, a fd or stdio, one of ours: non-blocking,
 * close-on-exec, away from the standard streams.  *out is all of it.
 */
int inherited_open(
    const struct address *addr, struct sock *out, struct failure *f);

#endif
