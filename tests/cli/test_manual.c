/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_manual.c -- the manual page has every command and option that help has.
 * It is read where the tests are run, at the top of the tree.
 */

#include "etfs.h"
#include "temp.h"

#define MANUAL "contrib/cli/etfs.1"

/* What the page says about a command, to be freed. */
static char *
section(const char *page, const char *name)
{
	char begin[64];
	const char *start, *end;

	snprintf(begin, sizeof(begin), " Cm %s", name);
	for (start = page; (start = strstr(start, "\n.It ")) != NULL; start++) {
		end = strchr(start + 1, '\n');
		start = strstr(start, begin);
		if (start == NULL)
			break;
		if (start < end && strchr(" \n", start[strlen(begin)]) != NULL)
			break;
		start = end - 1;
	}
	if (start == NULL) {
		fail_msg("%s is not in %s", name, MANUAL);
		return NULL;
	}
	end = strstr(start, "\n.El\n.It Cm ");
	return strndup(start, end != NULL ? (size_t)(end - start) + 5 : 4096);
}

/* "  -a, --all  ...": "Fl a" and "Fl \-all" are in text. */
static void
has_option(const char *text, const char *line, const char *command)
{
	const char *word = line;
	char flag[64], name[48];

	while ((word = strstr(word, " -")) != NULL && word < line + 12) {
		assert_int_equal(sscanf(word, " -%47[^, \n]", name), 1);
		snprintf(flag, sizeof(flag), "Fl %s%s",
		    name[0] == '-' ? "\\" : "", name);
		if (strcmp(name, "-help") != 0 && strcmp(name, "h") != 0 &&
		    strstr(text, flag) == NULL)
			fail_msg("%s: -%s is not in %s", command, name, MANUAL);
		word++;
	}
}

static void
every_command_and_option_is_in_it(void **state)
{
	struct client *c = *state;
	char *page = temp_read(MANUAL, NULL), *line, *rest, *option, *more;
	struct etfs_said all, one;
	char name[32], *text;

	etfs_run(c, &(struct etfs_how){ .in = "help\n" },
	    (const char *const[]){ "shell", NULL }, &all);
	for (line = strtok_r(all.out, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		assert_int_equal(sscanf(line, "%31s", name), 1);
		text = section(page, name);
		etfs_run(c, &(struct etfs_how){ 0 },
		    (const char *const[]){ "help", name, NULL }, &one);
		for (option = strtok_r(one.out, "\n", &more); option != NULL;
		     option = strtok_r(NULL, "\n", &more))
			if (option[0] == ' ')
				has_option(text, option, name);
		etfs_free(&one);
		free(text);
	}
	etfs_free(&all);
	free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(every_command_and_option_is_in_it),
	};

	return client_main("manual", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
