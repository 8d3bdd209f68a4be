/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * columns.c -- names side by side.
 */

#include <sys/ioctl.h>
#include <unistd.h>

#include "columns.h"

#define GAP 2U

size_t
columns_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

/* How wide the column is that begins with name i. */
static size_t
column(const size_t *widths, size_t n, size_t i, size_t rows)
{
	size_t end = i + rows < n ? i + rows : n, most = 0;

	for (; i < end; i++)
		if (widths[i] > most)
			most = widths[i];
	return most;
}

static bool
fits(const size_t *widths, size_t n, size_t rows, size_t width)
{
	size_t i, total = 0;

	for (i = 0; i < n && total <= width + GAP; i += rows)
		total += column(widths, n, i, rows) + GAP;
	return total <= width + GAP;
}

static void
print_row(const struct dir_list *list, const size_t *widths, size_t first,
    size_t rows)
{
	size_t i, pad;

	for (i = first; i < list->n; i += rows) {
		dir_print(&list->e[i]);
		if (i + rows >= list->n)
			break;
		pad =
		    column(widths, list->n, i - first, rows) - widths[i] + GAP;
		printf("%*s", (int)pad, "");
	}
	putchar('\n');
}

/* No memory: one on each line. */
void
columns_print(const struct dir_list *list, size_t width)
{
	size_t *widths = calloc(list->n + 1, sizeof(*widths));
	size_t rows = 1, i;

	for (i = 0; i < list->n && widths != NULL; i++)
		widths[i] = cli_width(list->e[i].name) + list->e[i].slash;
	if (widths == NULL)
		rows = list->n;
	while (rows < list->n && !fits(widths, list->n, rows, width))
		rows++;
	for (i = 0; i < rows && i < list->n; i++) {
		if (widths != NULL)
			print_row(list, widths, i, rows);
		else {
			dir_print(&list->e[i]);
			putchar('\n');
		}
	}
	free(widths);
}
