/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_copy_full.c -- get, put and cp to a disk that is full in the middle: a
 * tmpfs of a mount namespace of the test's own, so it needs root.
 */

#include <sys/stat.h>

#include "local.h"
#include "mounts.h"
#include "relay.h"
#include "temp.h"

#define MIB (1U << 20)
#define SIZE (12U * MIB) /* more fits than is begun anew in any case */
#define DISK "size=14m,mode=0777"
#define BALLAST (4U * MIB)

struct sides {
	char *dir, *here, *full; /* here and full are directories in dir */
};

static void
make_sides(struct sides *s)
{
	s->dir = temp_dir();
	s->here = temp_path(s->dir, "here");
	s->full = temp_path(s->dir, "full");
	assert_int_equal(mkdir(s->here, 0777), 0);
	assert_int_equal(mkdir(s->full, 0777), 0);
	mounts_tmpfs(s->full, DISK);
	local_plant(local_path(s->full, "ballast"), BALLAST, 7);
	local_plant(local_path(s->here, "large"), SIZE, 1);
	local_plant(local_path(s->here, "small"), 100, 2);
}

static void
remove_sides(struct sides *s)
{
	mounts_undo();
	free(s->here);
	free(s->full);
	temp_remove(s->dir);
}

static void
run(struct client *c, const char *dir, const char *const *args, int status,
    const char *err)
{
	struct relay r = { .dir = dir };
	struct etfs_said said;

	relay_start(&r);
	etfs_run(c, &(struct etfs_how){ .address = r.addr }, args, &said);
	close(r.etfs);
	assert_false(relay_stop(&r));
	assert_string_equal(said.err, err);
	assert_string_equal(said.out, "");
	assert_int_equal(said.status, status);
	etfs_free(&said);
}

/* What does not fit is not there at all, and leaves room for what does. */
static void
ends_well(struct client *c, struct sides *s, const char *dir,
    const char *const *args, const char *err)
{
	const char *again[8] = { args[0], "--continue" };
	size_t i;

	run(c, dir, args, 1, err);
	assert_int_equal(local_count(s->full), 2);
	assert_int_equal(local_count(local_path(s->full, "here")), 1);
	local_is(local_path(s->full, "here/small"), 100, 2);
	local_is(local_path(s->full, "ballast"), BALLAST, 7);
	assert_int_equal(unlink(local_path(s->full, "ballast")), 0);
	for (i = 1; args[i] != NULL; i++)
		again[i + 1] = args[i];
	run(c, dir, again, 0, "");
	assert_int_equal(local_count(local_path(s->full, "here")), 2);
	local_is(local_path(s->full, "here/large"), SIZE, 1);
}

static void
in_get(void **state)
{
	struct sides s;
	char err[1200];

	make_sides(&s);
	snprintf(err, sizeof(err),
	    "etfs: get: %s/here/large: No space left on device\n", s.full);
	ends_well(*state, &s, s.dir,
	    (const char *const[]){ "get", "-r", "/here", s.full, NULL }, err);
	remove_sides(&s);
}

static void
in_put(void **state)
{
	struct sides s;

	make_sides(&s);
	ends_well(*state, &s, s.full,
	    (const char *const[]){ "put", "-r", s.here, "/", NULL },
	    "etfs: put: /here/large: No space left on device\n");
	remove_sides(&s);
}

static void
in_cp(void **state)
{
	struct sides s;

	make_sides(&s);
	ends_well(*state, &s, s.dir,
	    (const char *const[]){ "cp", "-r", "/here", "/full", NULL },
	    "etfs: cp: /full/here/large: No space left on device\n");
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

	mounts_init();
	return client_main("copy_full", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
