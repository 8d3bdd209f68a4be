/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_reason.c -- why a connection is no good.
 *
 * The first reason stays: what comes after it is only its consequence.
 */

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "etfsc_internal.h"

/* Some of it comes from the server, and all of it may go to a terminal. */
static void
explain(char *buf, const char *fmt, va_list ap)
{
	char *p;

	vsnprintf(buf, ETFSC_REASON, fmt, ap);
	for (p = buf; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

int
etfsc_explain(char *buf, int rc, const char *fmt, ...)
{
	va_list ap;

	if (buf == NULL)
		return rc;
	va_start(ap, fmt);
	explain(buf, fmt, ap);
	va_end(ap);
	return rc;
}

/* Nothing more comes or goes; what is pending ends when somebody runs. */
static void
lose(struct etfsc *fs)
{
	fs->lost = true;
	if (fs->fd >= 0)
		close(fs->fd);
	fs->fd = -1;
}

int
etfsc_lose(struct etfsc *fs, int rc, const char *fmt, ...)
{
	va_list ap;

	if (fs->lost)
		return rc;
	va_start(ap, fmt);
	explain(fs->reason, fmt, ap);
	va_end(ap);
	fs->why = rc;
	lose(fs);
	return rc;
}

void
etfsc_breach(struct etfsc *fs, const char *fmt, ...)
{
	char why[ETFSC_REASON];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	etfsc_lose(fs, -EPROTO, "protocol: the server sent %.200s", why);
}

const char *
etfsc_reason(const struct etfsc *fs)
{
	if (fs == NULL)
		return "connect: no memory";
	return fs->lost ? fs->reason : NULL;
}
