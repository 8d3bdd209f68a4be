/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image_host.c -- host files that change behind our back, hosts that
 * are full, and users whom the host does not let.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "image_fixture.h"

#define CLIENT .identity = ETFS_CLIENT

static void
a_host_file_that_shrinks_ends_early(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vfile whole, part;
	struct vnode *w, *p;
	char buf[32];

	host_file(fx, "f", "before|inside|after");
	host_file(fx, "g", "before|inside|after");
	w = image_at(fx, "/w", "f", CFG(0));
	p = image_at(fx, "/p", "g", WINDOW(7, 12));
	assert_int_equal(do_open(me, w, O_RDWR, &whole), 0);
	assert_int_equal(do_open(me, p, O_RDWR, &part), 0);
	assert_int_equal(truncate(on_host(fx, "f"), 6), 0);
	assert_int_equal(truncate(on_host(fx, "g"), 10), 0);
	assert_int_equal(image_attr(fx, w).size, 6);
	assert_int_equal(image_attr(fx, p).size, 12);
	assert_int_equal(do_read(me, &whole, 0, buf, sizeof(buf)), 6);
	assert_int_equal(do_read(me, &part, 0, buf, sizeof(buf)), 3);
	assert_memory_equal(buf, "ins", 3);
	assert_int_equal(do_read(me, &part, 3, buf, sizeof(buf)), 0);
	assert_int_equal(do_read(me, &part, 11, buf, sizeof(buf)), 0);
	assert_int_equal(truncate(on_host(fx, "g"), 2), 0);
	assert_int_equal(do_read(me, &part, 0, buf, sizeof(buf)), 0);

	/* What lies in the window may be written, and is there again. */
	assert_int_equal(do_write(me, &part, 8, "xyz!more", 8), 4);
	assert_int_equal(image_host_size(fx, "g"), 19);
	assert_int_equal(do_read(me, &part, 8, buf, sizeof(buf)), 4);
	assert_memory_equal(buf, "xyz!", 4);
	assert_int_equal(do_close(me, &whole), 0);
	assert_int_equal(do_close(me, &part), 0);
	vnode_put(w);
	vnode_put(p);
}

static void
a_host_file_that_grows_shows_no_more_of_a_window(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	char buf[32];

	host_file(fx, "f", "text");
	vn = image_at(fx, "/f", "f", CFG(.has_offset = true, .offset = 2));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	host_file(fx, "f", "a longer text");
	assert_int_equal(image_attr(fx, vn).size, 2);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, sizeof(buf)), 2);
	assert_int_equal(do_write(&fx->self, &file, 2, "x", 1), -ENOSPC);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/* We serve the file that was there, as long as it takes. */
static void
a_host_file_that_is_replaced_or_removed_is_still_served(void **state)
{
	struct fixture *fx = *state;
	static const struct etfs_config cfgs[] = {
		{ .type = ETFS_REG },
		{ .type = ETFS_REG, .has_offset = true },
		{ .type = ETFS_BLK },
	};
	struct vfile file;
	struct vnode *vn;
	char key[8];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(key, sizeof(key), "/%zu", i);
		host_file(fx, key + 1, "text");
		host_file(fx, "new", "nothing");
		vn = image_at(fx, key, key + 1, cfgs[i]);
		assert_int_equal(
		    rename(on_host(fx, "new"), on_host(fx, key + 1)), 0);
		assert_int_equal(image_attr(fx, vn).size, 4);
		assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
		assert_int_equal(do_write(&fx->self, &file, 0, "T", 1), 1);
		assert_int_equal(unlink(on_host(fx, key + 1)), 0);
		assert_int_equal(do_close(&fx->self, &file), 0);
		assert_int_equal(do_compare(&fx->self, vn, 0, "Text", 4), 4);
		vnode_put(vn);
	}
}

/* Taken off the tree, so that no failure leaves it there. */
static int
small_tmpfs(struct fixture *fx)
{
	const char *dir = on_host(fx, "small");
	int fd;

	if (geteuid() != 0)
		fail_msg("to mount a small file system takes root");
	mkdir(dir, 0755);
	assert_int_equal(mount("none", dir, "tmpfs", 0, "size=256k"), 0);
	fd = open(dir, O_PATH | O_CLOEXEC);
	assert_int_equal(umount2(dir, MNT_DETACH), 0);
	assert_true(fd >= 0);
	return fd;
}

/* How much of a megabyte is taken, and how it ends. */
static uint64_t
fill(const struct who *who, struct vnode *vn, int *rc)
{
	static const char block[60 * 1000] = "full";
	struct vfile file;
	uint64_t off = 0;
	ssize_t n = 0;

	assert_int_equal(do_open(who, vn, O_WRONLY, &file), 0);
	while (off < MIB &&
	    (n = do_write(who, &file, off, block, sizeof(block))) > 0)
		off += (uint64_t)n;
	*rc = n < 0 ? (int)n : 0;
	assert_int_equal(do_close(who, &file), 0);
	return off;
}

static void
a_full_host_says_so(void **state)
{
	struct fixture *fx = *state;
	struct vnode *whole, *part;
	char f[64], g[64];
	uint64_t taken;
	int rc, fd = small_tmpfs(fx);

	snprintf(f, sizeof(f), "/proc/self/fd/%d/f", fd);
	snprintf(g, sizeof(g), "/proc/self/fd/%d/g", fd);
	image_file(fx, f, 0);
	image_file(fx, g, 2 * MIB);
	whole = image_at(fx, "/f", f, CFG(0));
	part = image_at(fx, "/g", g, WINDOW(4096, MIB));
	close(fd);
	taken = fill(&fx->self, whole, &rc);
	assert_int_equal(rc, -ENOSPC);
	assert_true(taken > 0 && taken <= 256 * KIB);
	assert_int_equal(image_attr(fx, whole).size, taken);
	assert_int_equal(do_truncate(&fx->self, whole, NULL, 0), 0);
	taken = fill(&fx->self, part, &rc);
	assert_int_equal(rc, -ENOSPC);
	assert_true(taken > 0 && taken <= 256 * KIB);
	vnode_put(whole);
	vnode_put(part);
}

static void
a_file_that_may_not_grow_says_so(void **state)
{
	struct fixture *fx = *state;
	struct rlimit old, small;
	struct vnode *whole, *part;
	int rc;

	image_file(fx, "f", 0);
	image_file(fx, "g", 2 * MIB);
	whole = image_at(fx, "/f", "f", CFG(0));
	part = image_at(fx, "/g", "g", WINDOW(100, MIB));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 200 * KIB;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(fill(&fx->self, whole, &rc), 200 * KIB);
	assert_int_equal(rc, -EFBIG);
	assert_int_equal(fill(&fx->self, part, &rc), 200 * KIB - 100);
	assert_int_equal(rc, -EFBIG);
	assert_int_equal(
	    do_truncate(&fx->self, whole, NULL, 201 * KIB), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	vnode_put(whole);
	vnode_put(part);
}

static void
check_users(struct fixture *fx, struct vnode *vn)
{
	struct vsetattr now = { .mask = VSET_ATIME | VSET_ATIME_NOW |
		    VSET_MTIME | VSET_MTIME_NOW };
	struct vfile file;

	assert_int_equal(do_open(&fx->other, vn, O_RDONLY, &file), -EACCES);
	assert_int_equal(do_open(&fx->user, vn, O_RDWR, &file), -EACCES);
	assert_int_equal(do_open(&fx->user, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), -EBADF);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_setattr(&fx->user, vn, NULL, &now), -EACCES);
	assert_int_equal(do_chmod(&fx->user, vn, 0777), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, 1000, VFS_NOID), -EPERM);
}

/* For root's eyes and those of group 2000, which user is in. */
static void
users_may_what_the_host_file_says(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	host_file(fx, "f", "before|inside|after");
	assert_int_equal(chown(on_host(fx, "f"), 0, 2000), 0);
	assert_int_equal(chmod(on_host(fx, "f"), 0640), 0);
	vn = image_at(fx, "/a", "f", CFG(CLIENT, .readonly = true));
	assert_int_equal(do_truncate(&fx->user, vn, NULL, 0), -EROFS);
	vnode_put(vn);
	host_file(fx, "g", "before|inside|after");
	assert_int_equal(chown(on_host(fx, "g"), 0, 2000), 0);
	assert_int_equal(chmod(on_host(fx, "g"), 0640), 0);
	vn = image_at(fx, "/g", "g", CFG(CLIENT, .type = ETFS_REG));
	check_users(fx, vn);
	assert_int_equal(do_truncate(&fx->user, vn, NULL, 0), -EACCES);
	vnode_put(vn);
	host_file(fx, "h", "before|inside|after");
	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(chown(on_host(fx, "h"), 0, 2000), 0);
	assert_int_equal(chmod(on_host(fx, "h"), 0640), 0);
	vn = image_at(fx, "/h", "h",
	    CFG(CLIENT, .type = ETFS_BLK, .has_offset = true, .offset = 7));
	check_users(fx, vn);
	vnode_put(vn);
}

static void
with_identity_self_all_are_the_server(void **state)
{
	struct fixture *fx = *state;
	static const struct etfs_config cfgs[] = {
		{ .type = ETFS_REG },
		{ .type = ETFS_REG, .has_offset = true },
		{ .type = ETFS_BLK },
	};
	struct vfile file;
	struct vnode *vn;
	char key[8];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(key, sizeof(key), "/%zu", i);
		host_file(fx, key + 1, "text");
		assert_int_equal(chmod(on_host(fx, key + 1), 0600), 0);
		vn = image_at(fx, key, key + 1, cfgs[i]);
		assert_int_equal(do_open(&fx->other, vn, O_RDWR, &file), 0);
		assert_int_equal(do_write(&fx->other, &file, 0, "T", 1), 1);
		assert_int_equal(do_close(&fx->other, &file), 0);
		vnode_put(vn);
	}
}

/* Somebody opened it for writing before the mode was changed. */
static void
an_open_window_is_written_to_whatever_its_mode_says_now(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr sa = { .mask =
				   VSET_SIZE | VSET_MTIME | VSET_MTIME_NOW };
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "text");
	assert_int_equal(chmod(on_host(fx, "f"), 0666), 0);
	vn = image_at(fx, "/f", "f", CFG(CLIENT, .has_offset = true));
	assert_int_equal(do_open(&fx->user, vn, O_WRONLY, &file), 0);
	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(chmod(on_host(fx, "f"), 0600), 0);
	assert_int_equal(do_setattr(&fx->user, vn, &file, &sa), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "T", 1), 1);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

static void
a_users_write_takes_set_id_bits_away(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct stat st;

	host_file(fx, "f", "text");
	assert_int_equal(chmod(on_host(fx, "f"), 06777), 0);
	vn = image_at(fx, "/f", "f", CFG(CLIENT, .has_offset = true));
	assert_int_equal(do_open(&fx->user, vn, O_WRONLY, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "T", 1), 1);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0777);
	assert_int_equal(do_close(&fx->user, &file), 0);
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(a_host_file_that_shrinks_ends_early),
		IMAGE_ON_BOTH(a_host_file_that_grows_shows_no_more_of_a_window),
		IMAGE_ON_BOTH(
		    a_host_file_that_is_replaced_or_removed_is_still_served),
		IMAGE_ON_DISK(a_full_host_says_so),
		IMAGE_ON_BOTH(a_file_that_may_not_grow_says_so),
		IMAGE_ON_BOTH(users_may_what_the_host_file_says),
		IMAGE_ON_DISK(with_identity_self_all_are_the_server),
		IMAGE_ON_BOTH(
		    an_open_window_is_written_to_whatever_its_mode_says_now),
		IMAGE_ON_BOTH(a_users_write_takes_set_id_bits_away),
	};

	if (geteuid() != 0) {
		print_error("these tests act as several users: be root\n");
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
