/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_threads.c -- several loops at once on one mount, in each other's
 * way.  What is looked for is what the sanitizers find, and leaks; and that
 * each answer is one that could be given.
 */

#include <pthread.h>
#include <stdio.h>

#include "etfs_fixture.h"

#define THREADS 4
#define ROUNDS 1500
#define NAMES 6

struct hammer {
	struct fixture *fx;
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	unsigned int seed;
	const char *unexpected; /* cmocka's asserts are for its own thread */
	int rc;
};

static const char *const names[NAMES] = { "a", "b", "c", "d", "e", "f" };

static const char *
any_name(struct hammer *h)
{
	return names[(unsigned int)rand_r(&h->seed) % NAMES];
}

static void
expect(struct hammer *h, const char *what, int rc)
{
	switch (rc) {
	case 0:
	case -ENOENT:
	case -EEXIST:
	case -ENOTDIR:
	case -EISDIR:
	case -ENOTEMPTY:
	case -EINVAL: /* a rename below itself */
	case -ELOOP:
	case -EACCES:
	case -EPERM:
		return;
	}
	h->unexpected = what;
	h->rc = rc;
}

static void
use_file(struct hammer *h, const struct who *who, struct vnode *dir)
{
	struct vfile file;
	char buf[64];
	int rc;

	rc = do_create(who, dir, any_name(h), O_RDWR, 0666, &file);
	expect(h, "create", rc);
	if (rc != 0)
		return;
	if (do_write(who, &file, 0, "text", 4) != 4)
		h->unexpected = "write";
	if (do_read(who, &file, 0, buf, sizeof(buf)) < 0)
		h->unexpected = "read";
	expect(h, "close", do_close(who, &file));
}

static void
look_around(struct hammer *h, const struct who *who, struct vnode *dir)
{
	struct vnode *vn, *up;
	struct vattr attr;
	int rc;

	rc = do_walk(who, dir, any_name(h), &vn);
	expect(h, "walk", rc);
	if (rc != 0)
		return;
	expect(h, "getattr", do_getattr(who, vn, &attr));
	expect(h, "chmod", do_chmod(who, vn, 0777));
	if (vnode_is_dir(vn)) {
		rc = do_walk(who, vn, any_name(h), &up);
		expect(h, "walk below", rc);
		if (rc == 0)
			vnode_put(up);
	}
	vnode_put(vn);
}

static void
one_round(struct hammer *h, const struct who *who, struct vnode *dir)
{
	const char *name = any_name(h);

	switch (rand_r(&h->seed) % 8) {
	case 0:
	case 1:
		look_around(h, who, dir);
		break;
	case 2:
		use_file(h, who, dir);
		break;
	case 3:
		expect(h, "mkdir", do_mkdir(who, dir, name, 0777, NULL));
		break;
	case 4:
		expect(h, "rename",
		    do_rename(who, h->fx->root, name, dir, any_name(h)));
		break;
	case 5:
		expect(h, "unlink", do_unlink(who, dir, name));
		break;
	case 6:
		expect(h, "rmdir", do_rmdir(who, h->fx->root, name));
		break;
	case 7:
		if (do_count(who, dir) < 0)
			h->unexpected = "readdir";
		break;
	}
}

static void
rounds(struct hammer *h)
{
	const struct who all[] = { { &h->loop, h->fx->self.cred },
		{ &h->loop, h->fx->user.cred },
		{ &h->loop, h->fx->other.cred } };
	const struct who *who;
	struct vnode *dir;
	int i;

	for (i = 0; i < ROUNDS && h->unexpected == NULL; i++) {
		who = &all[rand_r(&h->seed) % 3];
		if (rand_r(&h->seed) % 2 == 0 ||
		    do_walk(who, h->fx->root, any_name(h), &dir) != 0)
			dir = vnode_get(h->fx->root);
		if (vnode_is_dir(dir))
			one_round(h, who, dir);
		vnode_put(dir);
	}
}

static void *
hammer(void *arg)
{
	rounds(arg);
	return NULL;
}

/* A loop is made and closed here, where nobody else closes descriptors. */
static void
begin(struct hammer *h, struct fixture *fx, unsigned int seed)
{
	memset(h, 0, sizeof(*h));
	h->fx = fx;
	h->seed = seed;
	assert_int_equal(uv_loop_init(&h->uv), 0);
	assert_int_equal(vloop_init(&h->loop, &h->uv), 0);
}

static void
end(struct hammer *h)
{
	vloop_fini(&h->loop);
	uv_run(&h->uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&h->uv), 0);
	if (h->unexpected != NULL)
		fail_msg("%s: %d", h->unexpected, h->rc);
}

static void
many_loops_share_a_mount(void **state)
{
	static struct hammer h[THREADS];
	unsigned int i;

	for (i = 0; i < THREADS; i++)
		begin(&h[i], *state, i + 1);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&h[i].thread, NULL, hammer, &h[i]), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(h[i].thread, NULL);
	for (i = 0; i < THREADS; i++)
		end(&h[i]);
}

/*
 * With identity mapped a file is made in two steps, and is the server's own
 * before the second.
 */
static void *
make_and_remove(void *arg)
{
	struct hammer *h = arg;
	const struct who other = { &h->loop, h->fx->other.cred };
	int i;

	for (i = 0; i < ROUNDS && h->unexpected == NULL; i++) {
		expect(
		    h, "mkdir", do_mkdir(&other, h->fx->root, "d", 0751, NULL));
		expect(h, "symlink",
		    do_symlink(&other, h->fx->root, "l", "target", NULL));
		expect(h, "unlink", do_unlink(&other, h->fx->root, "l"));
		expect(h, "rmdir", do_rmdir(&other, h->fx->root, "d"));
	}
	return NULL;
}

static void
look_at(struct hammer *h, const char *name, mode_t mode)
{
	const struct who self = { &h->loop, h->fx->self.cred };
	struct vnode *vn;
	struct vattr attr;
	int rc;

	if (do_walk(&self, h->fx->root, name, &vn) != 0)
		return;
	rc = do_getattr(&self, vn, &attr);
	if (rc != 0 || attr.mode != mode || attr.uid != 1001 ||
	    attr.gid != 1001) {
		h->unexpected = name;
		h->rc = rc;
	}
	vnode_put(vn);
}

static void *
look_often(void *arg)
{
	struct hammer *h = arg;
	int i;

	for (i = 0; i < ROUNDS && h->unexpected == NULL; i++) {
		look_at(h, "d", S_IFDIR | 0751);
		look_at(h, "l", S_IFLNK | 0777);
	}
	return NULL;
}

static void
nobody_sees_what_is_not_whole(void **state)
{
	static struct hammer h[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		begin(&h[i], *state, i);
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    pthread_create(&h[i].thread, NULL,
			i == 0 ? make_and_remove : look_often, &h[i]),
		    0);
	for (i = 0; i < 3; i++)
		pthread_join(h[i].thread, NULL);
	for (i = 0; i < 3; i++)
		end(&h[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(many_loops_share_a_mount),
		AS_CLIENT(many_loops_share_a_mount),
		AS_MAPPED(many_loops_share_a_mount),
		AS_MAPPED(nobody_sees_what_is_not_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
