/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_hostile.c -- the museum: what servers have stumbled over.
 *
 * What cannot be trusted any more ends that connection, with one line in the
 * log; what can be told to be wrong is answered, and the session goes on.
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

/* A header of any kind, body left to the caller. */
static void
header(uint8_t *p, uint32_t size, uint8_t type, uint16_t tag)
{
	put32(p, size);
	p[4] = type;
	p[5] = (uint8_t)tag;
	p[6] = (uint8_t)(tag >> 8);
}

static void
refused(struct t9 *c, int err)
{
	assert_true(t9_recv(c));
	assert_int_equal(c->in.type, P9_Rlerror);
	assert_int_equal(p9_errno_from_wire(c->in.u.Rlerror.ecode), err);
}

/* A server of its own that says only what is worth a warning. */
static struct server *
quiet_server(struct wire *w)
{
	return WIRE_SERVER(w, "--log-level", "warn");
}

static void
await_lines(struct server *s, size_t n)
{
	struct wire_patience p = wire_patience();

	while (server_log_lines(s) < n)
		wire_wait(&p, "a line in the log");
}

static void
sizes_that_cannot_be_trusted_end_the_connection(void **state)
{
	static const uint32_t sizes[] = { 0, 1, 3, 4, 6, 8193, 65537,
		0x7fffffff, 0x80000000, 0xffffffff };
	struct wire *w = *state;
	struct server *s = quiet_server(w);
	size_t lines = server_log_lines(s);
	uint8_t frame[7];
	struct t9 *c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(sizes); i++) {
		c = wire_session_with(s, 8192);
		header(frame, sizes[i], P9_Tclunk, 1);
		t9_send_bytes(c, frame, sizeof(frame));
		t9_recv_closed(c);
		t9_free(c);
		await_lines(s, ++lines);
	}
	/* One line each, and nothing more at the end. */
	assert_int_equal(server_log_lines(s), lines);
	wire_session_with(s, 8192);
	assert_int_equal(server_log_lines(s), lines);
	t9_free_all();
	server_stop(s);
}

static void
a_size_is_judged_as_soon_as_it_is_there(void **state)
{
	struct wire *w = *state;
	uint8_t size[4];
	struct t9 *c;

	c = wire_session(w);
	put32(size, WIRE_MSIZE + 1);
	t9_send_bytes(c, size, sizeof(size));
	t9_recv_closed(c);
	c = wire_dial(w); /* also before there is a session */
	put32(size, 0xffffffff);
	t9_send_bytes(c, size, sizeof(size));
	t9_recv_closed(c);
	c = wire_dial(w);
	put32(size, 3);
	t9_send_bytes(c, size, sizeof(size));
	t9_recv_closed(c);
}

static void
a_broken_frame_does_not_undo_what_came_before(void **state)
{
	struct wire *w = *state;
	uint8_t broken[7] = { 3 };
	struct t9 *c = wire_session_as(w, geteuid());
	int answers;

	t9_cork(c);
	t9_send(c,
	    T9_MSG(Tmkdir, .dfid = HOME, .name = t9_str("done"), .mode = 0755,
		.gid = c->gid));
	t9_send_bytes(c, broken, sizeof(broken));
	t9_uncork(c);
	for (answers = 0; t9_recv(c); answers++)
		assert_int_equal(c->in.type, P9_Rmkdir);
	t9_free(c);
	/* What was answered is done. */
	if (answers > 0)
		assert_true(t9_exists(w->c, HOME, "done"));
}

/* As they are, one short, one over, for every request that there is. */
static void
every_wrong_length_of_a_body_is_einval(void **state)
{
	static const uint8_t types[] = { P9_Tstatfs, P9_Tlopen, P9_Tlcreate,
		P9_Tsymlink, P9_Tmknod, P9_Trename, P9_Treadlink, P9_Tgetattr,
		P9_Tsetattr, P9_Txattrwalk, P9_Txattrcreate, P9_Treaddir,
		P9_Tfsync, P9_Tlock, P9_Tgetlock, P9_Tlink, P9_Tmkdir,
		P9_Trenameat, P9_Tunlinkat, P9_Tversion, P9_Tauth, P9_Tattach,
		P9_Tflush, P9_Twalk, P9_Tread, P9_Twrite, P9_Tclunk,
		P9_Tremove };
	struct wire *w = *state;
	struct p9_msg m;
	uint8_t frame[256];
	size_t i;
	int n, len;

	for (i = 0; i < WIRE_COUNT(types); i++) {
		memset(&m, 0, sizeof(m));
		m.type = types[i];
		m.tag = 1;
		n = p9_encode(&m, P9_DIALECT_L, frame, sizeof(frame));
		assert_true(n > 0);
		for (len = P9_HDRSZ; len < n; len++) {
			if (m.type == P9_Tfsync && len == 11)
				continue; /* the old form */
			put32(frame, (uint32_t)len);
			t9_send_frame(w->c, frame, (size_t)len);
			refused(w->c, EINVAL);
		}
		frame[n] = 0;
		put32(frame, (uint32_t)n + 1);
		t9_send_frame(w->c, frame, (size_t)n + 1);
		refused(w->c, EINVAL);
	}
	t9_getattr(w->c, HOME);
}

static void
replies_and_unknown_types_are_eopnotsupp(void **state)
{
	struct wire *w = *state;
	uint8_t frame[40] = { 0 };
	unsigned int type;

	for (type = 0; type < 256; type++) {
		if (type % 2 == 0 && p9_name(P9_DIALECT_L, type) != NULL)
			continue;
		header(frame, sizeof(frame), (uint8_t)type, 1);
		t9_send_frame(w->c, frame, sizeof(frame));
		refused(w->c, EOPNOTSUPP);
		header(frame, 7, (uint8_t)type, 1);
		t9_send_frame(w->c, frame, 7);
		refused(w->c, EOPNOTSUPP);
	}
	t9_getattr(w->c, HOME);
}

static void
counts_that_lie_are_einval(void **state)
{
	static const uint32_t lies[] = { 0, 4, 6, 100, 0x7fffffff, 0x80000000,
		0xffffffe9, 0xfffffff0, 0xffffffff };
	struct wire *w = *state;
	uint8_t frame[64];
	size_t i;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	for (i = 0; i < WIRE_COUNT(lies); i++) {
		memset(frame, 0, sizeof(frame));
		header(frame, 28, P9_Twrite, 1);
		put32(frame + 7, 2);
		put32(frame + 19, lies[i]); /* but 5 bytes follow */
		t9_send_frame(w->c, frame, 28);
		refused(w->c, EINVAL);
	}
	for (i = 17; i <= 65535; i = i * 3 + 7) { /* names in a walk */
		memset(frame, 0, sizeof(frame));
		header(frame, 17, P9_Twalk, 1);
		put32(frame + 7, HOME);
		put32(frame + 11, 3);
		frame[15] = (uint8_t)i;
		frame[16] = (uint8_t)(i >> 8);
		t9_send_frame(w->c, frame, 17);
		refused(w->c, EINVAL);
	}
	assert_int_equal(t9_getattr(w->c, 2).size, 0);
	t9_fails(w->c, EBADF, Tclunk, .fid = 3);
}

static void
names_with_a_nul_are_einval(void **state)
{
	static const p9_str nuls[] = { { "\0", 1 }, { "a\0b", 3 },
		{ "file\0", 5 } };
	struct wire *w = *state;
	uint8_t frame[64];
	struct p9_msg m;
	size_t i;
	int n;

	t9_put(w->c, HOME, "file", "");
	for (i = 0; i < WIRE_COUNT(nuls); i++) {
		m.type = P9_Tunlinkat;
		m.tag = 1;
		m.u.Tunlinkat =
		    (struct p9_Tunlinkat){ .dirfid = HOME, .name = nuls[i] };
		n = p9_encode(&m, P9_DIALECT_L, frame, sizeof(frame));
		t9_send_frame(w->c, frame, (size_t)n);
		refused(w->c, EINVAL);
	}
	assert_true(t9_exists(w->c, HOME, "file"));
}

static void
counts_beyond_msize_are_no_reason_to_allocate(void **state)
{
	struct wire *w = *state;
	int i;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
	t9_open(w->c, HOME, 3, "", P9_O_RDONLY);
	for (i = 0; i < 100; i++) {
		t9_ok(w->c, Tread, .fid = 2, .count = UINT32_MAX);
		assert_int_equal(w->c->in.u.Rread.data.len, 7);
		t9_ok(w->c, Treaddir, .fid = 3, .count = UINT32_MAX);
		t9_ok(w->c, Tread, .fid = 2, .offset = 7, .count = 1U << 31);
		assert_int_equal(w->c->in.u.Rread.data.len, 0);
	}
}

static void
a_second_attach_on_a_live_fid_changes_nothing(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Tattach, .fid = 2, .afid = P9_NOFID);
	t9_reads(w->c, 2, "content");
	t9_fails(w->c, EINVAL, Tattach, .fid = HOME, .afid = P9_NOFID);
	t9_has(w->c, HOME, "file", "content");
}

/* Send what is corked in pieces of one byte. */
static void
trickle(struct t9 *c)
{
	size_t n = c->out_len, i;
	uint8_t *bytes = malloc(n);

	assert_non_null(bytes);
	memcpy(bytes, c->out, n);
	c->out_len = 0;
	t9_uncork(c);
	for (i = 0; i < n; i++)
		t9_send_bytes(c, bytes + i, 1);
	free(bytes);
}

static void
a_byte_at_a_time_is_served(void **state)
{
	struct wire *w = *state;
	struct t9 *c = wire_dial(w);
	int i;

	t9_cork(c);
	t9_send(c,
	    T9_MSG(Tversion, .msize = 8192, .version = t9_str(P9_VERSION_L)));
	trickle(c);
	t9_recv_tag(c, P9_NOTAG);
	t9_attach(c, ROOT, geteuid(), wire_home(w, ""));
	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	for (i = 0; i < 3; i++) {
		t9_cork(c);
		t9_send(c,
		    T9_MSG(Twrite, .fid = 2,
			.data = { (const uint8_t *)"slowly", 6 }));
		trickle(c);
		assert_true(t9_recv(c));
		assert_int_equal(c->in.u.Rwrite.count, 6);
		/* One that is slow does not hold up another. */
		t9_getattr(w->c, HOME);
	}
	t9_reads(c, 2, "slowly");
	t9_free(c);
}

static void
any_split_of_a_stream_is_the_same_stream(void **state)
{
	struct wire *w = *state;
	uint8_t copy[2000];
	size_t len, cut, i;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	for (cut = 1; cut < 200; cut += 3) {
		t9_cork(w->c);
		t9_send(w->c,
		    T9_MSG(Twrite, .fid = 2,
			.data = { (const uint8_t *)"0123456789", 10 }));
		t9_send(
		    w->c, T9_MSG(Tgetattr, .fid = 2, .request_mask = 0x7ff));
		t9_send(w->c, T9_MSG(Tread, .fid = 2, .count = 10));
		t9_send(w->c,
		    T9_MSG(
			Twrite, .fid = 2, .offset = 10, .data = { copy, 300 }));
		len = w->c->out_len;
		assert_true(len < sizeof(copy));
		memcpy(copy, w->c->out, len);
		w->c->out_len = 0;
		t9_uncork(w->c);
		for (i = 0; i < len; i += cut)
			t9_send_bytes(
			    w->c, copy + i, len - i < cut ? len - i : cut);
		for (i = 0; i < 4; i++)
			assert_true(t9_recv(w->c));
	}
}

static void
a_frame_of_exactly_msize_is_served(void **state)
{
	struct wire *w = *state;
	struct t9 *c = wire_session_as(w, geteuid());
	static uint8_t data[8192];

	t9_version(c, 8192);
	t9_attach(c, ROOT, geteuid(), wire_home(w, ""));
	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, 8192 - 23);
	t9_send_tag(
	    c, T9_MSG(Twrite, .fid = 2, .data = { data, 8192 - 22 }), 1);
	t9_recv_closed(c);
	assert_int_equal(t9_stat(w->c, HOME, "file").size, 8192 - 23);
}

/* What a client sends is shown in the log, but not obeyed by a terminal. */
static void
the_log_is_plain_text(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--trace", "--log-level", "debug");
	struct t9 *c = wire_session_with(s, 8192);
	char *log, *p;

	t9_mkdir(c, ROOT, "\x1b[2J\x07\n\x7f\xff", 0755);
	t9_fails(c, ENOENT, Tattach, .fid = 5, .afid = P9_NOFID,
	    .uname = t9_str("\x1b]0;x\x07"), .aname = t9_str("\n\nforged"),
	    .n_uname = P9_NONUNAME);
	t9_free(c);
	log = server_log(s);
	assert_non_null(strstr(log, "Tmkdir"));
	assert_non_null(strstr(log, "Rmkdir"));
	assert_null(strstr(log, "\nforged"));
	for (p = log; *p != '\0'; p++)
		if (*p != '\n' && *p != '\t')
			assert_in_range((unsigned char)*p, ' ', '~');
	free(log);
	server_stop(s);
}

static void
the_log_does_not_grow_with_what_is_refused(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "-r");
	struct t9 *c = wire_session_with(s, 8192);
	uint8_t frame[P9_HDRSZ] = { sizeof(frame), 0, 0, 0, 200 };
	int i;

	c->anything = true;
	for (i = 0; i < 1000; i++) {
		t9_send_frame(c, frame, sizeof(frame));
		assert_true(t9_recv(c));
	}
	assert_in_range(server_log_lines(s), 1, 20);
	t9_free(c);
	server_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(sizes_that_cannot_be_trusted_end_the_connection),
		wire_test(a_size_is_judged_as_soon_as_it_is_there),
		wire_test(a_broken_frame_does_not_undo_what_came_before),
		wire_test(every_wrong_length_of_a_body_is_einval),
		wire_test(replies_and_unknown_types_are_eopnotsupp),
		wire_test(counts_that_lie_are_einval),
		wire_test(names_with_a_nul_are_einval),
		wire_test(counts_beyond_msize_are_no_reason_to_allocate),
		wire_test(a_second_attach_on_a_live_fid_changes_nothing),
		wire_test(a_byte_at_a_time_is_served),
		wire_test(any_split_of_a_stream_is_the_same_stream),
		wire_test(a_frame_of_exactly_msize_is_served),
		wire_test(the_log_is_plain_text),
		wire_test(the_log_does_not_grow_with_what_is_refused),
	};

	return wire_main("hostile", WIRE_EACH_FS, tests, WIRE_COUNT(tests));
}
