/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_fd.c -- few descriptors, as root: files are found by their handles.
 */

#include "fd_tests.h"

/* Where a name does not lead a handle does. */
static void
a_file_is_found_wherever_the_host_moved_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	char buf[16] = "";

	host_file(fx, "f", "text");
	mkdir(on_host(fx, "d"), 0777);
	vn = walk(fx, "f");
	send_away(fx);
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "d/g")), 0);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "text");
	vnode_put(vn);
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
		FD_TEST(a_file_is_found_wherever_the_host_moved_it,
		    fd_disk_setup, "disk"),
		FD_TEST(a_file_is_found_wherever_the_host_moved_it,
		    fd_tmpfs_setup, "tmpfs"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
