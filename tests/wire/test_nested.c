/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_nested.c -- keys that lie inside what other keys show, as a client meets
 * them; and what a command line is told whose keys would hide something.
 */

#include <sys/stat.h>

#include "wire.h"

/* Host directories of a test: outer has d/full, d/empty and f; inner has g. */
struct places {
	char *outer, *inner;
};

static void
make_dir(const char *dir, const char *name)
{
	char *path = temp_path(dir, name);

	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
}

static bool
is_there(const char *dir, const char *name)
{
	char *path = temp_path(dir, name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

static struct places
make_places(void)
{
	struct places p = { temp_dir(), temp_dir() };

	make_dir(p.outer, "d");
	make_dir(p.outer, "d/full");
	make_dir(p.outer, "d/empty");
	temp_put(p.outer, "d/full/x", "hidden?");
	temp_put(p.outer, "f", "outer");
	temp_put(p.inner, "g", "inner");
	return p;
}

static void
remove_places(struct places p)
{
	temp_remove(p.outer);
	temp_remove(p.inner);
}

/* "KEY=DIR/NAME"; one of the last few. */
static const char *export(const char *key, const char *dir, const char *name)
{
	static char text[8][600];
	static unsigned int n;

	n = (n + 1) % 8;
	snprintf(text[n], sizeof(text[n]), "%s=%s%s%s", key, dir,
	    *name ? "/" : "", name);
	return text[n];
}

/* What is shown at d/way/m, d/empty and d/dev, whatever the order. */
static void
sees_everything(struct t9 *c, const char *top)
{
	struct t9_entry *e;
	struct t9_list l;
	p9_qid d, m;

	t9_walk(c, ROOT, HOME, top);
	d = t9_walk(c, HOME, 2, "d");
	m = t9_walk(c, 2, 3, "way/m");
	t9_has(c, 3, "g", "inner");
	t9_has(c, 2, "full/x", "hidden?");
	t9_has(c, 2, "empty/g", "inner");
	t9_has(c, 2, "dev", "inner");
	t9_clunk(c, 3);
	t9_open(c, 2, 3, "", P9_O_RDONLY);
	l = t9_readdir(c, 3, 0, 8192);
	assert_int_equal(l.n, 2 + 4);
	assert_int_equal(t9_list_find(&l, "empty")->type, 4); /* DT_DIR */
	assert_int_equal(t9_list_find(&l, "dev")->type, 8); /* DT_REG */
	assert_int_equal(t9_list_find(&l, "way")->type, 4);
	t9_list_free(&l);
	t9_clunk(c, 3);
	t9_open(c, 2, 3, "way", P9_O_RDONLY);
	l = t9_readdir(c, 3, 0, 8192);
	e = t9_list_find(&l, "m");
	assert_int_equal(e->qid.path, m.path);
	assert_int_equal(t9_list_find(&l, "..")->qid.path, d.path);
	t9_list_free(&l);
	t9_clunk(c, 3);
	assert_int_equal(t9_walk(c, 2, 3, "way/m/../..").path, d.path);
	t9_clunk(c, 3);
	t9_clunk(c, 2);
}

/* Keys before and after what they lie in, which is at a key or the root. */
static void
keys_lie_inside_host_directories(void **state)
{
	struct wire *w = *state;
	struct places p = make_places();
	const char *outer = export("/a", p.outer, "");
	const char *m = export("/a/d/way/m", p.inner, "");
	const char *empty = export("/a/d/empty", p.inner, "");
	const char *dev = export("/a/d/dev", p.inner, "g");
	struct server *s[4];
	struct t9 *c;
	size_t i;

	s[0] = WIRE_SERVER(w, "-e", outer, "-e", m, "-e", empty, "-e", dev);
	s[1] = WIRE_SERVER(w, "-e", m, "-e", dev, "-e", empty, "-e", outer);
	m = export("/d/way/m", p.inner, "");
	empty = export("/d/empty", p.inner, "");
	dev = export("/d/dev", p.inner, "g");
	s[2] = WIRE_SERVER(
	    w, "-e", m, "-e", empty, "-e", dev, "-e", export("/", p.outer, ""));
	s[3] = WIRE_SERVER(w, "-e", m, "-e", empty, "-e", dev, p.outer);
	for (i = 0; i < 4; i++) {
		c = wire_session_with(s[i], WIRE_MSIZE);
		sees_everything(c, i < 2 ? "a" : "");
		t9_free(c);
		server_stop(s[i]);
	}
	assert_false(is_there(p.outer, "d/way"));
	assert_false(is_there(p.outer, "d/dev"));
	remove_places(p);
}

/* The client has not looked the names up, or long ago. */
static void
a_client_does_not_get_in_the_way(void **state)
{
	struct wire *w = *state;
	struct places p = make_places();
	struct server *s;
	struct t9 *c;

	s = WIRE_SERVER(w, p.outer, "-e", export("/d/empty/m", p.inner, ""),
	    "-e", export("/d/dev", p.inner, "g"), "-e",
	    export("/way/m", p.inner, ""));
	c = wire_session_with(s, WIRE_MSIZE);
	t9_walk(c, ROOT, HOME, "d");
	t9_create(c, HOME, 2, "dev", P9_O_RDWR, 0600);
	t9_write(c, 2, 0, "INNER", 5);
	t9_clunk(c, 2);
	t9_has(c, HOME, "dev", "INNER");
	t9_walk(c, HOME, 2, "");
	t9_fails(c, EEXIST, Tlcreate, .fid = 2, .name = t9_str("dev"),
	    .flags = P9_O_RDWR | P9_O_EXCL, .mode = 0600, .gid = c->gid);
	t9_fails(c, EEXIST, Tmkdir, .dfid = 2, .name = t9_str("dev"),
	    .mode = 0755, .gid = c->gid);
	t9_fails(c, EBUSY, Tunlinkat, .dirfid = HOME, .name = t9_str("dev"));
	t9_fails(c, EBUSY, Tunlinkat, .dirfid = HOME, .name = t9_str("empty"),
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(c, EBUSY, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("empty"), .newdirfid = HOME,
	    .newname = t9_str("e"));
	t9_fails(c, EBUSY, Trenameat, .olddirfid = ROOT, .oldname = t9_str("d"),
	    .newdirfid = ROOT, .newname = t9_str("e"));
	t9_fails(c, EBUSY, Trenameat, .olddirfid = ROOT, .oldname = t9_str("f"),
	    .newdirfid = HOME, .newname = t9_str("dev"));
	t9_walk(c, HOME, 3, "empty");
	t9_fails(c, EBUSY, Tremove, .fid = 3);
	t9_walk(c, ROOT, 3, "way");
	t9_fails(c, EROFS, Tmkdir, .dfid = 3, .name = t9_str("x"), .mode = 0755,
	    .gid = c->gid);
	t9_walk(c, 3, 4, "m");
	t9_put(c, 4, "new", "text");
	t9_free(c);
	server_stop(s);
	assert_true(is_there(p.inner, "new"));
	assert_true(is_there(p.outer, "d/empty"));
	remove_places(p);
}

static void
a_key_that_would_hide_something_is_refused(void **state)
{
	static const struct {
		const char *key, *words;
	} lines[] = {
		{ "/d", "would hide" },
		{ "/d/full", "would hide" },
		{ "/d/full/", "would hide" },
		{ "/f", "Not a directory" },
		{ "/f/x", "Not a directory" },
		{ "/f/x/y", "Not a directory" },
		{ "//", "/ is given twice" },
	};
	struct places p = make_places();
	const char *args[] = { p.outer, "-e", NULL, NULL };
	char *said;
	size_t i;

	(void)state;
	for (i = 0; i < WIRE_COUNT(lines); i++) {
		args[2] = export(lines[i].key, p.inner, "");
		assert_int_equal(server_run(args, &said), 2);
		if (!server_one_line(said) ||
		    strstr(said, lines[i].words) == NULL)
			t9_fail("%s: %s", args[2], said);
		free(said);
	}
	remove_places(p);
}

/*
 * Neither the users that clients act as, nor those that what is shown is shown
 * to, keep the server from its own work.
 */
static void
the_server_is_itself_at_both_ends(void **state)
{
	struct places p = make_places();
	char *private = temp_dir(), *sock = temp_path(private, "sock");
	const char *squashed = ",identity=squash:54322:54322";
	char outer[600], address[600];
	struct server *s;
	struct t9 *c;

	(void)state;
	assert_int_equal(chmod(private, 0700), 0);
	snprintf(address, sizeof(address), "unix:%s,trust=any", sock);
	snprintf(outer, sizeof(outer), "/a=%s%s", p.outer, squashed);
	s = server_start(&(struct server_how){
	    .args = { "-l", address, "--identity", "client", "-e", outer, "-e",
		export("/a/d/m", p.inner, "") } });
	c = t9_dial(s->addr[0]);
	t9_version(c, WIRE_MSIZE);
	t9_attach(c, ROOT, WIRE_USER, "");
	t9_walk(c, ROOT, HOME, "a/d/m");
	t9_put(c, HOME, "new", "text");
	t9_free(c);
	server_stop(s);
	assert_false(is_there(private, "sock"));
	free(sock);
	temp_remove(private);
	remove_places(p);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(keys_lie_inside_host_directories),
		wire_test(a_client_does_not_get_in_the_way),
		wire_test(a_key_that_would_hide_something_is_refused),
		wire_test_if(
		    the_server_is_itself_at_both_ends, WIRE_NEEDS_ROOT),
	};

	return wire_main("nested", 0, tests, WIRE_COUNT(tests));
}
