/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_images.c -- single host files, windows and images as a client meets
 * them; and what a command line is told that asks for what is not there.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "wire.h"

#define TEXT "before|inside|after"
#define BYTES(s, n)                                                            \
	{                                                                      \
		(const uint8_t *)(s), (n)                                      \
	}

/* A host file of the test's, and arguments that name it. */
static const char *
host_path(struct wire *w, const char *name)
{
	static char path[4][512];
	static unsigned int n;

	n = (n + 1) % 4;
	snprintf(
	    path[n], sizeof(path[n]), "%s/image%u%s", w->hostdir, w->n, name);
	return path[n];
}

static void
make_host_file(struct wire *w, const char *name)
{
	FILE *f = fopen(host_path(w, name), "w");

	assert_non_null(f);
	assert_true(fputs(TEXT, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static const char *export(
    struct wire *w, const char *key, const char *name, const char *params)
{
	static char text[4][600];
	static unsigned int n;

	n = (n + 1) % 4;
	snprintf(text[n], sizeof(text[n]), "%s=%s%s", key, host_path(w, name),
	    params);
	return text[n];
}

static void
host_has(struct wire *w, const char *name, const char *text)
{
	char *got = temp_read(host_path(w, name), NULL);

	assert_string_equal(got, text);
	free(got);
}

/* Attached on ROOT, and the directory of the files on HOME. */
static struct t9 *
client_of(struct server *s)
{
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);

	t9_walk(c, ROOT, HOME, "a");
	return c;
}

static void
a_window_is_a_file_of_its_size(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct t9 *c;
	char buf[32];

	make_host_file(w, "f");
	s = WIRE_SERVER(
	    w, "-e", export(w, "/a/boot.bin", "f", ",reg,offset=7,size=6"));
	c = client_of(s);
	assert_int_equal(t9_count(c, HOME), 1);
	assert_int_equal(t9_stat(c, HOME, "boot.bin").size, 6);
	t9_open(c, HOME, 2, "boot.bin", P9_O_RDWR);
	assert_int_equal(t9_read(c, 2, 0, buf, sizeof(buf)), 6);
	assert_memory_equal(buf, "inside", 6);
	assert_int_equal(t9_read(c, 2, 6, buf, sizeof(buf)), 0);
	t9_ok(c, Twrite, .fid = 2, .offset = 4, .data = BYTES("DENTAL", 6));
	assert_int_equal(c->in.u.Rwrite.count, 2);
	t9_fails(
	    c, ENOSPC, Twrite, .fid = 2, .offset = 6, .data = BYTES("x", 1));
	t9_fails(c, EFBIG, Twrite, .fid = 2, .offset = UINT64_MAX,
	    .data = BYTES("x", 1));
	t9_fails(c, EINVAL, Tread, .fid = 2, .offset = UINT64_MAX, .count = 9);
	t9_ok(c, Tfsync, .fid = 2);
	t9_clunk(c, 2);
	host_has(w, "f", "before|insiDE|after");
	t9_free(c);
	server_stop(s);
}

/*
 * What Linux sends for cp(1): open, a size of 0 with the present time, writes.
 * truncate(1) sends a size alone.
 */
static void
an_image_is_copied_into_a_window(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct t9 *c;

	make_host_file(w, "f");
	s = WIRE_SERVER(w, "-e", export(w, "/a/f", "f", ",offset=7,size=6"));
	c = client_of(s);
	t9_open(c, HOME, 2, "f", P9_O_WRONLY | P9_O_TRUNC);
	t9_ok(c, Tsetattr, .fid = 2, .size = 0,
	    .valid = P9_SETATTR_SIZE | P9_SETATTR_MTIME | P9_SETATTR_CTIME);
	t9_write(c, 2, 0, "image", 5);
	t9_clunk(c, 2);
	host_has(w, "f", "before|imagee|after");
	t9_walk(c, HOME, 2, "f");
	t9_fails(
	    c, EPERM, Tsetattr, .fid = 2, .size = 0, .valid = P9_SETATTR_SIZE);
	t9_fails(c, EPERM, Tsetattr, .fid = 2, .size = 7,
	    .valid = P9_SETATTR_SIZE | P9_SETATTR_MTIME | P9_SETATTR_CTIME);
	t9_fails(c, EPERM, Tsetattr, .fid = 2, .mode = 0600,
	    .valid = P9_SETATTR_MODE);
	t9_ok(c, Tsetattr, .fid = 2,
	    .valid = P9_SETATTR_ATIME | P9_SETATTR_MTIME);
	host_has(w, "f", "before|imagee|after");
	t9_free(c);
	server_stop(s);
}

static void
a_whole_file_takes_everything(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct stat st;
	struct t9 *c;

	make_host_file(w, "f");
	s = WIRE_SERVER(w, "-e", export(w, "/a/f", "f", ""));
	c = client_of(s);
	t9_open(c, HOME, 2, "f", P9_O_RDWR | P9_O_APPEND);
	t9_write(c, 2, 0, "!", 1);
	t9_ok(c, Tsetattr, .fid = 2, .mode = 0604, .valid = P9_SETATTR_MODE);
	host_has(w, "f", TEXT "!");
	t9_ok(c, Tsetattr, .fid = 2, .size = 6, .valid = P9_SETATTR_SIZE);
	host_has(w, "f", "before");
	assert_int_equal(stat(host_path(w, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0604);
	t9_free(c);
	server_stop(s);
}

/* The client has not looked the name up, or long ago. */
static void
a_mounted_file_is_not_made_anew_nor_removed(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct t9 *c;

	make_host_file(w, "f");
	s = WIRE_SERVER(w, "-e", export(w, "/a/f", "f", ""));
	c = client_of(s);
	t9_create(c, HOME, 2, "f", P9_O_RDWR, 0600);
	assert_int_equal(
	    t9_getattr(c, 2).qid.path, t9_stat(c, HOME, "f").qid.path);
	t9_write(c, 2, 0, "BEFORE", 6);
	t9_clunk(c, 2);
	host_has(w, "f", "BEFORE|inside|after");
	t9_walk(c, HOME, 2, "");
	t9_fails(c, EEXIST, Tlcreate, .fid = 2, .name = t9_str("f"),
	    .flags = P9_O_RDWR | P9_O_EXCL, .mode = 0600, .gid = c->gid);
	t9_fails(c, EBUSY, Tunlinkat, .dirfid = HOME, .name = t9_str("f"));
	t9_fails(c, EBUSY, Trenameat, .olddirfid = HOME, .oldname = t9_str("f"),
	    .newdirfid = HOME, .newname = t9_str("g"));
	t9_walk(c, HOME, 3, "f");
	t9_fails(c, EBUSY, Tremove, .fid = 3);
	t9_free(c);
	server_stop(s);
}

static void
an_image_that_another_server_has_is_refused(void **state)
{
	struct wire *w = *state;
	const char *args[] = { "-e", NULL, NULL };
	struct server *s;
	char *said, holder[64];

	make_host_file(w, "f");
	s = WIRE_SERVER(w, "-e", export(w, "/a/f", "f", ",blk,size=10"));
	args[1] = export(w, "/a/f", "f", ",blk,ro,offset=9,size=1");
	assert_int_equal(server_run(args, &said), 2);
	assert_true(server_one_line(said));
	snprintf(holder, sizeof(holder), "process %d (", (int)s->pid);
	if (strstr(said, holder) == NULL)
		t9_fail("no \"%s\" in: %s", holder, said);
	free(said);
	server_stop(s);
}

/* Each is one line that names the image and says why, and status 2. */
static void
what_is_not_there_is_not_served(void **state)
{
	struct wire *w = *state;
	static const struct {
		const char *key, *params, *words;
	} lines[] = {
		{ "/", "", "at /: Not a directory" },
		{ "/k", ",tree", "Not a directory" },
		{ "/k", ",dir", "Not a directory" },
		{ "/k", ",chr", "not a regular file" },
		{ "/k", ",offset=19", "there is nothing at offset 19" },
		{ "/k", ",offset=1T", "nothing at offset 1099511627776" },
		{ "/k", ",size=20", "20 bytes at offset 0 lead beyond" },
		{ "/k", ",blk,offset=10,size=10", "lead beyond its end at 19" },
		{ "/k", "%OFFSET:1,2%,reg", "a partition is a blk" },
		{ "/k", ",size=0", "at least 1" },
		{ "/k", ",size=x", "size= takes a number" },
		{ "/k", ",offset=-1", "offset= takes a number" },
		{ "/k", ",reg,blk", "one type only" },
		{ "/k", "%PART:1%,offset=1", "own offset and size" },
		{ "/k", "%PART:1", "PATH%PART:2%" },
		{ "/k/../k", "", "plain absolute path" },
	};
	const char *args[] = { "-e", NULL, NULL };
	const char *path;
	char *said;
	size_t i;
	int status;

	make_host_file(w, "f");
	path = host_path(w, "f");
	for (i = 0; i < WIRE_COUNT(lines); i++) {
		args[1] = export(w, lines[i].key, "f", lines[i].params);
		status = server_run(args, &said);
		if (status != 2 || !server_one_line(said) ||
		    strstr(said, path) == NULL ||
		    strstr(said, lines[i].words) == NULL)
			t9_fail(
			    "%s: status %d, and:\n%s", args[1], status, said);
		free(said);
	}
}

static void
the_same_bytes_are_served_once(void **state)
{
	struct wire *w = *state;
	const char *args[5] = { "-e", NULL, "-e", NULL, NULL };
	struct server *s;
	char *said;

	make_host_file(w, "f");
	args[1] = export(w, "/k", "f", ",offset=2");
	args[3] = export(w, "/l", "f", ",ro,size=3");
	assert_int_equal(server_run(args, &said), 2);
	assert_true(server_one_line(said));
	assert_non_null(strstr(said, "overlaps"));
	free(said);
	s = WIRE_SERVER(w, "-e", export(w, "/k", "f", ",offset=2"), "-e",
	    export(w, "/l", "f", ",size=2"));
	said = server_said(s);
	assert_non_null(strstr(said, "/k is"));
	assert_non_null(strstr(said, "from byte 2 on"));
	free(said);
	server_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_window_is_a_file_of_its_size),
		wire_test(an_image_is_copied_into_a_window),
		wire_test(a_whole_file_takes_everything),
		wire_test(a_mounted_file_is_not_made_anew_nor_removed),
		wire_test(an_image_that_another_server_has_is_refused),
		wire_test(what_is_not_there_is_not_served),
		wire_test(the_same_bytes_are_served_once),
	};

	return wire_main("images", 0, tests, WIRE_COUNT(tests));
}
