/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmdline.c -- see cmdline.h.
 */

#include <stdio.h>

#include "cmdline.h"

#define WORDS_MAX 32

struct words {
	char *buf;
	int argc;
	char *argv[WORDS_MAX];
};

static void
split(const char *line, struct words *w)
{
	char *p, *save;

	w->argc = 0;
	assert_true(asprintf(&w->buf, "etfsd %s", line) > 0);
	for (p = strtok_r(w->buf, " ", &save); p != NULL;
	     p = strtok_r(NULL, " ", &save)) {
		assert_true(w->argc < WORDS_MAX - 1);
		w->argv[w->argc++] = p;
		if (strcmp(p, "%") == 0)
			*p = '\0';
		for (; *p != '\0'; p++)
			if (*p == '_')
				*p = ' ';
	}
	w->argv[w->argc] = NULL;
}

int
parse_as(bool root, const char *line, struct config *cfg, struct failure *f)
{
	struct words w;
	int rc;

	split(line, &w);
	rc = config_parse(cfg, w.argc, w.argv, root, f);
	free(w.buf);
	return rc;
}

void
parse(const char *line, struct config *cfg)
{
	struct failure f;

	if (parse_as(true, line, cfg, &f) != 0)
		fail_msg("%s: %s", line, f.text);
}

void
check_refusal(bool root, const char *line, const char *why)
{
	struct config cfg;
	struct failure f;

	if (parse_as(root, line, &cfg, &f) == 0)
		fail_msg("%s: is not refused", line);
	if (strstr(f.text, why) == NULL)
		fail_msg("%s: not '%s' but '%s'", line, why, f.text);
	assert_null(strchr(f.text, '\n'));
	assert_int_equal(f.status, EXIT_USAGE);
}

void
check_refusals(const char *const lines[][2], size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		check_refusal(true, lines[i][0], lines[i][1]);
}
