/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.c -- the file that remembers what was typed.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"

#define FOLDER "etfs"
#define NAME "history"

/* dir and all that it is in; whoever opens something there will see. */
static void
make_dirs(char *dir)
{
	char *slash;

	for (slash = dir + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		(void)mkdir(dir, 0700);
		*slash = '/';
	}
	(void)mkdir(dir, 0700);
}

/* Where it is, to be freed; NULL: nowhere. */
static char *
find_path(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *dir, *path;
	int n;

	if (state != NULL && state[0] == '/')
		n = asprintf(&dir, "%s/" FOLDER, state);
	else if (home != NULL && home[0] == '/')
		n = asprintf(&dir, "%s/.local/state/" FOLDER, home);
	else
		return NULL;
	if (n < 0)
		return NULL;
	make_dirs(dir);
	n = asprintf(&path, "%s/" NAME, dir);
	free(dir);
	return n < 0 ? NULL : path;
}

static char *
read_all(int fd, size_t *len)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (text = malloc((size_t)st.st_size + 1)) == NULL)
		return NULL;
	n = pread(fd, text, (size_t)st.st_size, 0);
	*len = n > 0 ? (size_t)n : 0;
	text[*len] = '\0';
	return text;
}

static size_t
count(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

/* The same file, shorter; whoever else has it open adds to the old one. */
static int
replace(int fd, const char *path, const char *text)
{
	char *temp;
	int new;

	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return fd;
	new = mkostemp(temp, O_APPEND | O_CLOEXEC);
	if (new >= 0 &&
	    write(new, text, strlen(text)) == (ssize_t)strlen(text) &&
	    rename(temp, path) == 0) {
		close(fd);
		fd = new;
	} else if (new >= 0) {
		unlink(temp);
		close(new);
	}
	free(temp);
	return fd;
}

void
history_open(struct history *h, size_t max,
    void (*each)(void *arg, const char *line), void *arg)
{
	char *path = find_path(), *text = NULL, *line, *end;
	size_t n, len;

	h->fd = -1;
	if (path != NULL)
		h->fd = open(path,
		    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK |
			O_CLOEXEC,
		    0600);
	if (h->fd >= 0 && fchmod(h->fd, 0600) == 0)
		text = read_all(h->fd, &len);
	if (text == NULL) {
		history_close(h);
		free(path);
		return;
	}
	n = count(text);
	line = text;
	for (; n > max; n--)
		line = strchr(line, '\n') + 1;
	if (count(text) > 2 * max)
		h->fd = replace(h->fd, path, line);
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = '\0';
		each(arg, line);
	}
	free(text);
	free(path);
}

void
history_close(struct history *h)
{
	if (h->fd >= 0)
		close(h->fd);
	h->fd = -1;
}

void
history_add(struct history *h, const char *line)
{
	char *text;
	int n;

	if (h->fd < 0 || strchr(line, '\n') != NULL ||
	    (n = asprintf(&text, "%s\n", line)) < 0)
		return;
	(void)!write(h->fd, text, (size_t)n);
	free(text);
}
