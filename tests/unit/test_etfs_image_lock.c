/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image_lock.c -- an image that somebody else has locked, and one
 * that we have.
 */

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "image_fixture.h"
#include "vfs_fs.h"

#define BLK(...) CFG(.type = ETFS_BLK, __VA_ARGS__)
#define OFD F_OFD_SETLK
#define OLD F_SETLK

/* Another process that holds a lock until it is let go. */
struct holder {
	pid_t pid;
	int hold; /* our end; it lives as long as this is open */
};

static void
hold(int fd, int cmd, struct flock lk, const int pipes[2][2])
{
	char c = 'l';

	close(pipes[0][1]);
	close(pipes[1][0]);
	prctl(PR_SET_NAME, "a \033holder");
	if (fcntl(fd, cmd, &lk) != 0 || write(pipes[1][1], &c, 1) != 1)
		_exit(1);
	(void)!read(pipes[0][0], &c, 1);
	_exit(0);
}

static struct holder
lock_elsewhere(
    const struct fixture *fx, int cmd, short type, uint64_t start, uint64_t len)
{
	struct flock lk = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)start,
		.l_len = (off_t)len };
	struct holder h;
	int pipes[2][2], fd;
	char c;

	assert_int_equal(pipe2(pipes[0], O_CLOEXEC), 0);
	assert_int_equal(pipe2(pipes[1], O_CLOEXEC), 0);
	fd = open(on_host(fx, "f"), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	if ((h.pid = fork()) == 0)
		hold(fd, cmd, lk, pipes);
	assert_true(h.pid > 0);
	close(fd);
	close(pipes[0][0]);
	close(pipes[1][1]);
	assert_int_equal(read(pipes[1][0], &c, 1), 1);
	close(pipes[1][0]);
	h.hold = pipes[0][1];
	return h;
}

static void
let_go(struct holder *h)
{
	int status;

	close(h->hold);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	assert_int_equal(status, 0);
}

static void
refused_because_of(
    struct fixture *fx, struct etfs_config cfg, const struct holder *h)
{
	char words[64];

	snprintf(words, sizeof(words), "process %d (a??holder) has locked it",
	    (int)h->pid);
	image_refuse(fx, "f", cfg, -EBUSY, words);
}

static void
granted(struct fixture *fx, struct etfs_config cfg)
{
	struct vfs_fs *fs;

	assert_int_equal(image_new(fx, "f", cfg, &fs), 0);
	vfs_fs_free(fs);
}

static void
another_process_that_has_the_image_is_named(void **state)
{
	struct fixture *fx = *state;
	static const int kinds[] = { OFD, OLD };
	struct holder h;
	size_t i;

	image_file(fx, "f", 1000);
	for (i = 0; i < 2; i++) {
		h = lock_elsewhere(fx, kinds[i], F_WRLCK, 0, 0);
		refused_because_of(fx, BLK(0), &h);
		refused_because_of(fx, BLK(.readonly = true), &h);
		refused_because_of(fx, BLK_WINDOW(999, 1), &h);
		granted(fx, CFG(.type = ETFS_REG));
		let_go(&h);
		granted(fx, BLK(0));
	}
}

static void
readers_share(void **state)
{
	struct fixture *fx = *state;
	static const int kinds[] = { OFD, OLD };
	struct holder h;
	size_t i;

	image_file(fx, "f", 1000);
	for (i = 0; i < 2; i++) {
		h = lock_elsewhere(fx, kinds[i], F_RDLCK, 0, 0);
		refused_because_of(fx, BLK(0), &h);
		granted(fx, BLK(.readonly = true));
		let_go(&h);
	}
}

static void
only_the_window_is_locked(void **state)
{
	struct fixture *fx = *state;
	struct holder h;

	image_file(fx, "f", 1000);
	h = lock_elsewhere(fx, OFD, F_WRLCK, 200, 300);
	granted(fx, BLK_WINDOW(0, 200));
	refused_because_of(fx, BLK_WINDOW(0, 201), &h);
	refused_because_of(fx, BLK_WINDOW(499, 1), &h);
	granted(fx, BLK_WINDOW(500, 500));
	let_go(&h);
}

/* What another process would be told. */
static short
seen_by_others(const struct fixture *fx, off_t start, off_t len)
{
	struct flock lk = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len };
	int fd = open(on_host(fx, "f"), O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_OFD_GETLK, &lk), 0);
	close(fd);
	return lk.l_type;
}

static void
others_are_kept_from_what_is_shown(void **state)
{
	struct fixture *fx = *state;
	struct vfs_fs *fs, *ro[2];

	image_file(fx, "f", 1000);
	assert_int_equal(image_new(fx, "f", BLK_WINDOW(200, 300), &fs), 0);
	assert_int_equal(seen_by_others(fx, 0, 200), F_UNLCK);
	assert_int_equal(seen_by_others(fx, 0, 201), F_WRLCK);
	assert_int_equal(seen_by_others(fx, 499, 1), F_WRLCK);
	assert_int_equal(seen_by_others(fx, 500, 0), F_UNLCK);
	vfs_fs_free(fs);
	assert_int_equal(seen_by_others(fx, 0, 0), F_UNLCK);
	assert_int_equal(image_new(fx, "f", BLK(.readonly = true), &ro[0]), 0);
	assert_int_equal(image_new(fx, "f", BLK(.readonly = true), &ro[1]), 0);
	vfs_fs_free(ro[0]);
	assert_int_equal(seen_by_others(fx, 0, 0), F_RDLCK);
	vfs_fs_free(ro[1]);
	assert_int_equal(seen_by_others(fx, 0, 0), F_UNLCK);
}

/* Clients that open and close the file do not lose the lock for us. */
static void
the_lock_lasts_as_long_as_the_mount(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	int fd;

	image_file(fx, "f", 1000);
	vn = image_at(fx, "/f", "f", BLK(0));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	fd = open(on_host(fx, "f"), O_RDWR | O_CLOEXEC);
	close(fd);
	assert_int_equal(seen_by_others(fx, 0, 0), F_WRLCK);
	vnode_put(vn);
}

/* Another tree of ours is nobody special. */
static void
we_are_told_of_ourselves(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = BLK(0);
	struct vfs_fs *one, *other = NULL;
	struct etfs_why why;
	struct vfs *vfs;
	char words[32];

	image_file(fx, "f", 1000);
	assert_int_equal(image_new(fx, "f", BLK(0), &one), 0);
	assert_int_equal(vfs_new(&vfs), 0);
	cfg.path = on_host(fx, "f");
	assert_int_equal(etfs_new(vfs, &cfg, &other, &why), -EBUSY);
	snprintf(words, sizeof(words), "process %d (", (int)getpid());
	assert_non_null(strstr(why.text, words));
	vfs_free(vfs);
	vfs_fs_free(one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(another_process_that_has_the_image_is_named),
		IMAGE_ON_BOTH(readers_share),
		IMAGE_ON_BOTH(only_the_window_is_locked),
		IMAGE_ON_BOTH(others_are_kept_from_what_is_shown),
		IMAGE_ON_BOTH(the_lock_lasts_as_long_as_the_mount),
		IMAGE_ON_BOTH(we_are_told_of_ourselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
