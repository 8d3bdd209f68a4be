/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_io.c -- reading and writing, when all is well.
 */

#include "wire.h"

/* Something that differs everywhere. */
static void
fill(uint8_t *buf, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		buf[i] = (uint8_t)(seed >> 16);
	}
}

static void
reads_are_short_at_the_end_only(void **state)
{
	struct wire *w = *state;
	uint8_t data[10000], got[10000];

	fill(data, sizeof(data), 1);
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, data, sizeof(data));

	assert_int_equal(t9_read(w->c, 2, 0, got, 10000), 10000);
	assert_memory_equal(got, data, 10000);
	assert_int_equal(t9_read(w->c, 2, 4095, got, 2), 2);
	assert_memory_equal(got, data + 4095, 2);
	assert_int_equal(t9_read(w->c, 2, 9990, got, 100), 10);
	assert_memory_equal(got, data + 9990, 10);
	assert_int_equal(t9_read(w->c, 2, 10000, got, 100), 0);
	assert_int_equal(t9_read(w->c, 2, 1ULL << 40, got, 100), 0);
	assert_int_equal(t9_read(w->c, 2, 5, got, 0), 0);
}

static void
a_count_beyond_msize_is_clamped(void **state)
{
	struct wire *w = *state;
	static uint8_t data[3 * WIRE_MSIZE];
	uint32_t most = w->c->msize - 11;
	uint32_t at;

	fill(data, sizeof(data), 2);
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	for (at = 0; at < sizeof(data); at += 32768)
		t9_write(w->c, 2, at, data + at, 32768);
	t9_ok(w->c, Tread, .fid = 2, .offset = 100, .count = 2 * most);
	assert_int_equal(w->c->in.u.Rread.data.len, most);
	assert_memory_equal(w->c->in.u.Rread.data.p, data + 100, most);
	t9_ok(w->c, Tread, .fid = 2, .offset = 1, .count = UINT32_MAX);
	assert_int_equal(w->c->in.u.Rread.data.len, most);
	assert_memory_equal(w->c->in.u.Rread.data.p, data + 1, most);
}

static void
the_largest_write_of_a_client_fits(void **state)
{
	struct wire *w = *state;
	static uint8_t data[WIRE_MSIZE];

	fill(data, sizeof(data), 3);
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, data, w->c->msize - 23);
	t9_ok(w->c, Tread, .fid = 2, .offset = 0, .count = w->c->msize - 24);
	assert_int_equal(w->c->in.u.Rread.data.len, w->c->msize - 24);
	assert_memory_equal(w->c->in.u.Rread.data.p, data, w->c->msize - 24);
}

static void
writes_overwrite_extend_and_leave_holes(void **state)
{
	struct wire *w = *state;
	static const uint8_t zeros[5000];
	uint8_t got[6000];

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "abcdef", 6);
	t9_write(w->c, 2, 2, "XY", 2);
	t9_reads(w->c, 2, "abXYef");
	t9_write(w->c, 2, 5, "ghi", 3);
	t9_reads(w->c, 2, "abXYeghi");
	t9_write(w->c, 2, 5008, "end", 3);
	assert_int_equal(t9_getattr(w->c, 2).size, 5011);
	assert_int_equal(t9_read(w->c, 2, 8, got, 6000), 5003);
	assert_memory_equal(got, zeros, 5000);
	assert_memory_equal(got + 5000, "end", 3);
}

static void
a_write_of_nothing_does_nothing(void **state)
{
	struct wire *w = *state;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 1000, "", 0);
	assert_int_equal(t9_getattr(w->c, 2).size, 0);
}

static void
files_past_four_gigabytes_are_sparse(void **state)
{
	struct wire *w = *state;
	uint64_t far = (5ULL << 30) + 123;
	struct p9_Rgetattr attr;
	char got[8];

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, far, "far", 3);
	attr = t9_getattr(w->c, 2);
	assert_int_equal(attr.size, far + 3);
	assert_true(attr.blocks * 512 < 1 << 20);
	assert_int_equal(t9_read(w->c, 2, far - 2, got, 8), 5);
	assert_memory_equal(got, "\0\0far", 5);
}

static void
appending_ignores_the_offset(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "log", "one ");
	t9_open(w->c, HOME, 2, "log", P9_O_WRONLY | P9_O_APPEND);
	t9_open(w->c, HOME, 3, "log", P9_O_WRONLY | P9_O_APPEND);
	t9_write(w->c, 2, 0, "two ", 4);
	t9_write(w->c, 3, 0, "three ", 6);
	t9_write(w->c, 2, 1000, "four", 4);
	t9_has(w->c, HOME, "log", "one two three four");
	t9_create(w->c, HOME, 4, "log2", P9_O_WRONLY | P9_O_APPEND, 0644);
	t9_write(w->c, 4, 7, "ab", 2);
	t9_write(w->c, 4, 0, "cd", 2);
	t9_has(w->c, HOME, "log2", "abcd");
	/* and obeys it without the flag */
	t9_open(w->c, HOME, 5, "log2", P9_O_RDWR);
	t9_write(w->c, 5, 1, "X", 1);
	t9_reads(w->c, 5, "aXcd");
}

/* Linux would cache it, and then send pages to be written where they belong. */
static void
what_reads_and_appends_is_not_to_be_cached(void **state)
{
	const uint32_t both = P9_O_RDWR | P9_O_APPEND;
	struct wire *w = *state;
	const p9_qid *qid = &w->c->in.u.Rlopen.qid;

	t9_create(w->c, HOME, 2, "log", both, 0644);
	assert_int_equal(qid->version, 0);
	t9_write(w->c, 2, 0, "one", 3);
	t9_open(w->c, HOME, 3, "log", both);
	assert_int_equal(qid->version, 0);
	t9_open(w->c, HOME, 4, "log", P9_O_WRONLY | P9_O_APPEND);
	assert_int_not_equal(qid->version, 0);
	t9_open(w->c, HOME, 5, "log", P9_O_RDWR);
	assert_int_not_equal(qid->version, 0);
	assert_int_equal(t9_getattr(w->c, 3).qid.version, qid->version);
	assert_int_equal(t9_walk(w->c, HOME, 6, "log").version,
	    t9_getattr(w->c, 5).qid.version);
}

static void
what_one_fid_writes_another_reads(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	t9_write(w->c, 2, 0, "from one", 8);
	t9_reads(other, 2, "from one");
	t9_write(other, 2, 5, "two", 3);
	t9_reads(w->c, 2, "from two");
	t9_free(other);
}

static void
fsync_takes_files_and_directories(void **state)
{
	struct wire *w = *state;
	/* as old clients send it, without datasync */
	uint8_t old[11] = { 11, 0, 0, 0, P9_Tfsync, 9, 0, 2, 0, 0, 0 };

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "data", 4);
	t9_ok(w->c, Tfsync, .fid = 2);
	t9_ok(w->c, Tfsync, .fid = 2, .datasync = 1);
	t9_send_frame(w->c, old, sizeof(old));
	t9_recv_tag(w->c, 9);
	assert_int_equal(w->c->in.type, P9_Rfsync);
	t9_open(w->c, HOME, 3, "", P9_O_RDONLY);
	t9_ok(w->c, Tfsync, .fid = 3);
	t9_ok(w->c, Tfsync, .fid = 3, .datasync = 1);
	t9_open(w->c, HOME, 4, "file", P9_O_RDONLY);
	t9_ok(w->c, Tfsync, .fid = 4);
}

static void
a_host_file_is_what_it_is_on_the_host(void **state)
{
	struct wire *w = *state;
	char path[512], text[32];
	FILE *f;

	t9_put(w->c, HOME, "file", "through the server");
	snprintf(path, sizeof(path), "%s/t%u/file", w->hostdir, w->n);
	f = fopen(path, "r+");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 18);
	assert_memory_equal(text, "through the server", 18);
	rewind(f);
	fputs("THROUGH", f);
	fclose(f);
	t9_has(w->c, HOME, "file", "THROUGH the server");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(reads_are_short_at_the_end_only),
		wire_test(a_count_beyond_msize_is_clamped),
		wire_test(the_largest_write_of_a_client_fits),
		wire_test(writes_overwrite_extend_and_leave_holes),
		wire_test(a_write_of_nothing_does_nothing),
		wire_test(files_past_four_gigabytes_are_sparse),
		wire_test(appending_ignores_the_offset),
		wire_test(what_reads_and_appends_is_not_to_be_cached),
		wire_test(what_one_fid_writes_another_reads),
		wire_test(fsync_takes_files_and_directories),
		wire_test_if(
		    a_host_file_is_what_it_is_on_the_host, WIRE_NEEDS_HOST),
	};

	return wire_main("reads and writes", WIRE_EACH_FS | WIRE_EACH_LOOPS,
	    tests, WIRE_COUNT(tests));
}
