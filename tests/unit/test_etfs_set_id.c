/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_set_id.c -- set-id bits that the server takes away for who may
 * write but is not the owner; while the owner changes the mode.
 *
 * faccessat(2) is a function of this program, which the linker takes before the
 * C library's: the owner comes just after somebody was found to have the right
 * to write.
 */

#include <dlfcn.h>

#include "etfs_fixture.h"

typedef int faccessat_call(int, const char *, int, int);

static const struct fixture *meanwhile;

int
faccessat(int dir, const char *path, int want, int flags)
{
	faccessat_call *real = (faccessat_call *)dlsym(RTLD_NEXT, "faccessat");
	const struct fixture *fx = meanwhile;
	int rc = real(dir, path, want, flags);

	meanwhile = NULL;
	if (fx != NULL) {
		assert_int_equal(etfs_act_as_server(), 0);
		assert_int_equal(chmod(on_host(fx, "f"), 0700), 0);
	}
	return rc;
}

static mode_t
host_mode(const struct fixture *fx, const char *name)
{
	struct stat st;

	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(stat(on_host(fx, name), &st), 0);
	return st.st_mode & 07777;
}

static void
drop_while_owner_changes_it(struct fixture *fx, mode_t mode)
{
	struct vnode *vn;

	host_file(fx, "f", "text");
	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(chmod(on_host(fx, "f"), mode), 0);
	vn = walk(fx, "f");
	meanwhile = fx;
	assert_int_equal(do_chmod(&fx->user, vn, mode & 0777), 0);
	assert_null(meanwhile);
	assert_int_equal(host_mode(fx, "f"), 0700);
	vnode_put(vn);
}

/* Or whoever asks again and again could undo what the owner forbids him. */
static void
what_the_owner_does_meanwhile_stays(void **state)
{
	struct fixture *fx = *state;

	drop_while_owner_changes_it(fx, 0777);
	drop_while_owner_changes_it(fx, 04777);
	drop_while_owner_changes_it(fx, 06777);
}

static void
they_go_whether_a_group_may_run_it_or_not(void **state)
{
	static const mode_t modes[] = { 06777, 06767, 02767, 02777, 04767 };
	struct fixture *fx = *state;
	struct vnode *vn;
	size_t i;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(etfs_act_as_server(), 0);
		assert_int_equal(chmod(on_host(fx, "f"), modes[i]), 0);
		assert_int_equal(do_chmod(&fx->user, vn, modes[i] & 0777), 0);
		assert_int_equal(host_mode(fx, "f"), modes[i] & 0777);
	}
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AS_CLIENT(what_the_owner_does_meanwhile_stays),
		AS_CLIENT(they_go_whether_a_group_may_run_it_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
