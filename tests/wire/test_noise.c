/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_noise.c -- requests that nobody would send, by the thousand.
 *
 * Numbers come from a generator with a known start, which is printed; a run
 * can be had again with WIRE_SEED.
 */

#include "wire.h"

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static uint64_t seed;

static uint32_t
number(uint32_t below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(seed >> 33) % below;
}

static void
begin_noise(void)
{
	const char *env = getenv("WIRE_SEED");

	seed = env != NULL ? strtoull(env, NULL, 0) : 9200;
	print_message("           WIRE_SEED=%llu\n", (unsigned long long)seed);
}

#define NOISE_MAX 600

static p9_str
some_name(void)
{
	static const char *const names[] = { "", ".", "..", "a", "b", "a/b",
		"dir", "file", "link", "user.a", "9P2000.L" };

	return t9_str(names[number(WIRE_COUNT(names))]);
}

static void
some_names(p9_names *names)
{
	size_t i;

	names->n = (uint16_t)number(4);
	for (i = 0; i < P9_MAXWELEM; i++)
		names->name[i] = some_name();
}

/* Slices must point somewhere; everything else may be anything. */
static void
some_slices(struct p9_msg *m)
{
	static const uint8_t data[300] = "some data";
	union p9_body *u = &m->u;

	switch (m->type) {
	case P9_Tauth:
		u->Tauth.uname = some_name();
		u->Tauth.aname = some_name();
		break;
	case P9_Tattach:
		u->Tattach.uname = some_name();
		u->Tattach.aname = some_name();
		break;
	case P9_Twalk:
		some_names(&u->Twalk.wname);
		break;
	case P9_Twrite:
		u->Twrite.data = (p9_data){ data, number(sizeof(data)) };
		break;
	case P9_Tlcreate:
		u->Tlcreate.name = some_name();
		break;
	case P9_Tsymlink:
		u->Tsymlink.name = some_name();
		u->Tsymlink.symtgt = some_name();
		break;
	case P9_Tmknod:
		u->Tmknod.name = some_name();
		break;
	case P9_Trename:
		u->Trename.name = some_name();
		break;
	case P9_Txattrwalk:
		u->Txattrwalk.name = some_name();
		break;
	case P9_Txattrcreate:
		u->Txattrcreate.name = some_name();
		break;
	case P9_Tlock:
		u->Tlock.client_id = some_name();
		break;
	case P9_Tgetlock:
		u->Tgetlock.client_id = some_name();
		break;
	case P9_Tlink:
		u->Tlink.name = some_name();
		break;
	case P9_Tmkdir:
		u->Tmkdir.name = some_name();
		break;
	case P9_Trenameat:
		u->Trenameat.oldname = some_name();
		u->Trenameat.newname = some_name();
		break;
	case P9_Tunlinkat:
		u->Tunlinkat.name = some_name();
		break;
	default:
		break;
	}
}

/*
 * A request on fids and names that may exist; the rest is left to chance, with
 * a liking for small numbers.  All bodies begin with a fid, and some have
 * another behind it.
 */
static size_t
some_request(uint8_t *frame)
{
	uint8_t fill[sizeof(union p9_body)];
	uint32_t fids[2] = { number(8), number(8) };
	struct p9_msg m;
	size_t i;
	int n;

	for (i = 0; i < sizeof(fill); i++)
		fill[i] = number(16) == 0 ? (uint8_t)number(256) : 0;
	memcpy(&m.u, fill, sizeof(fill));
	memcpy(&m.u, fids, number(2) != 0 ? sizeof(fids) : sizeof(fids[0]));
	do
		m.type = (uint8_t)(2 * number(64));
	while (p9_name(P9_DIALECT_L, m.type) == NULL || m.type == P9_Tversion);
	m.tag = (uint16_t)number(20000);
	some_slices(&m);
	n = p9_encode(&m, P9_DIALECT_L, frame, NOISE_MAX);
	assert_true(n > 0);
	return (size_t)n;
}

/* Change a few bytes, or the length, but keep the framing. */
static size_t
mutate(uint8_t *frame, size_t len)
{
	uint32_t changes = number(4);

	while (changes-- > 0)
		frame[4 + number((uint32_t)len - 4)] = (uint8_t)number(256);
	switch (number(6)) {
	case 0:
		len = P9_HDRSZ + number((uint32_t)len - P9_HDRSZ + 1);
		break;
	case 1:
		memset(frame + len, (int)number(256), 20);
		len += number(20);
		break;
	}
	put32(frame, (uint32_t)len);
	return len;
}

/* Take whatever comes, until the mark or the end of the connection. */
static bool
drain(struct t9 *c)
{
	t9_send(c,
	    T9_MSG(Tversion, .msize = 8192, .version = t9_str(P9_VERSION_L)));
	while (t9_recv(c))
		if (c->in.type == P9_Rversion && c->in.tag == P9_NOTAG)
			return true;
	return false;
}

/* Sessions of fifty strange requests, each after a bit of sense. */
static void
noise(struct wire *w, int rounds, bool mutated)
{
	uint8_t frame[NOISE_MAX + 64];
	struct t9 *c = NULL;
	size_t len;
	int i, k;

	for (i = 0; i < rounds; i++) {
		if (c == NULL) {
			c = wire_dial(w);
			t9_version(c, 8192);
		}
		c->anything = false;
		t9_attach(c, 0, geteuid(), wire_home(w, ""));
		t9_walk(c, 0, 1, "");
		t9_rpc(c,
		    T9_MSG(Tmkdir, .dfid = 0, .name = t9_str("dir"),
			.mode = 0777, .gid = c->gid));
		t9_walk(c, 0, 2, "");
		t9_rpc(c,
		    T9_MSG(Tlcreate, .fid = 2, .name = t9_str("file"),
			.flags = P9_O_RDWR | P9_O_CREATE, .mode = 0666,
			.gid = c->gid));
		c->anything = true;
		t9_cork(c);
		for (k = 0; k < 50; k++) {
			len = some_request(frame);
			if (mutated)
				len = mutate(frame, len);
			t9_send_bytes(c, frame, len);
		}
		t9_uncork(c);
		if (!drain(c)) {
			t9_free(c);
			c = NULL;
		}
	}
	t9_free(c);
}

static void
strange_requests_do_no_harm(void **state)
{
	struct wire *w = *state;

	begin_noise();
	noise(w, 200, false);
	t9_getattr(w->c, ROOT);
}

static void
mutated_requests_do_no_harm(void **state)
{
	struct wire *w = *state;

	begin_noise();
	noise(w, 200, true);
	t9_getattr(w->c, ROOT);
}

/* Not even frames: the first bytes say how much is read before the end. */
static void
random_bytes_do_no_harm(void **state)
{
	struct wire *w = *state;
	uint8_t bytes[300];
	struct t9 *c;
	size_t i;
	int k;

	begin_noise();
	for (k = 0; k < 500; k++) {
		c = k % 2 == 0 ? wire_dial(w) : wire_session(w);
		for (i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)number(256);
		if (k % 3 != 0)
			put32(bytes, 7 + number(294));
		c->anything = true;
		t9_send_bytes(c, bytes, 1 + number(sizeof(bytes)));
		t9_shutdown(c);
		while (t9_recv(c))
			;
		t9_free(c);
	}
	t9_getattr(w->c, ROOT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(strange_requests_do_no_harm),
		wire_test(mutated_requests_do_no_harm),
		wire_test(random_bytes_do_no_harm),
	};

	return wire_main("noise", WIRE_EACH_FS, tests, WIRE_COUNT(tests));
}
