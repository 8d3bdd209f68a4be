/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * image_fixture.c -- host files, mounted one by one.
 */

#include <stdio.h>

#include "image_fixture.h"

static struct etfs_why why;

static int
setup(void **state, const char *template)
{
	struct fixture *fx;

	umask(0);
	if (memfs_setup(state) != 0)
		return -1;
	fx = *state;
	rmdir(fx->dir);
	snprintf(fx->dir, sizeof(fx->dir), "%s", template);
	if (mkdtemp(fx->dir) == NULL)
		return -1;
	return chmod(fx->dir, 0777);
}

int
image_setup(void **state)
{
	return setup(state, "/var/tmp/etfsd-test.XXXXXX");
}

int
tmpfs_image_setup(void **state)
{
	return setup(state, "/dev/shm/etfsd-test.XXXXXX");
}

int
image_teardown(void **state)
{
	assert_int_equal(etfs_act_as_server(), 0);
	return fixture_teardown(state);
}

static const char *
host_path(const struct fixture *fx, const char *name)
{
	return name[0] == '/' ? name : on_host(fx, name);
}

int
image_new(struct fixture *fx, const char *name, struct etfs_config cfg,
    struct vfs_fs **out)
{
	cfg.path = host_path(fx, name);
	return etfs_new(fx->vfs, &cfg, out, &why);
}

const char *
image_why(void)
{
	return why.text;
}

int
image_mount(struct fixture *fx, const char *key, const char *name,
    struct etfs_config cfg)
{
	struct vfs_fs *fs;
	int rc;

	if ((rc = image_new(fx, name, cfg, &fs)) != 0)
		return rc;
	if ((rc = vfs_mount(fx->vfs, key, fs)) != 0)
		vfs_fs_free(fs);
	return rc;
}

struct vnode *
image_at(struct fixture *fx, const char *key, const char *name,
    struct etfs_config cfg)
{
	int rc = image_mount(fx, key, name, cfg);

	if (rc != 0)
		fail_msg(
		    "%s at %s: %s; %s", name, key, strerror(-rc), image_why());
	return walk(fx, key + 1);
}

void
image_refuse(struct fixture *fx, const char *name, struct etfs_config cfg,
    int rc, const char *words)
{
	struct vfs_fs *fs;
	int got = image_new(fx, name, cfg, &fs);

	if (got == 0)
		vfs_fs_free(fs);
	assert_int_equal(got, rc);
	if (words != NULL && strstr(image_why(), words) == NULL)
		fail_msg("not \"%s\", but \"%s\"", words, image_why());
}

static int
open_host(const struct fixture *fx, const char *name, int flags)
{
	int fd = open(host_path(fx, name), flags | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	return fd;
}

void
image_file(const struct fixture *fx, const char *name, uint64_t size)
{
	int fd = open_host(fx, name, O_CREAT | O_EXCL | O_RDWR);

	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	close(fd);
}

void
image_poke(
    const struct fixture *fx, const char *name, uint64_t off, const char *text)
{
	int fd = open_host(fx, name, O_RDWR);
	ssize_t len = (ssize_t)strlen(text);

	assert_int_equal(pwrite(fd, text, (size_t)len, (off_t)off), len);
	close(fd);
}

bool
image_peek(
    const struct fixture *fx, const char *name, uint64_t off, const char *text)
{
	int fd = open_host(fx, name, O_RDONLY);
	size_t len = strlen(text);
	char buf[256];
	ssize_t n;

	assert_true(len <= sizeof(buf));
	n = pread(fd, buf, len, (off_t)off);
	close(fd);
	return n == (ssize_t)len && memcmp(buf, text, len) == 0;
}

uint64_t
image_host_size(const struct fixture *fx, const char *name)
{
	struct stat st;

	assert_int_equal(stat(host_path(fx, name), &st), 0);
	return (uint64_t)st.st_size;
}

struct vattr
image_attr(struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}
