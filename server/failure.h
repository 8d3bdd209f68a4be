/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failure.h -- why the server cannot start: one line, and what to exit with.
 *
 * Functions that run before the server serves take a struct failure, fill it
 * in where the reason is known best, and return -1 up to main().
 */

#ifndef FAILURE_H
#define FAILURE_H

enum exit_status {
	EXIT_OK = 0,
	EXIT_START = 1, /* the system would not have it */
	EXIT_USAGE = 2, /* what the command line asks for cannot be had */
	EXIT_CUT = 3, /* stopped before everything was answered */
};

struct failure {
	int status; /* enum exit_status */
	char text[512]; /* without a newline; cut short if it must be */
};

/* Always -1. */
int failure_set(struct failure *f, enum exit_status status, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

#endif
