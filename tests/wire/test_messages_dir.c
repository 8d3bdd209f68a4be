/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_dir.c -- listing directories, and what is in them.
 */

#include "wire.h"

static void
names_are_any_bytes(void **state)
{
	struct wire *w = *state;
	char name[256], longest[256];
	struct t9_list list;
	int i, n = 0;

	for (i = 1; i < 255; i++)
		if (i != '/')
			name[n++] = (char)i;
	name[n] = '\0';
	memset(longest, 'n', 255);
	longest[255] = '\0';
	t9_put(w->c, HOME, name, "all of them");
	t9_put(w->c, HOME, "\xff\xfe not UTF-8", "raw");
	t9_put(w->c, HOME, longest, "long");
	t9_has(w->c, HOME, name, "all of them");
	t9_has(w->c, HOME, "\xff\xfe not UTF-8", "raw");
	t9_has(w->c, HOME, longest, "long");

	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	list = t9_readdir(w->c, 2, 0, 4000);
	assert_non_null(t9_list_find(&list, name));
	assert_non_null(t9_list_find(&list, "\xff\xfe not UTF-8"));
	assert_non_null(t9_list_find(&list, longest));
	t9_list_free(&list);
}

/* One of each type; the types are DT_* as Linux numbers them. */
static void
make_zoo(struct t9 *c)
{
	t9_put(c, HOME, "file", "content");
	t9_mkdir(c, HOME, "dir", 0755);
	t9_ok(c, Tsymlink, .dfid = HOME, .name = t9_str("link"),
	    .symtgt = t9_str("file"), .gid = c->gid);
	t9_ok(c, Tmknod, .dfid = HOME, .name = t9_str("fifo"),
	    .mode = P9_S_IFIFO | 0644, .gid = c->gid);
	t9_ok(c, Tmknod, .dfid = HOME, .name = t9_str("socket"),
	    .mode = P9_S_IFSOCK | 0644, .gid = c->gid);
}

static void
readdir_tells_names_types_and_qids(void **state)
{
	static const struct {
		const char *name;
		uint8_t type;
	} zoo[] = { { "file", 8 }, { "dir", 4 }, { "link", 10 }, { "fifo", 1 },
		{ "socket", 12 }, { ".", 4 }, { "..", 4 } };
	struct wire *w = *state;
	struct t9_entry *e;
	struct t9_list list;
	size_t i;

	make_zoo(w->c);
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	list = t9_readdir(w->c, 2, 0, 4000);
	assert_int_equal(list.n, WIRE_COUNT(zoo));
	for (i = 0; i < WIRE_COUNT(zoo); i++) {
		e = t9_list_find(&list, zoo[i].name);
		assert_non_null(e);
		assert_int_equal(e->type, zoo[i].type);
		assert_int_equal(
		    e->qid.path, t9_stat(w->c, HOME, zoo[i].name).qid.path);
	}
	t9_list_free(&list);
}

static void
dotdot_of_the_root_is_the_root(void **state)
{
	struct wire *w = *state;
	uint64_t root = t9_getattr(w->c, ROOT).qid.path;
	struct t9_list list;

	t9_open(w->c, ROOT, 2, "", P9_O_RDONLY);
	list = t9_readdir(w->c, 2, 0, 4000);
	assert_int_equal(t9_list_find(&list, "..")->qid.path, root);
	assert_int_equal(t9_list_find(&list, ".")->qid.path, root);
	assert_non_null(t9_list_find(&list, WIRE_HOST_KEY));
	assert_int_equal(t9_list_find(&list, WIRE_HOST_KEY)->qid.path,
	    t9_stat(w->c, ROOT, WIRE_HOST_KEY).qid.path);
	t9_list_free(&list);

	t9_attach(w->c, 3, geteuid(), wire_home(w, ""));
	t9_open(w->c, 3, 4, "", P9_O_RDONLY);
	list = t9_readdir(w->c, 4, 0, 4000);
	assert_int_equal(t9_list_find(&list, "..")->qid.path,
	    t9_getattr(w->c, HOME).qid.path);
	t9_list_free(&list);
}

#define MANY 300

static void
make_many(struct t9 *c)
{
	char name[32];
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "entry-%0*d", i % 7 + 1, i);
		t9_create(c, HOME, T9_TMPFID2, name, P9_O_WRONLY, 0600);
		t9_clunk(c, T9_TMPFID2);
	}
}

static void
readdir_is_complete_at_any_count(void **state)
{
	static const uint32_t counts[] = { 40, 41, 64, 100, 1000, 4096,
		WIRE_MSIZE - 11, UINT32_MAX };
	struct wire *w = *state;
	struct t9_list list;
	char name[32];
	size_t i;
	int k;

	make_many(w->c);
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	for (i = 0; i < WIRE_COUNT(counts); i++) {
		list = t9_readdir(w->c, 2, 0, counts[i]);
		assert_int_equal(list.n, MANY + 2);
		for (k = 0; k < MANY; k++) {
			snprintf(
			    name, sizeof(name), "entry-%0*d", k % 7 + 1, k);
			assert_non_null(t9_list_find(&list, name));
		}
		t9_list_free(&list);
	}
}

static void
every_cookie_leads_to_the_next_entry(void **state)
{
	struct wire *w = *state;
	struct t9_list all, rest;
	size_t i;

	make_many(w->c);
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	t9_open(w->c, HOME, 3, "", P9_O_RDONLY);
	all = t9_readdir(w->c, 2, 0, 4000);
	for (i = 0; i < all.n; i += 37) {
		rest =
		    t9_readdir(w->c, i % 2 == 0 ? 2 : 3, all.e[i].cookie, 500);
		assert_int_equal(rest.n, all.n - i - 1);
		if (rest.n > 0)
			assert_string_equal(rest.e[0].name, all.e[i + 1].name);
		t9_list_free(&rest);
	}
	/* The end may be asked for again. */
	for (i = 0; i < 3; i++) {
		t9_ok(w->c, Treaddir, .fid = 2,
		    .offset = all.e[all.n - 1].cookie, .count = 4000);
		assert_int_equal(w->c->in.u.Rreaddir.data.len, 0);
	}
	t9_list_free(&all);
}

static void
a_listing_from_zero_is_fresh(void **state)
{
	struct wire *w = *state;
	struct t9_list list;

	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	list = t9_readdir(w->c, 2, 0, 4000);
	assert_int_equal(list.n, 2);
	t9_list_free(&list);
	t9_put(w->c, HOME, "late", "");
	list = t9_readdir(w->c, 2, 0, 4000);
	assert_int_equal(list.n, 3);
	assert_non_null(t9_list_find(&list, "late"));
	t9_list_free(&list);
}

/* As rm -r does it; what is unlinked takes its cookie with it. */
static void
a_directory_can_be_emptied_while_it_is_listed(void **state)
{
	struct p9_data *data = NULL;
	struct wire *w = *state;
	struct p9_dirent d;
	uint64_t cookie = 0;
	uint8_t copy[600];
	char name[256];
	uint32_t at, len;
	int removed = 0;

	make_many(w->c);
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	data = &w->c->in.u.Rreaddir.data;
	for (;;) {
		t9_ok(w->c, Treaddir, .fid = 2, .offset = cookie,
		    .count = sizeof(copy));
		if ((len = data->len) == 0)
			break;
		memcpy(copy, data->p, len);
		for (at = 0; at < len;) {
			at +=
			    (uint32_t)p9_dirent_decode(&d, copy + at, len - at);
			cookie = d.offset;
			snprintf(
			    name, sizeof(name), "%.*s", d.name.len, d.name.s);
			if (name[0] == '.')
				continue;
			t9_unlink(w->c, HOME, name);
			removed++;
		}
	}
	assert_int_equal(removed, MANY);
	assert_int_equal(t9_count(w->c, HOME), 0);
}

static void
what_stays_is_listed_while_others_come_and_go(void **state)
{
	struct wire *w = *state;
	struct t9_list first, rest;
	char name[32];
	size_t i;

	make_many(w->c);
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	first = t9_readdir(w->c, 2, 0, 1000);
	/* A third in, every other entry goes and new ones come. */
	for (i = 0; i < first.n; i++) {
		if (first.e[i].name[0] == '.' || i % 2 == 0)
			continue;
		t9_unlink(w->c, HOME, first.e[i].name);
		snprintf(name, sizeof(name), "new-%zu", i);
		t9_put(w->c, HOME, name, "");
	}
	i = first.n / 3 | 1; /* one that is gone */
	rest = t9_readdir(w->c, 2, first.e[i].cookie, 1000);
	for (i++; i < first.n; i++)
		if (first.e[i].name[0] != '.' && i % 2 == 0)
			assert_non_null(t9_list_find(&rest, first.e[i].name));
	for (i = 0; i <= (first.n / 3 | 1); i++)
		assert_null(t9_list_find(&rest, first.e[i].name));
	t9_list_free(&first);
	t9_list_free(&rest);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(names_are_any_bytes),
		wire_test(readdir_tells_names_types_and_qids),
		wire_test(dotdot_of_the_root_is_the_root),
		wire_test(readdir_is_complete_at_any_count),
		wire_test(every_cookie_leads_to_the_next_entry),
		wire_test(a_listing_from_zero_is_fresh),
		wire_test(a_directory_can_be_emptied_while_it_is_listed),
		wire_test(what_stays_is_listed_while_others_come_and_go),
	};

	return wire_main("listings", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests,
	    WIRE_COUNT(tests));
}
