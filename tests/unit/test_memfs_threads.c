/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_threads.c -- several threads inside one memfs.
 *
 * A thread must not fail the test itself: it counts what went wrong.  What is
 * a race shows best under ThreadSanitizer, but what must come out is checked
 * everywhere.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "fixture.h"

#define THREADS 4
#define RECORD 16

struct thread {
	pthread_t id;
	struct fixture *fx;
	struct who who; /* no loop: memfs never waits */
	unsigned int number;
	uint32_t seed;
	int errors;
	void (*run)(struct thread *t);
};

static _Atomic bool stop;

static void
expect(struct thread *t, bool what)
{
	t->errors += !what;
}

static uint32_t
next_random(struct thread *t)
{
	t->seed ^= t->seed << 13;
	t->seed ^= t->seed >> 17;
	t->seed ^= t->seed << 5;
	return t->seed;
}

static void *
thread_main(void *arg)
{
	struct thread *t = arg;

	t->run(t);
	return NULL;
}

/* Run first in one thread and others in the rest, until all are done. */
static void
run_threads(struct fixture *fx, void (*first)(struct thread *t),
    void (*others)(struct thread *t))
{
	struct thread threads[THREADS] = { 0 }, *t;
	unsigned int i;

	atomic_store(&stop, false);
	for (i = 0; i < THREADS; i++) {
		t = &threads[i];
		t->fx = fx;
		t->who = (struct who){ NULL, fx->user.cred };
		t->number = i;
		t->seed = 4711 + i;
		t->run = i == 0 ? first : others;
		assert_int_equal(
		    pthread_create(&t->id, NULL, thread_main, t), 0);
	}
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i].id, NULL), 0);
		assert_int_equal(threads[i].errors, 0);
	}
}

/* One of 12 places: three directories, four names, which may be directories. */
static struct vnode *
random_dir(struct thread *t)
{
	static const char *const paths[] = { "", "0", "1", "0/1", "1/0" };
	struct vnode *vn;

	if (do_walk(&t->who, t->fx->root, paths[next_random(t) % 5], &vn) == 0)
		return vn;
	return vnode_get(t->fx->root);
}

static void
random_name_change(struct thread *t, struct vnode *dir)
{
	char a[2] = { (char)('0' + next_random(t) % 4), 0 };
	char b[2] = { (char)('0' + next_random(t) % 4), 0 };
	struct vnode *other = random_dir(t), *vn;

	switch (next_random(t) % 7) {
	case 0:
	case 1:
		do_mkdir(&t->who, dir, a, 0755, NULL);
		break;
	case 2:
		do_touch(&t->who, dir, a, 0644, NULL);
		break;
	case 3:
		do_rename(&t->who, dir, a, other, b);
		break;
	case 4:
		do_unlink(&t->who, dir, a);
		break;
	case 5:
		do_rmdir(&t->who, dir, a);
		break;
	case 6:
		if (do_walk(&t->who, other, b, &vn) == 0) {
			do_link(&t->who, dir, vn, a);
			vnode_put(vn);
		}
		break;
	}
	vnode_put(other);
}

static void
random_use(struct thread *t, struct vnode *dir)
{
	char name[2] = { (char)('0' + next_random(t) % 4), 0 }, buf[100];
	struct vfile file;
	struct vattr attr;
	struct vblob blob;
	struct vnode *vn;

	if (do_walk(&t->who, dir, name, &vn) != 0)
		return;
	expect(t, do_getattr(&t->who, vn, &attr) == 0);
	expect(t, attr.version != 0);
	if (S_ISREG(attr.mode) && do_open(&t->who, vn, O_RDWR, &file) == 0) {
		do_write(&t->who, &file, next_random(t) % 10000, name, 1);
		do_read(&t->who, &file, next_random(t) % 10000, buf, 100);
		do_truncate(&t->who, vn, &file, next_random(t) % 10000);
		expect(t, do_close(&t->who, &file) == 0);
	}
	do_chmod(&t->who, vn, 0755);
	do_setxattr(&t->who, vn, "user.a", buf, next_random(t) % 100, 0);
	if (do_getxattr(&t->who, vn, "user.a", &blob) == 0)
		free(blob.data);
	expect(t, do_count(&t->who, dir) >= 0);
	vnode_put(vn);
}

static void
hammer(struct thread *t)
{
	struct vnode *dir;
	int i;

	for (i = 0; i < 20000; i++) {
		dir = random_dir(t);
		if (i % 2)
			random_name_change(t, dir);
		else
			random_use(t, dir);
		vnode_put(dir);
	}
}

/* Every directory can be reached, and removed when what is in it has gone. */
static void
remove_all(struct fixture *fx, struct vnode *dir)
{
	char name[2] = "0";
	struct vnode *vn;

	for (; name[0] < '4'; name[0]++) {
		if (do_walk(&fx->user, dir, name, &vn) != 0)
			continue;
		if (vnode_is_dir(vn)) {
			remove_all(fx, vn);
			assert_int_equal(do_rmdir(&fx->user, dir, name), 0);
		} else {
			assert_int_equal(do_unlink(&fx->user, dir, name), 0);
		}
		vnode_put(vn);
	}
	assert_int_equal(do_count(&fx->user, dir), 0);
}

static void
a_tree_that_was_hammered_is_still_a_tree(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs before, after;
	struct vattr attr;

	mount_memfs(fx, 1 << 20, 60);
	assert_int_equal(do_statfs(&fx->user, fx->root, &before), 0);
	run_threads(fx, hammer, hammer);
	remove_all(fx, fx->root);
	assert_int_equal(do_getattr(&fx->user, fx->root, &attr), 0);
	assert_int_equal(attr.nlink, 2);
	assert_int_equal(do_statfs(&fx->user, fx->root, &after), 0);
	assert_int_equal(after.bfree, before.bfree);
	assert_int_equal(after.ffree, before.ffree);
}

static void
append_records(struct thread *t)
{
	char record[RECORD];
	struct vfile file;
	struct vnode *vn;
	int i;

	expect(t, do_walk(&t->who, t->fx->root, "f", &vn) == 0);
	expect(t, do_open(&t->who, vn, O_WRONLY | O_APPEND, &file) == 0);
	memset(record, 'a' + (int)t->number, sizeof(record));
	for (i = 0; i < 2000; i++)
		expect(
		    t, do_write(&t->who, &file, 0, record, RECORD) == RECORD);
	expect(t, do_close(&t->who, &file) == 0);
	vnode_put(vn);
}

static void
appenders_do_not_overwrite_each_other(void **state)
{
	struct fixture *fx = *state;
	unsigned int count[THREADS] = { 0 }, i, j;
	char record[RECORD];
	struct vfile file;

	mount_memfs(fx, 0, 0);
	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDONLY, 0644, &file), 0);
	run_threads(fx, append_records, append_records);
	for (i = 0; i < THREADS * 2000; i++) {
		assert_int_equal(
		    do_read(&fx->user, &file, i * RECORD, record, RECORD),
		    RECORD);
		for (j = 1; j < RECORD; j++)
			assert_int_equal(record[j], record[0]);
		count[record[0] - 'a']++;
	}
	for (i = 0; i < THREADS; i++)
		assert_int_equal(count[i], 2000);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
write_stripes(struct thread *t)
{
	static char stripe[3 * 4096];
	struct vfile file;
	struct vnode *vn;
	int i;

	expect(t, do_walk(&t->who, t->fx->root, "f", &vn) == 0);
	expect(t, do_open(&t->who, vn, O_WRONLY, &file) == 0);
	for (i = 0; i < 3000; i++) {
		memset(stripe, i % 100, sizeof(stripe));
		expect(t,
		    do_write(&t->who, &file, 4000, stripe, sizeof(stripe)) ==
			sizeof(stripe));
	}
	atomic_store(&stop, true);
	expect(t, do_close(&t->who, &file) == 0);
	vnode_put(vn);
}

static void
read_stripes(struct thread *t)
{
	char stripe[3 * 4096];
	struct vfile file;
	struct vattr attr;
	struct vnode *vn;
	ssize_t n, i;

	expect(t, do_walk(&t->who, t->fx->root, "f", &vn) == 0);
	expect(t, do_open(&t->who, vn, O_RDONLY, &file) == 0);
	while (!atomic_load(&stop)) {
		n = do_read(&t->who, &file, 4000, stripe, sizeof(stripe));
		expect(t, n == 0 || n == (ssize_t)sizeof(stripe));
		for (i = 1; i < n; i++)
			expect(t, stripe[i] == stripe[0]);
		expect(t, do_getattr(&t->who, vn, &attr) == 0);
		expect(t, attr.atime.tv_sec >= attr.btime.tv_sec);
	}
	expect(t, do_close(&t->who, &file) == 0);
	vnode_put(vn);
}

static void
a_write_is_seen_whole_or_not_at_all(void **state)
{
	struct fixture *fx = *state;

	mount_memfs(fx, 0, 0);
	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, NULL), 0);
	run_threads(fx, write_stripes, read_stripes);
}

#define KEPT 500

/* What a listing should give: each of the kept files once. */
struct seen {
	unsigned char kept[KEPT];
	unsigned int room;
	uint64_t cookie;
};

static bool
see(void *ctx, const struct vdirent *e)
{
	struct seen *s = ctx;
	char name[32] = { 0 };
	unsigned int i;

	if (s->room-- == 0)
		return false;
	s->cookie = e->cookie;
	memcpy(name, e->name.s, e->name.len < 31 ? e->name.len : 31);
	if (sscanf(name, "keep-%u", &i) == 1 && i < KEPT)
		s->kept[i]++;
	return true;
}

static void
list_over_and_over(struct thread *t)
{
	struct vfile file;
	struct seen s;
	uint64_t last;
	int i, round;

	expect(t, do_open(&t->who, t->fx->root, O_RDONLY, &file) == 0);
	for (round = 0; round < 200; round++) {
		memset(&s, 0, sizeof(s));
		do {
			last = s.cookie;
			s.room = 50;
			expect(t,
			    do_readdir(&t->who, &file, last, t->fx->root, see,
				&s) == 0);
		} while (s.cookie != last);
		for (i = 0; i < KEPT; i++)
			expect(t, s.kept[i] == 1);
	}
	atomic_store(&stop, true);
	expect(t, do_close(&t->who, &file) == 0);
}

static void
come_and_go(struct thread *t)
{
	char name[32], newname[32];

	while (!atomic_load(&stop)) {
		snprintf(name, sizeof(name), "t%u-%u", t->number,
		    next_random(t) % 200);
		snprintf(newname, sizeof(newname), "t%u-%u", t->number,
		    next_random(t) % 200);
		if (do_touch(&t->who, t->fx->root, name, 0644, NULL) == 0)
			continue;
		if (next_random(t) % 2)
			do_unlink(&t->who, t->fx->root, name);
		else
			do_rename(
			    &t->who, t->fx->root, name, t->fx->root, newname);
	}
}

static void
who_stays_is_listed_once_whoever_comes_and_goes(void **state)
{
	struct fixture *fx = *state;
	char name[32];
	int i;

	mount_memfs(fx, 0, 0);
	for (i = 0; i < KEPT; i++) {
		snprintf(name, sizeof(name), "keep-%d", i);
		assert_int_equal(
		    do_touch(&fx->user, fx->root, name, 0644, NULL), 0);
	}
	run_threads(fx, list_over_and_over, come_and_go);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_tree_that_was_hammered_is_still_a_tree),
		T(appenders_do_not_overwrite_each_other),
		T(a_write_is_seen_whole_or_not_at_all),
		T(who_stays_is_listed_once_whoever_comes_and_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
