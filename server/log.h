/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.h -- what the server tells the administrator, on stderr.
 *
 * One line per event, whole lines only, from any thread.  Bytes that came from
 * a client are escaped by whoever formats them.
 */

#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

enum log_level {
	LOG_TRACE = -1, /* asked for by an option of its own; always shown */
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

/* Set once, before the first thread starts. */
void log_init(enum log_level level);

/* For a caller that would have to prepare its arguments. */
bool log_enabled(enum log_level level);

void log_msg(enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
