/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_lease.c -- files of the host that somebody has a lease on, fcntl(2):
 * to open one means to wait until he has given it back, on a worker.
 *
 * Here it is this thread that has the lease, and it gives it back when it is
 * told that somebody wants it: so who waits on the loop comes to an end as well.
 */

#include <signal.h>

#include "etfs_fixture.h"

static int leased;

static void
give_back(int number)
{
	(void)number;
	(void)fcntl(leased, F_SETLEASE, F_UNLCK); /* which sets no errno */
}

static struct vnode *
lease(struct fixture *fx, const char *name)
{
	struct vnode *vn = walk(fx, name);

	assert_true(signal(SIGIO, give_back) != SIG_ERR);
	leased = open(on_host(fx, name), O_RDONLY);
	assert_int_equal(fcntl(leased, F_SETLEASE, F_RDLCK), 0);
	return vn;
}

static void
end_lease(void)
{
	assert_int_equal(fcntl(leased, F_GETLEASE), F_UNLCK);
	assert_true(signal(SIGIO, SIG_DFL) != SIG_ERR);
	close(leased);
}

static void
open_waits(struct fixture *fx, int flags)
{
	static const struct vname none = { NULL, 0 };
	struct vnode *vn;
	struct vfile file;
	struct wait w;
	int rc;

	vn = lease(fx, "f");
	wait_init(&w, &fx->self);
	rc = vfs_open(&w.op, vn, NULL, none, flags, &file);
	assert_int_equal(rc, VFS_PENDING);
	assert_int_equal(await(&w, rc), 0);
	end_lease();
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static void
create_waits(struct fixture *fx, int flags)
{
	struct vnode *vn;
	struct vfile file;
	struct wait w;
	int rc;

	vn = lease(fx, "f");
	wait_init(&w, &fx->self);
	rc = vfs_create(
	    &w.op, fx->root, vname_of("f"), flags, 0644, VFS_NOID, &file);
	assert_int_equal(rc, VFS_PENDING);
	assert_int_equal(await(&w, rc), 0);
	end_lease();
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static void
who_opens_waits_on_a_worker(void **state)
{
	struct fixture *fx = *state;

	host_file(fx, "f", "text");
	open_waits(fx, O_WRONLY);
	open_waits(fx, O_WRONLY | O_TRUNC);
}

static void
who_would_have_made_it_waits_on_a_worker(void **state)
{
	struct fixture *fx = *state;

	host_file(fx, "f", "text");
	create_waits(fx, O_WRONLY);
	create_waits(fx, O_WRONLY | O_TRUNC);
}

static void
who_cuts_it_waits_on_a_worker(void **state)
{
	const struct vsetattr sa = { .mask = VSET_SIZE, .size = 1 };
	struct fixture *fx = *state;
	struct vnode *vn;
	struct wait w;
	int rc;

	host_file(fx, "f", "text");
	vn = lease(fx, "f");
	wait_init(&w, &fx->self);
	rc = vfs_setattr(&w.op, vn, NULL, &sa);
	assert_int_equal(rc, VFS_PENDING);
	assert_int_equal(await(&w, rc), 0);
	end_lease();
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(who_opens_waits_on_a_worker),
		AS_MAPPED(who_opens_waits_on_a_worker),
		ON_BOTH(who_would_have_made_it_waits_on_a_worker),
		AS_MAPPED(who_would_have_made_it_waits_on_a_worker),
		ON_BOTH(who_cuts_it_waits_on_a_worker),
		AS_MAPPED(who_cuts_it_waits_on_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
