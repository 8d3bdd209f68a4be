/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stale.h -- fids on what has been unmounted.
 *
 * The client knows their numbers until it clunks them, but they hold nothing
 * any more, or what is unmounted would never go: each becomes a FID_STALE, to
 * which everything is answered ESTALE.  That happens by way of the fid's queue,
 * as with a Tclunk: after what has been asked of it before, of which as much as
 * possible is given up, and answered ESTALE as well.
 *
 * A session looks through its fids when it is told to, some at a time.  Who
 * gives a vnode to a fid that had another, or none, looks himself whether that
 * is gone (vnode_is_gone()): then the sweep may have passed the fid already.
 */

#ifndef STALE_H
#define STALE_H

#include "session.h"

/* Something has been unmounted: begin, perhaps anew, to look through s. */
void stale_sweep(struct session *s);

/* session.c's: go on; as session_step().  And leave it: all fids are to go. */
bool stale_step(struct session *s);
void stale_stop(struct session *s);

static inline bool
stale_is_sweeping(const struct session *s)
{
	return !list_empty(&s->swept);
}

#endif
