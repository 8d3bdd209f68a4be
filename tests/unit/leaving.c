/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaving.c -- see leaving.h.
 */

#include "leaving.h"

void
make_host_files(struct fixture *fx)
{
	host_file(fx, "f", "text");
	image_file(fx, "image", MIB);
	assert_int_equal(mkfifo(on_host(fx, "fifo"), 0600), 0);
}

static void
show_memory(struct fixture *fx, const char *key)
{
	const struct memfs_config cfg = { .mode = 0777 };
	struct vfs_fs *fs;

	assert_int_equal(memfs_new(fx->vfs, &cfg, &fs), 0);
	assert_int_equal(vfs_mount(fx->vfs, key, fs), 0);
}

void
show(struct fixture *fx, enum kind kind, const char *key)
{
	static const struct {
		const char *name;
		struct etfs_config cfg;
	} of_host[KINDS] = {
		[TREE] = { ".", { .type = ETFS_TREE } },
		[MAPPED] = { "/var/tmp",
		    { .type = ETFS_TREE, .identity = ETFS_MAPPED } },
		[REG] = { "f", { .type = ETFS_AUTO } },
		[BLK] = { "image", { .type = ETFS_BLK } },
		[FIFO] = { "fifo", { .type = ETFS_AUTO } },
	};

	if (kind == MEMORY)
		show_memory(fx, key);
	else
		assert_int_equal(
		    image_mount(fx, key, of_host[kind].name, of_host[kind].cfg),
		    0);
}

bool
is_there(struct fixture *fx, const char *path)
{
	struct vnode *vn = NULL;
	int rc = do_walk(&fx->self, fx->root, path, &vn);

	assert_true(rc == 0 || rc == -ENOENT);
	vnode_put(vn);
	return rc == 0;
}

int
unmount(struct fixture *fx, const char *key)
{
	return do_unmount(&fx->self, fx->vfs, key);
}

void
begin_unmount(struct fixture *fx, struct wait *w, const char *key)
{
	wait_init(w, &fx->self);
	assert_int_equal(vfs_unmount(fx->vfs, &w->op, key), VFS_PENDING);
}

void
still_there(struct fixture *fx, const struct wait *w)
{
	int i;

	for (i = 0; i < 5; i++)
		turn(&fx->uv);
	assert_int_equal(w->calls, 0);
}

void
ends(struct wait *w)
{
	while (w->calls == 0)
		turn(w->op.loop->uv);
	assert_int_equal(w->calls, 1);
	assert_int_equal(w->rc, 0);
}
