/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_many_tests.c -- see fd_tests.h: many more files than descriptors, by one
 * client, by a process that has no more, and by several threads.
 */

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

#include "fd_tests.h"

#define FILES 300

/* Names as dN/fM, in ten directories. */
static struct vnode **
make_and_walk(struct fixture *fx)
{
	struct vnode **vn = calloc(FILES, sizeof(vn[0])), *dir;
	char name[32];
	int i;

	assert_non_null(vn);
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "d%d", i % 10);
		if (i < 10)
			assert_int_equal(
			    do_mkdir(&fx->self, fx->root, name, 0777, NULL), 0);
		dir = walk(fx, name);
		snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(
		    do_touch(&fx->self, dir, name, 0644, &vn[i]), 0);
		vnode_put(dir);
	}
	return vn;
}

static void
put_all(struct vnode **vn)
{
	int i;

	for (i = 0; i < FILES; i++)
		vnode_put(vn[i]);
	free(vn);
}

static void
use(struct fixture *fx, struct vnode *vn, int i)
{
	char text[32], buf[32] = "";
	struct vfile file;
	struct vattr attr;
	ssize_t len;

	len = snprintf(text, sizeof(text), "this is %d", i);
	assert_int_equal(do_open(&fx->self, vn, O_WRONLY, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, text, (size_t)len), len);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_chmod(&fx->self, vn, (mode_t)(0600 + i % 8)), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.mode, S_IFREG | (0600 + i % 8));
	assert_int_equal(attr.size, len);
	assert_int_equal(do_truncate(&fx->self, vn, NULL, 4), 0);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "this");
}

void
files_beyond_the_limit_work(void **state)
{
	struct fixture *fx = *state;
	struct vnode **vn = make_and_walk(fx), *again;
	char name[32];
	int i;

	for (i = 0; i < FILES; i++)
		use(fx, vn[i], i);
	for (i = FILES - 1; i >= 0; i--) {
		snprintf(name, sizeof(name), "d%d/f%d", i % 10, i);
		again = walk(fx, name);
		assert_ptr_equal(again, vn[i]);
		vnode_put(again);
	}
	put_all(vn);
}

void
descriptors_stay_few(void **state)
{
	struct fixture *fx = *state;
	int before = count_fds();
	struct vnode **vn = make_and_walk(fx);

	assert_true(count_fds() <= before + FD_LIMIT);
	put_all(vn);
	assert_true(count_fds() <= before);
}

/* To open by handle or by name does not wait there either. */
void
everything_on_tmpfs_is_still_answered_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vnode **vn = make_and_walk(fx);
	struct vattr attr;
	int i;

	for (i = 0; i < FILES; i++)
		assert_int_equal(do_getattr(&now, vn[i], &attr), 0);
	put_all(vn);
}

/* The vfs would let the mount have many more than the process has. */
void
a_process_without_descriptors_gives_some_up(void **state)
{
	struct fixture *fx = *state;
	struct rlimit old, few;
	struct vnode **vn;
	int i;

	vfs_limit_descriptors(fx->vfs, 100000);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)count_fds() + 40;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	vn = make_and_walk(fx);
	for (i = 0; i < FILES; i++)
		use(fx, vn[i], i);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	put_all(vn);
}

#define THREADS 4
#define ROUNDS 400
#define SHARED 40

struct user {
	struct fixture *fx;
	struct vnode **vn;
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	unsigned int seed;
	int bad; /* answers that cannot be */
};

/* Somebody else may have removed it, but not behind the mount's back. */
static void
one_round(struct user *u, const struct who *who)
{
	int i = rand_r(&u->seed) % SHARED;
	struct vnode *vn = u->vn[i], *found;
	struct vattr attr;
	char name[16];
	int rc;

	snprintf(name, sizeof(name), "s%d", i);
	switch (rand_r(&u->seed) % 8) {
	case 0:
		rc = do_unlink(who, u->fx->root, name);
		u->bad += rc != 0 && rc != -ENOENT;
		break;
	case 1:
		rc = do_link(who, u->fx->root, vn, name);
		u->bad += rc != 0 && rc != -EEXIST && rc != -ENOENT;
		break;
	case 2:
		rc = do_rename(who, u->fx->root, name, u->fx->root, "moved");
		u->bad += rc != 0 && rc != -ENOENT;
		break;
	case 3:
		rc = do_walk(who, u->fx->root, name, &found);
		u->bad += rc != 0 && rc != -ENOENT;
		if (rc == 0)
			vnode_put(found);
		break;
	default:
		rc = do_getattr(who, vn, &attr);
		u->bad += rc != 0 || attr.path != vnode_qid(vn).path;
	}
}

static void *
use_them(void *arg)
{
	struct user *u = arg;
	struct who who = { &u->loop, u->fx->self.cred };
	int i;

	for (i = 0; i < ROUNDS; i++)
		one_round(u, &who);
	return NULL;
}

/* Loops are made and closed while nobody else is about descriptors. */
static void
begin(struct user *u, struct fixture *fx, struct vnode **vn, unsigned int seed)
{
	*u = (struct user){ .fx = fx, .vn = vn, .seed = seed };
	assert_int_equal(uv_loop_init(&u->uv), 0);
	assert_int_equal(vloop_init(&u->loop, &u->uv), 0);
}

static void
end(struct user *u)
{
	vloop_fini(&u->loop);
	uv_run(&u->uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&u->uv), 0);
	assert_int_equal(u->bad, 0);
}

void
threads_share_a_few_descriptors(void **state)
{
	struct fixture *fx = *state;
	struct user users[THREADS];
	struct vnode *vn[SHARED];
	char name[16];
	int i;

	for (i = 0; i < SHARED; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		vn[i] = new_file(fx, name, "text");
	}
	for (i = 0; i < THREADS; i++)
		begin(&users[i], fx, vn, (unsigned int)i);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&users[i].thread, NULL, use_them, &users[i]),
		    0);
	for (i = 0; i < THREADS; i++)
		pthread_join(users[i].thread, NULL);
	for (i = 0; i < THREADS; i++)
		end(&users[i]);
	for (i = 0; i < SHARED; i++) {
		holds(fx, vn[i], "text");
		vnode_put(vn[i]);
	}
}
