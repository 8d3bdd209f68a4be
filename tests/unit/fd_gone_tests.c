/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_gone_tests.c -- see fd_tests.h: files whose descriptor is away, and whose
 * name goes, live on; but not those that the host removes.
 */

#include <stdio.h>

#include "fd_tests.h"

void
a_removed_file_lives_on(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = new_file(fx, "f", "text"), *d;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &d), 0);
	send_away(fx);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	send_away(fx);
	holds(fx, f, "text");
	assert_int_equal(links(fx, f), 0);
	assert_int_equal(do_chmod(&fx->self, f, 0600), 0);
	assert_int_equal(links(fx, d), 0);
	vnode_put(f);
	vnode_put(d);
}

void
a_replaced_file_lives_on(void **state)
{
	struct fixture *fx = *state;
	struct vnode *old = new_file(fx, "f", "old");
	struct vnode *new = new_file(fx, "g", "new");

	send_away(fx);
	assert_int_equal(do_rename(&fx->self, fx->root, "g", fx->root, "f"), 0);
	send_away(fx);
	holds(fx, old, "old");
	holds(fx, new, "new");
	vnode_put(old);
	vnode_put(new);
}

void
a_file_lives_on_by_its_other_name(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = new_file(fx, "f", "text");

	send_away(fx);
	assert_int_equal(do_link(&fx->self, fx->root, vn, "g"), 0);
	send_away(fx);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	send_away(fx);
	holds(fx, vn, "text");
	assert_int_equal(links(fx, vn), 1);
	vnode_put(vn);
}

void
a_file_is_replaced_by_another_name_of_itself(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = new_file(fx, "f", "text");

	assert_int_equal(do_link(&fx->self, fx->root, vn, "g"), 0);
	send_away(fx);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	send_away(fx);
	holds(fx, vn, "text");
	vnode_put(vn);
}

void
what_the_host_removed_is_stale(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = new_file(fx, "f", "text"), *again;
	struct vattr attr;
	char buf[8];

	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), -ESTALE);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), -ESTALE);
	assert_int_equal(do_chmod(&fx->self, vn, 0600), -ESTALE);
	write_file(fx, "f", "new");
	assert_int_equal(do_getattr(&fx->self, vn, &attr), -ESTALE);
	again = walk(fx, "f");
	holds(fx, again, "new");
	vnode_put(again);
	vnode_put(vn);
}

/* Make files until one has that number, if this file system gives it again. */
static bool
make_with_number(struct fixture *fx, ino_t ino)
{
	struct stat st;
	char name[32];
	int i;

	for (i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "try%d", i);
		host_file(fx, name, "younger");
		assert_int_equal(stat(on_host(fx, name), &st), 0);
		if (st.st_ino == ino) {
			assert_int_equal(
			    rename(on_host(fx, name), on_host(fx, "younger")),
			    0);
			return true;
		}
	}
	host_file(fx, "younger", "younger");
	return false;
}

void
a_younger_file_of_the_same_number_is_another(void **state)
{
	struct fixture *fx = *state;
	struct vnode *old = new_file(fx, "f", "text"), *young;
	struct vattr attr;
	struct stat st;

	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	if (make_with_number(fx, st.st_ino))
		print_message("the number was given again\n");
	young = walk(fx, "younger");
	assert_ptr_not_equal(old, young);
	holds(fx, young, "younger");
	assert_int_equal(do_getattr(&fx->self, old, &attr), -ESTALE);
	send_away(fx);
	holds(fx, young, "younger");
	assert_int_equal(do_getattr(&fx->self, old, &attr), -ESTALE);
	vnode_put(old);
	vnode_put(young);
}
