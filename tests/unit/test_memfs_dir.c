/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_dir.c -- listing directories in memfs, also very large ones.
 */

#include <stdio.h>

#include "fixture.h"
#include "memfs_internal.h"

#define MILLION 1000000u

/* What a listing gave: at most max entries, names one after the other. */
struct listing {
	size_t n, max;
	char names[64][16];
	uint64_t cookies[64];
	uint64_t paths[64];
	mode_t types[64];
};

static bool
take(void *ctx, const struct vdirent *e)
{
	struct listing *l = ctx;

	if (l->n == l->max)
		return false;
	assert_in_range(e->name.len, 1, 15);
	memcpy(l->names[l->n], e->name.s, e->name.len);
	l->names[l->n][e->name.len] = '\0';
	l->cookies[l->n] = e->cookie;
	l->paths[l->n] = e->path;
	l->types[l->n++] = e->type;
	return true;
}

static struct listing
list(const struct fixture *fx, struct vfile *file, uint64_t cookie, size_t max)
{
	struct listing l = { .max = max };

	assert_int_equal(
	    do_readdir(&fx->self, file, cookie, fx->root, take, &l), 0);
	return l;
}

static struct vfile
open_dir(const struct fixture *fx, struct vnode *dir)
{
	struct vfile file;

	assert_int_equal(do_open(&fx->self, dir, O_RDONLY, &file), 0);
	return file;
}

static void
make(const struct fixture *fx, const char *name)
{
	assert_int_equal(do_touch(&fx->self, fx->root, name, 0644, NULL), 0);
}

static void
a_listing_has_dots_and_everything_once(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = open_dir(fx, fx->root);
	struct vnode *d;
	struct listing l;

	make(fx, "f");
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0755, &d), 0);
	assert_int_equal(do_symlink(&fx->self, fx->root, "l", "x", NULL), 0);
	l = list(fx, &file, 0, 64);
	assert_int_equal(l.n, 5);
	assert_string_equal(l.names[0], ".");
	assert_string_equal(l.names[1], "..");
	assert_string_equal(l.names[2], "f");
	assert_string_equal(l.names[3], "d");
	assert_string_equal(l.names[4], "l");
	assert_int_equal(l.types[0], S_IFDIR);
	assert_int_equal(l.types[2], S_IFREG);
	assert_int_equal(l.types[4], S_IFLNK);
	assert_int_equal(l.paths[3], vnode_qid(d).path);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
dots_are_the_directory_and_its_parent(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;
	struct vfile file;
	struct listing l;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0755, &d), 0);
	file = open_dir(fx, d);
	l = list(fx, &file, 0, 64);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.paths[0], vnode_qid(d).path);
	assert_int_equal(l.paths[1], vnode_qid(fx->root).path);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
a_listing_goes_on_after_any_of_its_cookies(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = open_dir(fx, fx->root);
	struct listing all, rest;
	char name[32];
	size_t i;

	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "f%zu", i);
		make(fx, name);
	}
	all = list(fx, &file, 0, 64);
	assert_int_equal(all.n, 22);
	for (i = 0; i < all.n; i++) {
		rest = list(fx, &file, all.cookies[i], 64);
		assert_int_equal(rest.n, all.n - i - 1);
		if (rest.n > 0)
			assert_string_equal(rest.names[0], all.names[i + 1]);
		rest = list(fx, &file, all.cookies[i], 1);
		assert_int_equal(rest.n, i + 1 < all.n);
	}
	assert_int_equal(list(fx, &file, 0, 1).n, 1);
	assert_int_equal(list(fx, &file, INT64_MAX, 64).n, 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_removed_entry_is_a_place_to_go_on(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = open_dir(fx, fx->root);
	struct listing l;

	make(fx, "a");
	make(fx, "b");
	make(fx, "c");
	l = list(fx, &file, 0, 4);
	assert_string_equal(l.names[3], "b");
	assert_int_equal(do_unlink(&fx->self, fx->root, "a"), 0);
	assert_int_equal(do_unlink(&fx->self, fx->root, "b"), 0);
	make(fx, "b");
	l = list(fx, &file, l.cookies[3], 64);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.names[0], "c");
	assert_string_equal(l.names[1], "b");
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_replaced_name_keeps_its_place(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = open_dir(fx, fx->root);
	struct listing l;

	make(fx, "a");
	make(fx, "b");
	make(fx, "new");
	l = list(fx, &file, 0, 3);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "new", fx->root, "b"), 0);
	l = list(fx, &file, l.cookies[2], 64);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.names[0], "b");
	l = list(fx, &file, 0, 4);
	assert_int_equal(do_rename(&fx->self, fx->root, "a", fx->root, "b"), 0);
	assert_int_equal(list(fx, &file, l.cookies[3], 64).n, 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_listing_from_the_start_is_a_fresh_one(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = open_dir(fx, fx->root);

	assert_int_equal(list(fx, &file, 0, 64).n, 2);
	make(fx, "f");
	assert_int_equal(list(fx, &file, 0, 64).n, 3);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(list(fx, &file, 0, 64).n, 2);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Entries 0 .. MILLION - 1 of a large directory, and what became of them. */
struct large {
	struct vnode *dir;
	struct vfile file;
	uint64_t cookie;
	size_t room; /* left in this chunk */
	unsigned char *seen; /* how often it was listed */
	unsigned char *gone; /* it has been removed */
	uint32_t next_victim;
};

static void
name_of(char *buf, size_t size, uint32_t i)
{
	snprintf(buf, size, "entry-%u", i);
}

static struct large
make_large(const struct fixture *fx)
{
	struct large l = { .seen = calloc(1, MILLION),
		.gone = calloc(1, MILLION) };
	char name[32];
	uint32_t i;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "big", 0755, &l.dir), 0);
	for (i = 0; i < MILLION; i++) {
		name_of(name, sizeof(name), i);
		assert_int_equal(
		    do_mknod(&fx->self, l.dir, name, S_IFREG | 0644, 0, NULL),
		    0);
	}
	l.file = open_dir(fx, l.dir);
	return l;
}

static void
free_large(const struct fixture *fx, struct large *l)
{
	assert_int_equal(do_close(&fx->self, &l->file), 0);
	vnode_put(l->dir);
	free(l->seen);
	free(l->gone);
}

static bool
see(void *ctx, const struct vdirent *e)
{
	struct large *l = ctx;
	unsigned int i;
	char name[32] = { 0 };

	if (l->room == 0)
		return false;
	l->room--;
	l->cookie = e->cookie;
	if (vname_is_dots(e->name))
		return true;
	memcpy(name, e->name.s, e->name.len);
	assert_int_equal(sscanf(name, "entry-%u", &i), 1);
	assert_false(l->gone[i]);
	l->seen[i]++;
	return true;
}

static void
remove_entry(const struct fixture *fx, struct large *l, uint32_t i)
{
	char name[32];

	if (l->gone[i])
		return;
	name_of(name, sizeof(name), i);
	assert_int_equal(do_unlink(&fx->self, l->dir, name), 0);
	l->gone[i] = 1;
}

/*
 * Remove n odd entries from all over the directory, listed ones and others.
 * The step has no factor in common with their number: each comes up once.
 */
static void
remove_some(const struct fixture *fx, struct large *l, uint32_t n)
{
	while (n-- > 0) {
		remove_entry(fx, l, 2 * l->next_victim + 1);
		l->next_victim = (l->next_victim + 123457) % (MILLION / 2);
	}
}

static void
a_million_entries_are_listed_while_half_of_them_go(void **state)
{
	struct fixture *fx = *state;
	struct large l = make_large(fx);
	const uint32_t chunk = 3000, chunks = MILLION * 3 / 4 / 3000;
	uint32_t i;

	do {
		l.room = chunk;
		assert_int_equal(
		    do_readdir(&fx->self, &l.file, l.cookie, fx->root, see, &l),
		    0);
		remove_some(fx, &l, MILLION / 2 / chunks);
	} while (l.room == 0);
	for (i = 0; i < MILLION; i++)
		assert_in_range(l.seen[i], i % 2 == 0 ? 1 : 0, 1);
	remove_some(fx, &l, MILLION / 2);
	assert_int_equal(do_count(&fx->self, l.dir), MILLION / 2);
	free_large(fx, &l);
}

/* rm -r: list some, remove them, go on after the last, which is gone. */
static void
a_million_entries_are_removed_as_they_are_listed(void **state)
{
	struct fixture *fx = *state;
	struct large l = make_large(fx);
	uint32_t done = 0;

	do {
		l.room = 1000;
		assert_int_equal(
		    do_readdir(&fx->self, &l.file, l.cookie, fx->root, see, &l),
		    0);
		for (; done < MILLION && l.seen[done]; done++)
			remove_entry(fx, &l, done);
	} while (l.room == 0);
	assert_int_equal(done, MILLION);
	assert_int_equal(do_count(&fx->self, l.dir), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "big"), 0);
	free_large(fx, &l);
}

static size_t
depth(const struct memfs_entry *e)
{
	size_t left, right;

	if (e == NULL)
		return 0;
	left = depth(e->left);
	right = depth(e->right);
	return 1 + (left > right ? left : right);
}

static size_t
longest_chain(const struct memfs_table *t)
{
	const struct memfs_entry *e;
	size_t i, seg, len, longest = 0;

	for (i = 0; i < t->size; i++) {
		seg = i < 64 ? 0 : (size_t)(58 - __builtin_clzll(i));
		e = t->seg[seg][i < 64 ? i : i - (32ULL << seg)].first;
		for (len = 0; e != NULL; e = e->chain)
			len++;
		longest = len > longest ? len : longest;
	}
	return longest;
}

/* In a random tree of a million about 50 levels, in the table 1 to a chain. */
static void
large_directories_are_searched_in_few_steps(void **state)
{
	struct fixture *fx = *state;
	struct large l = make_large(fx);
	const struct memfs_table *table = &memfs_of(l.dir)->table;
	const struct memfs_order *order = &memfs_node_of(l.dir)->u.dir.order;
	uint32_t i;

	assert_in_range(depth(order->root), 20, 100);
	assert_in_range(table->size, MILLION, MILLION + 64);
	assert_in_range(longest_chain(table), 1, 20);
	for (i = 0; i < MILLION; i++)
		if (i % 1000 != 0)
			remove_entry(fx, &l, i);
	assert_in_range(depth(order->root), 10, 60);
	assert_in_range(longest_chain(table), 1, 20);
	assert_in_range(table->size, 64, 4 * MILLION / 1000 + 64);
	assert_int_equal(do_count(&fx->self, l.dir), MILLION / 1000);
	free_large(fx, &l);
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_listing_has_dots_and_everything_once),
		T(dots_are_the_directory_and_its_parent),
		T(a_listing_goes_on_after_any_of_its_cookies),
		T(a_removed_entry_is_a_place_to_go_on),
		T(a_replaced_name_keeps_its_place),
		T(a_listing_from_the_start_is_a_fresh_one),
		T(a_million_entries_are_listed_while_half_of_them_go),
		T(a_million_entries_are_removed_as_they_are_listed),
		T(large_directories_are_searched_in_few_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
