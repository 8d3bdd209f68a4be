/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_cred.c -- the host decides what a client's user may do.
 *
 * Mostly with identity "client", as root; a test that cannot act as several
 * users fails, it does not pass.
 */

#include <pthread.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "etfs_fixture.h"

static struct stat
stat_of(const struct fixture *fx, const char *name)
{
	struct stat st;

	assert_int_equal(lstat(on_host(fx, name), &st), 0);
	return st;
}

static void
host_owned(const struct fixture *fx, const char *name, uid_t uid, gid_t gid,
    mode_t mode)
{
	assert_int_equal(lchown(on_host(fx, name), uid, gid), 0);
	assert_int_equal(chmod(on_host(fx, name), mode), 0);
}

static void
be_server(void)
{
	assert_int_equal(etfs_act_as_server(), 0);
}

static void
what_a_user_makes_is_the_users(void **state)
{
	struct fixture *fx = *state;
	static const char *const names[] = { "f", "d", "p", "s" };
	struct stat st;
	size_t i;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, NULL), 0);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0755, NULL), 0);
	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "p", S_IFIFO | 0644, 0, NULL), 0);
	assert_int_equal(do_symlink(&fx->user, fx->root, "s", "f", NULL), 0);
	for (i = 0; i < 4; i++) {
		st = stat_of(fx, names[i]);
		assert_int_equal(st.st_uid, 1000);
		assert_int_equal(st.st_gid, 1000);
	}
}

static void
a_user_opens_what_its_mode_allows(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "text");
	host_owned(fx, "f", 0, 2000, 0640);
	vn = walk(fx, "f");
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), -EACCES);
	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), -EACCES);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_truncate(&fx->other, vn, NULL, 0), -EACCES);
	vnode_put(vn);
}

static void
a_directory_that_may_not_be_searched_gives_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *vn;

	mkdir(on_host(fx, "d"), 0700);
	host_file(fx, "d/f", "text");
	host_owned(fx, "d", 1000, 1000, 0700);
	assert_int_equal(do_walk(&fx->other, fx->root, "d", &d), 0);
	assert_int_equal(do_walk(&fx->other, d, "f", &vn), -EACCES);
	assert_int_equal(do_walk(&fx->user, d, "f", &vn), 0);
	vnode_put(vn);
	assert_int_equal(do_walk(&fx->other, d, "f", &vn), -EACCES);
	assert_int_equal(do_count(&fx->other, d), -EACCES);
	assert_int_equal(do_touch(&fx->other, d, "g", 0644, NULL), -EACCES);
	assert_int_equal(do_unlink(&fx->other, d, "f"), -EACCES);
	vnode_put(d);
}

/* A user in a directory of another's that may be listed, not searched. */
static void
a_directory_is_opened_by_who_may_read_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;

	mkdir(on_host(fx, "d"), 0744);
	host_file(fx, "d/f", "text");
	d = walk(fx, "d");
	assert_int_equal(do_count(&fx->user, d), 1);
	vnode_put(d);
}

static void
others_attributes_are_not_a_users_to_set(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	host_file(fx, "f", "text");
	host_owned(fx, "f", 1000, 1000, 0666);
	vn = walk(fx, "f");
	assert_int_equal(do_chmod(&fx->other, vn, 0777), -EPERM);
	assert_int_equal(do_chown(&fx->other, vn, 1001, VFS_NOID), -EPERM);
	assert_int_equal(do_chmod(&fx->user, vn, 0600), 0);
	assert_int_equal(do_chown(&fx->user, vn, 1001, VFS_NOID), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 2000), 0);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 3000), -EPERM);
	assert_int_equal(do_chown(&fx->self, vn, 1001, 3000), 0);
	assert_int_equal(stat_of(fx, "f").st_uid, 1001);
	assert_int_equal(stat_of(fx, "f").st_gid, 3000);
	vnode_put(vn);
}

static void
a_file_is_not_cut_before_its_owner_is_refused(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = { .mask = VSET_SIZE | VSET_UID, .uid = 1001 };
	struct vnode *vn;

	host_file(fx, "f", "text");
	host_owned(fx, "f", 1000, 1000, 0666);
	vn = walk(fx, "f");
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), -EPERM);
	sa = (struct vsetattr){ .mask = VSET_SIZE | VSET_GID, .gid = 3000 };
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), -EPERM);
	sa.mask = VSET_SIZE | VSET_MTIME;
	assert_int_equal(do_setattr(&fx->other, vn, NULL, &sa), -EPERM);
	sa.mask = VSET_SIZE | VSET_MODE;
	assert_int_equal(do_setattr(&fx->other, vn, NULL, &sa), -EPERM);
	assert_int_equal(stat_of(fx, "f").st_size, 4);
	sa = (struct vsetattr){ .mask = VSET_SIZE | VSET_GID, .gid = 2000 };
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), 0);
	assert_int_equal(stat_of(fx, "f").st_size, 0);
	vnode_put(vn);
}

/* That is O_TRUNC on a client: size and mtime at once, by who may write. */
static void
who_may_write_may_truncate(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = { .mask =
				   VSET_SIZE | VSET_MTIME | VSET_MTIME_NOW };
	struct vsetattr explicit = { .mask = VSET_MTIME };
	struct vnode *vn;

	host_file(fx, "f", "text");
	host_owned(fx, "f", 0, 2000, 0664);
	vn = walk(fx, "f");
	assert_int_equal(do_setattr(&fx->other, vn, NULL, &sa), -EACCES);
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &sa), 0);
	assert_int_equal(stat_of(fx, "f").st_size, 0);
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &explicit), -EPERM);
	vnode_put(vn);
}

static void
a_file_made_without_permissions_is_its_makers(void **state)
{
	struct fixture *fx = *state;
	struct vfile file, again;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "text", 4), 4);
	assert_int_equal(do_truncate(&fx->user, file.vn, &file, 2), 0);
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_RDONLY, &again), -EACCES);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 2), -EACCES);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(stat_of(fx, "f").st_size, 2);
}

static int
touch_for(
    struct fixture *fx, const struct who *who, const char *name, gid_t gid)
{
	struct vfile file = { 0 };
	struct wait w;
	int rc;

	wait_init(&w, who);
	rc = await(&w,
	    vfs_create(&w.op, fx->root, vname_of(name), O_WRONLY | O_EXCL, 0644,
		gid, &file));
	return rc != 0 ? rc : do_close(who, &file);
}

static void
a_group_is_given_by_who_is_in_it(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(touch_for(fx, &fx->user, "a", 2000), 0);
	assert_int_equal(stat_of(fx, "a").st_gid, 2000);
	assert_int_equal(touch_for(fx, &fx->user, "b", 1000), 0);
	assert_int_equal(stat_of(fx, "b").st_gid, 1000);
	assert_int_equal(touch_for(fx, &fx->user, "c", 3000), -EPERM);
	assert_int_equal(touch_for(fx, &fx->other, "d", 2000), -EPERM);
	assert_int_equal(touch_for(fx, &fx->self, "e", 3000), 0);
	assert_int_equal(stat_of(fx, "e").st_gid, 3000);
	assert_int_equal(access(on_host(fx, "c"), F_OK), -1);
}

static void
a_setgid_directory_gives_its_own_group(void **state)
{
	struct fixture *fx = *state;
	struct stat st;

	be_server();
	host_owned(fx, ".", 0, 3000, 02777);
	assert_int_equal(touch_for(fx, &fx->user, "a", 3000), 0);
	assert_int_equal(stat_of(fx, "a").st_gid, 3000);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 02755, NULL), 0);
	st = stat_of(fx, "d");
	assert_int_equal(st.st_gid, 3000);
	assert_true(st.st_mode & S_ISGID);
}

/* fsgid is another group for the length of the call. */
static void
a_user_is_in_the_primary_group_whatever_is_made(void **state)
{
	struct fixture *fx = *state;

	host_owned(fx, ".", 0, 1000, 0770);
	assert_int_equal(touch_for(fx, &fx->user, "a", 2000), 0);
	assert_int_equal(stat_of(fx, "a").st_gid, 2000);
}

static void
a_write_takes_set_id_bits_away(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "text");
	host_owned(fx, "f", 1000, 1000, 06777);
	vn = walk(fx, "f");
	assert_int_equal(do_open(&fx->other, vn, O_WRONLY, &file), 0);
	assert_int_equal(do_write(&fx->other, &file, 0, "t", 1), 1);
	assert_int_equal(do_close(&fx->other, &file), 0);
	assert_int_equal(stat_of(fx, "f").st_mode, S_IFREG | 0777);
	vnode_put(vn);
}

static void
sticky_directories_protect_what_is_in_them(void **state)
{
	struct fixture *fx = *state;

	be_server();
	host_owned(fx, ".", 0, 0, 01777);
	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0666, NULL), 0);
	assert_int_equal(do_unlink(&fx->other, fx->root, "f"), -EPERM);
	assert_int_equal(
	    do_rename(&fx->other, fx->root, "f", fx->root, "g"), -EPERM);
	assert_int_equal(do_unlink(&fx->user, fx->root, "f"), 0);
}

/* The server is root, but the user whom it acts as is not. */
static void
a_user_has_none_of_roots_privileges(void **state)
{
	static const unsigned char cap[20] = { 0, 0, 0, 2, 1 };
	struct fixture *fx = *state;
	const struct who *user = &fx->user;
	struct vblob blob;
	struct vnode *vn;

	assert_int_equal(do_touch(user, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(do_setxattr(user, vn, "trusted.a", "v", 1, 0), -EPERM);
	assert_int_equal(do_setxattr(&fx->self, vn, "trusted.a", "v", 1, 0), 0);
	assert_int_equal(do_getxattr(user, vn, "trusted.a", &blob), -ENODATA);
	assert_int_equal(
	    do_setxattr(user, vn, "security.capability", cap, sizeof(cap), 0),
	    -EPERM);
	assert_int_equal(do_setxattr(&fx->self, vn, "security.capability", cap,
			     sizeof(cap), 0),
	    0);
	assert_int_equal(
	    do_mknod(user, fx->root, "n", S_IFCHR | 0666, makedev(1, 3), NULL),
	    -EPERM);
	vnode_put(vn);
}

static void
nobody_is_never_taken_for_root(void **state)
{
	struct fixture *fx = *state;
	struct vcred *nobody = vcred_new(VFS_NOID, 1000, NULL, 0);
	struct vcred *nogroup = vcred_new(1000, VFS_NOID, NULL, 0);
	struct who a = { &fx->loop, nobody }, b = { &fx->loop, nogroup };

	assert_int_equal(do_touch(&a, fx->root, "f", 0644, NULL), -EPERM);
	assert_int_equal(do_touch(&b, fx->root, "f", 0644, NULL), -EPERM);
	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, NULL), 0);
	assert_int_equal(stat_of(fx, "f").st_uid, 1000);
	vcred_put(nobody);
	vcred_put(nogroup);
}

/* As a Linux client asks before somebody's write, which root may do later. */
static void
who_may_write_may_take_set_id_bits_away(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	host_owned(fx, "f", 1001, 1001, 06777);
	vn = walk(fx, "f");
	assert_int_equal(do_chmod(&fx->user, vn, 0776), -EPERM);
	assert_int_equal(do_chmod(&fx->user, vn, 0777), 0);
	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0777);
	host_owned(fx, "f", 1001, 1001, 06755);
	assert_int_equal(do_chmod(&fx->user, vn, 0755), -EACCES);
	vnode_put(vn);
}

static void
a_user_may_be_in_many_groups(void **state)
{
	struct fixture *fx = *state;
	struct vcred *cred;
	struct who who = { &fx->loop, NULL };
	struct vfile file;
	struct vnode *vn;
	gid_t groups[200];
	size_t i;

	for (i = 0; i < 200; i++)
		groups[i] = (gid_t)(5000 + i);
	host_file(fx, "f", "text");
	host_owned(fx, "f", 0, 5199, 0640);
	vn = walk(fx, "f");
	cred = vcred_new(1000, 1000, groups, 200);
	who.cred = cred;
	for (i = 0; i < 2; i++) {
		assert_int_equal(do_open(&who, vn, O_RDONLY, &file), 0);
		assert_int_equal(do_close(&who, &file), 0);
		assert_int_equal(
		    do_open(&fx->user, vn, O_RDONLY, &file), -EACCES);
	}
	vcred_put(cred);
	vnode_put(vn);
}

static void
users_take_turns_on_one_thread(void **state)
{
	struct fixture *fx = *state;
	const struct who *all[] = { &fx->user, &fx->other, &fx->self };
	static const uid_t uids[] = { 1000, 1001, 0 };
	char name[] = "a";
	int i;

	for (i = 0; i < 60; i++) {
		assert_int_equal(do_touch(all[(i * 7 + i / 3) % 3], fx->root,
				     name, 0644, NULL),
		    0);
		assert_int_equal(
		    stat_of(fx, name).st_uid, uids[(i * 7 + i / 3) % 3]);
		assert_int_equal(do_unlink(&fx->self, fx->root, name), 0);
	}
}

struct newborn {
	struct fixture *fx;
	const char *name;
	int rc;
};

static void *
touch_as_server(void *arg)
{
	struct newborn *n = arg;
	struct who now = now_only(&n->fx->self);

	n->rc = do_touch(&now, n->fx->root, n->name, 0644, NULL);
	return NULL;
}

/* The kernel gives a thread the identity of the one that started it. */
static void
a_thread_started_while_acting_as_a_user_is_not_that_user(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->user);
	struct newborn n = { fx, "server", -1 };
	pthread_t thread;

	assert_int_equal(do_touch(&now, fx->root, "user", 0644, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, touch_as_server, &n), 0);
	pthread_join(thread, NULL);
	assert_int_equal(n.rc, 0);
	assert_int_equal(stat_of(fx, "user").st_uid, 1000);
	assert_int_equal(stat_of(fx, "server").st_uid, 0);
}

static void
as_itself_the_server_asks_nobody(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 04711, &vn), 0);
	assert_int_equal(stat_of(fx, "f").st_uid, geteuid());
	assert_int_equal(do_chmod(&fx->other, vn, 0600), 0);
	assert_int_equal(touch_for(fx, &fx->user, "g", 3000), 0);
	assert_int_equal(
	    stat_of(fx, "g").st_gid, geteuid() == 0 ? 3000 : getegid());
	vnode_put(vn);
}

/* As an unprivileged server: 0, or the number of what was not as it should. */
static int
try_as_unprivileged(const char *path)
{
	struct etfs_config cfg = { .path = path, .identity = ETFS_CLIENT };
	struct etfs_why why;
	struct vfs_fs *fs;
	struct vfs *vfs;

	if (geteuid() == 0 && (setgid(1000) != 0 || setuid(1000) != 0))
		return 1;
	if (vfs_new(&vfs) != 0)
		return 2;
	if (etfs_new(vfs, &cfg, &fs, &why) != -EPERM)
		return 3;
	cfg.identity = ETFS_SELF;
	if (etfs_new(vfs, &cfg, &fs, &why) != 0)
		return 4;
	vfs_fs_free(fs);
	vfs_free(vfs);
	return 0;
}

/* In a process of its own, which has not been root before. */
static void
only_root_acts_as_others(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_true((pid = fork()) >= 0);
	if (pid == 0)
		_exit(try_as_unprivileged("/tmp"));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_root_acts_as_others), /* first */
		ON_BOTH(as_itself_the_server_asks_nobody),
		AS_CLIENT(what_a_user_makes_is_the_users),
		AS_CLIENT(a_user_opens_what_its_mode_allows),
		AS_CLIENT(a_directory_that_may_not_be_searched_gives_nothing),
		AS_CLIENT(a_directory_is_opened_by_who_may_read_it),
		AS_CLIENT(others_attributes_are_not_a_users_to_set),
		AS_CLIENT(a_file_is_not_cut_before_its_owner_is_refused),
		AS_CLIENT(who_may_write_may_truncate),
		AS_CLIENT(a_file_made_without_permissions_is_its_makers),
		AS_CLIENT(a_group_is_given_by_who_is_in_it),
		AS_CLIENT(a_setgid_directory_gives_its_own_group),
		AS_CLIENT(a_user_is_in_the_primary_group_whatever_is_made),
		AS_CLIENT(a_write_takes_set_id_bits_away),
		AS_CLIENT(sticky_directories_protect_what_is_in_them),
		AS_CLIENT(a_user_has_none_of_roots_privileges),
		AS_CLIENT(nobody_is_never_taken_for_root),
		AS_CLIENT(who_may_write_may_take_set_id_bits_away),
		AS_CLIENT(a_user_may_be_in_many_groups),
		AS_CLIENT(users_take_turns_on_one_thread),
		{ "a_thread_started_while_acting_as_a_user_is_not_that_user",
		    a_thread_started_while_acting_as_a_user_is_not_that_user,
		    tmpfs_client_setup, etfs_teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
