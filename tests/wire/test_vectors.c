/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vectors.c -- every vector of the protocol, sent to a live server.
 *
 * A row has a dialect, a message, a description, the bytes in hex, and a
 * verdict: what a strict server does with them.  Rows of .L are run, each on a
 * connection of its own, in the state that the rows assume: msize 8192, fid 0
 * the unopened root, fid 2 a file open for reading and writing, fid 6 a file
 * not open, and no other fids; none at all where a row attaches.
 *
 * The file is looked for from the top of the checkout, or in $WIRE_VECTORS.
 */

#include <ctype.h>

#include "wire.h"

#define VECTORS "tests/unit/vectors/9p2000L.tsv"
#define CONTENT 20000 /* bytes in the open file: more than msize */

struct vector {
	const char *type, *description, *verdict;
	uint8_t *bytes;
	size_t len;
	int line;
};

/* One way of running a row; the server must be of use afterwards. */
typedef void run_fn(struct wire *w, const struct vector *v);

static char *vectors;

static const char *
vectors_path(void)
{
	const char *env = getenv("WIRE_VECTORS");

	return env != NULL ? env : VECTORS;
}

/* In place: the bytes are shorter than their digits. */
static size_t
unhex(char *hex)
{
	uint8_t *to = (uint8_t *)hex;
	unsigned int byte;
	size_t n;

	for (n = 0; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		to[n] = (uint8_t)byte;
	return n;
}

static bool
parse(char *line, struct vector *v)
{
	char *dialect = strsep(&line, "\t");

	if (dialect[0] == '#' || strcmp(dialect, "9P2000.L") != 0)
		return false;
	v->type = strsep(&line, "\t");
	v->description = strsep(&line, "\t");
	v->bytes = (uint8_t *)strsep(&line, "\t");
	v->verdict = strsep(&line, "\t");
	assert_non_null(v->verdict);
	v->len = unhex((char *)v->bytes);
	return true;
}

/* Run all rows that the verdict is meant for; there are that many or more. */
static void
run_rows(struct wire *w, const char *verdict, run_fn *run, int least)
{
	char *text = strdup(vectors), *rest = text, *line;
	struct vector v = { 0 };
	static char row[256];
	int n = 0;

	assert_non_null(text);
	while ((line = strsep(&rest, "\n")) != NULL) {
		v.line++;
		if (!parse(line, &v) || strcmp(v.verdict, verdict) != 0)
			continue;
		snprintf(row, sizeof(row), "line %d, %s, %s: %s", v.line,
		    v.type, v.description, v.verdict);
		t9_context(row);
		run(w, &v);
		n++;
	}
	t9_context(NULL);
	free(text);
	assert_true(n >= least);
}

static struct t9 *
version_only(struct wire *w)
{
	struct t9 *c = wire_dial(w);

	t9_version(c, 8192);
	return c;
}

/* The state that rows assume, on files that are made anew. */
static struct t9 *
usual_state(struct wire *w)
{
	static uint8_t data[CONTENT];
	static unsigned int n;
	struct t9 *c = version_only(w);
	char name[32];

	memset(data, 'v', sizeof(data));
	snprintf(name, sizeof(name), "v%u", n++);
	t9_mkdir(w->c, HOME, name, 0777);
	t9_attach(c, 0, geteuid(), wire_home(w, name));
	t9_create(c, 0, 2, "open", P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, 8000);
	t9_write(c, 2, 8000, data, 8000);
	t9_write(c, 2, 16000, data, 4000);
	t9_create(c, 0, 6, "walked", P9_O_RDWR, 0644);
	t9_clunk(c, 6);
	t9_walk(c, 0, 6, "walked");
	return c;
}

static void
is_type(struct t9 *c, int type)
{
	if (c->in.type != type)
		t9_fail("a reply of type %u, not %d", c->in.type, type);
}

static uint16_t
tag_of(const struct vector *v)
{
	return (uint16_t)(v->bytes[5] | v->bytes[6] << 8);
}

static void
send_row(struct t9 *c, const struct vector *v)
{
	t9_send_frame(c, v->bytes, v->len);
	t9_recv_tag(c, tag_of(v));
}

static void
answers_error(struct t9 *c, const struct vector *v, int err)
{
	send_row(c, v);
	is_type(c, P9_Rlerror);
	if (p9_errno_from_wire(c->in.u.Rlerror.ecode) != err)
		t9_fail("expected %s, got error %u", strerror(err),
		    c->in.u.Rlerror.ecode);
}

static void
goes_on(struct t9 *c)
{
	t9_getattr(c, 0);
	t9_free(c);
}

static void
run_frame(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);

	t9_send_bytes(c, v->bytes, v->len);
	t9_shutdown(c);
	t9_recv_closed(c);
	t9_free(c);
}

/* A reply is no request, whatever its body. */
static void
run_decode(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);

	answers_error(c, v, (v->bytes[4] & 1) != 0 ? EOPNOTSUPP : EINVAL);
	goes_on(c);
}

static void
run_type(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);

	answers_error(c, v, EOPNOTSUPP);
	goes_on(c);
}

static void
run_no_version(struct wire *w, const struct vector *v)
{
	struct t9 *c = wire_dial(w);

	t9_send_frame(c, v->bytes, v->len);
	t9_recv_closed(c);
	t9_free(c);
}

static void
run_msize(struct wire *w, const struct vector *v)
{
	struct t9 *c = wire_dial(w);

	answers_error(c, v, EMSGSIZE);
	t9_free(c);
}

static void
run_accept(struct wire *w, const struct vector *v)
{
	bool version = v->bytes[4] == P9_Tversion;
	struct t9 *c = version ? wire_dial(w) : usual_state(w);

	send_row(c, v);
	is_type(c, v->bytes[4] + 1);
	if (version)
		t9_free(c);
	else
		goes_on(c);
}

static void
run_clamp(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);

	send_row(c, v);
	is_type(c, P9_Rread);
	if (c->in.u.Rread.data.len != 8192 - 11)
		t9_fail("%u bytes were read", c->in.u.Rread.data.len);
	goes_on(c);
}

static void
run_einval_or_empty(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);

	send_row(c, v);
	if (c->in.type == P9_Rlerror ? c->in.u.Rlerror.ecode != 22
				     : c->in.u.Rread.data.len != 0)
		t9_fail("neither EINVAL nor nothing");
	goes_on(c);
}

/* Is the reply what the verdict says: "ok", a reply's or an error's name? */
static void
check_verdict(struct t9 *c, const char *verdict)
{
	const char *got;

	if (c->in.type == P9_Rlerror)
		got = p9_errno_name(c->in.u.Rlerror.ecode);
	else if (c->in.type == P9_Rflush)
		got = "Rflush";
	else
		got = "ok";
	if (strcmp(got, verdict) != 0)
		t9_fail("expected %s, got %s", verdict, got);
}

/* The frames of a row one by one, each answered before the next. */
static void
run_frames(struct wire *w, const struct vector *v)
{
	bool attaches = v->bytes[4] == P9_Tattach;
	struct t9 *c = attaches ? version_only(w) : usual_state(w);
	struct vector one = *v;
	char *verdicts = strdup(v->verdict), *rest = verdicts;
	size_t at;

	for (at = 0; at < v->len; at += one.len) {
		one.bytes = v->bytes + at;
		one.len = one.bytes[0];
		send_row(c, &one);
		check_verdict(c, strsep(&rest, ","));
	}
	free(verdicts);
	t9_free(c);
}

/* A tag that is used again after its reply: legal. */
static void
run_again(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);
	struct vector one = *v;
	size_t at;

	for (at = 0; at < v->len; at += one.len) {
		one.bytes = v->bytes + at;
		one.len = one.bytes[0];
		send_row(c, &one);
		check_verdict(c, "ok");
	}
	goes_on(c);
}

/* In one piece: both are answered, or the second ends the connection. */
static void
run_at_once(struct wire *w, const struct vector *v)
{
	struct t9 *c = usual_state(w);
	int answers = 0;

	c->anything = true;
	t9_send_bytes(c, v->bytes, v->len);
	t9_shutdown(c);
	while (t9_recv(c))
		answers++;
	if (answers > 2)
		t9_fail("%d answers to two requests", answers);
	t9_free(c);
}

/* A good frame gets a good reply: of which kind is up to its fids. */
static void
run_good(struct wire *w, const struct vector *v)
{
	struct t9 *c;

	if ((v->bytes[4] & 1) != 0) {
		run_type(w, v);
		return;
	}
	c = usual_state(w);
	send_row(c, v);
	t9_version(c, 8192);
	t9_free(c);
}

/* Each name of an error that is a verdict by itself. */
static void
run_error(struct wire *w, const struct vector *v)
{
	bool attaches = v->bytes[4] == P9_Tattach;
	struct t9 *c = attaches ? version_only(w) : usual_state(w);

	if (v->bytes[4] == P9_Twalk)
		t9_clunk(c, 2); /* rows walk there */
	send_row(c, v);
	check_verdict(c, v->verdict);
	if (attaches)
		t9_free(c);
	else
		goes_on(c);
}

static void
lost_framing_ends_the_connection(void **state)
{
	run_rows(*state, "frame", run_frame, 7);
}

static void
a_wrong_body_is_einval(void **state)
{
	run_rows(*state, "decode", run_decode, 25);
}

static void
a_wrong_type_is_eopnotsupp(void **state)
{
	run_rows(*state, "type", run_type, 7);
	run_rows(*state, "decode-entry", run_type, 2);
}

static void
the_first_message_is_a_version(void **state)
{
	run_rows(*state, "no-version", run_no_version, 1);
	run_rows(*state, "msize", run_msize, 2);
}

static void
the_unusual_is_served(void **state)
{
	run_rows(*state, "accept", run_accept, 3);
	run_rows(*state, "lenient", run_accept, 1);
	run_rows(*state, "clamp", run_clamp, 1);
	run_rows(*state, "EINVAL|empty", run_einval_or_empty, 1);
}

static void
frames_in_a_row_have_their_verdicts(void **state)
{
	run_rows(*state, "ok,EINVAL", run_frames, 1);
	run_rows(*state, "ok,ok,EINVAL", run_frames, 1);
	run_rows(*state, "ok,ok,EBADF", run_frames, 1);
	run_rows(*state, "Rflush,Rflush", run_frames, 1);
	run_rows(*state, "dup-tag", run_again, 1);
	run_rows(*state, "dup-tag", run_at_once, 1);
}

static void
errors_are_those_of_the_table(void **state)
{
	static const struct {
		const char *name;
		int least;
	} errors[] = { { "E2BIG", 1 }, { "EBADF", 6 }, { "EBUSY", 1 },
		{ "EEXIST", 1 }, { "EFBIG", 1 }, { "EINVAL", 11 },
		{ "ENAMETOOLONG", 1 }, { "ENOENT", 1 }, { "ENOTEMPTY", 1 },
		{ "EPERM", 1 } };
	size_t i;

	for (i = 0; i < WIRE_COUNT(errors); i++)
		run_rows(*state, errors[i].name, run_error, errors[i].least);
}

static void
every_good_frame_is_answered(void **state)
{
	run_rows(*state, "ok", run_good, 100);
}

/* So that a new verdict in the file is not passed over in silence. */
static void
every_verdict_is_known(void **state)
{
	static const char *const known[] = { "ok", "lenient", "frame", "decode",
		"decode-entry", "type", "no-version", "msize", "accept",
		"clamp", "dup-tag", "EINVAL|empty", "ok,EINVAL", "ok,ok,EINVAL",
		"ok,ok,EBADF", "Rflush,Rflush" };
	char *text = strdup(vectors), *rest = text, *line;
	struct vector v = { 0 };
	size_t i;

	(void)state;
	while ((line = strsep(&rest, "\n")) != NULL) {
		v.line++;
		if (!parse(line, &v))
			continue;
		for (i = 0; i < WIRE_COUNT(known); i++)
			if (strcmp(v.verdict, known[i]) == 0)
				break;
		if (i == WIRE_COUNT(known) &&
		    (v.verdict[0] != 'E' ||
			strspn(v.verdict,
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") !=
			    strlen(v.verdict)))
			t9_fail("line %d: verdict %s", v.line, v.verdict);
	}
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(every_verdict_is_known),
		wire_test(lost_framing_ends_the_connection),
		wire_test(a_wrong_body_is_einval),
		wire_test(a_wrong_type_is_eopnotsupp),
		wire_test(the_first_message_is_a_version),
		wire_test(the_unusual_is_served),
		wire_test(frames_in_a_row_have_their_verdicts),
		wire_test(errors_are_those_of_the_table),
		wire_test(every_good_frame_is_answered),
	};
	size_t len;
	int rc;

	vectors = temp_read(vectors_path(), &len);
	if (len == 0) {
		fprintf(stderr, "cannot read %s\n", vectors_path());
		return 1;
	}
	rc = wire_main("vectors", WIRE_EACH_FS, tests, WIRE_COUNT(tests));
	free(vectors);
	return rc;
}
