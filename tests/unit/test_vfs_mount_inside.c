/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_mount_inside.c -- mounts inside file systems of every kind: where
 * they may be, and how walks and listings show them.
 */

#include <stdio.h>

#include "inside.h"

struct list {
	size_t n, room;
	struct {
		char name[16];
		uint64_t cookie, path;
		mode_t type;
	} e[64];
};

static bool
note(void *ctx, const struct vdirent *entry)
{
	struct list *l = ctx;

	if (l->n == l->room)
		return false;
	assert_true(entry->name.len < sizeof(l->e[0].name));
	memset(&l->e[l->n], 0, sizeof(l->e[0]));
	memcpy(l->e[l->n].name, entry->name.s, entry->name.len);
	l->e[l->n].cookie = entry->cookie;
	l->e[l->n].path = entry->path;
	l->e[l->n++].type = entry->type;
	return true;
}

/* At most room entries behind cookie. */
static struct list
list(struct fixture *fx, struct vnode *dir, uint64_t cookie, size_t room)
{
	struct list l = { .room = room };
	struct vfile file = { 0 };

	assert_int_equal(do_open(&fx->self, dir, O_RDONLY, &file), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &file, cookie, fx->root, note, &l), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	return l;
}

/* Where in l the only entry of that name is. */
static size_t
only(const struct list *l, const char *name)
{
	size_t i, at = l->n;

	for (i = 0; i < l->n; i++) {
		if (strcmp(l->e[i].name, name) != 0)
			continue;
		assert_int_equal(at, l->n);
		at = i;
	}
	assert_true(at < l->n);
	return at;
}

static void
a_walk_and_a_listing_find_it_once(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_b(fx), *m, *up;
	struct list l;
	size_t i;

	mount_at(fx, "/b/m");
	m = walk(fx, "b/m");
	assert_true(m == m->fs->root && m->fs != b->fs);
	up = walk(fx, "b/m/..");
	assert_ptr_equal(up, b);
	vnode_put(up);
	l = list(fx, b, 0, 64);
	assert_int_equal(l.n, 2 + 20 + 1);
	i = only(&l, "m");
	assert_int_equal(i, l.n - 1);
	assert_int_equal(l.e[i].path, vnode_qid(m).path);
	assert_int_equal(l.e[i].type, S_IFDIR);
	l = list(fx, m, 0, 64);
	assert_int_equal(l.n, 2);
	assert_int_equal(l.e[only(&l, ".")].path, vnode_qid(m).path);
	assert_int_equal(l.e[only(&l, "..")].path, vnode_qid(b).path);
	vnode_put(m);
	vnode_put(b);
}

static void
dot_dot_needs_no_more_than_to_be_there(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_b(fx), *up;

	mount_at(fx, "/b/m");
	assert_int_equal(do_chmod(&fx->self, b, 0711), 0);
	assert_int_equal(do_walk(&fx->other, fx->root, "b/m/../m", &up), 0);
	vnode_put(up);
	vnode_put(b);
}

static void
what_is_empty_may_be_covered(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_b(fx), *d = make_public_dir(fx, b, "d"), *m;
	struct vattr attr;
	struct list l;

	assert_int_equal(do_touch(&fx->self, b, "e", 0644, NULL), 0);
	mount_at(fx, "/b/d");
	assert_int_equal(mount_file(fx, "/b/e"), 0);
	m = walk(fx, "b/d");
	assert_true(m->fs != b->fs);
	l = list(fx, b, 0, 64);
	assert_int_equal(l.n, 2 + 20 + 2);
	assert_int_equal(l.e[only(&l, "d")].path, vnode_qid(m).path);
	assert_int_equal(l.e[only(&l, "e")].type, S_IFREG);
	vnode_put(m);
	m = walk(fx, "b/e");
	assert_int_equal(do_getattr(&fx->self, m, &attr), 0);
	assert_true(attr.size > 0);
	vnode_put(m);
	vnode_put(d);
	vnode_put(b);
}

static void
nothing_is_hidden(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *b = make_b(fx), *e = make_public_dir(fx, b, "e");
	struct vfile file;

	assert_int_equal(do_symlink(me, fx->root, "l", "b", NULL), 0);
	assert_int_equal(do_create(me, b, "full", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_write(me, &file, 0, "x", 1), 1);
	assert_int_equal(do_close(me, &file), 0);
	refuse(fx, "/b", -EEXIST);
	refuse(fx, "/b/f1", -ENOTDIR);
	refuse(fx, "/b/f1/x", -ENOTDIR);
	refuse(fx, "/b/f1/x/y", -ENOTDIR);
	refuse(fx, "/l", -ENOTDIR);
	refuse(fx, "/l/x", -ENOTDIR);
	assert_int_equal(mount_file(fx, "/b/full"), -EEXIST);
	assert_int_equal(mount_file(fx, "/b/e"), -EEXIST);
	assert_int_equal(mount_file(fx, "/l"), -EEXIST);
	mount_at(fx, "/b/e");
	refuse(fx, "/b/e", -EEXIST);
	refuse(fx, "//b/e/", -EEXIST);
	refuse(fx, "/b", -EEXIST);
	assert_int_equal(mount_file(fx, "/b/e/x"), 0);
	refuse(fx, "/b/e/x", -EEXIST);
	refuse(fx, "/b/e/x/y", -ENOTDIR);
	vnode_put(e);
	vnode_put(b);
}

/* Nothing is made on the host; what stands there is the server's. */
static void
what_is_missing_on_the_way_is_there(void **state)
{
	struct fixture *fx = *state;
	struct vnode *y, *vn;
	struct vattr attr;
	struct list l;

	mount_at(fx, "/x/y/m");
	y = walk(fx, "x/y");
	assert_int_equal(do_getattr(&fx->self, y, &attr), 0);
	assert_int_equal(attr.mode, S_IFDIR | 0755);
	assert_int_equal(attr.uid, geteuid());
	assert_int_equal(attr.gid, getegid());
	l = list(fx, fx->root, 0, 64);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.e[only(&l, "x")].type, S_IFDIR);
	l = list(fx, y, 0, 64);
	assert_int_equal(l.n, 3);
	(void)only(&l, "m");
	assert_int_equal(do_mkdir(&fx->self, y, "new", 0755, NULL),
	    is_host(fx) ? -EROFS : 0);
	if (is_host(fx))
		assert_int_equal(access(on_host(fx, "x"), F_OK), -1);
	vn = walk(fx, "x/y/m/../../..");
	assert_ptr_equal(vn, fx->root);
	vnode_put(vn);
	vnode_put(y);
}

static void
keys_share_their_way_and_nest(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	mount_at(fx, "/x/y/m");
	mount_at(fx, "/x/y/n");
	mount_at(fx, "/x/z");
	mount_at(fx, "/x/y/m/deep/o");
	refuse(fx, "/x", -EEXIST);
	refuse(fx, "/x/y", -EEXIST);
	refuse(fx, "/x/y/m/deep", -EEXIST);
	vn = walk(fx, "x/y/m/deep/o/../../../n/../../z");
	assert_int_equal(do_touch(&fx->self, vn, "f", 0644, NULL), 0);
	vnode_put(vn);
}

/* A mount of the host's in one of the host's, and memory in that. */
static void
host_trees_nest(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = { .path = NULL };
	struct etfs_why why;
	struct vnode *vn, *up;
	struct vfs_fs *fs;
	char outside[64];

	make_outside(outside, sizeof(outside));
	cfg.path = outside;
	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), 0);
	assert_int_equal(vfs_mount(fx->vfs, "/b/other", fs), 0);
	mount_at(fx, "/b/other/way/m");
	vn = walk(fx, "b/other");
	assert_int_equal(do_touch(&fx->self, vn, "f", 0644, NULL), 0);
	assert_int_equal(do_count(&fx->self, vn), 2);
	up = walk(fx, "b/other/way/m/../..");
	assert_ptr_equal(up, vn);
	vnode_put(up);
	vnode_put(vn);
	remove_tree(outside);
}

static void
a_failed_mount_leaves_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct list l;

	vnode_put(make_b(fx));
	assert_int_equal(mount_file(fx, "/x/y"), 0);
	refuse(fx, "/x/y/z", -ENOTDIR);
	refuse(fx, "/b/f1/c/d", -ENOTDIR);
	l = list(fx, fx->root, 0, 64);
	assert_int_equal(l.n, 4);
	assert_int_equal(do_walk(&fx->self, fx->root, "b/c", &vn), -ENOENT);
	assert_int_equal(do_rename(&fx->self, fx->root, "b", fx->root, "c"), 0);
}

static void
a_listing_goes_on_from_any_entry(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_b(fx);
	struct list all, rest;
	size_t i, j;

	vnode_put(make_public_dir(fx, b, "d"));
	mount_at(fx, "/b/m1");
	mount_at(fx, "/b/d");
	mount_at(fx, "/b/m2");
	all = list(fx, b, 0, 64);
	assert_int_equal(all.n, 2 + 20 + 3);
	for (i = 0; i < all.n; i++) {
		rest = list(fx, b, all.e[i].cookie, 64);
		assert_int_equal(rest.n, all.n - i - 1);
		for (j = 0; j < rest.n; j++)
			assert_string_equal(
			    rest.e[j].name, all.e[i + 1 + j].name);
	}
	vnode_put(b);
}

/* Entries come in pieces of any size, and each once. */
static void
a_listing_may_stop_anywhere(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_b(fx);
	struct list part;
	uint64_t cookie;
	size_t piece, n;

	vnode_put(make_public_dir(fx, b, "d"));
	mount_at(fx, "/b/d");
	mount_at(fx, "/b/m");
	for (piece = 1; piece < 8; piece++) {
		cookie = n = 0;
		do {
			part = list(fx, b, cookie, piece);
			n += part.n;
			if (part.n > 0)
				cookie = part.e[part.n - 1].cookie;
		} while (part.n > 0);
		assert_int_equal(n, 2 + 20 + 2);
	}
	vnode_put(b);
}

/* So that find(1) does not take a directory for one without any. */
static void
links_count_what_is_attached(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_public_dir(fx, fx->root, "b"),
		     *d = make_public_dir(fx, b, "d");
	struct vattr before, after;

	assert_int_equal(do_getattr(&fx->self, b, &before), 0);
	mount_at(fx, "/b/m");
	mount_at(fx, "/b/d");
	mount_at(fx, "/b/way/m");
	assert_int_equal(mount_file(fx, "/b/e"), 0);
	assert_int_equal(do_getattr(&fx->self, b, &after), 0);
	if (before.nlink > 1) /* not all file systems count */
		assert_int_equal(after.nlink, before.nlink + 2);
	vnode_put(d);
	vnode_put(b);
}

static void
what_the_host_puts_there_is_not_seen(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_b(fx), *m, *again;
	struct list l;

	mount_at(fx, "/b/m");
	m = walk(fx, "b/m");
	host_file(fx, "b/m", "text");
	again = walk(fx, "b/m");
	assert_ptr_equal(again, m);
	l = list(fx, b, 0, 64);
	assert_int_equal(l.n, 2 + 20 + 1);
	assert_int_equal(l.e[only(&l, "m")].path, vnode_qid(m).path);
	vnode_put(again);
	vnode_put(m);
	vnode_put(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE_ALL(a_walk_and_a_listing_find_it_once),
		INSIDE_ALL(dot_dot_needs_no_more_than_to_be_there),
		INSIDE_ALL(what_is_empty_may_be_covered),
		INSIDE_ALL(nothing_is_hidden),
		INSIDE_ALL(what_is_missing_on_the_way_is_there),
		INSIDE_ALL(keys_share_their_way_and_nest),
		INSIDE_ALL(host_trees_nest),
		INSIDE_ALL(a_failed_mount_leaves_nothing),
		INSIDE_ALL(a_listing_goes_on_from_any_entry),
		INSIDE_ALL(a_listing_may_stop_anywhere),
		INSIDE_ALL(links_count_what_is_attached),
		ON_BOTH(what_the_host_puts_there_is_not_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
