/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_fd_blind.c -- few descriptors, on a host that has no file handles
 * and does not know when files were made: all that tells one file from another
 * is its number.
 *
 * name_to_handle_at(2) and statx(2) are functions of this program, which the
 * linker takes before the C library's.  A FIFO always has the number that a
 * file had before.
 */

#include <dlfcn.h>

#include "fd_tests.h"

typedef int statx_call(int, const char *, int, unsigned int, struct statx *);

static uint64_t fifos_number;

int
name_to_handle_at(int dir, const char *name, struct file_handle *handle,
    int *mount_id, int flags)
{
	(void)dir;
	(void)name;
	(void)handle;
	(void)mount_id;
	(void)flags;
	errno = EOPNOTSUPP;
	return -1;
}

int
statx(int dir, const char *path, int flags, unsigned int mask, struct statx *sx)
{
	statx_call *real = (statx_call *)dlsym(RTLD_NEXT, "statx");
	int rc = real(dir, path, flags, mask | STATX_TYPE, sx);

	sx->stx_mask &= ~(unsigned int)STATX_BTIME;
	if (rc == 0 && S_ISFIFO(sx->stx_mode))
		sx->stx_ino = fifos_number;
	return rc;
}

/* To open one is to use it, and to wait for who is at its other end. */
static void
a_fifo_is_never_taken_for_the_file_before_it(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	fifos_number = st.st_ino;
	send_away(fx);
	holds(fx, vn, "text");
	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	assert_int_equal(mkfifo(on_host(fx, "f"), 0666), 0);
	assert_int_equal(
	    do_open(&fx->self, vn, O_RDONLY | O_NONBLOCK, &file), -ESTALE);
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FD_TEST(a_fifo_is_never_taken_for_the_file_before_it,
		    fd_disk_setup, "disk"),
		FD_TEST(a_fifo_is_never_taken_for_the_file_before_it,
		    fd_tmpfs_setup, "tmpfs"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
