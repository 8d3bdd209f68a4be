/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * local.c -- files of this machine.
 */

#include <dirent.h>
#include <sys/stat.h>

#include "client.h"
#include "local.h"
#include "temp.h"

#define EACH 50U

const char *
local_path(const char *dir, const char *name)
{
	static char paths[8][1024];
	static unsigned int n;
	char *path = paths[n++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

void
local_plant(const char *path, size_t size, uint64_t seed)
{
	char *buf = malloc(size + 1);
	FILE *f = fopen(path, "w");

	assert_non_null(buf);
	assert_non_null(f);
	client_pattern(buf, size, seed);
	assert_int_equal(fwrite(buf, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	free(buf);
}

void
local_is(const char *path, size_t size, uint64_t seed)
{
	size_t len;
	char *want = malloc(size + 1), *got = temp_read(path, &len);

	assert_non_null(want);
	client_pattern(want, size, seed);
	if (len != size || memcmp(got, want, size) != 0)
		fail_msg("%s is not what it should be", path);
	free(want);
	free(got);
}

static const char *
tree_path(const char *dir, unsigned int i)
{
	char name[64];

	snprintf(name, sizeof(name), "%u/%u", i / EACH, i);
	return local_path(dir, name);
}

void
local_plant_tree(const char *dir, unsigned int n)
{
	char name[32];
	unsigned int i;

	assert_int_equal(mkdir(dir, 0777), 0);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%u", i / EACH);
		if (i % EACH == 0)
			assert_int_equal(mkdir(local_path(dir, name), 0777), 0);
		local_plant(tree_path(dir, i), i % 100, i);
	}
}

void
local_is_tree(const char *dir, unsigned int n)
{
	char name[32];
	unsigned int i;

	assert_int_equal(local_count(dir), (n + EACH - 1) / EACH);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%u", i / EACH);
		if (i % EACH == 0)
			assert_int_equal(local_count(local_path(dir, name)),
			    n - i < EACH ? n - i : EACH);
		local_is(tree_path(dir, i), i % 100, i);
	}
}

size_t
local_count(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

unsigned int
local_files(unsigned int usual)
{
	const char *many = getenv("CLI_FILES");

	return many != NULL ? (unsigned int)strtoul(many, NULL, 10) : usual;
}
