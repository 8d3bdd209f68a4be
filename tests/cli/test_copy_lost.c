/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_copy_lost.c -- get and put that are interrupted, and gone on with; and
 * what is too large, or has changed.
 *
 * A connection that ends is made by head(1), before a server.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etfs.h"
#include "fake.h"
#include "local.h"
#include "temp.h"

#define MIB (1U << 20)
#define LARGE (32U * MIB)
#define STEPS 40U
#define REQUESTS                                                               \
	9000U /* bytes of them, of 12,600 to get LARGE in small reads */
#define FILES 2000U

/*
 * A server for dir, to which only so many bytes go; 0: all.  Good until the
 * next.  The server makes what it has not to block, which would disturb head.
 */
static struct etfs_how *
server(const char *dir, unsigned int in)
{
	static char address[2048];
	static struct etfs_how how;
	char head[80] = "";

	if (in > 0)
		snprintf(head, sizeof(head), "stdbuf -o0 head -c %u | ", in);
	snprintf(address, sizeof(address),
	    "exec:%s%s -l stdio %s 2>/dev/null%s", head, server_binary(), dir,
	    in > 0 ? " | cat" : "");
	how = (struct etfs_how){ .address = address };
	return &how;
}

/* It says that something was lost, and perhaps what is left. */
static void
is_lost(struct client *c, struct etfs_how *how, const char *const *args)
{
	struct etfs_said said;

	etfs_run(c, how, args, &said);
	assert_int_equal(said.status, 1);
	assert_non_null(strstr(said.err, "lost: "));
	etfs_free(&said);
}
#define LOST(how, ...)                                                         \
	is_lost(*state, how, (const char *const[]){ __VA_ARGS__, NULL })

struct sides {
	char *dir, *here, *there; /* here and there are directories in dir */
	char *from, *to; /* "x" here, and there */
};

static struct sides
make_sides(void)
{
	struct sides s = { .dir = temp_dir() };

	s.here = temp_path(s.dir, "here");
	s.there = temp_path(s.dir, "there");
	s.from = temp_path(s.here, "x");
	s.to = temp_path(s.there, "x");
	assert_int_equal(mkdir(s.here, 0777), 0);
	assert_int_equal(mkdir(s.there, 0777), 0);
	return s;
}

static void
remove_sides(struct sides *s)
{
	free(s->here);
	free(s->there);
	free(s->from);
	free(s->to);
	temp_remove(s->dir);
}

/* The second time all of it would not go through. */
static void
put_goes_on_where_it_was(void **state)
{
	struct sides s = make_sides();

	local_plant(s.from, LARGE, 0);
	LOST(server(s.there, 24 * MIB), "put", s.from, "/");
	assert_int_equal(access(s.to, F_OK), -1);
	assert_int_equal(local_count(s.there), 1);
	prints_how(*state, server(s.there, 30 * MIB), "", "put", "--continue",
	    s.from, "/");
	local_is(s.to, LARGE, 0);
	assert_int_equal(local_count(s.there), 1);
	remove_sides(&s);
}

static void
get_goes_on_where_it_was(void **state)
{
	struct sides s = make_sides();

	local_plant(s.from, LARGE, 0);
	LOST(server(s.here, REQUESTS), "-m", "64K", "get", "/x", s.there);
	assert_int_equal(access(s.to, F_OK), -1);
	assert_int_equal(local_count(s.there), 1);
	prints_how(*state, server(s.here, REQUESTS), "", "-m", "64K", "get",
	    "--continue", "/x", s.there);
	local_is(s.to, LARGE, 0);
	assert_int_equal(local_count(s.there), 1);
	remove_sides(&s);
}

static void
another_source_is_begun_anew(void **state)
{
	struct sides s = make_sides();

	local_plant(s.from, LARGE, 0);
	LOST(server(s.here, REQUESTS), "-m", "64K", "get", "/x", s.there);
	local_plant(s.from, LARGE, 1);
	prints_how(
	    *state, server(s.here, 0), "", "get", "--continue", "/x", s.there);
	local_is(s.to, LARGE, 1);
	LOST(server(s.here, REQUESTS), "-m", "64K", "get", "/x", s.there);
	local_is(s.to, LARGE, 1);
	prints_how(
	    *state, server(s.here, 0), "", "-m", "64K", "get", "/x", s.there);
	assert_int_equal(local_count(s.there), 1);
	remove_sides(&s);
}

/* Bytes of requests are cut where some of FILES have gone. */
static void
trees_are_gone_on_with(void **state)
{
	unsigned int n = local_files(FILES);
	struct sides s = make_sides();

	local_plant_tree(s.from, n);
	LOST(server(s.there, n * 150), "put", "-rp", s.from, "/");
	prints_how(*state, server(s.there, 0), "", "put", "-rp", "--continue",
	    s.from, "/");
	local_is_tree(s.to, n);
	temp_remove(s.from);
	s.from = temp_path(s.here, "x");
	LOST(server(s.there, n * 50), "get", "-rp", "/x", s.here);
	prints_how(*state, server(s.there, 0), "", "get", "-rp", "--continue",
	    "/x", s.here);
	local_is_tree(s.from, n);
	remove_sides(&s);
}

/* A file that is there has not been read: its contents are another's. */
static void
what_is_there_is_not_copied_again(void **state)
{
	struct sides s = make_sides();
	const struct timespec old[2] = { { 1000, 0 }, { 2000, 0 } };

	local_plant(s.from, 100, 0);
	local_plant(s.to, 100, 1);
	utimensat(AT_FDCWD, s.from, old, 0);
	utimensat(AT_FDCWD, s.to, old, 0);
	prints_how(
	    *state, server(s.there, 0), "", "put", "--continue", s.from, "/");
	local_is(s.to, 100, 1);
	prints_how(*state, server(s.there, 0), "", "put", s.from, "/");
	local_is(s.to, 100, 0);
	remove_sides(&s);
}

static uint64_t
blocks(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3LL << 30);
	return (uint64_t)st.st_blocks;
}

static void
a_sparse_file_stays_sparse(void **state)
{
	struct client *c = *state;
	struct sides s = make_sides();
	struct etfsc_attr attr;
	char byte = 0;
	int fd = open(s.from, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	assert_int_equal(ftruncate(fd, 3LL << 30), 0);
	assert_int_equal(pwrite(fd, "data", 4, 2LL << 30), 4);
	close(fd);
	prints(c, "", "put", s.from, "@");
	ok(etfsc_stat(c->fs, "x", &attr));
	assert_int_equal(attr.size, 3LL << 30);
	assert_true(attr.blocks < 1000);
	prints(c, "", "get", "@/x", s.there);
	assert_true(blocks(s.to) < 1000);
	fd = open(s.to, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, &byte, 1, (2LL << 30) + 2), 1);
	assert_int_equal(byte, 't');
	close(fd);
	remove_sides(&s);
}

/* f, whose last reply to a Tread is another than the first. */
static void
serve_changing(struct fake *f)
{
	uint8_t ones[100];
	struct p9_msg m, r;
	size_t reads = 0;

	memset(ones, 1, sizeof(ones));
	while (fake_get(f, &m)) {
		if (m.type != P9_Tread || reads++ == 0) {
			fake_answer(f, &m);
			continue;
		}
		r = (struct p9_msg){ .type = P9_Rread, .tag = m.tag };
		r.u.Rread.data = (p9_data){ ones, sizeof(ones) };
		fake_put(f, &r);
	}
}

/* Told by the test which process is to be interrupted. */
static void
serve_interrupting(struct fake *f)
{
	int *told = f->arg;
	struct p9_msg m;
	pid_t pid;

	while (fake_get(f, &m)) {
		if (m.type == P9_Tread &&
		    read(*told, &pid, sizeof(pid)) == (ssize_t)sizeof(pid))
			kill(pid, SIGINT);
		fake_answer(f, &m);
	}
}

static void
get_from(struct client *c, struct fake *f, const char *const *args,
    struct etfs_said *said)
{
	int fd = etfs_fake_start(f);

	etfs_run(c, &(struct etfs_how){ .address = f->addr }, args, said);
	close(fd);
	fake_stop(f);
}

static void
verify_finds_a_difference(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));
	char *dir = temp_dir();
	const char *args[] = { "get", "-r", "--verify", "/f", dir, NULL };
	struct etfs_said said;

	f->serve = serve_changing;
	get_from(*state, f, args, &said);
	assert_int_equal(said.status, 1);
	assert_string_equal(said.err, "etfs: get: /f: the copy differs\n");
	assert_int_equal(local_count(dir), 0);
	etfs_free(&said);
	free(f);
	temp_remove(dir);
}

static void
wherever_the_server_dies_nothing_is_half_there(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));
	struct etfs_said said;
	size_t total = 0, i;
	char *dir;

	f->serve = fake_serve;
	for (i = 0; i < STEPS; i++) {
		dir = temp_dir();
		f->cut = i * total / STEPS;
		get_from(*state, f,
		    (const char *const[]){ "get", "-r", "/f", dir, NULL },
		    &said);
		if (i == 0) {
			assert_int_equal(said.status, 0);
			total = f->sent;
		}
		assert_int_equal(local_count(dir), said.status == 0);
		if (said.status != 0)
			assert_true(server_one_line(said.err));
		etfs_free(&said);
		temp_remove(dir);
	}
	free(f);
}

static void
an_interrupted_get_leaves_nothing(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));
	char *dir = temp_dir();
	struct etfs_child child;
	int told[2], fd;

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	f->serve = serve_interrupting;
	f->arg = &told[0];
	fd = etfs_fake_start(f);
	etfs_start(*state, &(struct etfs_how){ .address = f->addr },
	    (const char *const[]){ "get", "-r", "/f", dir, NULL }, &child);
	assert_int_equal(
	    write(told[1], &child.pid, sizeof(child.pid)), sizeof(child.pid));
	assert_int_equal(etfs_ends(&child), 1);
	close(fd);
	fake_stop(f);
	assert_int_equal(local_count(dir), 0);
	close(told[0]);
	close(told[1]);
	free(f);
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(put_goes_on_where_it_was),
		client_test(get_goes_on_where_it_was),
		client_test(another_source_is_begun_anew),
		client_test(trees_are_gone_on_with),
		client_test(what_is_there_is_not_copied_again),
		client_test(a_sparse_file_stays_sparse),
		client_test(verify_finds_a_difference),
		client_test(wherever_the_server_dies_nothing_is_half_there),
		client_test(an_interrupted_get_leaves_nothing),
	};

	return client_main("copy_lost", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
