/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_setup.c -- how a test with a session begins, and what has to be given
 * back when it ends; see fake.h.
 */

#include "fake.h"
#include "log.h"
#include "pool.h"

#define TOO_LONG 300 /* seconds: something waits that never will be woken */

static void
set_limits(struct limits *limits)
{
	*limits = (struct limits){
		.msize = P9_MAX_MSIZE,
		.connections = 10,
		.fids = 1 << 20,
		.opens = 1 << 20,
		.requests = 1024,
		.queued = 16 << 20,
		.xattr_bytes = 1 << 20,
		.locks = 1000,
	};
}

static void
make_tree(struct fake *fx)
{
	struct memfs_config cfg = { .mode = 0777 };
	struct vfs_fs *memory;

	assert_int_equal(vfs_new(&fx->server.vfs), 0);
	assert_int_equal(memfs_new(fx->server.vfs, &cfg, &memory), 0);
	assert_int_equal(vfs_mount(fx->server.vfs, "/", memory), 0);
	assert_int_equal(slowfs_new(fx->server.vfs, &fx->slow), 0);
	assert_int_equal(
	    vfs_mount(fx->server.vfs, "/slow", slow_fs(fx->slow)), 0);
}

/* libuv keeps some descriptors, and its workers, for good. */
static int
warm_up(void)
{
	char n[] = { '0' + FAKE_WORKERS, '\0' };
	uv_loop_t uv;

	setenv("UV_THREADPOOL_SIZE", n, 1);
	return uv_loop_init(&uv) != 0 ? -1 : uv_loop_close(&uv);
}

int
fake_setup(void **state)
{
	struct fake *fx = calloc(1, sizeof(*fx));
	struct origin from = { .trust = TRUST_ANY };

	if (fx == NULL || warm_up() != 0)
		return -1;
	alarm(TOO_LONG);
	log_init(LOG_ERROR);
	fx->fds = count_fds();
	uv_sem_init(&fx->blocked, 0);
	uv_sem_init(&fx->go_on, 0);
	set_limits(&fx->server.limits);
	make_tree(fx);
	fx->loop.server = &fx->server;
	fx->transport.ops = &fake_ops;
	if (uv_loop_init(&fx->loop.uv) != 0 ||
	    vloop_init(&fx->loop.vfs, &fx->loop.uv) != 0 ||
	    (fx->loop.pool = pool_new()) == NULL)
		return -1;
	session_init(&fx->session, &fx->loop, &fx->transport, &from, "fake");
	*state = fx;
	return 0;
}

int
fake_setup_attached(void **state)
{
	struct fake *fx;

	if (fake_setup(state) != 0)
		return -1;
	fx = *state;
	call(fx, T_VERSION);
	call(fx, T_ATTACH(60000, 0, "/slow"));
	return 0;
}

/* Whoever still waits for the test is let go. */
static void
end_session(struct fake *fx)
{
	size_t unread = fake_unread(fx);

	if (fx->blocking)
		fake_unblock_workers(fx);
	slow_plan_all(fx->slow, SLOW_NOW, 0);
	slow_open_gate(fx->slow);
	session_end(&fx->session);
	while (slow_npending(fx->slow) > 0)
		slow_finish(fx->slow, 0);
	fake_await_end(fx);
	assert_int_equal(fake_unread(fx), unread);
}

static void
check_session(const struct session *s)
{
	assert_int_equal(s->npending, 0);
	assert_int_equal(s->nwaits, 0);
	assert_int_equal(s->held, 0);
	assert_int_equal(s->xattr_bytes, 0);
	assert_int_equal(s->fids.count, 0);
	assert_int_equal(s->nopen, 0);
	assert_int_equal(s->tags.count, 0);
	assert_true(list_empty(&s->pending));
	assert_true(list_empty(&s->ready));
}

static void
check_given_back(struct fake *fx)
{
	assert_int_equal(fx->rooms, 0);
	assert_true(fx->rx == NULL || fx->rx->refs == 1);
	assert_int_equal(fx->fails, 0);
	assert_int_equal(slow_refs(fx->slow), 0);
	assert_int_equal(slow_opens(fx->slow), 0);
	assert_int_equal(slow_locked(fx->slow), 0);
}

static void
free_replies(struct fake *fx)
{
	while (fx->first < fx->nreplies)
		free(fx->replies[fx->first++].frame);
	free(fx->replies);
	free(fx->current.frame);
}

int
fake_teardown(void **state)
{
	struct fake *fx = *state;
	int left;

	end_session(fx);
	check_session(&fx->session);
	check_given_back(fx);
	session_fini(&fx->session);
	free_replies(fx);
	buf_put(fx->rx);
	vfs_free(fx->server.vfs);
	pool_free(fx->loop.pool);
	vloop_fini(&fx->loop.vfs);
	uv_run(&fx->loop.uv, UV_RUN_DEFAULT);
	left = uv_loop_close(&fx->loop.uv);
	uv_sem_destroy(&fx->blocked);
	uv_sem_destroy(&fx->go_on);
	if (left == 0 && count_fds() != fx->fds)
		left = -1;
	free(fx);
	alarm(0);
	return left;
}
