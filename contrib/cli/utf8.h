/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8.h -- is it text?
 */

#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of the character that s begins with, 1 to 4, and its number; 0 if
 * what the len bytes begin with is none, as the standard has it.
 */
size_t utf8_get(const char *s, size_t len, uint32_t *code);

#endif
