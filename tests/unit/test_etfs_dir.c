/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_dir.c -- listing directories of the host while they change.
 */

#include <stdio.h>

#include "etfs_fixture.h"

#define MANY 20000

/* Files n0, n1, ... that a listing has given, and how often. */
struct seen {
	unsigned char times[MANY];
	size_t room; /* entries this call may still give */
	size_t given;
	uint64_t last;
};

static bool
see(void *ctx, const struct vdirent *entry)
{
	struct seen *s = ctx;
	char name[VFS_NAME_MAX + 1];
	unsigned int i;

	if (s->room == 0)
		return false;
	s->room--;
	s->given++;
	assert_true(entry->cookie > 0 && entry->cookie <= INT64_MAX);
	s->last = entry->cookie;
	memcpy(name, entry->name.s, entry->name.len);
	name[entry->name.len] = '\0';
	if (sscanf(name, "n%u", &i) == 1 && i < MANY)
		s->times[i]++;
	return true;
}

/* The next entries, room at most, after those given so far. */
static size_t
more(struct fixture *fx, struct vfile *file, struct seen *s, size_t room)
{
	size_t before = s->given;

	s->room = room;
	assert_int_equal(
	    do_readdir(&fx->self, file, s->last, fx->root, see, s), 0);
	return s->given - before;
}

static const char *
numbered(const struct fixture *fx, unsigned int i)
{
	char name[16];

	snprintf(name, sizeof(name), "d/n%u", i);
	return on_host(fx, name);
}

static void
make_many(const struct fixture *fx, unsigned int n)
{
	unsigned int i;

	assert_int_equal(mkdir(on_host(fx, "d"), 0777), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(mknod(numbered(fx, i), S_IFREG | 0644, 0), 0);
}

static void
open_dir(struct fixture *fx, const char *name, struct vfile *file)
{
	struct vnode *vn = walk(fx, name);

	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, file), 0);
	vnode_put(vn);
}

struct wanted {
	const char *name;
	mode_t type;
	uint64_t path;
	int times;
};

static bool
compare(void *ctx, const struct vdirent *entry)
{
	struct wanted *w;

	for (w = ctx; w->name != NULL; w++)
		if (vname_is(entry->name, w->name))
			break;
	assert_non_null(w->name);
	assert_int_equal(entry->type, w->type);
	assert_int_equal(entry->path, w->path);
	w->times++;
	return true;
}

static void
entries_are_what_a_walk_finds(void **state)
{
	struct fixture *fx = *state;
	struct wanted w[] = { { ".", S_IFDIR, 0, 0 }, { "..", S_IFDIR, 0, 0 },
		{ "f", S_IFREG, 0, 0 }, { "s", S_IFLNK, 0, 0 },
		{ "p", S_IFIFO, 0, 0 }, { "e", S_IFDIR, 0, 0 },
		{ NULL, 0, 0, 0 } };
	struct vfile file;
	struct vnode *d, *vn;
	int i;

	mkdir(on_host(fx, "d"), 0755);
	mkdir(on_host(fx, "d/e"), 0755);
	mkfifo(on_host(fx, "d/p"), 0644);
	assert_int_equal(symlink("f", on_host(fx, "d/s")), 0);
	host_file(fx, "d/f", "text");
	d = walk(fx, "d");
	w[0].path = vnode_qid(d).path;
	w[1].path = vnode_qid(fx->root).path;
	for (i = 2; i < 6; i++) {
		assert_int_equal(do_walk(&fx->self, d, w[i].name, &vn), 0);
		w[i].path = vnode_qid(vn).path;
		vnode_put(vn);
	}
	assert_int_equal(do_open(&fx->self, d, O_RDONLY, &file), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &file, 0, fx->root, compare, w), 0);
	for (i = 0; i < 6; i++)
		assert_int_equal(w[i].times, 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
dotdot_in_a_listing_is_what_was_walked(void **state)
{
	struct fixture *fx = *state;
	struct wanted w[] = { { ".", S_IFDIR, 0, 0 }, { "..", S_IFDIR, 0, 0 },
		{ NULL, 0, 0, 0 } };
	struct vfile file;
	struct vnode *b;

	mkdir(on_host(fx, "a"), 0755);
	mkdir(on_host(fx, "a/b"), 0755);
	b = walk(fx, "a/b");
	w[0].path = vnode_qid(b).path;
	w[1].path = vnode_qid(fx->root).path;
	assert_int_equal(rename(on_host(fx, "a/b"), on_host(fx, "c")), 0);
	vnode_put(walk(fx, "c"));
	assert_int_equal(do_open(&fx->self, b, O_RDONLY, &file), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &file, 0, fx->root, compare, w), 0);
	assert_int_equal(w[1].times, 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(b);
}

/* Every other file goes while the listing is under way. */
static void
what_stays_is_given_once_while_half_is_deleted(void **state)
{
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;
	unsigned int i = 0, j;

	make_many(fx, MANY);
	open_dir(fx, "d", &file);
	while (more(fx, &file, s, 97) > 0) {
		for (j = 0; j < 100 && i < MANY; j++, i += 2)
			assert_int_equal(unlink(numbered(fx, i)), 0);
		if (i % 1024 == 0)
			host_file(fx, "d/new", "");
	}
	assert_true(i >= MANY);
	for (i = 1; i < MANY; i += 2)
		assert_int_equal(s->times[i], 1);
	for (i = 0; i < MANY; i += 2)
		assert_true(s->times[i] <= 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(s);
}

/* As a client removes a tree: what it has seen, then on from the cookie. */
static void
a_directory_is_emptied_in_one_listing(void **state)
{
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;
	unsigned int i, left = 3000;

	make_many(fx, left);
	open_dir(fx, "d", &file);
	while (more(fx, &file, s, 300) > 0) {
		for (i = 0; i < 3000; i++) {
			if (s->times[i] != 1)
				continue;
			assert_int_equal(unlink(numbered(fx, i)), 0);
			s->times[i] = 2;
			left--;
		}
	}
	assert_int_equal(left, 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(rmdir(on_host(fx, "d")), 0);
	free(s);
}

static void
an_entry_without_room_comes_first_next_time(void **state)
{
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;
	unsigned int i;

	make_many(fx, 100);
	open_dir(fx, "d", &file);
	assert_int_equal(more(fx, &file, s, 0), 0);
	while (more(fx, &file, s, 1) > 0)
		assert_int_equal(more(fx, &file, s, 0), 0);
	assert_int_equal(s->given, 102);
	for (i = 0; i < 100; i++)
		assert_int_equal(s->times[i], 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(s);
}

static void
a_listing_goes_on_from_any_cookie(void **state)
{
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;
	uint64_t cookie;
	unsigned int i;

	make_many(fx, 3000);
	open_dir(fx, "d", &file);
	assert_int_equal(more(fx, &file, s, 1500), 1500);
	cookie = s->last;
	while (more(fx, &file, s, 200) > 0)
		continue;
	assert_int_equal(s->given, 3002);
	s->last = cookie;
	while (more(fx, &file, s, 333) > 0)
		continue;
	assert_int_equal(s->given, 3002 + 1502);
	for (i = 0; i < 3000; i++)
		assert_in_range(s->times[i], 1, 2);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(s);
}

static void
the_start_is_fresh_and_the_end_stays(void **state)
{
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;

	make_many(fx, 3);
	open_dir(fx, "d", &file);
	assert_int_equal(more(fx, &file, s, 100), 5);
	assert_int_equal(more(fx, &file, s, 100), 0);
	assert_int_equal(more(fx, &file, s, 100), 0);
	assert_int_equal(unlink(numbered(fx, 0)), 0);
	assert_int_equal(mknod(numbered(fx, 7), S_IFREG | 0644, 0), 0);
	s->last = 0;
	assert_int_equal(more(fx, &file, s, 100), 5);
	assert_int_equal(s->times[0], 1);
	assert_int_equal(s->times[1], 2);
	assert_int_equal(s->times[7], 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(s);
}

/* Nobody waits for the first before asking for the second. */
static void
two_listings_of_one_open_directory_do_not_mix(void **state)
{
	struct fixture *fx = *state;
	struct seen *s[2] = { calloc(1, sizeof(*s[0])),
		calloc(1, sizeof(*s[1])) };
	struct vfile file;
	struct wait w[2];
	int i, j, rc[2];

	make_many(fx, 5000);
	open_dir(fx, "d", &file);
	for (i = 0; i < 2; i++) {
		s[i]->room = MANY;
		wait_init(&w[i], &fx->self);
		rc[i] = vfs_readdir(&w[i].op, &file, 0, fx->root, see, s[i]);
	}
	for (i = 0; i < 2; i++) {
		while (rc[i] == VFS_PENDING && w[i].calls == 0)
			turn(&fx->uv);
		assert_int_equal(rc[i] == VFS_PENDING ? w[i].rc : rc[i], 0);
		assert_int_equal(s[i]->given, 5002);
		for (j = 0; j < 5000; j++)
			assert_int_equal(s[i]->times[j], 1);
		free(s[i]);
	}
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_directory_that_is_gone_has_no_entries(void **state)
{
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;

	make_many(fx, 0);
	open_dir(fx, "d", &file);
	assert_int_equal(rmdir(on_host(fx, "d")), 0);
	assert_int_equal(more(fx, &file, s, 100), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(s);
}

static void
a_cookie_that_was_never_given_does_no_harm(void **state)
{
	static const uint64_t odd[] = { 1, 2, 12345, INT32_MAX, INT64_MAX - 1,
		INT64_MAX };
	struct fixture *fx = *state;
	struct seen *s = calloc(1, sizeof(*s));
	struct vfile file;
	size_t i;

	make_many(fx, 100);
	open_dir(fx, "d", &file);
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		s->room = MANY;
		assert_true(do_readdir(&fx->self, &file, odd[i], fx->root, see,
				s) <= 0);
	}
	s->last = 0;
	s->given = 0;
	assert_int_equal(more(fx, &file, s, MANY), 102);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(entries_are_what_a_walk_finds),
		ON_BOTH(dotdot_in_a_listing_is_what_was_walked),
		ON_BOTH(what_stays_is_given_once_while_half_is_deleted),
		ON_BOTH(a_directory_is_emptied_in_one_listing),
		ON_BOTH(an_entry_without_room_comes_first_next_time),
		ON_BOTH(a_listing_goes_on_from_any_cookie),
		ON_BOTH(the_start_is_fresh_and_the_end_stays),
		ON_BOTH(two_listings_of_one_open_directory_do_not_mix),
		ON_BOTH(a_directory_that_is_gone_has_no_entries),
		ON_BOTH(a_cookie_that_was_never_given_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
