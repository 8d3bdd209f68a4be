/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_many_files.c -- more files in use than a process may have descriptors.
 */

#include <sys/stat.h>

#include <fcntl.h>

#include "wire.h"

#define PER_DIR 1000U
#define AT_ONCE 500U /* requests in flight */
#define FIRST 100U /* fid */

/* Files that exist, and fids that walk to them. */
struct crowd {
	uint32_t files, fids;
};

/* Fewer with a sanitizer, and over the second transport. */
static struct crowd
crowd_for(struct wire *w, struct server *s, uint32_t files, uint32_t fids)
{
	uint32_t less = server_sanitized(s) ? 20 : w->tcp ? 10 : 1;

	return (struct crowd){ files / less, fids / less };
}

/* In memory, where to make so many takes no time. */
static char *
dir_in_memory(void)
{
	char *dir = strdup("/dev/shm/etfsd-wire.XXXXXX");

	assert_non_null(dir);
	assert_non_null(mkdtemp(dir));
	return dir;
}

static void
make_files(const char *dir, uint32_t n)
{
	char path[512];
	uint32_t i;
	int fd;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%u", dir, i / PER_DIR);
		if (i % PER_DIR == 0)
			assert_int_equal(mkdir(path, 0777), 0);
		snprintf(path, sizeof(path), "%s/%u/%u", dir, i / PER_DIR, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, &i, sizeof(i)), sizeof(i));
		close(fd);
	}
}

static void
take_replies(struct t9 *c, uint32_t n)
{
	while (n-- > 0) {
		assert_true(t9_recv(c));
		assert_int_not_equal(c->in.type, P9_Rlerror);
	}
}

/* Fid i is on file i modulo the number of files. */
static void
walk_to_all(struct t9 *c, struct crowd crowd)
{
	char dir[16], file[16];
	uint32_t i, n;

	for (i = 0; i < crowd.fids;) {
		t9_cork(c);
		for (n = 0; n < AT_ONCE && i < crowd.fids; n++, i++) {
			snprintf(
			    dir, sizeof(dir), "%u", i % crowd.files / PER_DIR);
			snprintf(file, sizeof(file), "%u", i % crowd.files);
			t9_send(c,
			    T9_MSG(Twalk, .fid = ROOT, .newfid = FIRST + i,
				.wname = { 2, { t9_str(dir), t9_str(file) } }));
		}
		t9_uncork(c);
		take_replies(c, n);
	}
}

static void
open_one(struct t9 *c, uint32_t i, struct crowd crowd)
{
	uint32_t number;

	t9_ok(c, Tlopen, .fid = FIRST + i, .flags = P9_O_RDONLY);
	assert_int_equal(
	    t9_read(c, FIRST + i, 0, &number, sizeof(number)), sizeof(number));
	assert_int_equal(number, i % crowd.files);
}

static struct server *
serve(struct wire *w, const char *dir)
{
	struct server *s = WIRE_SERVER(w, "--max-fids", "2000000", dir);

	return s;
}

static void
a_million_fids_take_few_descriptors(void **state)
{
	struct wire *w = *state;
	char *dir = dir_in_memory();
	struct server *s = serve(w, dir);
	struct crowd crowd = crowd_for(w, s, 200000, 1000000);
	struct t9 *c;
	uint32_t i;

	make_files(dir, crowd.files);
	c = wire_session_with(s, 1 << 20);
	walk_to_all(c, crowd);
	assert_true(server_fds(s) < 10000);
	for (i = 0; i < crowd.fids; i += 997) {
		assert_int_equal(
		    t9_getattr(c, FIRST + i).size, sizeof(uint32_t));
		open_one(c, i, crowd);
		t9_clunk(c, FIRST + i);
	}
	assert_true(server_fds(s) < 10000);
	t9_free_all();
	server_stop(s);
	temp_remove(dir);
}

static struct server *
serve_with_few_descriptors(struct wire *w, const char *dir, rlim_t n)
{
	char listener[256];
	struct server_how how = {
		.args = { "--max-fids", "100000", "-l", listener, dir },
		.descriptors = n,
	};

	if (w->tcp)
		snprintf(
		    listener, sizeof(listener), "tcp:127.0.0.1:0,trust=any");
	else
		snprintf(listener, sizeof(listener), "unix:%s/few", w->tmp);
	return server_start(&how);
}

/* How many can be opened before there are no descriptors any more. */
static uint32_t
open_all_that_can_be(struct t9 *c, uint32_t most)
{
	uint32_t i;
	int err = 0;

	for (i = 0; i < most && err == 0; i++)
		err = t9_rpc(
		    c, T9_MSG(Tlopen, .fid = FIRST + i, .flags = P9_O_RDONLY));
	assert_int_equal(err, EMFILE);
	return i - 1;
}

static void
with_256_descriptors_everything_goes_on(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir();
	struct server *s = serve_with_few_descriptors(w, dir, 256);
	struct crowd crowd = crowd_for(w, s, 20000, 60000);
	struct t9 *c, *other;
	uint32_t i, n;

	make_files(dir, crowd.files);
	c = wire_session_with(s, 1 << 20);
	walk_to_all(c, crowd);
	for (i = 0; i < crowd.fids; i += 97)
		t9_getattr(c, FIRST + i);
	n = open_all_that_can_be(c, crowd.fids);
	assert_true(n > 128); /* files that are open come first */
	other = wire_session_with(s, WIRE_MSIZE); /* but not all of them */
	t9_open(other, ROOT, 2, "0/7", P9_O_RDONLY);
	t9_clunk(other, 2);
	t9_clunk(c, FIRST + n);
	for (i = 0; i < n; i++)
		t9_clunk(c, FIRST + i);
	for (i = n + 1; i < n + 100; i++) {
		open_one(c, i, crowd);
		assert_int_equal(
		    t9_stat(other, ROOT, "0/7").size, sizeof(uint32_t));
	}
	t9_mkdir(other, ROOT, "new", 0755);
	assert_true(t9_exists(c, ROOT, "new"));
	t9_free_all();
	server_stop(s);
	temp_remove(dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_million_fids_take_few_descriptors),
		wire_test(with_256_descriptors_everything_goes_on),
	};

	return wire_main(
	    "many files", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
