/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_fd_going.c -- few descriptors, and a file that is to give its own
 * up just as somebody begins to take its name away.
 *
 * uv_mutex_unlock() is a function of this program, which the linker takes
 * before libuv's: what another thread does happens while the one that sends
 * descriptors away holds no lock.
 */

#include <dlfcn.h>

#include "etfs_internal.h"
#include "fd_tests.h"

/* Who takes the name away: not yet, he has the descriptor, he is done. */
static enum {
	NOBODY,
	WAITS,
	BEGUN,
	DONE
} remover;
static const struct fixture *removers_fx;
static struct etfs_node *removers;

static bool
is_chosen(struct etfs_node *node)
{
	return node->fd.next == NULL && atomic_load(&node->fd.users) == 1;
}

/* As etfs_going_begin() does it. */
static void
begin_removal(void)
{
	assert_true(vfd_borrow(&removers->fd) >= 0);
	remover = BEGUN;
}

static void
end_removal(void)
{
	assert_int_equal(unlink(on_host(removers_fx, "f")), 0);
	atomic_store(&removers->nameless, true);
	vfd_give_back(&removers->fd);
	remover = DONE;
}

void
uv_mutex_unlock(uv_mutex_t *mutex)
{
	pthread_mutex_unlock(mutex);
	if (remover == WAITS && is_chosen(removers))
		begin_removal();
	else if (remover == BEGUN && removers->place != NULL)
		end_removal();
}

static void
a_name_that_is_going_keeps_the_descriptor(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	removers_fx = fx;
	removers = etfs_node_of(vn);
	remover = WAITS;
	send_away(fx);
	assert_true(remover >= BEGUN);
	if (remover == BEGUN)
		end_removal();
	holds(fx, vn, "text");
	remover = NOBODY;
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FD_TEST(a_name_that_is_going_keeps_the_descriptor,
		    fd_disk_setup, "disk"),
		FD_TEST(a_name_that_is_going_keeps_the_descriptor,
		    fd_tmpfs_setup, "tmpfs"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
