/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * temp.c -- make a directory, and remove it with all that came to lie in it.
 */

#include <sys/stat.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire.h"

char *
temp_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path;

	if (asprintf(
		&path, "%s/etfsd-wire.XXXXXX", tmp != NULL ? tmp : "/tmp") < 0)
		fail_msg("no memory");
	if (mkdtemp(path) == NULL || chmod(path, 0777) != 0)
		fail_msg("mkdtemp %s failed", path);
	return path;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

/* A directory that a test has closed to us is opened first. */
static int
open_up(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)where;
	if (type == FTW_D || type == FTW_DNR)
		return chmod(path, st->st_mode | 0700);
	return 0;
}

void
temp_remove(char *path)
{
	nftw(path, open_up, 16, FTW_PHYS);
	nftw(path, remove_one, 16, FTW_PHYS | FTW_DEPTH);
	free(path);
}

char *
temp_path(const char *dir, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		fail_msg("no memory");
	return path;
}

char *
temp_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t cap = 0, got = 0, n;

	do {
		if (got == cap) {
			cap = cap == 0 ? 65536 : 2 * cap;
			text = realloc(text, cap + 1);
			assert_non_null(text);
		}
		n = f != NULL ? fread(text + got, 1, cap - got, f) : 0;
		got += n;
	} while (n > 0);
	if (f != NULL)
		fclose(f);
	text[got] = '\0';
	if (len != NULL)
		*len = got;
	return text;
}

void
temp_put(const char *dir, const char *name, const char *text)
{
	char *path = temp_path(dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	free(path);
}
