/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outcome.c -- lists of names in an outcome, each with a newline.
 */

#include <string.h>

#include "step.h"

#define NAMES_MAX 64

void
outcome_add(struct outcome *out, const char *name)
{
	size_t len = strlen(name);

	if (len >= STEP_DATA - out->len)
		return; /* and so differs from what is wanted */
	memcpy(out->data + out->len, name, len);
	out->data[out->len + len] = '\n';
	out->len += (uint32_t)len + 1;
}

void
outcome_sort(struct outcome *out)
{
	char *names[NAMES_MAX], *line, *rest, copy[STEP_DATA + 1];
	size_t n = 0, i;

	memcpy(copy, out->data, out->len);
	copy[out->len] = '\0';
	rest = copy;
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL &&
	    n < NAMES_MAX) {
		for (i = n; i > 0 && strcmp(names[i - 1], line) > 0; i--)
			names[i] = names[i - 1];
		names[i] = line;
		n++;
	}
	out->len = 0;
	for (i = 0; i < n; i++)
		outcome_add(out, names[i]);
}
