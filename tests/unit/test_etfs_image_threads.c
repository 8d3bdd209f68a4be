/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image_threads.c -- several loops at once on the files of one host
 * file, while somebody cuts that and lets it grow again; and mounts of the same
 * bytes that race.
 *
 * The host file has "i" where the window is and "!" elsewhere; clients write
 * "w".  What is cut off comes back as zeros.
 */

#include <pthread.h>
#include <stdio.h>

#include "image_fixture.h"
#include "vfs_fs.h"

#define THREADS 4
#define ROUNDS 1500
#define START 5000 /* of the window */
#define SIZE 20000
#define END 30000 /* of the file */

struct hammer {
	struct fixture *fx;
	struct vnode *vn;
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	unsigned int seed;
	uint64_t end; /* of what is served */
	const char *allowed; /* what may be read, but for zeros */
	unsigned int won; /* races */
	const char *unexpected; /* cmocka's asserts are for its own thread */
	long rc;
};

static void
unexpected(struct hammer *h, const char *what, long rc)
{
	h->unexpected = what;
	h->rc = rc;
}

static void
read_some(struct hammer *h, const struct who *who, struct vfile *file)
{
	uint64_t off = (uint64_t)rand_r(&h->seed) % (SIZE + 100);
	char buf[3000];
	ssize_t i, n = do_read(who, file, off, buf, sizeof(buf));

	if (n < 0 || (n > 0 && off + (uint64_t)n > h->end))
		unexpected(h, "read", n);
	for (i = 0; i < n; i++)
		if (buf[i] != '\0' && strchr(h->allowed, buf[i]) == NULL)
			unexpected(h, "bytes from outside", buf[i]);
}

static void
write_some(struct hammer *h, const struct who *who, struct vfile *file)
{
	uint64_t off = (uint64_t)rand_r(&h->seed) % (SIZE + 100);
	char buf[3000];
	ssize_t n, want;

	memset(buf, 'w', sizeof(buf));
	n = do_write(who, file, off, buf, sizeof(buf));
	want = off >= h->end ? -ENOSPC : (ssize_t)sizeof(buf);
	if (off < h->end && off + sizeof(buf) > h->end)
		want = (ssize_t)(h->end - off);
	if (n != want)
		unexpected(h, "write", n);
}

static void
look(struct hammer *h, const struct who *who)
{
	struct vattr attr;
	int rc = do_getattr(who, h->vn, &attr);

	if (rc != 0 || attr.size > END + SIZE ||
	    (h->end == SIZE && attr.size != SIZE))
		unexpected(h, "getattr", rc != 0 ? rc : (long)attr.size);
}

static void *
use(void *arg)
{
	struct hammer *h = arg;
	struct who who = { &h->loop, h->fx->self.cred };
	struct vfile file;
	int i, rc = do_open(&who, h->vn, O_RDWR, &file);

	if (rc != 0) {
		unexpected(h, "open", rc);
		return NULL;
	}
	for (i = 0; i < ROUNDS && h->unexpected == NULL; i++) {
		if (i % 3 == 0)
			write_some(h, &who, &file);
		else
			read_some(h, &who, &file);
		if (i % 50 == 0)
			look(h, &who);
	}
	if ((rc = do_close(&who, &file)) != 0)
		unexpected(h, "close", rc);
	return NULL;
}

/* Somebody on the host. */
static void *
cut(void *arg)
{
	struct hammer *h = arg;
	int i;

	for (i = 0; i < ROUNDS; i++)
		if (truncate(on_host(h->fx, "f"),
			(off_t)rand_r(&h->seed) % END) != 0)
			unexpected(h, "truncate", errno);
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
	vnode_put(h->vn);
	if (h->unexpected != NULL)
		fail_msg("%s: %ld", h->unexpected, h->rc);
}

static void
run(struct hammer *h, size_t n, void *(*user)(void *), void *(*last)(void *))
{
	size_t i;

	for (i = 0; i < n; i++)
		assert_int_equal(pthread_create(&h[i].thread, NULL,
				     i == n - 1 ? last : user, &h[i]),
		    0);
	for (i = 0; i < n; i++)
		pthread_join(h[i].thread, NULL);
}

static void
make_host_file(struct fixture *fx)
{
	char *text = malloc(END + 1);

	memset(text, '!', END);
	memset(text + START, 'i', SIZE);
	text[END] = '\0';
	host_file(fx, "f", text);
	free(text);
}

static void
a_window_survives_what_is_done_to_its_file(void **state)
{
	static struct hammer h[THREADS];
	struct fixture *fx = *state;
	struct vnode *vn;
	size_t i;

	make_host_file(fx);
	vn = image_at(fx, "/w", "f", WINDOW(START, SIZE));
	for (i = 0; i < THREADS; i++) {
		begin(&h[i], fx, (unsigned int)i + 1);
		h[i].vn = vnode_get(vn);
		h[i].end = SIZE;
		h[i].allowed = "iw";
	}
	vnode_put(vn);
	run(h, THREADS, use, cut);
	for (i = 0; i < THREADS; i++)
		end(&h[i]);
}

static void
a_whole_file_survives_what_is_done_to_it(void **state)
{
	static struct hammer h[THREADS];
	struct fixture *fx = *state;
	struct vnode *vn;
	size_t i;

	make_host_file(fx);
	vn = image_at(fx, "/w", "f", CFG(0));
	for (i = 0; i < THREADS; i++) {
		begin(&h[i], fx, (unsigned int)i + 1);
		h[i].vn = vnode_get(vn);
		h[i].end = UINT64_MAX;
		h[i].allowed = "!iw";
	}
	vnode_put(vn);
	run(h, THREADS, use, cut);
	for (i = 0; i < THREADS; i++)
		end(&h[i]);
}

static _Atomic int shown;

/* Each wants a window that overlaps with those of the others. */
static void *
race(void *arg)
{
	struct hammer *h = arg;
	struct etfs_config cfg = BLK_WINDOW(h->seed, 100);
	struct etfs_why why;
	struct vfs_fs *fs;
	int i, rc;

	cfg.path = on_host(h->fx, "f");
	for (i = 0; i < ROUNDS && h->unexpected == NULL; i++) {
		rc = etfs_new(h->fx->vfs, &cfg, &fs, &why);
		if (rc == 0) {
			if (atomic_fetch_add(&shown, 1) != 0)
				unexpected(h, "shown twice", i);
			atomic_fetch_sub(&shown, 1);
			vfs_fs_free(fs);
			h->won++;
		} else if (rc != -EBUSY ||
		    strstr(why.text, "overlaps") == NULL) {
			unexpected(h, why.text, rc);
		}
	}
	return NULL;
}

static void
of_mounts_that_race_one_wins(void **state)
{
	static struct hammer h[THREADS];
	struct fixture *fx = *state;
	unsigned int won = 0;
	size_t i;

	make_host_file(fx);
	for (i = 0; i < THREADS; i++)
		begin(&h[i], fx, (unsigned int)i + 1);
	run(h, THREADS, race, race);
	for (i = 0; i < THREADS; i++) {
		won += h[i].won;
		end(&h[i]);
	}
	assert_true(won > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(a_window_survives_what_is_done_to_its_file),
		IMAGE_ON_BOTH(a_whole_file_survives_what_is_done_to_it),
		IMAGE_ON_TMPFS(of_mounts_that_race_one_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
