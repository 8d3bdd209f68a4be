/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image_new.c -- what can be shown of a host file, and beside what
 * else; and that it is told why not.
 */

#include <stdio.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "image_fixture.h"
#include "vfs_fs.h"

#define RO(...) CFG(.readonly = true, __VA_ARGS__)
#define FROM(off) .has_offset = true, .offset = (off)
#define LONG(len) .has_size = true, .size = (len)

static void
the_type_is_that_of_the_path(void **state)
{
	struct fixture *fx = *state;
	struct vfs_fs *fs;

	host_file(fx, "f", "text");
	mkfifo(on_host(fx, "p"), 0600);
	assert_int_equal(symlink("f", on_host(fx, "link")), 0);
	image_refuse(fx, "none", CFG(0), -ENOENT, NULL);
	image_refuse(fx, "f/x", CFG(0), -ENOTDIR, NULL);
	image_refuse(fx, "f", CFG(.type = ETFS_TREE), -ENOTDIR, NULL);
	image_refuse(fx, "f", CFG(.type = ETFS_CHR), -EINVAL, "not a regular");
	image_refuse(fx, fx->dir, CFG(.type = ETFS_REG), -EINVAL,
	    "reg is a regular file, not a directory");
	image_refuse(fx, fx->dir, CFG(.type = ETFS_BLK), -EINVAL,
	    "blk is a block device or an image, not a directory");
	image_refuse(fx, "p", CFG(.type = ETFS_REG), -EINVAL, "not a FIFO");
	image_refuse(fx, "p", CFG(.type = ETFS_BLK), -EINVAL, "not a FIFO");
	image_refuse(
	    fx, "/dev/null", CFG(.type = ETFS_BLK), -EINVAL, "character");
	assert_int_equal(image_new(fx, "link", CFG(.type = ETFS_BLK), &fs), 0);
	vfs_fs_free(fs);
	assert_int_equal(image_new(fx, "link", CFG(0), &fs), 0);
	assert_true(S_ISREG(vnode_qid(fs->root).type));
	vfs_fs_free(fs);
}

static void
a_socket_cannot_be_shown(void **state)
{
	struct fixture *fx = *state;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/s", fx->dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	image_refuse(fx, "s", CFG(0), -EINVAL, "a socket");
	close(fd);
}

static void
only_files_have_windows(void **state)
{
	struct fixture *fx = *state;

	host_file(fx, "f", "text");
	image_refuse(fx, fx->dir, CFG(FROM(0)), -EISDIR, "part");
	image_refuse(fx, fx->dir, CFG(LONG(1)), -EISDIR, "part");
	image_refuse(
	    fx, fx->dir, CFG(.type = ETFS_TREE, FROM(1)), -EISDIR, "part");
	image_refuse(fx, fx->dir, CFG(.partition = "PART:1"), -EISDIR, "part");
	image_refuse(fx, "/dev/null", CFG(FROM(1)), -EINVAL, "stream");
	image_refuse(fx, "f", CFG(.type = ETFS_REG, .partition = "PART:1"),
	    -EINVAL, "blk");
	image_refuse(fx, "f", CFG(.partition = "PART:1", FROM(1)), -EINVAL,
	    "own offset");
}

static void
only_directories_are_mapped(void **state)
{
	struct fixture *fx = *state;

	host_file(fx, "f", "text");
	image_refuse(fx, "f", CFG(.identity = ETFS_MAPPED), -EINVAL,
	    "mapped is for directories");
	image_refuse(fx, "f", CFG(.type = ETFS_BLK, .identity = ETFS_MAPPED),
	    -EINVAL, "mapped is for directories");
}

static void
a_window_lies_inside_the_file(void **state)
{
	struct fixture *fx = *state;
	static const enum etfs_type types[] = { ETFS_AUTO, ETFS_REG, ETFS_BLK };
	struct vfs_fs *fs;
	size_t i;

	image_file(fx, "f", 1000);
	for (i = 0; i < 3; i++) {
#define T .type = types[i]
		image_refuse(fx, "f", CFG(T, FROM(1000)), -EINVAL,
		    "nothing at offset 1000, it ends at 1000");
		image_refuse(fx, "f", CFG(T, FROM(1000), LONG(1)), -EINVAL,
		    "nothing at offset 1000");
		image_refuse(fx, "f", CFG(T, FROM(UINT64_MAX)), -EINVAL,
		    "nothing at offset");
		image_refuse(fx, "f", CFG(T, FROM(500), LONG(501)), -EINVAL,
		    "501 bytes at offset 500 lead beyond its end at 1000");
		image_refuse(fx, "f", CFG(T, LONG(1001)), -EINVAL, "beyond");
		image_refuse(fx, "f", CFG(T, FROM(1), LONG(UINT64_MAX)),
		    -EINVAL, "beyond");
		image_refuse(fx, "f", CFG(T, FROM(999), LONG(UINT64_MAX - 998)),
		    -EINVAL, "beyond");
		image_refuse(fx, "f", CFG(T, LONG(0)), -EINVAL, "nothing in");
		assert_int_equal(
		    image_new(fx, "f", CFG(T, FROM(999), LONG(1)), &fs), 0);
		vfs_fs_free(fs);
		assert_int_equal(
		    image_new(fx, "f", CFG(T, FROM(0), LONG(1000)), &fs), 0);
		vfs_fs_free(fs);
#undef T
	}
}

static void
an_empty_file_can_grow_but_is_no_image(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "");
	image_refuse(
	    fx, "f", CFG(.type = ETFS_BLK), -EINVAL, "there is nothing in it");
	image_refuse(fx, "f", CFG(FROM(0)), -EINVAL, "there is nothing in it");
	vn = image_at(fx, "/f", "f", CFG(0));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "text", 4), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/*
 * A file of 1000 bytes where nothing can be written.  Its file system is taken
 * off the tree at once, so that no failure leaves it there, and goes with the
 * descriptor returned.
 */
static int
read_only_file(struct fixture *fx, char *path, size_t cap)
{
	const char *dir = on_host(fx, "ro"), *file = on_host(fx, "ro/f");
	int fd, rc;

	if (geteuid() != 0)
		fail_msg("to mount a file system takes root");
	mkdir(dir, 0755);
	assert_int_equal(mount("none", dir, "tmpfs", 0, ""), 0);
	rc = mknod(file, S_IFREG | 0644, 0) + truncate(file, 1000) +
	    mount(NULL, dir, NULL, MS_REMOUNT | MS_RDONLY, NULL);
	fd = open(dir, O_PATH | O_CLOEXEC);
	umount2(dir, MNT_DETACH);
	assert_int_equal(rc, 0);
	assert_true(fd >= 0);
	snprintf(path, cap, "/proc/self/fd/%d/f", fd);
	return fd;
}

static void
what_cannot_be_written_to_is_only_shown_read_only(void **state)
{
	struct fixture *fx = *state;
	static const enum etfs_type types[] = { ETFS_REG, ETFS_BLK };
	struct vfs_fs *fs;
	char path[64];
	size_t i;
	int fd = read_only_file(fx, path, sizeof(path));

	for (i = 0; i < 2; i++) {
		image_refuse(fx, path, CFG(.type = types[i]), -EROFS,
		    "it cannot be written to (Read-only file system); with ,ro");
		assert_int_equal(
		    image_new(fx, path, RO(.type = types[i]), &fs), 0);
		vfs_fs_free(fs);
	}
	close(fd);
}

struct pair {
	struct etfs_config first, second;
	int rc;
};

/* 0 to 1000 bytes; the second is tried while the first is shown. */
static void
bytes_that_are_written_are_shown_once(void **state)
{
	struct fixture *fx = *state;
	struct pair pairs[] = {
		{ CFG(0), CFG(0), -EBUSY },
		{ CFG(0), RO(0), -EBUSY },
		{ RO(0), CFG(0), -EBUSY },
		{ RO(0), RO(0), 0 },
		{ CFG(FROM(0), LONG(500)), CFG(FROM(500)), 0 },
		{ CFG(FROM(500)), CFG(FROM(0), LONG(500)), 0 },
		{ CFG(FROM(0), LONG(501)), CFG(FROM(500)), -EBUSY },
		{ CFG(FROM(500)), CFG(FROM(0), LONG(501)), -EBUSY },
		{ CFG(FROM(100), LONG(800)), CFG(FROM(200), LONG(1)), -EBUSY },
		{ CFG(FROM(200), LONG(1)), CFG(FROM(100), LONG(800)), -EBUSY },
		{ CFG(FROM(100), LONG(800)), RO(FROM(200), LONG(1)), -EBUSY },
		{ RO(FROM(100), LONG(800)), RO(FROM(200), LONG(1)), 0 },
		{ CFG(0), CFG(FROM(999)), -EBUSY },
		{ CFG(FROM(999)), CFG(0), -EBUSY },
		{ CFG(FROM(0)), RO(0), -EBUSY },
		{ CFG(.type = ETFS_BLK), RO(0), -EBUSY },
		{ RO(0), CFG(.type = ETFS_BLK), -EBUSY },
		{ RO(.type = ETFS_BLK), RO(.type = ETFS_BLK), 0 },
		{ CFG(.type = ETFS_BLK, LONG(500)), CFG(FROM(500)), 0 },
	};
	struct vfs_fs *first, *second;
	size_t i;

	image_file(fx, "f", 1000);
	assert_int_equal(link(on_host(fx, "f"), on_host(fx, "g")), 0);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_int_equal(image_new(fx, "f", pairs[i].first, &first), 0);
		if (pairs[i].rc != 0) {
			image_refuse(fx, "g", pairs[i].second, pairs[i].rc,
			    on_host(fx, "f"));
		} else {
			assert_int_equal(
			    image_new(fx, "g", pairs[i].second, &second), 0);
			vfs_fs_free(second);
		}
		vfs_fs_free(first);
	}
}

/* A whole file grows into what would be beyond its end now. */
static void
a_file_that_grows_has_all_that_it_may_come_to(void **state)
{
	struct fixture *fx = *state;
	struct vfs_fs *fs;

	image_file(fx, "f", 1000);
	assert_int_equal(image_new(fx, "f", CFG(0), &fs), 0);
	assert_int_equal(truncate(on_host(fx, "f"), 5000), 0);
	image_refuse(fx, "f", CFG(FROM(2000)), -EBUSY, "overlaps");
	vfs_fs_free(fs);
}

static void
a_failed_attempt_leaves_nothing_taken(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	image_file(fx, "f", 1000);
	mkdir(on_host(fx, "d"), 0755);
	assert_int_equal(
	    image_mount(fx, "/taken", "d", CFG(.type = ETFS_TREE)), 0);
	assert_int_equal(image_mount(fx, "/taken/../f", "f", CFG(0)), -EINVAL);
	assert_int_equal(
	    image_mount(fx, "/taken", "f", CFG(.type = ETFS_BLK)), -EEXIST);
	image_refuse(fx, "f", CFG(FROM(1), LONG(1000)), -EINVAL, NULL);
	vn = image_at(fx, "/f", "f", CFG(.type = ETFS_BLK));
	vnode_put(vn);
}

/* What is kept track of belongs to a tree, not to the process. */
static void
each_server_has_its_own_account(void **state)
{
	struct fixture *fx = *state;
	struct vfs *vfs;
	struct vfs_fs *one, *other;
	struct etfs_config cfg = CFG(.type = ETFS_REG);
	struct etfs_why why;

	image_file(fx, "f", 1000);
	assert_int_equal(image_new(fx, "f", CFG(0), &one), 0);
	assert_int_equal(vfs_new(&vfs), 0);
	cfg.path = on_host(fx, "f");
	assert_int_equal(etfs_new(vfs, &cfg, &other, &why), 0);
	vfs_fs_free(other);
	vfs_fs_free(one);
	vfs_free(vfs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(the_type_is_that_of_the_path),
		IMAGE_ON_DISK(a_socket_cannot_be_shown),
		IMAGE_ON_DISK(only_files_have_windows),
		IMAGE_ON_DISK(only_directories_are_mapped),
		IMAGE_ON_BOTH(a_window_lies_inside_the_file),
		IMAGE_ON_BOTH(an_empty_file_can_grow_but_is_no_image),
		IMAGE_ON_DISK(
		    what_cannot_be_written_to_is_only_shown_read_only),
		IMAGE_ON_BOTH(bytes_that_are_written_are_shown_once),
		IMAGE_ON_BOTH(a_file_that_grows_has_all_that_it_may_come_to),
		IMAGE_ON_BOTH(a_failed_attempt_leaves_nothing_taken),
		IMAGE_ON_BOTH(each_server_has_its_own_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
