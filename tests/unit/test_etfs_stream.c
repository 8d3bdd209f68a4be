/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_stream.c -- a device or a FIFO of the host, as a file: what it looks
 * like, whom it lets in, and what goes through it.  How operations wait for it
 * is in test_etfs_stream_wait.c.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <stdio.h>

#include "streams.h"

static const struct etfs_config self = { .type = ETFS_CHR };

static struct vnode *
walk_to(struct fixture *fx, const char *name)
{
	struct vnode *vn = NULL;

	assert_int_equal(do_walk(&fx->self, fx->root, name, &vn), 0);
	return vn;
}

/* In a child that could get a terminal: it leads a session without one. */
static int
open_as_leader(struct fixture *fx, struct pty *pty)
{
	struct vfile file;

	setsid();
	vnode_put(mount_stream(fx, "/s", pty->slave, &self));
	open_stream(fx, "/s", O_RDWR, &file);
	return open("/dev/tty", O_RDWR) < 0 ? 0 : 1;
}

/* It comes first: before there are workers, a process may fork. */
static void
no_terminal_becomes_ours(void **state)
{
	struct fixture *fx = *state;
	struct pty pty;
	int status;
	pid_t pid;

	pty_open(&pty);
	if ((pid = fork()) == 0) {
		assert_int_equal(uv_loop_fork(&fx->uv), 0);
		_exit(open_as_leader(fx, &pty));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	pty_close(&pty);
}

static void
it_looks_like_an_empty_file_that_is_not_cached(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = walk_to(fx, "s");
	struct vstatfs fsattr;
	struct vattr attr;
	struct stat st;

	assert_int_equal(stat(fifo_path(fx), &st), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.mode, S_IFREG | 0600);
	assert_int_equal(attr.uid, st.st_uid);
	assert_int_equal(attr.gid, st.st_gid);
	assert_int_equal(attr.size, 0);
	assert_int_equal(attr.nlink, 1);
	assert_int_equal(attr.version, 0);
	assert_int_equal(attr.path, vnode_qid(vn).path);
	assert_int_equal(vnode_qid(vn).type, S_IFREG);
	assert_int_equal(vnode_qid(vn).version, 0);
	assert_true(vnode_is_stream(vn));
	assert_int_equal(do_statfs(&fx->self, vn, &fsattr), 0);
	assert_true(fsattr.namelen > 0);
	vnode_put(vn);
}

/* "echo x >/key" truncates, and touch sets times. */
static void
sizes_and_times_do_not_matter_but_owners_do(void **state)
{
	struct vsetattr times = { .mask = VSET_MTIME | VSET_MTIME_NOW };
	struct fixture *fx = *state;
	struct vnode *vn = walk_to(fx, "s");
	struct vfile file;
	struct vblob blob;
	struct stat st;

	assert_int_equal(do_open(&fx->self, vn, O_RDWR | O_TRUNC, &file), 0);
	assert_int_equal(do_truncate(&fx->self, vn, &file, 0), 0);
	assert_int_equal(do_truncate(&fx->self, vn, NULL, 12345), 0);
	assert_int_equal(do_setattr(&fx->self, vn, &file, &times), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 0666), -EPERM);
	assert_int_equal(do_chown(&fx->self, vn, 1, VFS_NOID), -EPERM);
	assert_int_equal(do_chown(&fx->self, vn, VFS_NOID, 1), -EPERM);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(
	    do_getxattr(&fx->self, vn, "user.a", &blob), -EOPNOTSUPP);
	assert_int_equal(stat(fifo_path(fx), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static int
refusal(struct fixture *fx, const struct etfs_config *cfg, struct etfs_why *why)
{
	struct vfs_fs *fs;

	return etfs_new(fx->vfs, cfg, &fs, why);
}

static void
only_devices_and_fifos_are_streams(void **state)
{
	struct fixture *fx = *state;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct etfs_config cfg = { .type = ETFS_CHR, .path = fx->dir };
	struct etfs_why why;
	int s;

	assert_int_equal(refusal(fx, &cfg, &why), -EINVAL);
	assert_true(why.text[0] != '\0');
	cfg.path = "/proc/self/exe";
	assert_int_equal(refusal(fx, &cfg, &why), -EINVAL);
	cfg.path = "/nowhere";
	assert_int_equal(refusal(fx, &cfg, &why), -ENOENT);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/socket", fx->dir);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(s, (struct sockaddr *)&sun, sizeof(sun)), 0);
	cfg.path = sun.sun_path;
	assert_int_equal(refusal(fx, &cfg, &why), -EINVAL);
	close(s);
}

static void
a_stream_has_no_parts(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = { .type = ETFS_CHR, .path = "/dev/null" };
	struct etfs_why why;

	cfg.has_offset = true;
	assert_int_equal(refusal(fx, &cfg, &why), -EINVAL);
	assert_true(why.text[0] != '\0');
	cfg.has_offset = false;
	cfg.has_size = true;
	assert_int_equal(refusal(fx, &cfg, &why), -EINVAL);
	cfg.has_size = false;
	cfg.partition = "PART:1";
	assert_int_equal(refusal(fx, &cfg, &why), -EINVAL);
}

static void
a_device_is_a_stream_if_nobody_says_otherwise(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config any = { .type = ETFS_AUTO };
	struct vnode *a = mount_stream(fx, "/null", "/dev/null", &any);
	struct vnode *b;

	assert_true(vnode_is_stream(a));
	assert_int_equal(mkfifo(fifo_path(fx), 0600), 0);
	b = mount_stream(fx, "/fifo", fifo_path(fx), &any);
	assert_true(vnode_is_stream(b));
	assert_true(vnode_qid(a).path != vnode_qid(b).path);
	vnode_put(a);
	vnode_put(b);
}

static void
what_goes_through_a_terminal_arrives(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	struct pty pty;

	pty_open(&pty);
	vnode_put(mount_stream(fx, "/s", pty.slave, &self));
	open_stream(fx, "/s", O_RDWR, &file);
	assert_int_equal(do_write(&fx->self, &file, 0, "out", 3), 3);
	expect_text(pty.master, "out");
	put(pty.master, "in");
	reader_start(&r, &fx->self, &file);
	assert_int_equal(reader_wait(&r), 2);
	assert_memory_equal(r.buf, "in", 2);
	assert_int_equal(do_close(&fx->self, &file), 0);
	pty_close(&pty);
}

static void
offsets_do_not_matter(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char buf[2];

	open_stream(fx, "/s", O_RDWR, &file);
	assert_int_equal(do_write(&fx->self, &file, 1000, "ab", 2), 2);
	assert_int_equal(do_write(&fx->self, &file, INT64_MAX, "cd", 2), 2);
	assert_int_equal(do_write(&fx->self, &file, UINT64_MAX, "ef", 2), 2);
	assert_int_equal(do_read(&fx->self, &file, INT64_MAX, buf, 2), 2);
	assert_memory_equal(buf, "ab", 2);
	assert_int_equal(do_read(&fx->self, &file, UINT64_MAX, buf, 2), 2);
	assert_memory_equal(buf, "cd", 2);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 2), 2);
	assert_memory_equal(buf, "ef", 2);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Nobody is at their other end to wait for, and so they go to a worker. */
static void
devices_that_cannot_be_polled_are_used_all_the_same(void **state)
{
	static const char zeros[16];
	struct fixture *fx = *state;
	struct vfile zero, null, full;
	struct wait w;
	char buf[16] = "something else";

	vnode_put(mount_stream(fx, "/zero", "/dev/zero", &self));
	vnode_put(mount_stream(fx, "/null", "/dev/null", &self));
	vnode_put(mount_stream(fx, "/full", "/dev/full", &self));
	open_stream(fx, "/zero", O_RDONLY, &zero);
	open_stream(fx, "/null", O_RDWR, &null);
	open_stream(fx, "/full", O_WRONLY, &full);
	assert_int_equal(do_read(&fx->self, &zero, 0, buf, 16), 16);
	assert_memory_equal(buf, zeros, 16);
	assert_int_equal(do_read(&fx->self, &null, 0, buf, 16), 0);
	assert_int_equal(do_write(&fx->self, &null, 0, buf, 16), 16);
	assert_int_equal(do_write(&fx->self, &full, 0, buf, 16), -ENOSPC);
	wait_init(&w, &fx->self);
	assert_int_equal(await(&w, vfs_poll(&w.op, &zero, POLLIN)), -EAGAIN);
	assert_int_equal(do_close(&fx->self, &zero), 0);
	assert_int_equal(do_close(&fx->self, &null), 0);
	assert_int_equal(do_close(&fx->self, &full), 0);
}

/* Held by descriptor, and not by name. */
static void
a_path_that_is_replaced_changes_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char away[160];
	int fd;

	snprintf(away, sizeof(away), "%s.away", fifo_path(fx));
	assert_int_equal(rename(fifo_path(fx), away), 0);
	fd = open(fifo_path(fx), O_CREAT | O_RDWR, 0644);
	put(fd, "a file");
	close(fd);
	open_stream(fx, "/s", O_WRONLY, &file);
	fd = open(away, O_RDONLY | O_NONBLOCK);
	assert_int_equal(do_write(&fx->self, &file, 0, "text", 4), 4);
	expect_text(fd, "text");
	close(fd);
	assert_int_equal(unlink(away), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "more", 4), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
	open_stream(fx, "/s", O_RDONLY, &file); /* though it has no name */
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_read_only_stream_is_not_written_to(void **state)
{
	struct etfs_config ro = { .type = ETFS_CHR, .readonly = true };
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	assert_int_equal(mkfifo(fifo_path(fx), 0600), 0);
	vn = mount_stream(fx, "/s", fifo_path(fx), &ro);
	assert_int_equal(do_open(&fx->self, vn, O_WRONLY, &file), -EROFS);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), -EROFS);
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/* Who opens vn: result for reading, for writing, for both. */
static void
expect_access(const struct who *who, struct vnode *vn, int r, int w, int rw)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	const int want[] = { r, w, rw };
	struct vfile file;
	size_t i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(do_open(who, vn, modes[i], &file), want[i]);
		if (want[i] == 0)
			assert_int_equal(do_close(who, &file), 0);
	}
}

static void
host_mode(struct fixture *fx, mode_t mode, uid_t uid, gid_t gid)
{
	assert_int_equal(chown(fifo_path(fx), uid, gid), 0);
	assert_int_equal(chmod(fifo_path(fx), mode), 0);
}

static void
clients_act_as_themselves(void **state)
{
	struct etfs_config cfg = { .type = ETFS_CHR, .identity = ETFS_CLIENT };
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(geteuid(), 0); /* the tests act as several users */
	assert_int_equal(mkfifo(fifo_path(fx), 0600), 0);
	vn = mount_stream(fx, "/s", fifo_path(fx), &cfg);
	expect_access(&fx->user, vn, -EACCES, -EACCES, -EACCES);
	expect_access(&fx->self, vn, 0, 0, 0);
	host_mode(fx, 0620, 0, 2000);
	expect_access(&fx->user, vn, -EACCES, 0, -EACCES);
	expect_access(&fx->other, vn, -EACCES, -EACCES, -EACCES);
	host_mode(fx, 0004, 0, 0);
	expect_access(&fx->user, vn, 0, -EACCES, -EACCES);
	host_mode(fx, 0600, 1000, 0);
	expect_access(&fx->user, vn, 0, 0, 0);
	expect_access(&fx->other, vn, -EACCES, -EACCES, -EACCES);
	assert_int_equal(etfs_act_as_server(), 0);
	vnode_put(vn);
}

static void
all_are_one_user_when_squashed(void **state)
{
	struct etfs_config cfg = { .type = ETFS_CHR,
		.identity = ETFS_SQUASH,
		.squash_uid = 1000,
		.squash_gid = 1000 };
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(geteuid(), 0);
	assert_int_equal(mkfifo(fifo_path(fx), 0600), 0);
	vn = mount_stream(fx, "/s", fifo_path(fx), &cfg);
	expect_access(&fx->self, vn, -EACCES, -EACCES, -EACCES);
	host_mode(fx, 0600, 1000, 0);
	expect_access(&fx->other, vn, 0, 0, 0);
	host_mode(fx, 0020, 0, 1000);
	expect_access(&fx->other, vn, -EACCES, 0, -EACCES);
	assert_int_equal(etfs_act_as_server(), 0);
	vnode_put(vn);
}

static void
everybody_is_the_server_by_default(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = walk_to(fx, "s");

	expect_access(&fx->user, vn, 0, 0, 0);
	vnode_put(vn);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, stream_setup, fixture_teardown)
#define ON_FIFO(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fifo_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_terminal_becomes_ours),
		ON_FIFO(it_looks_like_an_empty_file_that_is_not_cached),
		ON_FIFO(sizes_and_times_do_not_matter_but_owners_do),
		TEST(only_devices_and_fifos_are_streams),
		TEST(a_stream_has_no_parts),
		TEST(a_device_is_a_stream_if_nobody_says_otherwise),
		TEST(what_goes_through_a_terminal_arrives),
		ON_FIFO(offsets_do_not_matter),
		TEST(devices_that_cannot_be_polled_are_used_all_the_same),
		ON_FIFO(a_path_that_is_replaced_changes_nothing),
		TEST(a_read_only_stream_is_not_written_to),
		TEST(clients_act_as_themselves),
		TEST(all_are_one_user_when_squashed),
		ON_FIFO(everybody_is_the_server_by_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
