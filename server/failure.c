/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failure.c -- why the server cannot start.
 *
 * The text quotes what the administrator typed, newlines and all: those become
 * question marks, so that a failure stays one line.
 */

#include <stdarg.h>
#include <stdio.h>

#include "failure.h"

int
failure_set(struct failure *f, enum exit_status status, const char *fmt, ...)
{
	va_list ap;
	char *p;

	f->status = (int)status;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	for (p = f->text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return -1;
}
