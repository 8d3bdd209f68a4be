/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json.h -- JSON, as it is written: values one after the other, brackets around
 * them.
 *
 * Text of JSON is Unicode, names of files are bytes.  What is no UTF-8 has
 * U+FFFD in its place, and all its bytes are told once more in hex, as the value
 * of "KEY_hex"; in an array there is only the first.
 */

#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *out;
	unsigned int depth; /* zero, to begin with, as is the next */
	bool some; /* there is something before this one */
};

/* key is NULL in an array, and at the top.  Brackets are '{' or '['. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_text(struct json *j, const char *key, const char *text);
void json_bytes(struct json *j, const char *key, const void *bytes, size_t len);
void json_number(struct json *j, const char *key, uint64_t n);
void json_real(struct json *j, const char *key, double x); /* not infinite */

#endif
