/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * say.c -- what is said on stderr, always in one way.
 */

#include <stdarg.h>

#include "interrupt.h"

static void
begin(const struct cli *c)
{
	fflush(stdout);
	fputs("etfs: ", stderr);
	if (c->command->name[0] != '\0')
		fprintf(stderr, "%s: ", c->command->name);
}

/* The text may have names in it. */
static void
say(const struct cli *c, const char *format, va_list ap)
{
	char *text;

	begin(c);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	cli_text(stderr, text != NULL ? text : format);
	fputc('\n', stderr);
	free(text);
}

int
cli_fail(struct cli *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(c, format, ap);
	va_end(ap);
	return c->status = CLI_FAILED;
}

int
cli_usage(struct cli *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(c, format, ap);
	va_end(ap);
	fputs("usage: ", stderr);
	cli_print_synopsis(c->command, stderr);
	return c->status = CLI_USAGE;
}

int
cli_error(struct cli *c, const char *what, int rc)
{
	const char *reason = c->fs != NULL ? etfsc_reason(c->fs) : NULL;

	if (rc == -ECANCELED && interrupt_count > 0)
		return c->status = CLI_FAILED;
	if (reason == NULL && what != NULL)
		return cli_fail(c, "%s: %s", what, strerror(-rc));
	if (reason == NULL)
		return cli_fail(c, "%s", strerror(-rc));
	if (!c->lost)
		cli_fail(c, "%s", reason);
	c->lost = true;
	return c->status = CLI_FAILED;
}

bool
cli_over(const struct cli *c)
{
	return c->lost || interrupt_count > 0;
}

bool
cli_operands(struct cli *c, int n, int min, int max)
{
	if (n < min)
		cli_usage(c, "an operand is missing");
	else if (n > max)
		cli_usage(c, "too many operands");
	return n >= min && n <= max;
}
