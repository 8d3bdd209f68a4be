/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_squash.c -- all act as one user, whoever asks.
 *
 * Here that is user 1001, group 2002.  As root: a test that cannot act as
 * others fails.
 */

#include <grp.h>
#include <sys/wait.h>

#include "etfs_fixture.h"

static const struct etfs_config squash = {
	.identity = ETFS_SQUASH, .squash_uid = 1001, .squash_gid = 2002
};

static int
disk_squash(void **state)
{
	return etfs_setup(state, false, squash);
}

static int
tmpfs_squash(void **state)
{
	return etfs_setup(state, true, squash);
}

#define SQUASHED(test)                                                         \
	{ #test " (disk)", test, disk_squash, etfs_teardown, NULL },           \
	{                                                                      \
#test " (tmpfs)", test, tmpfs_squash, etfs_teardown, NULL      \
	}

static struct stat
stat_of(const struct fixture *fx, const char *name)
{
	struct stat st;

	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(lstat(on_host(fx, name), &st), 0);
	return st;
}

static void
owned(const struct fixture *fx, const char *name, uid_t uid, gid_t gid,
    mode_t mode)
{
	assert_int_equal(etfs_act_as_server(), 0);
	host_file(fx, name, "text");
	assert_int_equal(chown(on_host(fx, name), uid, gid), 0);
	assert_int_equal(chmod(on_host(fx, name), mode), 0);
}

static void
whoever_makes_a_file_it_is_that_users(void **state)
{
	struct fixture *fx = *state;
	const struct who *all[] = { &fx->self, &fx->user, &fx->other };
	char name[2] = "a";
	struct stat st;
	size_t i;

	for (i = 0; i < 3; i++, name[0]++) {
		assert_int_equal(
		    do_touch(all[i], fx->root, name, 0644, NULL), 0);
		st = stat_of(fx, name);
		assert_int_equal(st.st_uid, 1001);
		assert_int_equal(st.st_gid, 2002);
	}
}

/* The server is root, and may all that root may, but for them. */
static void
nobody_may_more_than_that_user(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	owned(fx, "roots", 0, 0, 0600);
	vn = walk(fx, "roots");
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), -EACCES);
	assert_int_equal(do_chmod(&fx->self, vn, 0666), -EPERM);
	assert_int_equal(do_chown(&fx->self, vn, 1001, VFS_NOID), -EPERM);
	vnode_put(vn);
	owned(fx, "users", 1000, 1000, 0600);
	vn = walk(fx, "users");
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), -EACCES);
	vnode_put(vn);
	owned(fx, "others", 1001, 0, 0600);
	vn = walk(fx, "others");
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

/* Neither the server's groups, nor those of who asks. */
static void
that_user_has_one_group(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	owned(fx, "f", 0, 2000, 0640);
	vn = walk(fx, "f");
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), -EACCES);
	vnode_put(vn);
	owned(fx, "g", 0, 2002, 0640);
	vn = walk(fx, "g");
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

/* Clients name the group of whoever asks there. */
static void
the_group_that_a_client_names_does_not_count(void **state)
{
	static const gid_t gids[] = { 1000, 2002, 0 };
	struct fixture *fx = *state;
	char name[2] = "a";
	struct vfile file;
	struct wait w;
	size_t i;

	for (i = 0; i < 3; i++, name[0]++) {
		wait_init(&w, &fx->user);
		assert_int_equal(
		    await(&w,
			vfs_create(&w.op, fx->root, vname_of(name),
			    O_WRONLY | O_EXCL, 0644, gids[i], &file)),
		    0);
		assert_int_equal(do_close(&fx->user, &file), 0);
		assert_int_equal(stat_of(fx, name).st_gid, 2002);
	}
}

static int
new_and_free(struct vfs *vfs, const struct etfs_config *cfg, bool *told)
{
	struct etfs_why why;
	struct vfs_fs *fs;
	int rc;

	if ((rc = etfs_new(vfs, cfg, &fs, &why)) == 0)
		vfs_fs_free(fs);
	*told = why.text[0] != '\0';
	return rc;
}

/* 0, or the number of what was not as it should. */
static int
try_as_unprivileged(void)
{
	struct etfs_config cfg = squash;
	struct vfs *vfs;
	bool told;

	cfg.path = "/tmp";
	if (setgroups(0, NULL) != 0 || setgid(1000) != 0 || setuid(1000) != 0)
		return 1;
	if (vfs_new(&vfs) != 0)
		return 2;
	if (new_and_free(vfs, &cfg, &told) != -EPERM || !told)
		return 3;
	cfg.squash_uid = 1000;
	if (new_and_free(vfs, &cfg, &told) != -EPERM || !told)
		return 4;
	cfg.squash_gid = 1000;
	if (new_and_free(vfs, &cfg, &told) != 0 || told)
		return 5;
	vfs_free(vfs);
	return 0;
}

/* In a process of its own, which has not been root before. */
static void
without_root_one_can_only_be_oneself(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_true((pid = fork()) >= 0);
	if (pid == 0)
		_exit(try_as_unprivileged());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Then there is nothing to switch, and everything is the server's to do. */
static void
the_servers_own_ids_are_the_server(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = { .path = fx->dir, .identity = ETFS_SQUASH };
	struct vfs_fs *fs;
	struct etfs_why why;
	struct vnode *vn;

	cfg.squash_uid = geteuid();
	cfg.squash_gid = getegid();
	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), 0);
	assert_int_equal(vfs_mount(fx->vfs, "/", fs), 0);
	fx->root = vfs_root(fx->vfs);
	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0600, &vn), 0);
	assert_int_equal(stat_of(fx, "f").st_uid, geteuid());
	assert_int_equal(do_chown(&fx->other, vn, 1001, 1001), 0);
	assert_int_equal(stat_of(fx, "f").st_uid, 1001);
	vnode_put(vn);
}

static void
no_id_is_nobody(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = squash;
	bool told;

	cfg.path = fx->dir;
	cfg.squash_uid = VFS_NOID;
	assert_int_equal(new_and_free(fx->vfs, &cfg, &told), -EINVAL);
	cfg = squash;
	cfg.path = fx->dir;
	cfg.squash_gid = VFS_NOID;
	assert_int_equal(new_and_free(fx->vfs, &cfg, &told), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_root_one_can_only_be_oneself),
		SQUASHED(whoever_makes_a_file_it_is_that_users),
		SQUASHED(nobody_may_more_than_that_user),
		SQUASHED(that_user_has_one_group),
		SQUASHED(the_group_that_a_client_names_does_not_count),
		cmocka_unit_test_setup_teardown(
		    the_servers_own_ids_are_the_server, fixture_setup,
		    etfs_teardown),
		cmocka_unit_test_setup_teardown(
		    no_id_is_nobody, fixture_setup, etfs_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
