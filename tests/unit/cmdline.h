/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmdline.h -- command lines for tests: what they mean, and what is refused.
 *
 * A command line here is one string of words with blanks between them; "%"
 * stands for a word that is empty, "_" in a word for a blank.
 */

#ifndef CMDLINE_H
#define CMDLINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "config.h"

/* A word longer than an address or a number may be. */
#define LONG20 "12345678901234567890"
#define LONG120 LONG20 LONG20 LONG20 LONG20 LONG20 LONG20

/* As config_parse(). */
int parse_as(
    bool root, const char *line, struct config *cfg, struct failure *f);

/* Root's command line, which has to be good. */
void parse(const char *line, struct config *cfg);

/* One line that names what is wrong, and a status of 2. */
void check_refusal(bool root, const char *line, const char *why);

/* Root's command lines, each with what is wrong with it. */
void check_refusals(const char *const lines[][2], size_t n);
#define REFUSED(lines) check_refusals(lines, sizeof(lines) / sizeof((lines)[0]))

#endif
