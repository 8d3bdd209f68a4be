/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * log.c -- what the server tells the administrator, on stderr.
 *
 * A line is made on the stack and written with one write(2), so that lines of
 * several threads do not mix.  There is no time in it: whoever keeps logs adds
 * that.  Nothing is done about a line that cannot be written.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "log.h"

#define LINE 4096 /* longer lines are cut, and end in dots */

/* Set before threads start, then only read. */
static enum log_level limit = LOG_INFO;

void
log_init(enum log_level level)
{
	limit = level;
}

bool
log_enabled(enum log_level level)
{
	return level <= limit;
}

static const char *
prefix(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "etfsd: error: ";
	case LOG_WARN:
		return "etfsd: warning: ";
	case LOG_TRACE:
	case LOG_INFO:
		break;
	case LOG_DEBUG:
		return "etfsd: debug: ";
	}
	return "etfsd: ";
}

void
log_msg(enum log_level level, const char *fmt, ...)
{
	char line[LINE];
	size_t len;
	va_list ap;
	ssize_t n;
	int add;

	if (!log_enabled(level))
		return;
	len = (size_t)snprintf(line, LINE, "%s", prefix(level));
	va_start(ap, fmt);
	add = vsnprintf(line + len, LINE - 1 - len, fmt, ap);
	va_end(ap);
	if (add < 0)
		return;
	len += (size_t)add;
	if (len > LINE - 2) {
		len = LINE - 2;
		memset(line + len - 3, '.', 3);
	}
	line[len++] = '\n';
	do
		n = write(STDERR_FILENO, line, len);
	while (n < 0 && errno == EINTR);
}
