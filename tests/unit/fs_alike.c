/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fs_alike.c -- see fs_alike.h.
 */

#include "fs_alike.h"
#include "etfs.h"

/* Where the expectations are tried; setup mounts it at "/". */
struct backend {
	const char *name;
	int (*setup)(void **state);
	bool many_users; /* those that need more than one */
	bool only_root; /* cannot be set up by anybody else */
};

static int
setup_etfs(void **state, enum etfs_identity identity)
{
	struct etfs_config cfg = { .identity = identity };
	struct etfs_why why;
	struct fixture *fx;
	struct vfs_fs *fs;

	if (fixture_setup(state) != 0)
		return -1;
	fx = *state;
	cfg.path = fx->dir;
	if (chmod(fx->dir, 0777) != 0 ||
	    etfs_new(fx->vfs, &cfg, &fs, &why) != 0 ||
	    vfs_mount(fx->vfs, "/", fs) != 0)
		return -1;
	fx->root = vfs_root(fx->vfs);
	return 0;
}

static int
setup_self(void **state)
{
	return setup_etfs(state, ETFS_SELF);
}

static int
setup_client(void **state)
{
	return setup_etfs(state, ETFS_CLIENT);
}

static int
setup_mapped(void **state)
{
	return setup_etfs(state, ETFS_MAPPED);
}

static const struct backend backends[] = {
	{ "memfs", memfs_setup, true, false },
	{ "etfs as self", setup_self, false, false },
	{ "etfs as client", setup_client, true, true },
	{ "etfs mapped", setup_mapped, true, false },
};

#define BACKENDS (sizeof(backends) / sizeof(backends[0]))

struct vnode *
make_dir(const struct fixture *fx, struct vnode *dir, const char *name)
{
	struct vnode *vn;

	assert_int_equal(do_mkdir(&fx->self, dir, name, 0755, &vn), 0);
	return vn;
}

struct vnode *
make_file(const struct fixture *fx, struct vnode *dir, const char *name)
{
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->self, dir, name, 0644, &vn), 0);
	return vn;
}

struct vfile
make_open(const struct fixture *fx, const char *name)
{
	struct vfile file;

	assert_int_equal(
	    do_create(&fx->self, fx->root, name, O_RDWR, 0644, &file), 0);
	return file;
}

struct vattr
attr_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}

bool
exists(const struct fixture *fx, const char *path)
{
	struct vnode *vn;

	if (do_walk(&fx->self, fx->root, path, &vn) != 0)
		return false;
	vnode_put(vn);
	return true;
}

/* One list of tests for a backend. */
static int
run_on(const struct backend *b, const struct expectation *list, size_t count)
{
	struct CMUnitTest *tests = calloc(count, sizeof(*tests));
	size_t i, n = 0;
	int failed;

	if (tests == NULL)
		return 1;
	for (i = 0; i < count; i++)
		if (b->many_users || !list[i].many_users)
			tests[n++] = (struct CMUnitTest){ .name = list[i].name,
				.test_func = list[i].run,
				.setup_func = b->setup,
				.teardown_func = fixture_teardown };
	failed = _cmocka_run_group_tests(b->name, tests, n, NULL, NULL);
	free(tests);
	return failed;
}

int
fs_alike(const struct expectation *list, size_t n)
{
	const struct backend *b;
	int failed = 0;

	umask(0);
	for (b = backends; b < backends + BACKENDS; b++) {
		if (b->only_root && geteuid() != 0)
			print_message(
			    "%s needs root and is left out\n", b->name);
		else
			failed += run_on(b, list, n);
	}
	return failed;
}
