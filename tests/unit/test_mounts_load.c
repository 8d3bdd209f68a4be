/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_mounts_load.c -- mounts of every kind come and go, hundreds of times,
 * while clients of two loops do with them what they can.  Nobody is ever told
 * anything but that it went well, or that it is stale or not there; and nothing
 * is left.
 */

#include <stdio.h>
#include <sys/stat.h>

#include "live.h"

#define ROUNDS 200 /* of each key */
#define CLIENTS 8
#define MOST_PAUSE 4 /* milliseconds for which a key stays as it is */

/* A key that comes and goes; those of the second loop are its thread's. */
struct slot {
	struct mount_job job;
	struct etfs_config etfs;
	const char *key;
	const char *file; /* what to open there, without the first slash */
	struct sloop_task begin; /* on its loop */
	uv_timer_t pause;
	bool shown;
	unsigned int rounds;
	struct load *load;
};

enum {
	TREE,
	MAPPED,
	NESTED,
	DEEP,
	REG,
	BLK,
	CHR,
	NSLOTS
};

/* All but the paths and the list of slots is shared by threads. */
struct load {
	struct live *l;
	struct slot slots[NSLOTS];
	_Atomic unsigned int
	    running; /* slots that have not done their rounds */
	_Atomic bool over; /* clients are to leave */
	_Atomic unsigned int left; /* clients that have */
	_Atomic unsigned int worked, stale, missing; /* answers */
};

struct actor {
	struct load *load;
	struct client *c;
	unsigned int number;
	uint64_t random;
	uv_thread_t thread;
};

static uint32_t
draw(struct actor *a, uint32_t n)
{
	a->random = a->random * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(a->random >> 33) % n;
}

/* True if it went well. */
static bool
fine(struct actor *a, uint32_t ecode)
{
	if (ecode == 0)
		atomic_fetch_add(&a->load->worked, 1);
	else if (ecode == ESTALE)
		atomic_fetch_add(&a->load->stale, 1);
	else if (ecode == ENOENT)
		atomic_fetch_add(&a->load->missing, 1);
	else
		fail_msg("client %u: request %u is answered %s", a->number,
		    (unsigned int)a->c->in.tag, strerror((int)ecode));
	return ecode == 0;
}

static bool
ask(struct actor *a, const struct p9_msg *m)
{
	return fine(a, client_call(a->c, m));
}

static void
clunk(struct actor *a, uint32_t fid)
{
	(void)fine(a, client_clunk(a->c, fid));
}

/* What clients do; each leaves no fid but 0. */

static bool
open_slot(struct actor *a, const struct slot *s, uint32_t flags)
{
	return fine(a, client_open(a->c, 1, s->file, flags));
}

static void
read_and_write(struct actor *a, const struct slot *s)
{
	if (!open_slot(a, s, P9_O_RDWR))
		return;
	(void)ask(a, M(write, 1, draw(a, 64), BYTES("some text")));
	(void)ask(a, M(read, 1, draw(a, 64), 100));
	(void)ask(a, M(getattr, 1, P9_GETATTR_BASIC));
	(void)ask(a, M(fsync, 1, 0));
	clunk(a, 1);
}

/* Waits for others, or not; and goes with the file. */
static void
lock_and_leave(struct actor *a, const struct slot *s)
{
	uint8_t type = draw(a, 2) == 0 ? P9_LOCK_WRLCK : P9_LOCK_RDLCK;
	uint32_t wait = draw(a, 2) == 0 ? P9_LOCK_FLAG_BLOCK : 0;

	if (!open_slot(a, s, P9_O_RDWR))
		return;
	(void)ask(
	    a, M(lock, 1, type, wait, draw(a, 8), 8, a->number, STR("host")));
	(void)ask(
	    a, M(getlock, 1, P9_LOCK_WRLCK, 0, 0, a->number, STR("host")));
	clunk(a, 1);
}

/* Nobody ever writes. */
static void
wait_for_stream(struct actor *a)
{
	if (!open_slot(a, &a->load->slots[CHR], P9_O_RDONLY))
		return;
	client_send(a->c, M(read, 1, 0, 10));
	if (draw(a, 2) == 0) {
		client_send(a->c, M(clunk, 1));
		(void)client_receive(a->c); /* ECANCELED is the clunk's doing */
		(void)fine(a, client_receive(a->c));
		return;
	}
	(void)fine(a, client_receive(a->c));
	clunk(a, 1);
}

/* The last to have it is the server, which closes it on its own time. */
static void
make_and_remove(struct actor *a, const struct slot *s)
{
	char name[32];
	p9_str n = { name,
		(uint16_t)snprintf(name, sizeof(name), "c%u", a->number) };

	if (!fine(a, client_walk(a->c, 0, 1, s->key + 1)))
		return;
	if (fine(a, client_walk(a->c, 1, 2, ""))) {
		if (ask(a, M(lcreate, 2, n, P9_O_RDWR, 0600, P9_NOFID)))
			(void)ask(a, M(write, 2, 0, BYTES("text")));
		(void)ask(a, M(unlinkat, 1, n, 0));
		clunk(a, 2);
	}
	clunk(a, 1);
}

static void
use_xattrs(struct actor *a, const struct slot *s)
{
	uint32_t ecode;

	if (!fine(a, client_walk(a->c, 0, 1, s->file)))
		return;
	if (fine(a, client_walk(a->c, 1, 2, ""))) {
		if (ask(a, M(xattrcreate, 2, STR("user.test"), 4, 0)))
			(void)ask(a, M(write, 2, 0, BYTES("text")));
		clunk(a, 2);
	}
	ecode = client_call(a->c, M(xattrwalk, 1, 2, STR("user.test")));
	if (ecode != ENODATA && fine(a, ecode)) {
		(void)ask(a, M(read, 2, 0, 100));
		clunk(a, 2);
	}
	clunk(a, 1);
}

/* The tree's own names, all the time, among those that come and go. */
static void
look_for(struct actor *a, const char *name, uint64_t *cookie, int *times)
{
	const uint8_t *p = a->c->in.u.Rreaddir.data.p;
	size_t left = a->c->in.u.Rreaddir.data.len;
	struct p9_dirent e;
	int n;

	for (; left > 0; p += n, left -= (size_t)n) {
		n = p9_dirent_decode(&e, p, left);
		assert_true(n > 0);
		*cookie = e.offset;
		*times += e.name.len == strlen(name) &&
		    memcmp(e.name.s, name, e.name.len) == 0;
	}
}

static void
list(struct actor *a, const char *dir, const char *name)
{
	uint64_t cookie = 0;
	int times = 0;

	if (!fine(a, client_open(a->c, 1, dir, P9_O_RDONLY)))
		return;
	while (ask(a, M(readdir, 1, cookie, 64 + draw(a, 500)))) {
		if (a->c->in.u.Rreaddir.data.len == 0) {
			assert_int_equal(times, 1);
			break;
		}
		look_for(a, name, &cookie, &times);
	}
	clunk(a, 1);
}

/* Attached inside, as deep as it goes. */
static void
attach_inside(struct actor *a)
{
	if (!ask(a, M(attach, 3, P9_NOFID, STR(""), STR("/h/d/tree"), 0)))
		return;
	if (fine(a, client_walk(a->c, 3, 1, "../f")))
		clunk(a, 1);
	clunk(a, 3);
}

static void
act(struct actor *a)
{
	const struct slot *s = &a->load->slots[draw(a, CHR)];
	const struct slot *tree = &a->load->slots[draw(a, DEEP)];

	switch (draw(a, 8)) {
	case 0:
		lock_and_leave(a, s);
		break;
	case 1:
		wait_for_stream(a);
		break;
	case 2:
		make_and_remove(a, tree);
		break;
	case 3:
		use_xattrs(a, tree);
		break;
	case 4:
		list(a, "", "h");
		list(a, "h/d", "always");
		break;
	case 5:
		list(a, tree->key + 1, "f");
		break;
	case 6:
		attach_inside(a);
		break;
	default:
		read_and_write(a, s);
		break;
	}
}

static void
actor_main(void *arg)
{
	struct actor *a = arg;

	client_begin(a->c);
	while (!atomic_load(&a->load->over))
		act(a);
	client_free(a->c);
	atomic_fetch_add(&a->load->left, 1);
}

/* Keys. */

static void
next(uv_timer_t *pause)
{
	struct slot *s = pause->data;
	int rc;

	s->job.etfs = &s->etfs;
	rc = s->shown ? server_unmount(&s->job) : server_mount(&s->job);
	assert_int_equal(rc, VFS_PENDING);
}

/* The last round leaves it away. */
static void
done(struct mount_job *job, int rc)
{
	struct slot *s = container_of(job, struct slot, job);

	if (rc != 0)
		fail_msg("%s: %s; %s", s->key, strerror(-rc), job->why.text);
	s->shown = !s->shown;
	s->rounds += !s->shown;
	if (s->rounds < ROUNDS) {
		(void)uv_timer_start(
		    &s->pause, next, s->rounds % (MOST_PAUSE + 1), 0);
		return;
	}
	uv_close((uv_handle_t *)&s->pause, NULL);
	atomic_fetch_sub(&s->load->running, 1);
}

static void
begin(struct sloop *loop, struct sloop_task *task)
{
	struct slot *s = container_of(task, struct slot, begin);

	s->job.loop = loop;
	s->job.done = done;
	s->job.key = s->key;
	(void)uv_timer_init(&loop->uv, &s->pause);
	s->pause.data = s;
	next(&s->pause);
}

static void
put(const struct live *l, const char *name, off_t size)
{
	int fd = open(live_path(l, name), O_CREAT | O_WRONLY, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(close(fd), 0);
}

/* The host: a place that is always shown, and what comes and goes. */
static void
make_host(const struct live *l)
{
	assert_int_equal(mkdir(live_path(l, "always"), 0755), 0);
	assert_int_equal(mkdir(live_path(l, "always/d"), 0755), 0);
	assert_int_equal(mkdir(live_path(l, "tree"), 0755), 0);
	assert_int_equal(mkdir(live_path(l, "mapped"), 0755), 0);
	put(l, "always/d/always", 0);
	put(l, "tree/f", 1000);
	put(l, "mapped/f", 1000);
	put(l, "reg", 1000);
	put(l, "other", 1000);
	put(l, "image", 4096);
	assert_int_equal(mkfifo(live_path(l, "fifo"), 0600), 0);
}

static void
set_slots(struct load *load)
{
	static const struct {
		const char *key, *file, *path;
		enum etfs_type type;
		enum etfs_identity identity;
	} what[NSLOTS] = {
		[TREE] = { "/h/d/tree", "h/d/tree/f", "tree", ETFS_TREE,
		    ETFS_SELF },
		[MAPPED] = { "/mapped", "mapped/f", "mapped", ETFS_TREE,
		    ETFS_MAPPED },
		[NESTED] = { "/h/way/nested", "h/way/nested/f", "tree",
		    ETFS_TREE, ETFS_SELF },
		[DEEP] = { "/way/to/reg", "way/to/reg", "reg", ETFS_REG,
		    ETFS_SELF },
		[REG] = { "/h/reg", "h/reg", "other", ETFS_REG, ETFS_SELF },
		[BLK] = { "/h/way/blk", "h/way/blk", "image", ETFS_BLK,
		    ETFS_SELF },
		[CHR] = { "/way/fifo", "way/fifo", "fifo", ETFS_CHR,
		    ETFS_SELF },
	};
	size_t i;

	for (i = 0; i < NSLOTS; i++) {
		load->slots[i].key = what[i].key;
		load->slots[i].file = what[i].file;
		load->slots[i].etfs.path =
		    strdup(live_path(load->l, what[i].path));
		load->slots[i].etfs.type = what[i].type;
		load->slots[i].etfs.identity = what[i].identity;
		load->slots[i].load = load;
		load->slots[i].begin.run = begin;
		list_init(&load->slots[i].begin.link);
	}
}

static void
start_slots(struct load *load)
{
	size_t i;

	atomic_store(&load->running, NSLOTS);
	for (i = 0; i < NSLOTS; i++)
		assert_true(sloop_post(
		    &load->l->loops[i % LIVE_LOOPS], &load->slots[i].begin));
}

static void
start_actors(struct load *load, struct actor *actors)
{
	unsigned int i;

	for (i = 0; i < CLIENTS; i++) {
		actors[i].load = load;
		actors[i].number = i;
		actors[i].random = i;
		actors[i].c = client_new(load->l, i % LIVE_LOOPS);
		assert_int_equal(
		    uv_thread_create(&actors[i].thread, actor_main, &actors[i]),
		    0);
	}
}

static void
run(struct live *l)
{
	struct load load = { .l = l };
	struct etfs_config always = { .path = NULL };
	struct actor actors[CLIENTS] = { 0 };
	int fds;
	size_t i;

	make_host(load.l);
	always.path = live_path(load.l, "always");
	assert_int_equal(live_do(load.l, "/h", &always), 0);
	set_slots(&load);
	fds = count_fds();
	start_actors(&load, actors);
	start_slots(&load);
	while (atomic_load(&load.running) > 0)
		live_turn(load.l);
	atomic_store(&load.over, true);
	while (atomic_load(&load.left) < CLIENTS)
		live_turn(load.l);
	for (i = 0; i < CLIENTS; i++)
		uv_thread_join(&actors[i].thread);
	while (atomic_load(&load.l->server.nconns) > 0)
		live_turn(load.l);
	assert_int_equal(count_fds(), fds);
	for (i = 0; i < NSLOTS; i++)
		free((void *)(uintptr_t)load.slots[i].etfs.path);
	print_message("%u answers, %u stale, %u not there\n",
	    atomic_load(&load.worked), atomic_load(&load.stale),
	    atomic_load(&load.missing));
	assert_true(atomic_load(&load.worked) > 0);
	assert_true(atomic_load(&load.stale) > 0);
	assert_true(atomic_load(&load.missing) > 0);
}

static void
nothing_but_stale_is_ever_seen_and_nothing_is_left(void **state)
{
	run(*state);
}

static void
nor_when_descriptors_are_few(void **state)
{
	struct live *l = *state;

	vfs_limit_descriptors(l->server.vfs, 4);
	run(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    nothing_but_stale_is_ever_seen_and_nothing_is_left,
		    live_setup, live_teardown),
		cmocka_unit_test_setup_teardown(
		    nor_when_descriptors_are_few, live_setup, live_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
