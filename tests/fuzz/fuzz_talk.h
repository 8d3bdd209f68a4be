/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_talk.h -- what a client might say: requests that make some sense, made
 * from a random number.
 */

#ifndef FUZZ_TALK_H
#define FUZZ_TALK_H

#include <stddef.h>
#include <stdint.h>

#include "p9.h"

/*
 * A frame of this type is no message but an order to the fuzzer: how its slow
 * file system behaves from now on, or which of its operations is to end.  The
 * low byte of the tag is the order, the high byte says more.
 */
#define TALK_ORDER 0xfe

enum talk_order {
	TALK_PLAN, /* kind and way of operations; see slowfs.h */
	TALK_PLAN_ERROR,
	TALK_FINISH, /* one that is pending */
	TALK_POST,
	TALK_PUMP, /* let happen what can */
	TALK_USER, /* whom the next attaches are believed to be */
	TALK_NORDERS
};

struct talk {
	uint64_t random; /* not 0 */
};

uint32_t talk_below(struct talk *talk, uint32_t n);

/* One frame into buf: how long it is, 0 if cap is too small. */
size_t talk_frame(struct talk *talk, uint8_t *buf, size_t cap);

/* Tversion, and an attach of fid 0. */
size_t talk_hello(struct talk *talk, uint8_t *buf, size_t cap);

#endif
