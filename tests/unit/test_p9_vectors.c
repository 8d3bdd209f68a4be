/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_vectors.c -- the codec against frames that somebody else made.
 *
 * vectors/9p2000L.tsv has one row per exhibit: dialect, type, description,
 * bytes, verdict, fields.  Every row is used.  A verdict that belongs to the
 * session (an errno, "clamp", ...) means for a codec that the row decodes.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"

#define VECTORS "tests/unit/vectors/9p2000L.tsv"
#define ROWS 257
#define MSIZE 8192 /* of the sessions that the rows live in */

struct row {
	char *line; /* all columns point into it */
	char *dialect, *type, *what, *hex, *verdict, *fields;
	enum p9_dialect d;
	uint8_t *bytes; /* exactly len of them: a read past the end is caught */
	size_t len;
};

struct table {
	struct row row[ROWS + 1];
	size_t n;
};

/* Say which row it was. */
#define CHECK(r, cond)                                                         \
	do {                                                                   \
		if (!(cond))                                                   \
			fail_msg("%s %s (%s): not true: %s", (r)->dialect,     \
			    (r)->type, (r)->what, #cond);                      \
	} while (0)

/* How each verdict is checked, and how often it is there. */
struct verdict {
	const char *name;
	size_t rows;
	size_t frames; /* in each row; 0 if it may be none */
};

static const struct verdict codec_verdicts[] = {
	{ "ok", 167, 1 },
	{ "lenient", 1, 1 },
	{ "frame", 7, 0 },
	{ "decode", 32, 1 },
	{ "decode-entry", 2, 1 },
	{ "type", 8, 1 },
};

static const struct verdict session_verdicts[] = {
	{ "no-version", 1, 1 },
	{ "msize", 2, 1 },
	{ "accept", 3, 1 },
	{ "clamp", 1, 1 },
	{ "dup-tag", 1, 2 },
	{ "Rerror", 2, 1 },
	{ "E2BIG", 1, 1 },
	{ "EBADF", 6, 1 },
	{ "EBUSY", 1, 1 },
	{ "EEXIST", 1, 1 },
	{ "EFBIG", 1, 1 },
	{ "EINVAL", 11, 1 },
	{ "EINVAL|empty", 1, 1 },
	{ "ENAMETOOLONG", 1, 1 },
	{ "ENOENT", 1, 1 },
	{ "ENOTEMPTY", 1, 1 },
	{ "EPERM", 1, 1 },
	{ "ok,EINVAL", 1, 2 },
	{ "ok,ok,EBADF", 1, 3 },
	{ "ok,ok,EINVAL", 1, 3 },
	{ "Rflush,Rflush", 1, 2 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum p9_dialect
dialect_of(const char *name)
{
	if (strcmp(name, P9_VERSION_L) == 0)
		return P9_DIALECT_L;
	if (strcmp(name, P9_VERSION_U) == 0)
		return P9_DIALECT_U;
	assert_string_equal(name, P9_VERSION_2000);
	return P9_DIALECT_2000;
}

static void
parse_hex(struct row *r)
{
	unsigned int byte;
	size_t i;

	r->len = strlen(r->hex) / 2;
	assert_int_equal(strlen(r->hex), r->len * 2);
	r->bytes = malloc(r->len);
	assert_non_null(r->bytes);
	for (i = 0; i < r->len; i++) {
		assert_int_equal(sscanf(r->hex + i * 2, "%2x", &byte), 1);
		r->bytes[i] = (uint8_t)byte;
	}
}

static void
parse_row(struct row *r, char *line)
{
	char *s = line;

	line[strcspn(line, "\n")] = '\0';
	r->line = line;
	r->dialect = strsep(&s, "\t");
	r->type = strsep(&s, "\t");
	r->what = strsep(&s, "\t");
	r->hex = strsep(&s, "\t");
	r->verdict = strsep(&s, "\t");
	r->fields = strsep(&s, "\t");
	assert_non_null(r->fields);
	assert_null(s);
	r->d = dialect_of(r->dialect);
	parse_hex(r);
}

static int
read_vectors(void **state)
{
	static struct table t;
	FILE *f = fopen(VECTORS, "r");
	char *line = NULL;
	size_t cap = 0;

	if (f == NULL) {
		print_error("%s: run me where the Makefile is\n", VECTORS);
		return -1;
	}
	while (getline(&line, &cap, f) > 0) {
		if (line[0] == '#')
			continue;
		assert_true(t.n < ROWS);
		parse_row(&t.row[t.n++], strdup(line));
	}
	free(line);
	fclose(f);
	*state = &t;
	return 0;
}

static int
free_vectors(void **state)
{
	struct table *t = *state;
	size_t i;

	for (i = 0; i < t->n; i++) {
		free(t->row[i].bytes);
		free(t->row[i].line);
	}
	return 0;
}

static const struct verdict *
find_verdict(const struct verdict *v, size_t n, const char *name)
{
	for (; n > 0; n--, v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* Run check on every row with this verdict, and see that there were some. */
static void
with_each(void **state, const char *verdict, void (*check)(const struct row *))
{
	const struct table *t = *state;
	size_t i, n = 0;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->row[i].verdict, verdict) == 0) {
			check(&t->row[i]);
			n++;
		}
	assert_int_equal(n,
	    find_verdict(codec_verdicts, COUNT(codec_verdicts), verdict)->rows);
}

/*
 * The line that p9_print should give.  The file puts ';' between the fields,
 * and has the name "errno", which is a macro in C, for Rerror's number.
 */
static void
expected_line(const struct row *r, char *line, size_t cap)
{
	char *p;

	snprintf(line, cap, "%s %s", r->type, r->fields);
	while ((p = strchr(line, ';')) != NULL)
		*p = ' ';
	if ((p = strstr(line, " errno=")) != NULL)
		memcpy(p, " ecode=", 7);
}

static void
check_fields(const struct row *r, struct p9_msg *m)
{
	char want[2048], got[2048];

	CHECK(r, p9_frame_size(r->bytes, r->len, MSIZE) == (int64_t)r->len);
	CHECK(r, p9_decode(m, r->d, r->bytes, r->len) == 0);
	expected_line(r, want, sizeof(want));
	CHECK(r, p9_print(m, r->d, got, sizeof(got)) == (int)strlen(want));
	assert_string_equal(got, want);
}

static void
check_ok(const struct row *r)
{
	struct p9_msg m, again;
	uint8_t buf[2048];
	bool request;
	int rc;

	check_fields(r, &m);
	CHECK(r, p9_encode(&m, r->d, buf, sizeof(buf)) == (int)r->len);
	assert_memory_equal(buf, r->bytes, r->len);

	request = r->type[0] == 'T';
	rc = p9_decode_request(&again, r->d, r->bytes, r->len);
	CHECK(r, rc == (request ? 0 : -EOPNOTSUPP));
}

static void
check_lenient(const struct row *r)
{
	struct p9_msg m;

	check_fields(r, &m);
}

/* The size is a lie, or the stream ends before the frame does. */
static void
check_frame(const struct row *r)
{
	int64_t size = p9_frame_size(r->bytes, r->len, MSIZE);
	struct p9_msg m;

	CHECK(r, size == -EPROTO || size == 0 || size > (int64_t)r->len);
	CHECK(r, p9_decode(&m, r->d, r->bytes, r->len) == -EBADMSG);
}

static void
check_decode(const struct row *r)
{
	struct p9_msg m;

	CHECK(r, p9_frame_size(r->bytes, r->len, MSIZE) == (int64_t)r->len);
	CHECK(r, p9_decode(&m, r->d, r->bytes, r->len) == -EBADMSG);
	CHECK(r, m.type == r->bytes[4]);
	CHECK(r, strcmp(p9_name(r->d, m.type), r->type) == 0);
}

static void
check_decode_entry(const struct row *r)
{
	struct p9_dirent e;
	struct p9_msg m;
	p9_data data;
	int n;

	CHECK(r, p9_decode(&m, r->d, r->bytes, r->len) == 0);
	data = m.u.Rreaddir.data;
	do {
		n = p9_dirent_decode(&e, data.p, data.len);
		CHECK(r, n == -EBADMSG || (n > 0 && n < (int)data.len));
		data.p += n > 0 ? n : 0;
		data.len -= n > 0 ? (uint32_t)n : 0;
	} while (n > 0);
}

static void
check_type(const struct row *r)
{
	struct p9_msg m;
	int rc = p9_decode_request(&m, r->d, r->bytes, r->len);

	CHECK(r, rc == -EOPNOTSUPP);
	CHECK(r, m.type == r->bytes[4]);
}

/* One frame or several; each is a request that decodes. */
static void
check_session(const struct row *r, size_t frames)
{
	struct p9_msg m = { 0 };
	size_t n = 0, off;
	int64_t size;

	for (off = 0; off < r->len; off += (size_t)size) {
		size = p9_frame_size(r->bytes + off, r->len - off, MSIZE);
		CHECK(r, size > 0 && (size_t)size <= r->len - off);
		CHECK(r,
		    p9_decode_request(&m, r->d, r->bytes + off, (size_t)size) ==
			0);
		n++;
	}
	CHECK(r, n == frames);
	if (strcmp(r->type, "seq") != 0)
		CHECK(r, strcmp(p9_name(r->d, m.type), r->type) == 0);
}

static void
every_good_row_decodes_prints_and_encodes(void **state)
{
	with_each(state, "ok", check_ok);
}

static void
every_lenient_row_decodes(void **state)
{
	with_each(state, "lenient", check_lenient);
}

static void
every_lost_frame_is_noticed(void **state)
{
	with_each(state, "frame", check_frame);
}

static void
every_wrong_body_is_refused(void **state)
{
	with_each(state, "decode", check_decode);
}

static void
every_wrong_entry_is_refused(void **state)
{
	with_each(state, "decode-entry", check_decode_entry);
}

static void
every_wrong_type_is_refused(void **state)
{
	with_each(state, "type", check_type);
}

static void
what_the_session_refuses_decodes(void **state)
{
	const struct table *t = *state;
	const struct verdict *v;
	size_t i;

	for (i = 0; i < t->n; i++) {
		v = find_verdict(session_verdicts, COUNT(session_verdicts),
		    t->row[i].verdict);
		if (v != NULL)
			check_session(&t->row[i], v->frames);
	}
}

static size_t
count_rows(const struct table *t, const struct verdict *v)
{
	size_t i, n = 0;

	for (i = 0; i < t->n; i++)
		n += strcmp(t->row[i].verdict, v->name) == 0;
	if (n != v->rows)
		fail_msg("%zu rows say %s, not %zu", n, v->name, v->rows);
	return n;
}

/* All known verdicts together are all rows: so none has an unknown one. */
static void
no_row_is_left_out(void **state)
{
	const struct table *t = *state;
	size_t i, n = 0;

	for (i = 0; i < COUNT(codec_verdicts); i++)
		n += count_rows(t, &codec_verdicts[i]);
	for (i = 0; i < COUNT(session_verdicts); i++)
		n += count_rows(t, &session_verdicts[i]);
	assert_int_equal(n, t->n);
	assert_int_equal(n, ROWS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_good_row_decodes_prints_and_encodes),
		cmocka_unit_test(every_lenient_row_decodes),
		cmocka_unit_test(every_lost_frame_is_noticed),
		cmocka_unit_test(every_wrong_body_is_refused),
		cmocka_unit_test(every_wrong_entry_is_refused),
		cmocka_unit_test(every_wrong_type_is_refused),
		cmocka_unit_test(what_the_session_refuses_decodes),
		cmocka_unit_test(no_row_is_left_out),
	};

	return cmocka_run_group_tests(tests, read_vectors, free_vectors);
}
