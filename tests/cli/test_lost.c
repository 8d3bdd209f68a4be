/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_lost.c -- a server that hangs up: wherever it does, a command says so in
 * one line and exits with 1, unless it had all that it wanted.
 */

#include "etfs.h"
#include "fake.h"

#define STEPS 40U /* places at which it hangs up, of each command */

static void
run_with(struct client *c, struct fake *f, const char *const *args,
    struct etfs_said *said)
{
	int fd;

	f->serve = fake_serve;
	fd = etfs_fake_start(f);
	etfs_run(c, &(struct etfs_how){ .address = f->addr }, args, said);
	close(fd);
	fake_stop(f);
}

static bool
one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return strncmp(text, "etfs: ", 6) == 0 && end != NULL && end[1] == '\0';
}

static void
is_clear(struct client *c, const char *const *args)
{
	struct fake *f = calloc(1, sizeof(*f));
	struct etfs_said all, cut;
	size_t total, i;

	run_with(c, f, args, &all);
	assert_int_equal(all.status, 0);
	total = f->sent;
	for (i = 1; i < STEPS; i++) {
		f->cut = i * total / STEPS;
		run_with(c, f, args, &cut);
		if (cut.status == 0) {
			assert_string_equal(cut.err, "");
			assert_string_equal(cut.out, all.out);
		} else {
			assert_int_equal(cut.status, 1);
			if (!one_line(cut.err))
				fail_msg("etfs %s, %zu of %zu bytes: %s",
				    args[0], f->cut, total, cut.err);
		}
		etfs_free(&cut);
	}
	etfs_free(&all);
	free(f);
}

#define CASE(name, ...)                                                        \
	static void name(void **state)                                         \
	{                                                                      \
		is_clear(*state, (const char *const[]){ __VA_ARGS__, NULL });  \
	}

CASE(in_ls, "ls", "-lR", "/d")
CASE(in_find, "find", "/d", "-size", "-100G")
CASE(in_du, "du", "/d")
CASE(in_tree, "tree", "/d")
CASE(in_stat, "stat", "/d", "/f")
CASE(in_cat, "head", "-c", "10", "/f")
CASE(in_mv, "mv", "/f", "/g")
CASE(in_chmod, "chmod", "u+x", "/f", "/g")

/* Somebody else removes what is in a directory: a listing has it still. */
static void
serve_gone(struct fake *f)
{
	bool *removed = f->arg;
	struct p9_msg m, r;

	while (fake_get(f, &m)) {
		if (m.type != P9_Tunlinkat) {
			fake_answer(f, &m);
			continue;
		}
		r = (struct p9_msg){ .type = P9_Runlinkat, .tag = m.tag };
		if (m.u.Tunlinkat.flags != 0)
			*removed = true;
		else {
			r.type = P9_Rlerror;
			r.u.Rlerror.ecode =
			    m.u.Tunlinkat.name.s[0] == 'd' ? EISDIR : ENOENT;
		}
		fake_put(f, &r);
	}
}

static void
rm_f_removes_a_directory_whose_files_are_gone(void **state)
{
	const char *args[] = { "rm", "-rf", "/d", NULL };
	struct fake *f = calloc(1, sizeof(*f));
	struct client *c = *state;
	struct etfs_said said;
	bool removed = false;
	int fd;

	f->serve = serve_gone;
	f->arg = &removed;
	fd = etfs_fake_start(f);
	etfs_run(c, &(struct etfs_how){ .address = f->addr }, args, &said);
	close(fd);
	fake_stop(f);
	assert_string_equal(said.err, "");
	assert_int_equal(said.status, 0);
	assert_true(removed);
	etfs_free(&said);
	free(f);
}

/* A directory goes on where it began. */
static void
serve_endless(struct fake *f)
{
	const struct p9_dirent e = { .type = 8, .name = { "f", 1 } };
	uint8_t buf[100];
	struct p9_msg m, r;

	while (fake_get(f, &m)) {
		if (m.type != P9_Treaddir) {
			fake_answer(f, &m);
			continue;
		}
		r = (struct p9_msg){ .type = P9_Rreaddir, .tag = m.tag };
		r.u.Rreaddir.data.p = buf;
		r.u.Rreaddir.data.len =
		    (p9_u32)p9_dirent_encode(&e, buf, sizeof(buf));
		fake_put(f, &r);
	}
}

static void
a_directory_without_end_is_told(void **state)
{
	const char *args[] = { "tree", "/d", NULL };
	struct fake *f = calloc(1, sizeof(*f));
	struct client *c = *state;
	struct etfs_said said;
	int fd;

	f->serve = serve_endless;
	fd = etfs_fake_start(f);
	etfs_run(c, &(struct etfs_how){ .address = f->addr }, args, &said);
	close(fd);
	fake_stop(f);
	assert_string_equal(said.err, "etfs: tree: /d: Input/output error\n");
	assert_int_equal(said.status, 1);
	etfs_free(&said);
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(in_ls),
		client_test(in_find),
		client_test(in_du),
		client_test(in_tree),
		client_test(in_stat),
		client_test(in_cat),
		client_test(in_mv),
		client_test(in_chmod),
		client_test(a_directory_without_end_is_told),
		client_test(rm_f_removes_a_directory_whose_files_are_gone),
	};

	return client_main("lost", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
