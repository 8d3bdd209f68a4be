/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_mapped_host.c -- identity mapped, and a host that has its own view:
 * files of its own, attributes that cannot be true, file systems without any,
 * a server without privileges.
 *
 * Root is needed for a mount, in a mount namespace of the test's own.
 */

#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "etfs_fixture.h"
#include "vfs_fs.h"

static struct vattr
attr_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}

static struct vattr
attr_at(struct fixture *fx, const char *path)
{
	struct vnode *vn = walk(fx, path);
	struct vattr attr = attr_of(fx, vn);

	vnode_put(vn);
	return attr;
}

static void
keep(const struct fixture *fx, const char *file, const char *name,
    const void *value, size_t len)
{
	assert_int_equal(setxattr(on_host(fx, file), name, value, len, 0), 0);
}

static void
keep_mode(const struct fixture *fx, const char *file, uint32_t mode)
{
	unsigned char le[4] = { (unsigned char)mode, (unsigned char)(mode >> 8),
		(unsigned char)(mode >> 16), (unsigned char)(mode >> 24) };

	keep(fx, file, "user.virtfs.mode", le, 4);
}

static ssize_t
kept_size(const struct fixture *fx, const char *file, const char *name)
{
	return lgetxattr(on_host(fx, file), name, NULL, 0);
}

static void
files_of_the_host_are_as_the_host_says(void **state)
{
	struct fixture *fx = *state;
	struct vattr attr;

	host_file(fx, "f", "text");
	assert_int_equal(chown(on_host(fx, "f"), 1234, 1235), 0);
	assert_int_equal(chmod(on_host(fx, "f"), 04640), 0);
	attr = attr_at(fx, "f");
	assert_int_equal(attr.mode, S_IFREG | 04640);
	assert_int_equal(attr.uid, 1234);
	assert_int_equal(attr.gid, 1235);
	assert_int_equal(symlink("target", on_host(fx, "l")), 0);
	assert_int_equal(mkfifo(on_host(fx, "p"), 0610), 0);
	assert_int_equal(
	    mknod(on_host(fx, "c"), S_IFCHR | 0600, makedev(1, 3)), 0);
	assert_int_equal(attr_at(fx, "l").mode, S_IFLNK | 0777);
	assert_int_equal(attr_at(fx, "p").mode, S_IFIFO | 0610);
	assert_int_equal(attr_at(fx, "c").mode, S_IFCHR | 0600);
	assert_int_equal(attr_at(fx, "c").rdev, makedev(1, 3));
}

/* They have nowhere to keep anything. */
static void
links_and_devices_of_the_host_stay_as_they_are(void **state)
{
	struct fixture *fx = *state;
	char text[32];
	struct vnode *vn;

	assert_int_equal(symlink("target", on_host(fx, "l")), 0);
	vn = walk(fx, "l");
	assert_int_equal(do_readlink(&fx->user, vn, text, sizeof(text)), 0);
	assert_string_equal(text, "target");
	assert_int_equal(do_chown(&fx->self, vn, 1000, 1000), -EPERM);
	vnode_put(vn);
	assert_int_equal(mkfifo(on_host(fx, "p"), 0610), 0);
	vn = walk(fx, "p");
	assert_int_equal(do_chmod(&fx->self, vn, 0666), -EPERM);
	vnode_put(vn);
	assert_int_equal(attr_at(fx, "p").mode, S_IFIFO | 0610);
	assert_int_equal(do_unlink(&fx->self, fx->root, "p"), 0);
}

/* As with QEMU: each attribute stands alone. */
static void
what_is_changed_is_kept_and_the_rest_is_the_hosts(void **state)
{
	struct fixture *fx = *state;
	struct vattr attr;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	assert_int_equal(chown(on_host(fx, "f"), 1234, 1235), 0);
	vn = walk(fx, "f");
	assert_int_equal(do_chmod(&fx->self, vn, 0600), 0);
	assert_int_equal(kept_size(fx, "f", "user.virtfs.mode"), 4);
	assert_int_equal(kept_size(fx, "f", "user.virtfs.uid"), -1);
	assert_int_equal(do_chown(&fx->self, vn, 7, VFS_NOID), 0);
	assert_int_equal(kept_size(fx, "f", "user.virtfs.uid"), 4);
	assert_int_equal(kept_size(fx, "f", "user.virtfs.gid"), -1);
	attr = attr_of(fx, vn);
	assert_int_equal(attr.mode, S_IFREG | 0600);
	assert_int_equal(attr.uid, 7);
	assert_int_equal(attr.gid, 1235);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_uid, 1234);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	vnode_put(vn);
}

static void
the_host_is_believed_about_types(void **state)
{
	static const struct {
		mode_t host;
		uint32_t kept;
		mode_t shown;
	} cases[] = {
		{ S_IFREG, S_IFDIR | 0751, S_IFREG | 0751 },
		{ S_IFREG, 0751, S_IFREG | 0751 },
		{ S_IFREG, 0xfff81e9, S_IFREG | 0751 },
		{ S_IFREG, 0030000 | 0751, S_IFREG | 0751 },
		{ S_IFREG, 0xffffffff, S_IFREG | 07777 },
		{ S_IFREG, 0, S_IFREG },
		{ S_IFREG, 0xfff0000 | S_IFLNK | 0751, S_IFLNK | 0751 },
		{ S_IFREG, S_IFSOCK | 0751, S_IFSOCK | 0751 },
		{ S_IFREG, S_IFCHR | 0751, S_IFCHR | 0751 },
		{ S_IFDIR, S_IFREG | 0751, S_IFDIR | 0751 },
		{ S_IFDIR, S_IFLNK | 0751, S_IFDIR | 0751 },
		{ S_IFDIR, S_IFCHR | 0751, S_IFDIR | 0751 },
		{ S_IFDIR, 0751, S_IFDIR | 0751 },
	};
	struct fixture *fx = *state;
	char name[2] = "a";
	struct vnode *vn;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++, name[0]++) {
		if (S_ISDIR(cases[i].host))
			assert_int_equal(mkdir(on_host(fx, name), 0700), 0);
		else
			host_file(fx, name, "text");
		keep_mode(fx, name, cases[i].kept);
		vn = walk(fx, name);
		assert_int_equal(attr_of(fx, vn).mode, cases[i].shown);
		assert_int_equal(vn->type, cases[i].shown & S_IFMT);
		assert_int_equal(attr_of(fx, vn).rdev, 0);
		vnode_put(vn);
	}
}

static void
values_of_a_wrong_size_do_not_count(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 5, 8, 100 };
	static const char *const names[] = { "user.virtfs.mode",
		"user.virtfs.uid", "user.virtfs.gid" };
	struct fixture *fx = *state;
	char junk[100];
	struct vattr attr;
	size_t i, j;

	memset(junk, 0x41, sizeof(junk));
	host_file(fx, "f", "text");
	assert_int_equal(chown(on_host(fx, "f"), 1234, 1235), 0);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (j = 0; j < 3; j++)
			keep(fx, "f", names[j], junk, sizes[i]);
		attr = attr_at(fx, "f");
		assert_int_equal(attr.mode, S_IFREG | 0644);
		assert_int_equal(attr.uid, 1234);
		assert_int_equal(attr.gid, 1235);
	}
	keep_mode(fx, "f", S_IFCHR | 0600);
	keep(fx, "f", "user.virtfs.rdev", junk, 4);
	attr = attr_at(fx, "f");
	assert_int_equal(attr.mode, S_IFCHR | 0600);
	assert_int_equal(attr.rdev, 0);
}

static void
a_link_without_a_target_is_broken(void **state)
{
	struct fixture *fx = *state;
	char long_text[VFS_LINK_MAX + 2], text[VFS_LINK_MAX + 1];
	struct vnode *vn;
	int fd;

	host_file(fx, "empty", "");
	keep_mode(fx, "empty", S_IFLNK | 0777);
	memset(long_text, 'x', sizeof(long_text));
	long_text[VFS_LINK_MAX + 1] = '\0';
	host_file(fx, "long", long_text);
	keep_mode(fx, "long", S_IFLNK | 0777);
	fd = open(on_host(fx, "nul"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "a\0b", 3), 3);
	close(fd);
	keep_mode(fx, "nul", S_IFLNK | 0777);
	vn = walk(fx, "empty");
	assert_int_equal(do_readlink(&fx->user, vn, text, 10), -EIO);
	vnode_put(vn);
	vn = walk(fx, "long");
	assert_int_equal(do_readlink(&fx->user, vn, text, 10), -EIO);
	vnode_put(vn);
	vn = walk(fx, "nul");
	assert_int_equal(do_readlink(&fx->user, vn, text, 10), -EIO);
	vnode_put(vn);
	assert_int_equal(do_unlink(&fx->self, fx->root, "empty"), 0);
}

/* Who is a file to somebody stays one for as long as that lasts. */
static void
a_live_file_keeps_its_type(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;
	struct vfile file;
	char text[8];

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	keep_mode(fx, "f", S_IFLNK | 0640);
	again = walk(fx, "f");
	assert_ptr_equal(again, vn);
	assert_int_equal(vn->type, S_IFREG);
	assert_int_equal(attr_of(fx, vn).mode, S_IFREG | 0640);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_readlink(&fx->self, vn, text, 8), -EINVAL);
	vnode_put(again);
	vnode_put(vn);
	vn = walk(fx, "f");
	assert_int_equal(vn->type, S_IFLNK);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), -ELOOP);
	assert_int_equal(do_readlink(&fx->self, vn, text, 8), 0);
	keep_mode(fx, "f", S_IFREG | 0640);
	assert_int_equal(attr_of(fx, vn).mode, S_IFLNK | 0640);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), -ELOOP);
	assert_int_equal(do_readlink(&fx->self, vn, text, 8), 0);
	vnode_put(vn);
}

static void
what_the_host_keeps_is_seen_at_once(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0600, &vn), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), -EACCES);
	keep(fx, "f", "user.virtfs.uid", "\xe9\3\0\0", 4);
	assert_int_equal(attr_of(fx, vn).uid, 1001);
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), -EACCES);
	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

/* Nobody who is neither root nor the owner gets past an ACL that is none. */
static void
garbage_for_an_acl_keeps_everybody_out(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0666, &vn), 0);
	keep(fx, "f", "user.virtfs.system.posix_acl_access", "garbage", 7);
	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), -EIO);
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(
	    do_removexattr(&fx->user, vn, "system.posix_acl_access"), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

static int
refused(struct vfs *vfs, const char *path, bool *told)
{
	struct etfs_config cfg = { .path = path, .identity = ETFS_MAPPED };
	struct etfs_why why;
	struct vfs_fs *fs;
	int rc = etfs_new(vfs, &cfg, &fs, &why);

	if (rc == 0)
		vfs_fs_free(fs);
	*told = why.text[0] != '\0';
	return rc;
}

static void
a_host_that_keeps_nothing_is_refused(void **state)
{
	struct fixture *fx = *state;
	bool told;

	assert_int_equal(refused(fx->vfs, "/proc", &told), -EOPNOTSUPP);
	assert_true(told);
	assert_int_equal(refused(fx->vfs, fx->dir, &told), 0);
	assert_false(told);
}

/* One that is mounted below is met later: nothing is left half made. */
static void
what_cannot_be_kept_is_not_made(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *f;
	struct vfile file;

	assert_int_equal(mkdir(on_host(fx, "d"), 0777), 0);
	assert_int_equal(mount("none", on_host(fx, "d"), "ramfs", 0, NULL), 0);
	assert_int_equal(chmod(on_host(fx, "d"), 0777), 0);
	host_file(fx, "d/host", "text");
	d = walk(fx, "d");
	assert_int_equal(
	    do_create(&fx->user, d, "f", O_RDWR, 0644, &file), -EOPNOTSUPP);
	assert_int_equal(do_mkdir(&fx->user, d, "d", 0755, NULL), -EOPNOTSUPP);
	assert_int_equal(
	    do_symlink(&fx->user, d, "l", "target", NULL), -EOPNOTSUPP);
	assert_int_equal(
	    do_mknod(&fx->user, d, "p", S_IFIFO | 0644, 0, NULL), -EOPNOTSUPP);
	assert_int_equal(do_count(&fx->self, d), 1);
	f = walk(fx, "d/host");
	assert_int_equal(attr_of(fx, f).mode, S_IFREG | 0644);
	assert_int_equal(do_chmod(&fx->self, f, 0600), -EOPNOTSUPP);
	assert_int_equal(attr_of(fx, f).mode, S_IFREG | 0644);
	vnode_put(f);
	vnode_put(d);
	assert_int_equal(umount2(on_host(fx, "d"), MNT_DETACH), 0);
}

/* With so many descriptors at most; what has failed is not there. */
static void
make_each(struct fixture *fx, rlim_t limit)
{
	struct rlimit old, few;
	int rc[4], made = 0;
	size_t i;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = (struct rlimit){ limit, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	rc[0] = do_touch(&fx->user, fx->root, "f", 0644, NULL);
	rc[1] = do_mkdir(&fx->user, fx->root, "d", 0755, NULL);
	rc[2] = do_symlink(&fx->user, fx->root, "l", "target", NULL);
	rc[3] = do_mknod(&fx->user, fx->root, "p", S_IFIFO | 0644, 0, NULL);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (i = 0; i < 4; i++) {
		assert_true(rc[i] == 0 || rc[i] == -EMFILE);
		made += rc[i] == 0;
	}
	assert_int_equal(do_count(&fx->self, fx->root), made);
	(void)do_unlink(&fx->user, fx->root, "f");
	(void)do_rmdir(&fx->user, fx->root, "d");
	(void)do_unlink(&fx->user, fx->root, "l");
	(void)do_unlink(&fx->user, fx->root, "p");
}

static void
what_there_is_no_descriptor_for_is_not_made(void **state)
{
	struct fixture *fx = *state;
	rlim_t limit, most = (rlim_t)count_fds() + 4;

	for (limit = 0; limit < most; limit++)
		make_each(fx, limit);
	assert_int_equal(do_count(&fx->self, fx->root), 0);
}

/* What never waits is answered now, the rest by a worker. */
static void
what_may_wait_is_not_done_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->user);
	int expected = on_tmpfs(fx) ? 0 : -EDEADLK;
	struct vattr attr;
	struct vfile file;
	struct vnode *vn;
	char c;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(do_getattr(&now, vn, &attr), expected);
	assert_int_equal(do_chmod(&now, vn, 0600), expected);
	assert_int_equal(do_mkdir(&now, fx->root, "d", 0755, NULL), expected);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), 1);
	assert_int_equal(do_read(&now, &file, 0, &c, 1), 1);
	assert_int_equal(
	    do_write(&now, &file, 0, "x", 1), on_tmpfs(fx) ? 1 : -EDEADLK);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

/* 0, or the line of what was not as it should. */
#define MUST(e)                                                                \
	do {                                                                   \
		if (!(e))                                                      \
			return __LINE__ % 256 ? __LINE__ % 256 : 1;            \
	} while (0)

static int
use_unprivileged(struct fixture *fx)
{
	struct vnode *vn, *d;
	struct vfile file;
	struct vattr attr;
	struct stat st;

	MUST(do_mkdir(&fx->self, fx->root, "d", 01777, &d) == 0);
	MUST(do_touch(&fx->other, d, "f", 0640, &vn) == 0);
	MUST(stat(on_host(fx, "d/f"), &st) == 0 && st.st_uid == 1000);
	MUST(do_getattr(&fx->self, vn, &attr) == 0 && attr.uid == 1001);
	MUST(do_open(&fx->user, vn, O_RDONLY, &file) == -EACCES);
	MUST(do_unlink(&fx->user, d, "f") == -EPERM);
	MUST(do_chown(&fx->self, vn, 0, 0) == 0);
	MUST(do_open(&fx->other, vn, O_RDONLY, &file) == -EACCES);
	MUST(do_open(&fx->self, vn, O_RDWR, &file) == 0);
	MUST(do_write(&fx->self, &file, 0, "x", 1) == 1);
	MUST(do_close(&fx->self, &file) == 0);
	MUST(do_link(&fx->self, d, vn, "g") == 0);
	vnode_put(vn);
	MUST(do_mknod(&fx->self, d, "n", S_IFBLK | 0600, makedev(8, 1), &vn) ==
	    0);
	MUST(do_getattr(&fx->self, vn, &attr) == 0 &&
	    attr.rdev == makedev(8, 1));
	vnode_put(vn);
	MUST(do_walk(&fx->self, fx->root, "roots", &vn) == 0);
	MUST(do_getattr(&fx->self, vn, &attr) == 0 && attr.uid == 0);
	MUST(do_open(&fx->self, vn, O_RDONLY, &file) == -EACCES);
	MUST(do_chmod(&fx->self, vn, 0666) == -EACCES);
	vnode_put(vn);
	vnode_put(d);
	return 0;
}

static int
as_unprivileged(void)
{
	char dir[] = "/var/tmp/etfsd-test.XXXXXX", roots[64];
	void *state = NULL;
	struct fixture *fx;
	struct etfs_config cfg = { .path = dir, .identity = ETFS_MAPPED };
	struct etfs_why why;
	struct vfs_fs *fs;
	int fd, rc;

	umask(0);
	MUST(mkdtemp(dir) != NULL && chown(dir, 1000, 1000) == 0);
	snprintf(roots, sizeof(roots), "%s/roots", dir);
	MUST((fd = open(roots, O_CREAT | O_WRONLY, 0600)) >= 0);
	close(fd);
	MUST(setgroups(0, NULL) == 0 && setgid(1000) == 0 && setuid(1000) == 0);
	MUST(fixture_setup(&state) == 0);
	fx = state;
	MUST(rmdir(fx->dir) == 0);
	snprintf(fx->dir, sizeof(fx->dir), "%s", dir);
	MUST(etfs_new(fx->vfs, &cfg, &fs, &why) == 0);
	MUST(vfs_mount(fx->vfs, "/", fs) == 0);
	fx->root = vfs_root(fx->vfs);
	rc = use_unprivileged(fx);
	MUST(fixture_teardown(&state) == 0);
	return rc;
}

/* In a process of its own, which has not been root before. */
static void
a_server_without_privileges_has_a_root_among_its_clients(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	assert_true((pid = fork()) >= 0);
	if (pid == 0)
		_exit(as_unprivileged());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_server_without_privileges_has_a_root_among_its_clients),
		AS_MAPPED(files_of_the_host_are_as_the_host_says),
		AS_MAPPED(links_and_devices_of_the_host_stay_as_they_are),
		AS_MAPPED(what_is_changed_is_kept_and_the_rest_is_the_hosts),
		AS_MAPPED(the_host_is_believed_about_types),
		AS_MAPPED(values_of_a_wrong_size_do_not_count),
		AS_MAPPED(a_link_without_a_target_is_broken),
		AS_MAPPED(a_live_file_keeps_its_type),
		AS_MAPPED(what_the_host_keeps_is_seen_at_once),
		AS_MAPPED(garbage_for_an_acl_keeps_everybody_out),
		AS_MAPPED(a_host_that_keeps_nothing_is_refused),
		AS_MAPPED(what_cannot_be_kept_is_not_made),
		AS_MAPPED(what_there_is_no_descriptor_for_is_not_made),
		AS_MAPPED(what_may_wait_is_not_done_now),
	};

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
		print_error("these tests mount: run them as root\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
