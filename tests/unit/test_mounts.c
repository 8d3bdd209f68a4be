/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_mounts.c -- the host shown, and no longer shown, while clients are there.
 */

#include <sys/mount.h>
#include <sys/stat.h>

#include "live.h"

static void
host_file(const struct live *l, const char *name, const char *text)
{
	int fd = open(live_path(l, name), O_CREAT | O_WRONLY | O_TRUNC, 0644);
	ssize_t len = (ssize_t)strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)len), len);
	assert_int_equal(close(fd), 0);
}

/* A client of the second loop, as the first is ours to run. */
static struct client *
guest(struct live *l)
{
	struct client *c = client_new(l, 1);

	client_begin(c);
	return c;
}

static void
clients_see_what_comes_and_goes(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = l->dir };
	struct client *c = guest(l);
	int i;

	host_file(l, "f", "text");
	for (i = 0; i < 3; i++) {
		assert_int_equal(client_walk(c, 0, 1, "a/h/f"), ENOENT);
		assert_int_equal(live_do(l, "/a/h", &cfg), 0);
		assert_int_equal(client_open(c, 1, "a/h/f", P9_O_RDWR), 0);
		assert_int_equal(client_call(c, M(read, 1, 0, 10)), 0);
		assert_memory_equal(c->in.u.Rread.data.p, "text", 4);
		assert_int_equal(live_do(l, "/a/h", NULL), 0);
		assert_int_equal(client_call(c, M(read, 1, 0, 10)), ESTALE);
		assert_int_equal(client_clunk(c, 1), 0);
	}
	client_free(c);
}

static void
what_cannot_be_shown_is_said(void **state)
{
	struct live *l = *state;
	struct etfs_config none = { .path = live_path(l, "none") };
	struct etfs_config beyond = {
		.path = live_path(l, "f"), .has_offset = true, .offset = 100
	};
	struct etfs_config file = { .path = live_path(l, "f") };
	struct live_job j;

	host_file(l, "f", "text");
	assert_int_equal(live_do(l, "/k", &none), -ENOENT);
	assert_int_equal(live_begin(l, &j, "/k", &beyond), VFS_PENDING);
	assert_int_equal(live_await(l, &j), -EINVAL);
	assert_non_null(strstr(j.job.why.text, "offset 100"));
	assert_int_equal(live_do(l, "k", &file), -EINVAL);
	assert_int_equal(live_do(l, "/k", &file), 0);
	assert_int_equal(live_do(l, "/k/x", &file), -EBUSY); /* a claim */
	assert_int_equal(live_do(l, "/", NULL), -EBUSY);
	assert_int_equal(live_do(l, "/x", NULL), -ENOENT);
}

/* Open files, directories, an attach inside: of several clients. */
static void
the_host_gets_everything_back(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = live_path(l, "t") };
	struct client *c[3];
	struct live_job j;
	size_t i;

	assert_int_equal(mkdir(live_path(l, "t"), 0755), 0);
	assert_int_equal(mount("none", cfg.path, "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir(live_path(l, "t/d"), 0755), 0);
	host_file(l, "t/f", "text");
	assert_int_equal(live_do(l, "/t", &cfg), 0);
	for (i = 0; i < 3; i++) {
		c[i] = guest(l);
		assert_int_equal(client_open(c[i], 1, "t/f", P9_O_RDWR), 0);
		assert_int_equal(client_open(c[i], 2, "t/d", P9_O_RDONLY), 0);
		assert_int_equal(client_walk(c[i], 0, 3, "t/d"), 0);
		assert_int_equal(
		    client_call(
			c[i], M(attach, 4, P9_NOFID, STR(""), STR("/t/d"), 0)),
		    0);
	}
	assert_int_equal(umount(cfg.path), -1);
	assert_int_equal(live_begin(l, &j, "/t", NULL), VFS_PENDING);
	assert_int_equal(client_walk(c[0], 0, 5, "t"), ENOENT);
	assert_int_equal(live_await(l, &j), 0);
	assert_int_equal(umount(cfg.path), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(client_walk(c[i], 4, 5, ""), ESTALE);
		client_free(c[i]);
	}
}

/* Its lock, and what the server itself remembers of it. */
static void
an_image_can_be_used_by_others(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = live_path(l, "image"),
		.type = ETFS_BLK };
	struct flock fl = { .l_type = F_WRLCK };
	struct client *c = guest(l);
	int fd;

	host_file(l, "image", "0123456789");
	fd = open(cfg.path, O_RDWR | O_CLOEXEC);
	assert_int_equal(live_do(l, "/k", &cfg), 0);
	assert_int_equal(client_open(c, 1, "k", P9_O_RDWR), 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &fl), -1);
	assert_int_equal(live_do(l, "/l", &cfg), -EBUSY);
	assert_int_equal(live_do(l, "/k", NULL), 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &fl), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(live_do(l, "/l", &cfg), 0);
	client_free(c);
}

static void
who_waits_for_a_stream_is_told(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = live_path(l, "fifo") };
	struct client *c = guest(l);

	assert_int_equal(mkfifo(cfg.path, 0600), 0);
	assert_int_equal(live_do(l, "/s", &cfg), 0);
	assert_int_equal(client_open(c, 1, "s", P9_O_RDONLY), 0);
	client_send(c, M(read, 1, 0, 10));
	client_send(c, M(read, 1, 0, 10));
	assert_int_equal(live_do(l, "/s", NULL), 0);
	assert_int_equal(client_receive(c), ESTALE);
	assert_int_equal(client_receive(c), ESTALE);
	client_free(c);
}

static void
who_waits_for_a_lock_is_told(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = live_path(l, "f") };
	struct client *c = guest(l), *d = guest(l);

	host_file(l, "f", "text");
	assert_int_equal(live_do(l, "/f", &cfg), 0);
	assert_int_equal(client_open(c, 1, "f", P9_O_RDWR), 0);
	assert_int_equal(client_open(d, 1, "f", P9_O_RDWR), 0);
	assert_int_equal(
	    client_call(c, M(lock, 1, P9_LOCK_WRLCK, 0, 0, 0, 1, STR("host"))),
	    0);
	client_send(d,
	    M(lock, 1, P9_LOCK_WRLCK, P9_LOCK_FLAG_BLOCK, 0, 0, 1,
		STR("host")));
	assert_int_equal(live_do(l, "/f", NULL), 0);
	assert_int_equal(client_receive(d), ESTALE);
	client_free(c);
	client_free(d);
}

/* Keys inside one another go from the inside. */
static void
what_lies_inside_goes_first(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = l->dir };
	struct client *c = guest(l);

	assert_int_equal(live_do(l, "/h", &cfg), 0);
	assert_int_equal(live_do(l, "/h/way/k", &cfg), 0);
	assert_int_equal(client_walk(c, 0, 1, "h/way"), 0);
	assert_int_equal(live_do(l, "/h", NULL), -EBUSY);
	assert_int_equal(live_do(l, "/h/way/k", NULL), 0);
	assert_int_equal(
	    client_call(c, M(getattr, 1, P9_GETATTR_BASIC)), ESTALE);
	assert_int_equal(live_do(l, "/h", NULL), 0);
	client_free(c);
}

/* The client stays connected: the server says goodbye to it. */
static void
a_server_that_stops_waits_for_its_jobs(void **state)
{
	struct live *l = *state;
	struct etfs_config cfg = { .path = live_path(l, "fifo") };
	struct etfs_config dir = { .path = l->dir };
	struct client *c = guest(l);
	struct live_job mounting, unmounting, late;

	assert_int_equal(mkfifo(cfg.path, 0600), 0);
	assert_int_equal(live_do(l, "/s", &cfg), 0);
	assert_int_equal(client_open(c, 1, "s", P9_O_RDONLY), 0);
	client_send(c, M(read, 1, 0, 10));
	assert_int_equal(live_begin(l, &mounting, "/h", &dir), VFS_PENDING);
	assert_int_equal(live_begin(l, &unmounting, "/s", NULL), VFS_PENDING);
	sloop_command(&l->loops[0], SLOOP_FINISH);
	sloop_command(&l->loops[1], SLOOP_FINISH);
	while (!sloop_is_done(&l->loops[0]))
		live_turn(l);
	assert_int_equal(mounting.calls, 1);
	assert_int_equal(mounting.rc, 0);
	assert_int_equal(unmounting.calls, 1);
	assert_int_equal(unmounting.rc, 0);
	assert_int_equal(live_begin(l, &late, "/h", NULL), -ESHUTDOWN);
	assert_int_equal(live_begin(l, &late, "/i", &dir), -ESHUTDOWN);
	client_free(c);
}

int
main(void)
{
#define L(f) cmocka_unit_test_setup_teardown(f, live_setup, live_teardown)
	const struct CMUnitTest tests[] = {
		L(clients_see_what_comes_and_goes),
		L(what_cannot_be_shown_is_said),
		L(the_host_gets_everything_back),
		L(an_image_can_be_used_by_others),
		L(who_waits_for_a_stream_is_told),
		L(who_waits_for_a_lock_is_told),
		L(what_lies_inside_goes_first),
		L(a_server_that_stops_waits_for_its_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
