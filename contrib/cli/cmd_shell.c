/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_shell.c -- shell: commands, read from a terminal or from anything else.
 *
 * What is no terminal is read byte by byte, so that a command that reads
 * standard input finds what stands behind it.
 */

#include <getopt.h>
#include <unistd.h>

#include "edit.h"
#include "interrupt.h"
#include "shell.h"
#include "words.h"

static const struct cli_option options[] = {
	{ 'e', NULL, NULL, "end with the first command that fails" },
	{ 0, NULL, NULL, NULL },
};

/* Where lines come from. */
struct input {
	struct cli *c;
	struct edit *edit; /* NULL: no terminal */
};

/* One line from no terminal. */
static enum edit_end
read_plain(char **line)
{
	char c = '\0', *s = NULL;
	size_t len;
	FILE *out = open_memstream(&s, &len);
	ssize_t n = 0;

	*line = NULL;
	if (out == NULL)
		return EDIT_EOF;
	while ((n = interrupt_read(STDIN_FILENO, &c, 1)) > 0 && c != '\n')
		fputc(c, out);
	if (fclose(out) != 0 || (n <= 0 && len == 0)) {
		free(s);
		return EDIT_EOF;
	}
	*line = s;
	return EDIT_LINE;
}

static enum edit_end
read_line(struct input *in, bool more, char **line)
{
	return in->edit != NULL ? edit_read(in->edit, more, line)
				: read_plain(line);
}

/* A line with what comes behind it if it ends in a quote. */
static enum edit_end
read_command(struct input *in, struct words *w)
{
	char *line, *more, *both;
	enum edit_end end = read_line(in, false, &line);
	int rc;

	if (end != EDIT_LINE)
		return end;
	while ((rc = words_split(line, w)) == 0 && w->quote != 0) {
		words_free(w);
		if ((end = read_line(in, true, &more)) != EDIT_LINE)
			break;
		if (asprintf(&both, "%s\n%s", line, more) < 0)
			both = NULL;
		free(more);
		free(line);
		if ((line = both) == NULL)
			return EDIT_EOF;
	}
	if (end == EDIT_LINE && in->edit != NULL)
		edit_remember(in->edit, line);
	if (end == EDIT_EOF) {
		cli_fail(in->c, "a quote is not closed");
		in->c->shell->status = CLI_USAGE;
	}
	if (rc != 0) {
		words_free(w);
		in->c->shell->status = cli_error(in->c, NULL, rc);
	}
	free(line);
	return end;
}

/* What was printed must have gone somewhere. */
static int
finish(struct cli *c, int status)
{
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0)
		status = cli_fail(c, "standard output: %s", strerror(errno));
	clearerr(stdout);
	return status;
}

static void
run_words(struct cli *c, struct words *w)
{
	struct shell *sh = c->shell;

	interrupt_forget(c);
	if (cli_find(w->v[0]) == NULL) {
		cli_fail(c, "%s: no such command; see help", w->v[0]);
		sh->status = CLI_USAGE;
	} else
		sh->status = finish(c, cli_run(c, (int)w->n, w->v));
	if (interrupt_count > 0 && sh->asks)
		putchar('\n');
}

static void
run_all(struct input *in, bool stop)
{
	struct shell *sh = in->c->shell;
	struct words w = { .n = 0 };
	enum edit_end end;

	while (!sh->done && (end = read_command(in, &w)) != EDIT_EOF) {
		if (end == EDIT_LINE && w.n > 0) {
			run_words(in->c, &w);
			sh->done = sh->done || (stop && sh->status != 0) ||
			    (!sh->asks && interrupt_count > 0);
		}
		sh->done = sh->done || interrupt_term;
		words_free(&w);
	}
}

static int
converse(struct cli *c, bool stop)
{
	struct input in = { .c = c };
	struct interrupt i;

	if (c->shell->asks)
		in.edit = edit_new(c);
	if (in.edit == NULL) {
		c->shell->asks = false;
		run_all(&in, stop);
		return c->shell->status;
	}
	interrupt_catch(&i, 0);
	run_all(&in, false);
	interrupt_release(c, &i);
	edit_free(in.edit);
	return c->shell->status;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct shell sh = { .asks = isatty(STDIN_FILENO) == 1 &&
		    isatty(STDOUT_FILENO) == 1 };
	bool stop = false;
	int letter, status;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		stop = true;
	}
	if (!cli_operands(c, argc - optind, 0, 0))
		return c->status;
	if (c->shell != NULL)
		return cli_fail(c, "this is one already");
	c->shell = &sh;
	status = c->address != NULL ? shell_open(c, NULL) : 0;
	if (status == 0)
		status = converse(c, stop);
	c->shell = NULL;
	c->address = NULL;
	free(sh.address);
	free(sh.before);
	return status;
}

const struct cli_command cmd_shell = {
	.name = "shell",
	.operands = "",
	.help = "run commands, typed or from standard input, on one connection",
	.options = options,
	.flags = CLI_ALONE,
	.run = run,
};
