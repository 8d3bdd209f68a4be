/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_reply.h -- what is to be said to a request, and what was.
 */

#ifndef FUZZ_REPLY_H
#define FUZZ_REPLY_H

#include "fuzz_carrier.h"

/* A frame is about to be sent.  False if no answer could be told apart. */
bool reply_expect(struct carrier *c, const uint8_t *p, size_t len);

/* A reply has come. */
void reply_check(struct carrier *c, const uint8_t *p, size_t len);

#endif
