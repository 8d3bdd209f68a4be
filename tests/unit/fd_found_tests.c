/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_found_tests.c -- see fd_tests.h: files whose descriptor is away, and that
 * have moved meanwhile, are found; and nothing else is taken for them.
 */

#include <stdio.h>

#include "fd_tests.h"
#include "swapper.h"

#define DEEP 200

void
a_file_is_found_after_a_client_renamed_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = new_file(fx, "f", "text"), *dir;

	send_away(fx);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	holds(fx, vn, "text");
	send_away(fx);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &dir), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "g", dir, "h"), 0);
	send_away(fx);
	holds(fx, vn, "text");
	vnode_put(dir);
	vnode_put(vn);
}

void
a_file_is_found_after_the_host_renamed_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = new_file(fx, "f", "text");

	send_away(fx);
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "g")), 0);
	write_file(fx, "f", "another");
	holds(fx, vn, "text");
	vnode_put(vn);
}

void
a_file_is_found_after_its_directories_were_renamed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *a;

	mkdir(on_host(fx, "a"), 0777);
	mkdir(on_host(fx, "a/b"), 0777);
	mkdir(on_host(fx, "x"), 0777);
	write_file(fx, "f", "text");
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "a/b/f")), 0);
	vn = walk(fx, "a/b/f");
	send_away(fx);
	a = walk(fx, "a");
	assert_int_equal(do_rename(&fx->self, a, "b", fx->root, "c"), 0);
	vnode_put(a);
	send_away(fx);
	holds(fx, vn, "text");
	send_away(fx);
	assert_int_equal(rename(on_host(fx, "c"), on_host(fx, "d")), 0);
	holds(fx, vn, "text");
	vnode_put(vn);
}

void
a_deep_file_is_found(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = vnode_get(fx->root), *next, *vn;
	int i;

	for (i = 0; i < DEEP; i++) {
		assert_int_equal(
		    do_mkdir(&fx->self, dir, "deeper", 0777, &next), 0);
		vnode_put(dir);
		dir = next;
	}
	assert_int_equal(do_symlink(&fx->self, dir, "s", "to", &vn), 0);
	vnode_put(dir);
	send_away(fx);
	assert_int_equal(links(fx, vn), 1);
	vnode_put(vn);
}

void
links_are_found_again(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = new_file(fx, "f", "text"), *g;

	assert_int_equal(do_link(&fx->self, fx->root, f, "g"), 0);
	send_away(fx);
	g = walk(fx, "g");
	assert_ptr_equal(f, g);
	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	holds(fx, g, "text");
	vnode_put(f);
	vnode_put(g);
}

void
every_kind_of_file_is_found_again(void **state)
{
	static const mode_t types[] = { S_IFIFO, S_IFSOCK, S_IFREG };
	struct fixture *fx = *state;
	struct vnode *vn[5];
	struct vattr attr;
	char buf[16];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(buf, sizeof(buf), "n%zu", i);
		assert_int_equal(do_mknod(&fx->self, fx->root, buf,
				     types[i] | 0640, 0, &vn[i]),
		    0);
	}
	assert_int_equal(
	    do_symlink(&fx->self, fx->root, "s", "target", &vn[3]), 0);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0750, &vn[4]), 0);
	send_away(fx);
	for (i = 0; i < 3; i++) {
		assert_int_equal(do_getattr(&fx->self, vn[i], &attr), 0);
		assert_int_equal(attr.mode, types[i] | 0640);
	}
	assert_int_equal(do_readlink(&fx->self, vn[3], buf, sizeof(buf)), 0);
	assert_string_equal(buf, "target");
	assert_int_equal(do_getattr(&fx->self, vn[4], &attr), 0);
	assert_int_equal(attr.mode, S_IFDIR | 0750);
	for (i = 0; i < 5; i++)
		vnode_put(vn[i]);
}

/*
 * The host makes a directory a link to one outside, and back, all the time,
 * while a file in it is looked for.
 */
void
nothing_outside_is_taken_for_a_file(void **state)
{
	struct fixture *fx = *state;
	struct swapper s;
	char outside[64], buf[16], path[128];
	struct vnode *vn;
	int i, rc, found = 0;

	make_outside(outside, sizeof(outside));
	snprintf(path, sizeof(path), "%s/f", outside);
	assert_int_equal(symlink("outside", path), 0);
	mkdir(on_host(fx, "d"), 0777);
	host_file(fx, "d/f", "inside");
	vn = walk(fx, "d/f");
	swapper_start(&s, fx, outside);
	for (i = 0; i < 300 || found == 0; i++) {
		send_away(fx);
		rc = content(fx, vn, buf, sizeof(buf));
		assert_true(rc == 0 || rc == -ESTALE);
		found += rc == 0;
		if (rc == 0)
			assert_string_equal(buf, "inside");
	}
	swapper_stop(&s);
	vnode_put(vn);
	remove_tree(outside);
}
