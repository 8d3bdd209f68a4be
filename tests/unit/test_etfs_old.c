/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_old.c -- a kernel, or a container, without what etfs likes best:
 * no openat2(2), and no flags for preadv2(2) and pwritev2(2).
 *
 * A seccomp filter stands for it.  It stays with the process for good, so that
 * these tests have one of their own.
 */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "etfs_fixture.h"

#define FIELD(field)                                                           \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (unsigned int)offsetof(struct seccomp_data, field))
#define IF_IS(value, then_skip, else_skip)                                     \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, then_skip, else_skip)
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, action)

/* The sixth argument of preadv2 and pwritev2 is the flags. */
static int
make_the_kernel_old(void)
{
	struct sock_filter code[] = {
		FIELD(nr),
		IF_IS(SYS_openat2, 0, 1),
		ANSWER(SECCOMP_RET_ERRNO | ENOSYS),
		IF_IS(SYS_preadv2, 1, 0),
		IF_IS(SYS_pwritev2, 0, 2),
		FIELD(args[5]),
		IF_IS(0, 0, 1),
		ANSWER(SECCOMP_RET_ALLOW),
		ANSWER(SECCOMP_RET_ERRNO | EOPNOTSUPP),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(code[0]), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

static void
names_are_found_and_none_leads_outside(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vnode *vn;

	mkdir(on_host(fx, "d"), 0755);
	host_file(fx, "d/f", "text");
	assert_int_equal(symlink("/etc", on_host(fx, "out")), 0);
	vnode_put(walk(fx, "d/f"));
	vn = walk(fx, "out");
	assert_true(S_ISLNK(vnode_qid(vn).type));
	vnode_put(vn);
	assert_int_equal(
	    do_walk(&fx->self, fx->root, "out/passwd", &vn), -ENOTDIR);
	assert_int_equal(do_walk(&now, fx->root, "d", &vn), -EDEADLK);
}

static void
files_are_made_read_and_written(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	struct vnode *d;
	char buf[8];
	int i;

	assert_int_equal(do_mkdir(me, fx->root, "d", 0755, &d), 0);
	assert_int_equal(do_create(me, d, "f", O_RDWR, 0644, &file), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(do_write(me, &file, 0, "text", 4), 4);
		assert_int_equal(do_read(me, &file, 0, buf, sizeof(buf)), 4);
	}
	assert_int_equal(do_close(me, &file), 0);
	assert_int_equal(do_count(me, d), 1);
	assert_int_equal(do_rename(me, d, "f", fx->root, "g"), 0);
	assert_int_equal(do_unlink(me, fx->root, "g"), 0);
	vnode_put(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(names_are_found_and_none_leads_outside),
		ON_BOTH(files_are_made_read_and_written),
	};

	if (make_the_kernel_old() != 0) {
		perror("seccomp");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
