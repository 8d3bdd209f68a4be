/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_file.c -- open files on the host, and hosts that fail.
 */

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "etfs_fixture.h"
#include "vfs_fs.h"

#define BIG (300 * 1000)

static void
open_file(struct fixture *fx, const char *path, int flags, struct vfile *file)
{
	struct vnode *vn = walk(fx, path);

	assert_int_equal(do_open(&fx->self, vn, flags, file), 0);
	vnode_put(vn);
}

static void
what_is_written_is_read_and_is_on_the_host(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char buf[32];

	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "hello world", 11), 11);
	assert_int_equal(do_write(&fx->self, &file, 6, "there", 5), 5);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, sizeof(buf)), 11);
	assert_memory_equal(buf, "hello there", 11);
	assert_int_equal(do_read(&fx->self, &file, 11, buf, sizeof(buf)), 0);
	assert_int_equal(do_read(&fx->self, &file, 99, buf, sizeof(buf)), 0);
	assert_int_equal(
	    do_read(&fx->self, &file, INT64_MAX - 1, buf, sizeof(buf)), 0);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	host_text(fx, "f", buf, sizeof(buf));
	assert_string_equal(buf, "hello there");
}

static void
many_pieces_make_one_read_and_one_write(void **state)
{
	struct fixture *fx = *state;
	struct iovec iov[40];
	struct vfile file;
	struct wait w;
	char from[400], to[400];
	size_t i, len = 0;

	for (i = 0; i < sizeof(from); i++)
		from[i] = (char)i;
	for (i = 0; i < 40; i++)
		iov[i] = (struct iovec){ from + 10 * i, 10 };
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0644, &file), 0);
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_write(&w.op, &file, 0, iov, 40, &len)), 0);
	assert_int_equal(len, 400);
	for (i = 0; i < 40; i++)
		iov[i].iov_base = to + 10 * i;
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_read(&w.op, &file, 0, iov, 40, &len)), 0);
	assert_int_equal(len, 400);
	assert_memory_equal(from, to, 400);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
what_is_in_memory_is_read_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vattr attr;
	struct vfile file;
	struct vnode *vn;
	char buf[8];

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(do_getattr(&now, vn, &attr), 0);
	assert_int_equal(do_open(&now, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(&now, &file, 0, buf, sizeof(buf)), 4);
	assert_int_equal(do_read(&now, &file, 0, buf, 4), 4);
	assert_int_equal(do_read(&now, &file, 4, buf, 4), 0);
	assert_int_equal(do_close(&now, &file), 0);
	vnode_put(vn);
}

static void
drop_from_memory(const char *path)
{
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
	close(fd);
}

/* Only its first page is in memory: a short answer would say that it ends. */
static void
what_is_partly_on_the_disk_is_read_whole(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char *text = calloc(1, BIG + 1), *got = malloc(BIG);
	char page[16];

	memset(text, 't', BIG);
	host_file(fx, "f", text);
	drop_from_memory(on_host(fx, "f"));
	open_file(fx, "f", O_RDONLY, &file);
	assert_int_equal(posix_fadvise(file.fd, 0, 0, POSIX_FADV_RANDOM), 0);
	assert_int_equal(pread(file.fd, page, sizeof(page), 0), sizeof(page));
	assert_int_equal(do_read(&fx->self, &file, 0, got, BIG), BIG);
	assert_memory_equal(got, text, BIG);
	assert_int_equal(do_close(&fx->self, &file), 0);
	free(text);
	free(got);
}

static void
appending_ignores_the_offset(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	char buf[16];

	host_file(fx, "f", "one");
	open_file(fx, "f", O_WRONLY | O_APPEND, &file);
	host_file(fx, "f", "three");
	assert_int_equal(do_write(me, &file, 0, "two", 3), 3);
	assert_int_equal(do_write(me, &file, 1ULL << 63, "!", 1), 1);
	assert_int_equal(do_close(me, &file), 0);
	host_text(fx, "f", buf, sizeof(buf));
	assert_string_equal(buf, "threetwo!");
}

static void
truncating_at_open_empties_it(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vattr attr;

	host_file(fx, "f", "text");
	open_file(fx, "f", O_WRONLY | O_TRUNC, &file);
	assert_int_equal(do_getattr(&fx->self, file.vn, &attr), 0);
	assert_int_equal(attr.size, 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
an_unlinked_file_works_as_before(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file, again;
	struct vattr attr;
	char buf[8];

	assert_int_equal(do_create(me, fx->root, "f", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_unlink(me, fx->root, "f"), 0);
	assert_int_equal(do_write(me, &file, 0, "text", 4), 4);
	assert_int_equal(do_chmod(me, file.vn, 0600), 0);
	assert_int_equal(do_truncate(me, file.vn, NULL, 3), 0);
	assert_int_equal(do_getattr(me, file.vn, &attr), 0);
	assert_int_equal(attr.nlink, 0);
	assert_int_equal(attr.size, 3);
	assert_int_equal(attr.mode, S_IFREG | 0600);
	assert_int_equal(do_open(me, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_read(me, &again, 0, buf, sizeof(buf)), 3);
	assert_int_equal(do_close(me, &again), 0);
	assert_int_equal(do_close(me, &file), 0);
}

/* What stands at the name now is none of our business, least of all a FIFO. */
static void
a_vnode_opens_its_own_file_whatever_its_name_stands_for(void **state)
{
	struct fixture *fx = *state;
	struct vname name = vname_of("f");
	struct vfile file = { 0 };
	struct vnode *vn;
	struct wait w;
	char buf[8];

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	assert_int_equal(mkfifo(on_host(fx, "f"), 0666), 0);
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_open(&w.op, vn, fx->root, name, O_RDONLY, &file)), 0);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, sizeof(buf)), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static void
only_files_and_directories_are_opened(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	mkfifo(on_host(fx, "p"), 0666);
	vn = walk(fx, "p");
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), -ENXIO);
	vnode_put(vn);
	open_file(fx, "", O_RDONLY, &file);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_descriptor_of_ours_is_not_inherited_and_no_terminal(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	host_file(fx, "f", "");
	open_file(fx, "f", O_RDWR | O_APPEND | O_DSYNC, &file);
	assert_true(fcntl(file.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(
	    fcntl(file.fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_DSYNC | O_SYNC),
	    O_RDWR | O_APPEND | O_DSYNC);
	assert_int_equal(do_write(&fx->self, &file, 0, "text", 4), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

#define MANY 64

static void
set_nofile(rlim_t limit)
{
	struct rlimit rl;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = limit < rl.rlim_max ? limit : rl.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rl), 0);
}

static void
open_all(struct fixture *fx, struct vfile *files, int *n, int want)
{
	struct vnode *vn;
	char name[16];
	int rc = 0;

	while (rc == 0 && *n < MANY) {
		snprintf(name, sizeof(name), "f%d", *n);
		if ((rc = do_walk(&fx->self, fx->root, name, &vn)) != 0)
			break;
		rc = do_open(&fx->self, vn, O_RDONLY, &files[*n]);
		vnode_put(vn);
		*n += rc == 0;
	}
	assert_int_equal(rc, want);
}

static void
make_all(struct fixture *fx, struct vfile *files, int *n, int want)
{
	char name[16];
	int rc = 0;

	while (rc == 0 && *n < MANY) {
		snprintf(name, sizeof(name), "new%d", *n);
		rc = do_create(
		    &fx->self, fx->root, name, O_RDONLY, 0644, &files[*n]);
		*n += rc == 0;
	}
	assert_int_equal(rc, want);
	assert_int_equal(access(on_host(fx, name), F_OK), -1);
}

/* Open until nothing is left; give all back; then it works again. */
static void
no_descriptors_left_is_told_and_does_no_harm(void **state)
{
	struct fixture *fx = *state;
	struct vfile files[MANY];
	struct rlimit old;
	char name[16];
	int i, n = 0;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		host_file(fx, name, "");
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	set_nofile((rlim_t)count_fds() + 16);
	open_all(fx, files, &n, -EMFILE);
	assert_true(n > 8);
	make_all(fx, files, &n, -EMFILE);
	while (n > 0)
		assert_int_equal(do_close(&fx->self, &files[--n]), 0);
	assert_int_equal(do_touch(&fx->self, fx->root, "new", 0644, NULL), 0);
	set_nofile(old.rlim_cur);
}

static void
write_until_it_fails(const struct who *who, struct vfile *file, int want)
{
	static const char block[64 * 1024];
	uint64_t off = 0;
	ssize_t n;

	while ((n = do_write(who, file, off, block, sizeof(block))) > 0)
		off += (uint64_t)n;
	assert_int_equal(n, want);
	assert_true(off > 0);
}

/* Off the tree, so that no failure leaves it there; a vnode keeps it. */
static void
leave_mount(const struct fixture *fx, const char *name)
{
	assert_int_equal(umount2(on_host(fx, name), MNT_DETACH), 0);
}

/* A mount point inside the mount is crossed, and its full host reports it. */
static void
a_full_host_says_so(void **state)
{
	struct fixture *fx = *state;
	struct vnode *small;
	struct vstatfs st;
	struct vfile file;

	if (geteuid() != 0)
		fail_msg("to mount a small file system takes root");
	mkdir(on_host(fx, "small"), 0755);
	assert_int_equal(
	    mount("none", on_host(fx, "small"), "tmpfs", 0, "size=256k"), 0);
	small = walk(fx, "small");
	leave_mount(fx, "small");
	assert_int_equal(do_statfs(&fx->self, small, &st), 0);
	assert_int_equal(st.blocks * st.bsize, 256 * 1024);
	assert_int_equal(
	    do_create(&fx->self, small, "f", O_WRONLY, 0644, &file), 0);
	write_until_it_fails(&fx->self, &file, -ENOSPC);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(
	    do_rename(&fx->self, small, "f", fx->root, "f"), -EXDEV);
	vnode_put(small);
}

static void
two_devices_in_one_mount_have_paths_of_their_own(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self); /* a mount may wait */
	struct vnode *a, *b, *up;
	struct vname dotdot = vname_of("..");
	struct vwalk w = { .root = fx->root, .names = &dotdot, .nnames = 1 };
	struct wait wait;

	if (geteuid() != 0)
		fail_msg("to mount file systems takes root");
	mkdir(on_host(fx, "a"), 0755);
	mkdir(on_host(fx, "b"), 0755);
	assert_int_equal(mount("none", on_host(fx, "a"), "tmpfs", 0, ""), 0);
	assert_int_equal(mount("none", on_host(fx, "b"), "tmpfs", 0, ""), 0);
	assert_int_equal(do_walk(&now, fx->root, "a", &a), -EDEADLK);
	a = walk(fx, "a");
	b = walk(fx, "b"); /* both are inode 1 of their file systems */
	leave_mount(fx, "a");
	leave_mount(fx, "b");
	assert_ptr_not_equal(a, b);
	assert_true(vnode_qid(a).path != vnode_qid(b).path);
	w.from = b;
	wait_init(&wait, &fx->self);
	assert_int_equal(await(&wait, vfs_walk(&wait.op, &w)), 0);
	up = w.vn;
	assert_ptr_equal(up, fx->root);
	vnode_put(up);
	vnode_put(a);
	vnode_put(b);
}

static void
a_file_that_may_not_grow_says_so(void **state)
{
	struct fixture *fx = *state;
	struct rlimit old, small;
	struct vfile file;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 200 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_WRONLY, 0644, &file), 0);
	write_until_it_fails(&fx->self, &file, -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_read_only_mount_changes_nothing(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = { .path = fx->dir, .readonly = true };
	struct etfs_why why;
	struct vfs_fs *fs;
	struct vfs *vfs;
	struct vnode *root;
	struct vfile file;

	host_file(fx, "f", "text");
	assert_int_equal(vfs_new(&vfs), 0);
	assert_int_equal(etfs_new(vfs, &cfg, &fs, &why), 0);
	assert_int_equal(vfs_mount(vfs, "/", fs), 0);
	root = vfs_root(vfs);
	assert_int_equal(do_touch(&fx->self, root, "g", 0644, NULL), -EROFS);
	assert_int_equal(do_unlink(&fx->self, root, "f"), -EROFS);
	assert_int_equal(do_chmod(&fx->self, root, 0), -EROFS);
	assert_int_equal(
	    do_create(&fx->self, root, "f", O_WRONLY, 0644, &file), -EROFS);
	vnode_put(root);
	vfs_free(vfs);
}

static void
a_mount_needs_a_directory(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = { .path = on_host(fx, "f"),
		.type = ETFS_TREE };
	struct etfs_why why;
	struct vfs_fs *fs;

	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), -ENOENT);
	host_file(fx, "f", "text");
	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), -ENOTDIR);
	cfg.path = fx->dir;
	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), 0);
	vfs_fs_free(fs); /* one that was never mounted */
}

/* What goes to a worker on one host is answered now on the other. */
static int
file_on_a_worker(struct vop *op)
{
	static const char text[] = "some text";
	struct vnode *root = op->fs, *vn;
	const struct vfs_ops *ops = root->fs->ops;
	struct iovec out = { (char *)(uintptr_t)text, sizeof(text) };
	char buf[32];
	struct iovec in = { buf, sizeof(buf) };
	struct vfile file = { .fd = -1, .flags = O_RDWR };
	size_t len;

	assert_int_equal(ops->create(op, root, vname_of("w"), O_RDWR, 0644,
			     VFS_NOID, &vn, &file),
	    0);
	file.vn = vnode_get(vn);
	assert_int_equal(ops->write(op, &file, 0, &out, 1, &len), 0);
	assert_int_equal(len, sizeof(text));
	assert_int_equal(ops->read(op, &file, 0, &in, 1, &len), 0);
	assert_int_equal(len, sizeof(text));
	assert_memory_equal(buf, text, sizeof(text));
	assert_int_equal(ops->fsync(op, &file, true), 0);
	assert_int_equal(ops->close(op, &file), 0);
	vnode_put(vn);
	assert_int_equal(
	    ops->open(op, vn, root, vname_of("w"), O_RDONLY, &file), 0);
	assert_int_equal(ops->close(op, &file), 0);
	vnode_put(vn);
	return 0;
}

static void
a_worker_does_the_same(void **state)
{
	struct fixture *fx = *state;
	struct wait w;

	wait_init(&w, &fx->self);
	w.op.fs = fx->root;
	assert_int_equal(
	    await(&w, vfs_run(fx->vfs, &w.op, file_on_a_worker)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(what_is_written_is_read_and_is_on_the_host),
		ON_BOTH(many_pieces_make_one_read_and_one_write),
		ON_BOTH(what_is_in_memory_is_read_now),
		ON_BOTH(what_is_partly_on_the_disk_is_read_whole),
		ON_BOTH(appending_ignores_the_offset),
		ON_BOTH(truncating_at_open_empties_it),
		ON_BOTH(an_unlinked_file_works_as_before),
		ON_BOTH(
		    a_vnode_opens_its_own_file_whatever_its_name_stands_for),
		ON_BOTH(only_files_and_directories_are_opened),
		ON_BOTH(a_descriptor_of_ours_is_not_inherited_and_no_terminal),
		ON_BOTH(no_descriptors_left_is_told_and_does_no_harm),
		ON_DISK(a_full_host_says_so),
		ON_BOTH(two_devices_in_one_mount_have_paths_of_their_own),
		ON_BOTH(a_file_that_may_not_grow_says_so),
		ON_BOTH(a_read_only_mount_changes_nothing),
		ON_BOTH(a_mount_needs_a_directory),
		ON_BOTH(a_worker_does_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
