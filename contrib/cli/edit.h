/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * edit.h -- lines that are typed at a terminal, with libedit.
 *
 * What was typed is kept for the next time in $XDG_STATE_HOME/etfs/history, or
 * ~/.local/state/etfs/history, if it can be; nobody is told if not.
 */

#ifndef EDIT_H
#define EDIT_H

#include "cli.h"

enum edit_end {
	EDIT_LINE,
	EDIT_STOPPED, /* interrupted: there is no line */
	EDIT_EOF
};

/* NULL: it cannot be done here. */
struct edit *edit_new(struct cli *c);
void edit_free(struct edit *e);

/* *line has no newline, and is to be freed; more: it goes on with one. */
enum edit_end edit_read(struct edit *e, bool more, char **line);

/* Put it in the history. */
void edit_remember(struct edit *e, const char *line);

#endif
