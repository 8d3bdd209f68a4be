/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_keep.c -- what has been walked to is kept for a moment; what others
 * do to it meanwhile, and between two calls of ours.
 *
 * openat2(2), by which walks find what they do not know, and statx(2) are
 * functions of this program, which the linker takes before the C library's.
 */

#include <dlfcn.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include "etfs_fixture.h"
#include "image_fixture.h"
#include "real_syscall.h"

typedef int statx_call(int, const char *, int, unsigned int, struct statx *);

/* How many there were of each. */
static unsigned int walks, looks;

long
syscall(long number, ...)
{
	struct syscall_args args;
	va_list ap;

	va_start(ap, number);
	args = syscall_args(ap);
	va_end(ap);
	if (number == SYS_openat2)
		walks++;
	return real_syscall(number, &args);
}

int
statx(int fd, const char *name, int flags, unsigned int mask, struct statx *sx)
{
	statx_call *real = (statx_call *)dlsym(RTLD_NEXT, "statx");

	looks++;
	return real(fd, name, flags, mask, sx);
}

static int
keep(void **state)
{
	struct fixture *fx = *state;

	keep_names(fx);
	return 0;
}

static int
disk_keep(void **state)
{
	return disk_setup(state) == 0 ? keep(state) : -1;
}

static int
tmpfs_keep(void **state)
{
	return tmpfs_setup(state) == 0 ? keep(state) : -1;
}

static int
client_keep(void **state)
{
	return disk_client_setup(state) == 0 ? keep(state) : -1;
}

/* Walk to path and let go of it. */
static int
visit(struct fixture *fx, const struct who *who, const char *path)
{
	struct vnode *vn;
	int rc = do_walk(who, fx->root, path, &vn);

	if (rc == 0)
		vnode_put(vn);
	return rc;
}

static void
expect_text(struct fixture *fx, const char *path, const char *text)
{
	struct vfile file;
	struct vnode *vn = walk(fx, path);
	char buf[32] = "";

	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), 0);
	assert_int_equal(
	    do_read(&fx->self, &file, 0, buf, sizeof(buf)), strlen(text));
	assert_string_equal(buf, text);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/* That are open at last: some are closed on a thread of its own. */
static void
expect_fds(int n)
{
	int i;

	for (i = 0; i < 10000 && count_fds() != n; i++)
		usleep(1000);
	assert_int_equal(count_fds(), n);
}

static void
once_more_costs_one_call_for_a_name(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	host_file(fx, "d/f", "text");
	assert_int_equal(visit(fx, &fx->self, "d/f"), 0);
	walks = looks = 0;
	assert_int_equal(visit(fx, &now, "d/f"), 0);
	assert_int_equal(walks, 0);
	assert_int_equal(looks, 2);
}

static void
without_it_everything_is_found_anew(void **state)
{
	struct fixture *fx = *state;
	int fds;

	vfs_keep_names(fx->vfs, NULL, NULL);
	host_file(fx, "f", "text");
	fds = count_fds();
	walks = 0;
	assert_int_equal(visit(fx, &fx->self, "f"), 0);
	expect_fds(fds);
	assert_int_equal(visit(fx, &fx->self, "f"), 0);
	assert_true(walks >= 2);
}

static void
it_is_let_go_of(void **state)
{
	struct fixture *fx = *state;
	int fds;

	host_file(fx, "f", "text");
	fds = count_fds();
	assert_int_equal(visit(fx, &fx->self, "f"), 0);
	expect_fds(fds + 1);
	while (vfs_tidy(fx->vfs))
		;
	expect_fds(fds);
}

static void
what_the_host_replaces_is_found_anew(void **state)
{
	struct fixture *fx = *state;

	host_file(fx, "f", "old");
	host_file(fx, "new", "new");
	expect_text(fx, "f", "old");
	expect_text(fx, "f", "old");
	assert_int_equal(rename(on_host(fx, "new"), on_host(fx, "f")), 0);
	expect_text(fx, "f", "new");
	expect_text(fx, "f", "new");
	assert_int_equal(visit(fx, &fx->self, "new"), -ENOENT);
}

static void
what_the_host_removes_is_not_there(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();

	host_file(fx, "f", "text");
	assert_int_equal(visit(fx, &fx->self, "f"), 0);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	assert_int_equal(visit(fx, &fx->self, "f"), -ENOENT);
	expect_fds(fds);
	host_file(fx, "f", "another");
	expect_text(fx, "f", "another");
}

static void
a_name_may_stand_for_something_of_another_kind(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(symlink("/etc", on_host(fx, "x")), 0);
	vnode_put(walk(fx, "x"));
	vn = walk(fx, "x");
	assert_true(S_ISLNK(vnode_qid(vn).type));
	vnode_put(vn);
	assert_int_equal(visit(fx, &fx->self, "x/passwd"), -ENOTDIR);
	assert_int_equal(unlink(on_host(fx, "x")), 0);
	assert_int_equal(mkdir(on_host(fx, "x"), 0755), 0);
	host_file(fx, "x/passwd", "none");
	expect_text(fx, "x/passwd", "none");
}

/* Its descriptor would keep its space. */
static void
what_we_remove_is_let_go_of_at_once(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();

	host_file(fx, "f", "text");
	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	assert_int_equal(visit(fx, &fx->self, "f"), 0);
	assert_int_equal(visit(fx, &fx->self, "d"), 0);
	expect_fds(fds + 2);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	expect_fds(fds + 1);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	expect_fds(fds);
	assert_int_equal(visit(fx, &fx->self, "f"), -ENOENT);
}

static void
so_is_what_we_rename_and_replace(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	int fds = count_fds();

	host_file(fx, "f", "text");
	host_file(fx, "g", "other");
	assert_int_equal(visit(fx, me, "f"), 0);
	assert_int_equal(visit(fx, me, "g"), 0);
	assert_int_equal(do_rename(me, fx->root, "f", fx->root, "g"), 0);
	expect_fds(fds);
	assert_int_equal(visit(fx, me, "f"), -ENOENT);
	expect_text(fx, "g", "text");
}

static void
permission_is_asked_for_each_time(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	host_file(fx, "d/f", "text");
	assert_int_equal(visit(fx, &fx->user, "d/f"), 0);
	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(chmod(on_host(fx, "d"), 0700), 0);
	assert_int_equal(visit(fx, &fx->user, "d/f"), -EACCES);
	assert_int_equal(visit(fx, &fx->self, "d/f"), 0);
	assert_int_equal(visit(fx, &fx->user, "d/f"), -EACCES);
}

/* Its number is the same, and what may be done there need not be. */
static void
what_is_mounted_on_itself_is_another(void **state)
{
	struct fixture *fx = *state;
	struct vnode *before, *bound;
	const char *d = on_host(fx, "d");

	assert_int_equal(mkdir(d, 0755), 0);
	before = walk(fx, "d");
	assert_int_equal(mount(d, d, NULL, MS_BIND, NULL), 0);
	bound = walk(fx, "d");
	assert_ptr_not_equal(bound, before);
	vnode_put(bound);
	vnode_put(before);
	while (vfs_tidy(fx->vfs))
		;
	assert_int_equal(umount(on_host(fx, "d")), 0);
}

static void
what_is_mounted_on_it_is_found(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vqid qid;
	int bound;

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	assert_int_equal(mkdir(on_host(fx, "e"), 0755), 0);
	host_file(fx, "d/f", "below");
	host_file(fx, "e/f", "above");
	expect_text(fx, "d/f", "below");
	vn = walk(fx, "e");
	qid = vnode_qid(vn);
	vnode_put(vn);
	bound = mount(on_host(fx, "e"), on_host(fx, "d"), NULL, MS_BIND, NULL);
	assert_int_equal(bound, 0);
	expect_text(fx, "d/f", "above");
	vn = walk(fx, "d");
	assert_int_equal(vnode_qid(vn).path, qid.path);
	vnode_put(vn);
	while (vfs_tidy(fx->vfs))
		;
	assert_int_equal(umount(on_host(fx, "d")), 0);
	expect_text(fx, "d/f", "below");
}

static void
a_mount_whose_names_are_kept_can_be_unmounted(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	host_file(fx, "d/f", "text");
	assert_int_equal(image_mount(fx, "/m", "d", CFG(.type = ETFS_TREE)), 0);
	expect_text(fx, "m/f", "text");
	assert_true(count_fds() > fds);
	assert_int_equal(do_unmount(&fx->self, fx->vfs, "/m"), 0);
	expect_fds(fds);
	assert_int_equal(visit(fx, &fx->self, "m"), -ENOENT);
}

/* clang-format off */
#define ON(where, test) \
	{ #test " (" #where ")", test, where##_keep, etfs_teardown, NULL }
/* clang-format on */
#define BOTH(test) ON(disk, test), ON(tmpfs, test)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(once_more_costs_one_call_for_a_name),
		BOTH(without_it_everything_is_found_anew),
		BOTH(it_is_let_go_of),
		BOTH(what_the_host_replaces_is_found_anew),
		BOTH(what_the_host_removes_is_not_there),
		BOTH(a_name_may_stand_for_something_of_another_kind),
		BOTH(what_we_remove_is_let_go_of_at_once),
		BOTH(so_is_what_we_rename_and_replace),
		ON(client, permission_is_asked_for_each_time),
		BOTH(what_is_mounted_on_it_is_found),
		BOTH(what_is_mounted_on_itself_is_another),
		BOTH(a_mount_whose_names_are_kept_can_be_unmounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
