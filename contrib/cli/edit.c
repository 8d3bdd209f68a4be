/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * edit.c -- a line editor for etfs shell.
 *
 * libedit would go on reading after a signal; so it gets its characters from
 * here, where Ctrl-C ends the line.
 */

#include <histedit.h>
#include <locale.h>
#include <unistd.h>
#include <wchar.h>

#include "complete.h"
#include "edit.h"
#include "history.h"
#include "interrupt.h"
#include "shell.h"

#define SHOWN 1000 /* lines of history */

struct edit {
	struct cli *c;
	EditLine *el;
	History *lines;
	struct history file;
	char *prompt; /* NULL: no memory for it */
	bool more;
};

static struct edit *
of(EditLine *el)
{
	void *data = NULL;

	el_get(el, EL_CLIENTDATA, &data);
	return data;
}

/* One character; what is none is passed over.  0: no more, -1: interrupted. */
static int
get_character(EditLine *el, wchar_t *out)
{
	mbstate_t state;
	size_t len = (size_t)-1;
	ssize_t n;
	char c;

	(void)el;
	memset(&state, 0, sizeof(state));
	while (len == (size_t)-1 || len == (size_t)-2) {
		if ((n = interrupt_read(STDIN_FILENO, &c, 1)) <= 0)
			return n < 0 ? -1 : 0;
		if ((len = mbrtowc(out, &c, 1, &state)) == (size_t)-1)
			memset(&state, 0, sizeof(state));
	}
	return 1;
}

/* Where one is; what a terminal would obey is shown as C would write it. */
static void
make_prompt(struct edit *e)
{
	struct cli *c = e->c;
	char *here = c->fs != NULL && !c->lost ? cli_here(c) : NULL;
	char *shown = cli_shown(here != NULL ? here : "(not connected)");

	free(e->prompt);
	if (shown == NULL || asprintf(&e->prompt, "etfs:%s> ", shown) < 0)
		e->prompt = NULL;
	free(shown);
	free(here);
}

static char *
prompt(EditLine *el)
{
	static char more[] = "> ";
	struct edit *e = of(el);

	return e->more || e->prompt == NULL ? more : e->prompt;
}

static unsigned char
complete(EditLine *el, int ch)
{
	struct edit *e = of(el);
	const LineInfo *line = el_line(el);
	char *before =
	    strndup(line->buffer, (size_t)(line->cursor - line->buffer));
	enum complete_end end = COMPLETE_NOTHING;
	char *insert = NULL;

	(void)ch;
	if (before != NULL)
		end = complete_line(e->c, before, &insert);
	if (end == COMPLETE_DONE && el_insertstr(el, insert) != 0)
		end = COMPLETE_NOTHING;
	free(insert);
	free(before);
	return end == COMPLETE_SHOWN ? CC_REDISPLAY
	    : end == COMPLETE_DONE   ? CC_REFRESH
				     : CC_ERROR;
}

static void
set_up(struct edit *e)
{
	HistEvent ev;

	el_set(e->el, EL_CLIENTDATA, e);
	el_set(e->el, EL_PROMPT, prompt);
	el_set(e->el, EL_EDITOR, "emacs");
	el_set(e->el, EL_GETCFN, get_character);
	el_set(e->el, EL_HIST, history, e->lines);
	/* Names that are not wide would be copied, and never freed. */
	el_wset(e->el, EL_ADDFN, L"etfs-complete", L"complete", complete);
	el_set(e->el, EL_BIND, "^I", "etfs-complete", NULL);
	el_set(e->el, EL_BIND, "^W", "ed-delete-prev-word", NULL);
	el_set(e->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	history(e->lines, &ev, H_SETSIZE, SHOWN);
	history(e->lines, &ev, H_SETUNIQUE, 1);
	el_source(e->el, NULL);
}

static void
recall(void *arg, const char *line)
{
	struct edit *e = arg;
	HistEvent ev;

	history(e->lines, &ev, H_ENTER, line);
}

struct edit *
edit_new(struct cli *c)
{
	struct edit *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	setlocale(LC_CTYPE, "");
	e->c = c;
	e->el = el_init("etfs", stdin, stdout, stderr);
	e->lines = history_init();
	if (e->el == NULL || e->lines == NULL) {
		edit_free(e);
		return NULL;
	}
	set_up(e);
	history_open(&e->file, SHOWN, recall, e);
	return e;
}

void
edit_free(struct edit *e)
{
	if (e->el != NULL)
		el_end(e->el);
	if (e->lines != NULL)
		history_end(e->lines);
	history_close(&e->file);
	free(e->prompt);
	free(e);
}

enum edit_end
edit_read(struct edit *e, bool more, char **line)
{
	const char *got;
	int len = 0;

	*line = NULL;
	interrupt_forget(e->c);
	e->more = more;
	if (!more)
		make_prompt(e);
	el_set(e->el, EL_PREP_TERM, 1); /* before anybody sees a prompt */
	got = el_gets(e->el, &len);
	if (interrupt_count > 0 || got == NULL || len <= 0) {
		puts(interrupt_count > 0 ? "^C" : "");
		fflush(stdout);
		return interrupt_count > 0 ? EDIT_STOPPED : EDIT_EOF;
	}
	*line = strndup(got, strcspn(got, "\n"));
	return *line != NULL ? EDIT_LINE : EDIT_EOF;
}

void
edit_remember(struct edit *e, const char *line)
{
	HistEvent ev;

	if (line[strspn(line, " \t\n")] == '\0' ||
	    (history(e->lines, &ev, H_FIRST) >= 0 && strcmp(ev.str, line) == 0))
		return;
	recall(e, line);
	history_add(&e->file, line);
}
