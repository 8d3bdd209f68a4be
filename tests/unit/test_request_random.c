/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request_random.c -- many requests on a few fids, ending in all ways and
 * in any order: the model says what each of them has to be answered, and each
 * is answered once.
 */

#include "model.h"

#define ROUNDS 100
#define STEPS 2000
#define MAX_LIVE 24 /* so that a free tag is soon found */

struct run {
	struct fake *fx;
	struct model model;
	uint64_t random;
};

/* xorshift64*, Vigna 2014: the same everywhere. */
static unsigned int
random_below(struct run *run, unsigned int n)
{
	run->random ^= run->random >> 12;
	run->random ^= run->random << 25;
	run->random ^= run->random >> 27;
	return (unsigned int)((run->random * 0x2545f4914f6cdd1dULL >> 33) % n);
}

/* Mostly one that is there, from the number first on. */
static uint32_t
some_fid(struct run *run, uint32_t first)
{
	uint32_t num;
	int tries = 5;

	do
		num = first + random_below(run, MODEL_FIDS - first);
	while (run->model.fids[num] == NULL && --tries > 0);
	return num;
}

static uint32_t
any_fid(struct run *run)
{
	return some_fid(run, 0);
}

/* The root's fid stays: somebody must be able to begin again. */
static uint32_t
own_fid(struct run *run)
{
	return some_fid(run, 1);
}

/* Mostly a number that is free. */
static uint32_t
new_fid(struct run *run)
{
	uint32_t num;
	int tries = 5;

	do
		num = 1 + random_below(run, MODEL_FIDS - 1);
	while (run->model.fids[num] != NULL && --tries > 0);
	return num;
}

static p9_str
any_name(struct run *run)
{
	static const char *const names[] = { "d0", "d1", "f0", "f1", "f2" };

	return (p9_str){ names[random_below(run, 5)], 2 };
}

static void
make_walk(struct run *run, struct p9_msg *m)
{
	struct p9_Twalk *walk = &m->u.Twalk;

	walk->fid = any_fid(run);
	walk->newfid = new_fid(run);
	if (random_below(run, 3) == 0) {
		walk->fid = own_fid(run);
		walk->newfid = walk->fid;
	}
	walk->wname.n = (uint16_t)random_below(run, 4) != 0;
	walk->wname.name[0] = any_name(run);
}

static const p9_u8 types[] = { P9_Tgetattr, P9_Tstatfs, P9_Tread, P9_Twrite,
	P9_Tlopen, P9_Tlcreate, P9_Tclunk, P9_Tremove, P9_Txattrcreate,
	P9_Txattrwalk, P9_Tlink, P9_Trename, P9_Trenameat, P9_Tmkdir };

static void
fill_in(struct run *run, struct p9_msg *m, uint32_t fid, uint32_t fid2)
{
	static const uint32_t open_flags[] = { P9_O_RDONLY, P9_O_RDWR };
	const p9_str x = STR("x");

	switch (m->type) {
	case P9_Tread:
		m->u.Tread = (struct p9_Tread){ fid, 0, 10 };
		break;
	case P9_Twrite:
		m->u.Twrite = (struct p9_Twrite){ fid, 0,
			{ (const uint8_t *)"hello", 5 } };
		break;
	case P9_Tlopen:
		m->u.Tlopen =
		    (struct p9_Tlopen){ fid, open_flags[random_below(run, 2)] };
		break;
	case P9_Tlcreate:
		m->u.Tlcreate =
		    (struct p9_Tlcreate){ fid, STR("f3"), P9_O_RDWR, 0600, 0 };
		break;
	case P9_Txattrcreate:
		m->u.Txattrcreate = (struct p9_Txattrcreate){ fid, x, 5, 0 };
		break;
	case P9_Txattrwalk:
		m->u.Txattrwalk =
		    (struct p9_Txattrwalk){ fid, new_fid(run), x };
		break;
	case P9_Tlink:
		m->u.Tlink = (struct p9_Tlink){ fid, fid2, x };
		break;
	case P9_Trename:
		m->u.Trename = (struct p9_Trename){ fid, fid2, x };
		break;
	case P9_Trenameat:
		m->u.Trenameat = (struct p9_Trenameat){ fid, x, fid2, x };
		break;
	case P9_Tmkdir:
		m->u.Tmkdir = (struct p9_Tmkdir){ fid, x, 0700, 0 };
		break;
	default: /* only a fid */
		m->u.Tclunk.fid = fid;
		break;
	}
}

static bool
is_for_the_root(uint8_t type)
{
	switch (type) {
	case P9_Tgetattr:
	case P9_Tstatfs:
	case P9_Tlink:
	case P9_Trenameat:
	case P9_Tmkdir:
		return true;
	default:
		return false;
	}
}

static void
make_request(struct run *run, struct p9_msg *m)
{
	switch (random_below(run, 8)) {
	case 0:
		m->type = P9_Tflush;
		m->u.Tflush.oldtag = (uint16_t)random_below(run, MODEL_TAGS);
		break;
	case 1:
	case 2:
	case 3:
		m->type = P9_Twalk;
		make_walk(run, m);
		break;
	default:
		m->type = types[random_below(run, sizeof(types))];
		fill_in(run, m,
		    is_for_the_root(m->type) ? any_fid(run) : own_fid(run),
		    any_fid(run));
		break;
	}
}

static uint16_t
free_tag(struct run *run)
{
	uint16_t tag = 0;

	while (run->model.tags[tag].live)
		tag = (uint16_t)random_below(run, MODEL_TAGS);
	return tag;
}

static void
hear(struct run *run)
{
	while (fake_unread(run->fx) > 0)
		model_answered(&run->model, fake_next(run->fx));
}

static void
send_one(struct run *run)
{
	struct p9_msg m = { 0 };

	if (run->model.nlive >= MAX_LIVE)
		return;
	m.tag = free_tag(run);
	make_request(run, &m);
	model_sent(&run->model, &m);
	send_ok(run->fx, &m);
}

static void
change_plans(struct run *run)
{
	slow_plan(run->fx->slow, random_below(run, SLOW_NKINDS),
	    random_below(run, 4), random_below(run, 6) == 0 ? -MODEL_ERRNO : 0);
}

static void
end_one(struct run *run)
{
	size_t n = slow_npending(run->fx->slow);

	if (n == 0)
		slow_ticket(run->fx->slow);
	else if (random_below(run, 2) == 0)
		slow_finish(run->fx->slow, random_below(run, (unsigned)n));
	else
		slow_post_from_afar(
		    run->fx->slow, random_below(run, (unsigned)n));
}

static void
one_step(struct run *run)
{
	switch (random_below(run, 10)) {
	case 0:
		change_plans(run);
		break;
	case 1:
	case 2:
		end_one(run);
		break;
	case 3:
		fake_pump(run->fx);
		break;
	default:
		send_one(run);
		break;
	}
	hear(run);
}

static void
see_it_out(struct run *run)
{
	slow_plan_all(run->fx->slow, SLOW_NOW, 0);
	slow_open_gate(run->fx->slow);
	while (slow_npending(run->fx->slow) > 0)
		end_one(run);
	hear(run);
	while (run->model.nlive > 0) {
		fake_await(run->fx, 1);
		hear(run);
	}
	expect_silence(run->fx);
}

static void
one_round(uint64_t seed)
{
	struct run run = { .random = seed };
	void *state;
	int i;

	assert_int_equal(fake_setup_attached(&state), 0);
	run.fx = state;
	model_init(&run.model, STEPS + 1);
	slow_plan_all(run.fx->slow, SLOW_PENDING, 0);
	for (i = 0; i < STEPS; i++)
		one_step(&run);
	see_it_out(&run);
	model_fini(&run.model);
	assert_int_equal(fake_teardown(&state), 0);
}

static void
every_request_is_answered_once_and_in_its_turn(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= ROUNDS; seed++)
		one_round(seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    every_request_is_answered_once_and_in_its_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
