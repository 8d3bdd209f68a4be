/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request_internal.h -- what the request*.c files share.
 *
 *	request.c		a request's life
 *	request_fids.c		the fids that it names, and who has them first
 *	request_reply.c		how it is answered
 */

#ifndef REQUEST_INTERNAL_H
#define REQUEST_INTERNAL_H

#include "request.h"

/*
 * request_fids.c -- find: those that the message names, or -errno; and what
 * they have to be for it: check.
 *
 * admit lets r in, or has it stand in line at each of its fids: false; then it
 * is pending.  unqueue: it stands in line no longer.  release lets go of all.
 * forget: the fid's number is free again; who uses the fid still may.
 */
int request_find_fids(struct request *r);
int request_check_fid(const struct request *r);
bool request_admit(struct request *r);
void request_unqueue(struct request *r);
void request_release_fids(struct request *r);
void request_forget_fid(struct session *s, struct fid *fid);

/* request_reply.c -- tell the client of rc, if it is to hear of it. */
void request_answer(struct request *r, int rc);

#endif
