/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_fd_names.c -- few descriptors, without the privilege to open a file
 * handle: files are found by their names.
 */

#include <sys/prctl.h>

#include "fd_tests.h"

#define NOBODY 65534

/* Without a handle it is lost, until somebody finds it at its new name. */
static void
a_file_that_the_host_moved_is_stale_until_it_is_met(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;
	char buf[16] = "";

	host_file(fx, "f", "text");
	mkdir(on_host(fx, "d"), 0777);
	vn = walk(fx, "f");
	send_away(fx);
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "d/g")), 0);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), -ESTALE);
	again = walk(fx, "d/g");
	assert_ptr_equal(vn, again);
	send_away(fx);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "text");
	vnode_put(again);
	vnode_put(vn);
}

/* A directory that may be searched but not read: only the name leads there. */
static void
a_directory_that_cannot_be_listed_is_no_obstacle(void **state)
{
	struct fixture *fx = *state;
	struct vattr attr;
	struct vnode *vn;

	mkdir(on_host(fx, "d"), 0777);
	host_file(fx, "d/f", "text");
	vn = walk(fx, "d/f");
	send_away(fx);
	assert_int_equal(chmod(on_host(fx, "d"), 0300), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	send_away(fx);
	assert_int_equal(rename(on_host(fx, "d/f"), on_host(fx, "d/g")), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), -ESTALE);
	assert_int_equal(chmod(on_host(fx, "d"), 0700), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	vnode_put(vn);
}

/* Our own files in /proc are to stay ours. */
static int
become_nobody(void)
{
	if (geteuid() != 0)
		return 0;
	if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FD_TESTS(fd_disk_setup, "disk"),
		FD_TESTS(fd_tmpfs_setup, "tmpfs"),
		FD_TESTS(fd_disk_mapped_setup, "disk, mapped"),
		FD_TEST(everything_on_tmpfs_is_still_answered_now,
		    fd_tmpfs_setup, "tmpfs"),
		FD_TEST(a_file_that_the_host_moved_is_stale_until_it_is_met,
		    fd_disk_setup, "disk"),
		FD_TEST(a_file_that_the_host_moved_is_stale_until_it_is_met,
		    fd_tmpfs_setup, "tmpfs"),
		FD_TEST(a_directory_that_cannot_be_listed_is_no_obstacle,
		    fd_disk_setup, "disk"),
	};

	if (become_nobody() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
