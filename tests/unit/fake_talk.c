/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake_talk.c -- what tests say to a session, and expect of it; see fake.h.
 */

#include <stdio.h>

#include "fake.h"

size_t
fake_unread(const struct fake *fx)
{
	return fx->nreplies - fx->first;
}

const struct p9_msg *
fake_next(struct fake *fx)
{
	fake_await(fx, 1);
	free(fx->current.frame);
	fx->current = fx->replies[fx->first++];
	if (fx->first == fx->nreplies)
		fx->first = fx->nreplies = 0;
	return &fx->current.m;
}

static void
explain(const struct p9_msg *m, const char *wanted)
{
	char line[200];

	p9_print(m, P9_DIALECT_L, line, sizeof(line));
	print_error("the reply is %s, not %s\n", line, wanted);
}

const struct p9_msg *
expect(struct fake *fx, unsigned int type, uint16_t tag)
{
	const struct p9_msg *m = fake_next(fx);

	if (m->type != type || m->tag != tag)
		explain(m, p9_name(P9_DIALECT_L, type));
	assert_int_equal(m->tag, tag);
	assert_int_equal(m->type, type);
	return m;
}

void
expect_error(struct fake *fx, uint16_t tag, uint32_t ecode)
{
	const struct p9_msg *m = expect(fx, P9_Rlerror, tag);

	if (m->u.Rlerror.ecode != ecode)
		explain(m, p9_errno_name(ecode));
	assert_int_equal(m->u.Rlerror.ecode, ecode);
}

void
expect_silence(struct fake *fx)
{
	fake_pump(fx);
	if (fake_unread(fx) > 0)
		explain(&fx->replies[fx->first].m, "silence");
	assert_int_equal(fake_unread(fx), 0);
}

void
send_ok(struct fake *fx, const struct p9_msg *m)
{
	assert_true(session_ready(&fx->session));
	assert_int_equal(fake_send(fx, m), 0);
}

const struct p9_msg *
call(struct fake *fx, const struct p9_msg *m)
{
	send_ok(fx, m);
	return expect(fx, m->type + 1U, m->tag);
}

void
call_fails(struct fake *fx, const struct p9_msg *m, uint32_t ecode)
{
	send_ok(fx, m);
	expect_error(fx, m->tag, ecode);
}

void
make_fid(struct fake *fx, uint32_t newfid, const char *name)
{
	call(fx,
	    T(walk, 60001, 0, newfid,
		{ 1, { { name, (uint16_t)strlen(name) } } }));
}

void
open_fid(struct fake *fx, uint32_t newfid, const char *name)
{
	make_fid(fx, newfid, name);
	call(fx,
	    T(lopen, 60002, newfid, name[0] == 'd' ? P9_O_RDONLY : P9_O_RDWR));
}

static void
block(uv_work_t *work)
{
	struct fake *fx = work->data;

	uv_sem_post(&fx->blocked);
	uv_sem_wait(&fx->go_on);
}

static void
unblocked(uv_work_t *work, int status)
{
	(void)work;
	assert_int_equal(status, 0);
}

void
fake_block_workers(struct fake *fx)
{
	int i;

	for (i = 0; i < FAKE_WORKERS; i++) {
		fx->blockers[i].data = fx;
		assert_int_equal(uv_queue_work(&fx->loop.uv, &fx->blockers[i],
				     block, unblocked),
		    0);
	}
	for (i = 0; i < FAKE_WORKERS; i++)
		uv_sem_wait(&fx->blocked);
	fx->blocking = true;
}

void
fake_unblock_workers(struct fake *fx)
{
	int i;

	for (i = 0; i < FAKE_WORKERS; i++)
		uv_sem_post(&fx->go_on);
	fx->blocking = false;
}

void
fake_look_up_users(struct fake *fx)
{
	fx->server.identity =
	    (struct identity){ IDENTITY_CLIENT, 65534, 65534, NULL };
	fx->session.from.trust = TRUST_ANY;
}
