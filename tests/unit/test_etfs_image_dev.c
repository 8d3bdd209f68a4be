/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image_dev.c -- a block device of the host as a file: a loop device
 * on a file of ours.
 */

#include <linux/fs.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "image_fixture.h"
#include "vfs_fs.h"

#define TRIES 20 /* others want loop devices, too */

/* It is gone when the last descriptor is closed. */
struct loop {
	char path[32];
	int fd;
};

static bool
try_loop(struct loop *l, int control, int backing, uint32_t flags)
{
	struct loop_config cfg = { .fd = (uint32_t)backing,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR | flags };
	int n = ioctl(control, LOOP_CTL_GET_FREE);

	if (n < 0)
		return false;
	snprintf(l->path, sizeof(l->path), "/dev/loop%d", n);
	if ((l->fd = open(l->path, O_RDWR | O_CLOEXEC)) < 0)
		return false;
	if (ioctl(l->fd, LOOP_CONFIGURE, &cfg) == 0)
		return true;
	close(l->fd);
	return false;
}

static struct loop
loop_on(const struct fixture *fx, const char *name, uint32_t flags)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int backing = open(on_host(fx, name), O_RDWR | O_CLOEXEC);
	struct loop l;
	int i = 0;

	assert_true(backing >= 0);
	while (control < 0 || !try_loop(&l, control, backing, flags))
		if (control < 0 || ++i == TRIES)
			fail_msg(
			    "no loop device to test with: %s", strerror(errno));
	close(control);
	close(backing);
	return l;
}

static void
a_device_is_a_file_of_its_size(void **state)
{
	struct fixture *fx = *state;
	struct vattr attr;
	struct vnode *vn;
	struct stat st;
	struct loop l;

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", 0);
	assert_int_equal(stat(l.path, &st), 0);
	vn = image_at(fx, "/disk", l.path, CFG(0));
	assert_true(S_ISREG(vnode_qid(vn).type));
	attr = image_attr(fx, vn);
	assert_int_equal(attr.mode, S_IFREG | (st.st_mode & 0777));
	assert_int_equal(attr.size, MIB);
	assert_int_equal(attr.blocks, MIB / 512);
	assert_int_equal(attr.rdev, 0);
	assert_int_equal(attr.nlink, 1);
	assert_int_equal(attr.uid, st.st_uid);
	assert_int_equal(attr.version, 0); /* nobody tells us of changes */
	vnode_put(vn);
	close(l.fd);
}

static void
what_is_written_is_on_the_device(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile file;
	struct vnode *vn;
	struct loop l;
	char buf[16];

	image_file(fx, "f", MIB);
	image_poke(fx, "f", 512, "there");
	l = loop_on(fx, "f", 0);
	vn = image_at(fx, "/disk", l.path, CFG(0));
	assert_int_equal(do_open(me, vn, O_RDWR | O_TRUNC, &file), 0);
	assert_int_equal(do_read(me, &file, 512, buf, 5), 5);
	assert_memory_equal(buf, "there", 5);
	assert_int_equal(do_read(me, &file, 512, buf, 5), 5);
	assert_int_equal(do_write(me, &file, 1000, "text", 4), 4);
	assert_int_equal(do_write(me, &file, MIB - 2, "end.", 4), 2);
	assert_int_equal(do_write(me, &file, MIB, "x", 1), -ENOSPC);
	assert_int_equal(do_read(me, &file, MIB - 2, buf, sizeof(buf)), 2);
	assert_int_equal(do_truncate(me, vn, &file, 0), -EPERM);
	assert_int_equal(do_fsync(me, &file), 0);
	assert_int_equal(do_close(me, &file), 0);
	assert_true(image_peek(fx, "f", 1000, "text"));
	assert_true(image_peek(fx, "f", MIB - 2, "en"));
	assert_true(image_peek(fx, "f", 512, "there"));
	vnode_put(vn);
	close(l.fd);
}

/* Its node lies in a file system that never waits, its blocks do not. */
static void
a_device_is_waited_for_on_a_worker(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vfile file;
	struct vnode *vn;
	struct loop l;
	char c;

	image_file(fx, "f", MIB);
	image_poke(fx, "f", 512 * KIB, "x");
	l = loop_on(fx, "f", 0);
	vn = image_at(fx, "/disk", l.path, CFG(0));
	assert_int_equal(do_open(&now, vn, O_RDWR, &file), -EDEADLK);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(ioctl(l.fd, BLKFLSBUF, 0), 0);
	assert_int_equal(do_read(&now, &file, 512 * KIB, &c, 1), -EDEADLK);
	assert_int_equal(do_read(&fx->self, &file, 512 * KIB, &c, 1), 1);
	assert_int_equal(do_read(&now, &file, 512 * KIB, &c, 1), 1);
	assert_int_equal(c, 'x');
	assert_int_equal(do_fsync(&now, &file), -EDEADLK);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
	close(l.fd);
}

static void
a_window_of_a_device_is_one(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct loop l;

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", 0);
	image_refuse(fx, l.path, BLK_WINDOW(MIB - 10, 11), -EINVAL,
	    "lead beyond its end at 1048576");
	vn = image_at(fx, "/disk", l.path, BLK_WINDOW(MIB - 10, 10));
	assert_int_equal(image_attr(fx, vn).size, 10);
	assert_int_equal(image_attr(fx, vn).blocks, 1);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 3, "12345678", 8), 7);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_true(image_peek(fx, "f", MIB - 7, "1234567"));
	vnode_put(vn);
	close(l.fd);
}

/* By whatever node it is reached. */
static void
a_device_is_known_by_its_number(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct stat st;
	struct loop l;

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", 0);
	assert_int_equal(stat(l.path, &st), 0);
	assert_int_equal(
	    mknod(on_host(fx, "node"), S_IFBLK | 0600, st.st_rdev), 0);
	vn = image_at(fx, "/disk", l.path, BLK_WINDOW(0, 1000));
	image_refuse(fx, "node", CFG(0), -EBUSY, l.path);
	image_refuse(fx, "node", BLK_WINDOW(999, 5), -EBUSY, l.path);
	vnode_put(vn);
	vn = image_at(fx, "/rest", l.path, BLK_WINDOW(1000, 1000));
	vnode_put(vn);
	close(l.fd);
}

static void
two_servers_do_not_share_a_device(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = CFG(.type = ETFS_BLK);
	struct etfs_why why;
	struct vfs_fs *fs;
	struct vfs *vfs;
	struct vnode *vn;
	struct loop l;

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", 0);
	vn = image_at(fx, "/disk", l.path, CFG(0));
	assert_int_equal(vfs_new(&vfs), 0);
	cfg.path = l.path;
	assert_int_equal(etfs_new(vfs, &cfg, &fs, &why), -EBUSY);
	assert_non_null(strstr(why.text, "has locked it"));
	assert_non_null(strstr(why.text, "process "));
	vfs_free(vfs);
	vnode_put(vn);
	close(l.fd);
}

static void
a_read_only_device_is_only_read(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct loop l;
	char buf[4];

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", LO_FLAGS_READ_ONLY);
	image_refuse(fx, l.path, CFG(0), -EROFS, "with ,ro it is only read");
	vn = image_at(fx, "/disk", l.path, CFG(.readonly = true));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), -EROFS);
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 4), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
	close(l.fd);
}

/* A worker opens it; that it is there already is known before. */
static void
to_create_its_name_opens_a_device(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vfile file;
	struct vnode *vn;
	struct loop l;

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", 0);
	vn = image_at(fx, "/disk", l.path, CFG(0));
	assert_int_equal(
	    do_create(&now, fx->root, "disk", O_RDWR, 0600, &file), -EDEADLK);
	assert_int_equal(atomic_load(&vn->refs), 2); /* ours; fs */
	assert_int_equal(
	    do_create(&fx->self, fx->root, "disk", O_RDWR, 0600, &file), 0);
	assert_ptr_equal(file.vn, vn);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
	close(l.fd);
}

static void
users_open_a_device_as_its_mode_allows(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct stat st;
	struct loop l;

	image_file(fx, "f", MIB);
	l = loop_on(fx, "f", 0);
	assert_int_equal(stat(l.path, &st), 0);
	assert_int_equal(
	    mknod(on_host(fx, "node"), S_IFBLK | 0640, st.st_rdev), 0);
	assert_int_equal(chown(on_host(fx, "node"), 0, 2000), 0);
	vn = image_at(fx, "/disk", "node", CFG(.identity = ETFS_CLIENT));
	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), -EACCES);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), -EACCES);
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
	close(l.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_DISK(a_device_is_a_file_of_its_size),
		IMAGE_ON_DISK(what_is_written_is_on_the_device),
		IMAGE_ON_TMPFS(what_is_written_is_on_the_device),
		IMAGE_ON_DISK(a_device_is_waited_for_on_a_worker),
		IMAGE_ON_DISK(a_window_of_a_device_is_one),
		IMAGE_ON_DISK(a_device_is_known_by_its_number),
		IMAGE_ON_DISK(two_servers_do_not_share_a_device),
		IMAGE_ON_DISK(a_read_only_device_is_only_read),
		IMAGE_ON_DISK(to_create_its_name_opens_a_device),
		IMAGE_ON_DISK(users_open_a_device_as_its_mode_allows),
	};

	if (geteuid() != 0) {
		print_error("a loop device takes root\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
