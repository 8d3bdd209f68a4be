/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_copy_killed.c -- get, put and cp, whose server is killed behind each
 * request, with and without its answer: nothing that is not whole has its final
 * name, what is said is true, and --continue completes it.
 */

#include <sys/stat.h>

#include "local.h"
#include "relay.h"
#include "temp.h"

/* More than is begun anew in any case. */
#define SIZE ((9U << 20) + 5)
#define PART ".x.etfs-partial"

/* A command, the directory that is served, and where its copy will be. */
struct copying {
	const char *args[5]; /* without --continue */
	const char *served, *there;
	const char *say; /* how the name of the part begins in what is said */
};

/* How it was lost depends on who finds it out. */
static void
expect_first_line(const char *said, const char *command)
{
	char line[128];

	snprintf(line, sizeof(line), "etfs: %s: lost: ", command);
	if (strncmp(said, line, strlen(line)) != 0)
		fail_msg("%s", said);
}

/* At most one more line, about what is left, if anything is. */
static void
expect_truth(const struct copying *c, const char *said, size_t request)
{
	const char *rest = strchr(said, '\n') + 1;
	char part[1200], whole[1200];
	bool is_part = access(local_path(c->there, PART), F_OK) == 0;
	bool is_whole = access(local_path(c->there, "x"), F_OK) == 0;

	snprintf(part, sizeof(part),
	    "etfs: %s: %s/" PART ": this is left, for --continue\n", c->args[0],
	    c->say);
	snprintf(whole, sizeof(whole),
	    "etfs: %s: %s/x: this may be done, or left for --continue\n",
	    c->args[0], c->say);
	if (is_whole)
		local_is(local_path(c->there, "x"), SIZE, 1);
	assert_false(is_part && is_whole);
	if ((strcmp(rest, "") == 0 && !is_whole) ||
	    (strcmp(rest, part) == 0 && is_part) ||
	    (strcmp(rest, whole) == 0 && (is_part || is_whole)))
		return;
	fail_msg("request %zu, part %d, whole %d: %s", request, is_part,
	    is_whole, said);
}

static void
run(struct client *c, struct relay *r, const char *const *args,
    struct etfs_said *said)
{
	relay_start(r);
	etfs_run(c, &(struct etfs_how){ .address = r->addr }, args, said);
	close(r->etfs);
}

static void
goes_on(struct client *c, const struct copying *cp)
{
	const char *args[] = { cp->args[0], "--continue", cp->args[1],
		cp->args[2], NULL };
	struct relay r = { .dir = cp->served };
	struct etfs_said said;

	run(c, &r, args, &said);
	assert_false(relay_stop(&r));
	assert_string_equal(said.err, "");
	assert_int_equal(said.status, 0);
	etfs_free(&said);
	local_is(local_path(cp->there, "x"), SIZE, 1);
	assert_int_equal(local_count(cp->there), 1);
	assert_int_equal(unlink(local_path(cp->there, "x")), 0);
}

/* false: it needs fewer requests, and all went well. */
static bool
dies_behind(
    struct client *c, const struct copying *cp, size_t request, bool answered)
{
	struct relay r = {
		.dir = cp->served, .requests = request, .answered = answered
	};
	struct etfs_said said;
	bool killed;

	run(c, &r, cp->args, &said);
	killed = relay_stop(&r);
	if (said.status != 0) {
		if (!killed)
			fail_msg("request %zu: %s", request, said.err);
		assert_int_equal(said.status, 1);
		expect_first_line(said.err, cp->args[0]);
		expect_truth(cp, said.err, request);
	} else {
		assert_string_equal(said.err, "");
		local_is(local_path(cp->there, "x"), SIZE, 1);
	}
	etfs_free(&said);
	goes_on(c, cp);
	return killed;
}

static void
dies_everywhere(struct client *c, const struct copying *cp)
{
	size_t n;

	for (n = 1; dies_behind(c, cp, n, false); n++)
		assert_true(dies_behind(c, cp, n, true));
	assert_true(n > 15);
}

struct sides {
	char *dir, *here, *there, *from;
};

static void
make_sides(struct sides *s)
{
	s->dir = temp_dir();
	s->here = temp_path(s->dir, "here");
	s->there = temp_path(s->dir, "there");
	s->from = temp_path(s->here, "x");
	assert_int_equal(mkdir(s->here, 0777), 0);
	assert_int_equal(mkdir(s->there, 0777), 0);
	local_plant(s->from, SIZE, 1);
}

static void
remove_sides(struct sides *s)
{
	free(s->here);
	free(s->there);
	free(s->from);
	temp_remove(s->dir);
}

static void
in_get(void **state)
{
	struct sides s;

	make_sides(&s);
	dies_everywhere(*state,
	    &(struct copying){ .args = { "get", "/x", s.there },
		.served = s.here,
		.there = s.there,
		.say = s.there });
	remove_sides(&s);
}

static void
in_put(void **state)
{
	struct sides s;

	make_sides(&s);
	dies_everywhere(*state,
	    &(struct copying){ .args = { "put", s.from, "/" },
		.served = s.there,
		.there = s.there,
		.say = "" });
	remove_sides(&s);
}

static void
in_cp(void **state)
{
	struct sides s;

	make_sides(&s);
	dies_everywhere(*state,
	    &(struct copying){ .args = { "cp", "/here/x", "/there" },
		.served = s.dir,
		.there = s.there,
		.say = "/there" });
	remove_sides(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(in_get),
		client_test(in_put),
		client_test(in_cp),
	};

	return client_main(
	    "copy_killed", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
