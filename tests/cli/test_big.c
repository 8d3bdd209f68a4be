/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_big.c -- large directories, and deep trees.
 */

#include "etfs.h"

#define MANY 10000U
#define DEEP 200U

static void
plant_many(struct client *c)
{
	struct etfsc_file *file;
	char name[32];
	unsigned int i;

	ok(etfsc_mkdir(c->fs, "d", 0777));
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "d/%05u", i);
		ok(etfsc_create(c->fs, name, 0666, &file));
		ok(etfsc_close(file));
	}
}

static size_t
count_lines(struct client *c, const char *const *args)
{
	struct etfs_said said;
	size_t n = 0;
	const char *p;

	etfs_run(c, &(struct etfs_how){ 0 }, args, &said);
	assert_int_equal(said.status, 0);
	assert_string_equal(said.err, "");
	for (p = said.out; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	etfs_free(&said);
	return n;
}

#define LINES(c, ...) count_lines(c, (const char *const[]){ __VA_ARGS__, NULL })

static void
a_large_directory_is_listed_and_removed(void **state)
{
	struct client *c = *state;

	plant_many(c);
	assert_int_equal(LINES(c, "ls", "@/d"), MANY);
	assert_int_equal(LINES(c, "ls", "-l", "@/d"), MANY + 1);
	assert_int_equal(LINES(c, "ls", "--json", "@/d"), MANY + 2);
	assert_int_equal(
	    LINES(c, "find", "@/d", "-size", "0", "-type", "f"), MANY);
	assert_int_equal(LINES(c, "tree", "@/d"), MANY + 3);
	assert_int_equal(LINES(c, "du", "@/d"), 1);
	assert_int_equal(LINES(c, "rm", "-r", "@/d"), 0);
	prints(c, "", "ls", "@");
}

/* A path of it all is longer than some systems have them. */
static void
a_deep_tree_is_found_and_removed(void **state)
{
	struct client *c = *state;
	char name[65], *path = calloc(1, 8 + DEEP * 65), *end = path;
	unsigned int i;

	memset(name, 'x', 64);
	name[64] = '\0';
	end += sprintf(end, ".");
	for (i = 0; i < DEEP; i++)
		end += sprintf(end, "/%s", name);
	ok(etfsc_mkdirs(c->fs, path, 0777));
	assert_int_equal(LINES(c, "find", "@", "-name", "x*"), DEEP);
	assert_int_equal(LINES(c, "du", "@"), DEEP + 1);
	assert_int_equal(LINES(c, "ls", "-R", "@"), 3 * DEEP + 1);
	path[0] = '@';
	assert_int_equal(LINES(c, "ls", path), 0);
	snprintf(path, 80, "@/%s", name);
	assert_int_equal(LINES(c, "rm", "-r", path), 0);
	prints(c, "", "ls", "@");
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_large_directory_is_listed_and_removed),
		client_test(a_deep_tree_is_found_and_removed),
	};

	return client_main("big", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
