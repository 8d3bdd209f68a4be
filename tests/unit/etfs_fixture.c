/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_fixture.c -- host directories to mount.
 */

#include <stdio.h>
#include <sys/xattr.h>

#include "etfs_fixture.h"

static void
mount_etfs(struct fixture *fx, struct etfs_config cfg)
{
	struct etfs_why why;
	struct vfs_fs *fs;

	cfg.path = fx->dir;
	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), 0);
	assert_int_equal(vfs_mount(fx->vfs, "/", fs), 0);
	fx->root = vfs_root(fx->vfs);
}

static void
move_to_tmpfs(struct fixture *fx)
{
	rmdir(fx->dir);
	snprintf(fx->dir, sizeof(fx->dir), "/dev/shm/etfsd-test.XXXXXX");
	assert_non_null(mkdtemp(fx->dir));
}

int
etfs_setup(void **state, bool tmpfs, struct etfs_config cfg)
{
	struct fixture *fx;

	umask(0);
	if (fixture_setup(state) != 0)
		return -1;
	fx = *state;
	if (tmpfs)
		move_to_tmpfs(fx);
	chmod(fx->dir, 0777);
	mount_etfs(fx, cfg);
	return 0;
}

static int
setup(void **state, bool tmpfs, enum etfs_identity identity)
{
	struct etfs_config cfg = { .identity = identity };

	return etfs_setup(state, tmpfs, cfg);
}

int
disk_setup(void **state)
{
	return setup(state, false, ETFS_SELF);
}

int
tmpfs_setup(void **state)
{
	return setup(state, true, ETFS_SELF);
}

bool
is_root(void)
{
	if (geteuid() == 0)
		return true;
	print_error("these tests act as several users: run them as root\n");
	return false;
}

int
disk_client_setup(void **state)
{
	return is_root() ? setup(state, false, ETFS_CLIENT) : -1;
}

int
tmpfs_client_setup(void **state)
{
	return is_root() ? setup(state, true, ETFS_CLIENT) : -1;
}

int
disk_mapped_setup(void **state)
{
	return setup(state, false, ETFS_MAPPED);
}

bool
tmpfs_keeps_xattrs(void)
{
	if (getxattr("/dev/shm", "user.none", NULL, 0) >= 0 ||
	    errno != EOPNOTSUPP)
		return true;
	print_message("this kernel's tmpfs has no user.*: on disk again\n");
	return false;
}

int
tmpfs_mapped_setup(void **state)
{
	return setup(state, tmpfs_keeps_xattrs(), ETFS_MAPPED);
}

int
etfs_teardown(void **state)
{
	assert_int_equal(etfs_act_as_server(), 0);
	return fixture_teardown(state);
}

bool
on_tmpfs(const struct fixture *fx)
{
	return strncmp(fx->dir, "/dev/shm/", 9) == 0;
}

const char *
on_host(const struct fixture *fx, const char *name)
{
	static _Thread_local char paths[8][512];
	static _Thread_local unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", fx->dir, name);
	return path;
}

void
host_file(const struct fixture *fx, const char *name, const char *text)
{
	int fd = open(on_host(fx, name), O_CREAT | O_WRONLY | O_TRUNC, 0644);
	ssize_t len = (ssize_t)strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)len), len);
	assert_int_equal(close(fd), 0);
}

void
host_text(const struct fixture *fx, const char *name, char *buf, size_t cap)
{
	int fd = open(on_host(fx, name), O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, buf, cap - 1);
	assert_true(n >= 0);
	buf[n] = '\0';
	close(fd);
}

void
kept(const struct fixture *fx, const char *file, const char *name,
    const char *value)
{
	unsigned char bytes[64];
	char host[64], hex[2 * sizeof(bytes) + 1] = "";
	ssize_t i, n;

	snprintf(host, sizeof(host), "user.virtfs.%s", name);
	n = lgetxattr(on_host(fx, file), host, bytes, sizeof(bytes));
	if (value == NULL) {
		assert_int_equal(n, -1);
		assert_int_equal(errno, ENODATA);
		return;
	}
	for (i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	assert_string_equal(hex, value);
}

struct vnode *
walk(struct fixture *fx, const char *path)
{
	struct vnode *vn = NULL;

	assert_int_equal(do_walk(&fx->self, fx->root, path, &vn), 0);
	return vn;
}

struct who
now_only(const struct who *who)
{
	struct who now = { NULL, who->cred };

	return now;
}

void
make_outside(char *path, size_t cap)
{
	snprintf(path, cap, "/var/tmp/etfsd-outside.XXXXXX");
	assert_non_null(mkdtemp(path));
}
