/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.h -- a line, cut into words as sh(1) does: ' and " and \ quote, # begins
 * a comment, and nothing else is special.
 */

#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct words {
	char **v; /* ended by NULL */
	size_t n;

	/* How it ended. */
	bool open; /* in the last word, to which more could be written */
	bool comment;
	char quote; /* in such a quote; a backslash has nothing behind it */
};

/*
 * To be given to words_free(), also after a failure: 0 or -ENOMEM.  If quote is
 * set, more of it has to come, after a newline.
 */
int words_split(const char *line, struct words *out);
void words_free(struct words *w);

/* text, as it would be written in such a quote, 0 for none; to be freed, or
 * NULL. */
char *words_quote(const char *text, char quote);

#endif
