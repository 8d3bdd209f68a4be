/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * every_message.h -- every message of every dialect, for tests of the codec.
 *
 * They are made from the table itself, by wire type; so a row that is added
 * tomorrow is tested tomorrow.  Frames lie in memory of their exact size, where
 * the sanitizer sees a read past the end.
 */

#ifndef EVERY_MESSAGE_H
#define EVERY_MESSAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "p9.h"

#define FRAME_MAX 8192 /* no frame here, and no line, is larger */
#define SEED 0x9b2000u

/* A frame alone in its memory: free(p). */
struct frame {
	uint8_t *p;
	size_t len;
};

struct frame frame_copy(const uint8_t *bytes, size_t len);
struct frame frame_encode(const struct p9_msg *m, enum p9_dialect d);

/* Write its length where it belongs, as far as there is room. */
void frame_set_size(struct frame f);

/* The form without its last, optional field; true only of a full frame. */
bool is_short_form(
    enum p9_dialect d, unsigned int type, size_t len, size_t full);

typedef void check_fn(struct p9_msg *m, enum p9_dialect d, struct frame f);

/* Call check with every message of every dialect, filled to every degree. */
void with_every_message(check_fn *check);

uint32_t next_random(uint32_t *seed);

#endif
