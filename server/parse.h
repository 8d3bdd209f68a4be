/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.h -- the small pieces a command line is made of.
 */

#ifndef PARSE_H
#define PARSE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Digits, and nothing but digits, from min to max.  -EINVAL: no number;
 * -ERANGE: one out of range.
 */
int parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* The same, and K, M, G or T behind it multiply by powers of 1024. */
int parse_size(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* The same in octal. */
int parse_octal(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* "UID:GID"; neither may be the number that stands for no id. */
int parse_ids(const char *s, uid_t *uid, gid_t *gid);

/* How many characters come before the first of ends that has no backslash. */
size_t parse_span(const char *s, const char *ends);

/*
 * Cut the first field off *rest: up to the first character of ends, or the end
 * of the string.  A backslash takes the character behind it literally.  The
 * field is unescaped and terminated in place; *rest moves behind it, and
 * becomes NULL if there was no character of ends.  NULL: a lone backslash at
 * the end.
 */
char *parse_field(char **rest, const char *ends);

#endif
