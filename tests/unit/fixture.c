/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixture.c -- setting up, cleaning up, and waiting.
 */

#include <ftw.h>
#include <poll.h>
#include <stdio.h>

#include "fixture.h"

int
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (d == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* libuv keeps a few descriptors for good once a first loop has been made. */
static int
warm_up(void)
{
	uv_loop_t uv;

	if (uv_loop_init(&uv) != 0)
		return -1;
	return uv_loop_close(&uv);
}

static int
make_creds(struct fixture *fx)
{
	const gid_t extra = 2000;

	fx->creds[0] = vcred_new(0, 0, NULL, 0);
	fx->creds[1] = vcred_new(1000, 1000, &extra, 1);
	fx->creds[2] = vcred_new(1001, 1001, NULL, 0);
	if (!fx->creds[0] || !fx->creds[1] || !fx->creds[2])
		return -1;
	fx->creds[0]->self = true;
	fx->self = (struct who){ &fx->loop, fx->creds[0] };
	fx->user = (struct who){ &fx->loop, fx->creds[1] };
	fx->other = (struct who){ &fx->loop, fx->creds[2] };
	return 0;
}

static void
no_wake(void *arg)
{
	(void)arg;
}

void
keep_names(struct fixture *fx)
{
	vfs_keep_names(fx->vfs, no_wake, NULL);
}

int
fixture_setup(void **state)
{
	struct fixture *fx = calloc(1, sizeof(*fx));

	if (fx == NULL || warm_up() != 0)
		return -1;
	fx->fds = count_fds();
	snprintf(fx->dir, sizeof(fx->dir), "/var/tmp/etfsd-test.XXXXXX");
	if (mkdtemp(fx->dir) == NULL || uv_loop_init(&fx->uv) != 0 ||
	    vloop_init(&fx->loop, &fx->uv) != 0 || vfs_new(&fx->vfs) != 0 ||
	    make_creds(fx) != 0)
		return -1;
	if (getenv("TEST_KEEP") != NULL)
		keep_names(fx);
	if (getenv("TEST_CAREFUL") != NULL)
		vfs_be_careful(fx->vfs);
	*state = fx;
	return 0;
}

void
mount_memfs(struct fixture *fx, uint64_t max_bytes, uint64_t max_nodes)
{
	struct memfs_config cfg = {
		.max_bytes = max_bytes, .max_nodes = max_nodes, .mode = 0777
	};
	struct vfs_fs *fs;

	assert_int_equal(memfs_new(fx->vfs, &cfg, &fs), 0);
	assert_int_equal(vfs_mount(fx->vfs, "/", fs), 0);
	fx->root = vfs_root(fx->vfs);
}

int
memfs_setup(void **state)
{
	if (fixture_setup(state) != 0)
		return -1;
	mount_memfs(*state, 0, 0);
	return 0;
}

int
fixture_teardown(void **state)
{
	struct fixture *fx = *state;
	size_t i;
	int left;

	vnode_put(fx->root);
	vfs_free(fx->vfs);
	for (i = 0; i < 3; i++)
		vcred_put(fx->creds[i]);
	vloop_fini(&fx->loop);
	uv_run(&fx->uv, UV_RUN_DEFAULT);
	left = uv_loop_close(&fx->uv);
	remove_tree(fx->dir);
	if (left == 0 && count_fds() != fx->fds) {
		print_error(
		    "%d descriptors were open, now %d\n", fx->fds, count_fds());
		left = -1;
	}
	free(fx);
	return left;
}

static int
open_up(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	if (flag == FTW_D || flag == FTW_DNR)
		chmod(path, 0700);
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	remove(path);
	return 0;
}

void
remove_tree(const char *path)
{
	nftw(path, open_up, 16, FTW_PHYS | FTW_MOUNT);
	nftw(path, remove_one, 16, FTW_PHYS | FTW_MOUNT | FTW_DEPTH);
}

static void
wait_done(struct vop *op, int rc)
{
	struct wait *w = container_of_test(op, struct wait, op);

	w->calls++;
	w->rc = rc;
}

void
wait_init(struct wait *w, const struct who *who)
{
	memset(w, 0, sizeof(*w));
	vop_init(&w->op, who->loop, wait_done);
	w->op.cred = who->cred;
}

void
turn(uv_loop_t *uv)
{
	struct pollfd events = { .fd = uv_backend_fd(uv), .events = POLLIN };
	int ms = uv_backend_timeout(uv);

	(void)poll(&events, 1, ms < 0 || ms > 10 ? 10 : ms);
	uv_run(uv, UV_RUN_NOWAIT);
}

int
await(struct wait *w, int rc)
{
	if (rc != VFS_PENDING)
		return rc;
	assert_int_equal(w->calls, 0); /* never inside the call */
	assert_non_null(w->op.loop);
	while (w->calls == 0)
		turn(w->op.loop->uv);
	uv_run(w->op.loop->uv, UV_RUN_NOWAIT);
	assert_int_equal(w->calls, 1); /* exactly once */
	return w->rc;
}

struct vname
vname_of(const char *s)
{
	return (struct vname){ s, strlen(s) };
}
