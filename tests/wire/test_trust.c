/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_trust.c -- how far a client is believed, and as whom it acts.
 *
 * Most of it needs root: about users who can only be themselves there is
 * nothing to be believed.  The owner of what a client makes tells who it was
 * taken for.
 */

#include <sys/socket.h>

#include <netinet/in.h>

#include "wire.h"

#define NOBODY 65534U /* who is nobody in particular */

/* A server on listener, with a directory that anyone may write at /h. */
static struct server *
serve(struct wire *w, const char *listener, const char *identity)
{
	char key[512];
	struct server_how how = { .args = { "-l", listener, "-e", key,
				      "--identity", identity } };

	snprintf(key, sizeof(key), "/h=%s", w->hostdir);
	return server_start(&how);
}

static const char *
unix_listener(struct wire *w, const char *params)
{
	static char text[512];
	static unsigned int n;

	snprintf(text, sizeof(text), "unix:%s/trust%u%s", w->tmp, n++, params);
	return text;
}

/* A claim: by number, or by name if the number is none. */
struct claim {
	uint32_t uid;
	const char *name;
};

static int
try_attach(struct t9 *c, uint32_t fid, struct claim who)
{
	return t9_rpc(c,
	    T9_MSG(Tattach, .fid = fid, .afid = P9_NOFID,
		.uname = t9_str(who.name != NULL ? who.name : ""),
		.aname = t9_str("/h"), .n_uname = who.uid));
}

/* Attach, make a file, and see whose it is. */
static uint32_t
taken_for(struct t9 *c, struct claim who)
{
	static unsigned int n;
	char name[32];
	uint32_t uid;

	c->gid = UINT32_MAX;
	assert_int_equal(try_attach(c, 1, who), 0);
	snprintf(name, sizeof(name), "made%u", n++);
	t9_put(c, 1, name, "");
	uid = t9_stat(c, 1, name).uid;
	t9_clunk(c, 1);
	return uid;
}

static struct t9 *
dial(struct server *s)
{
	struct t9 *c = t9_dial(s->addr[0]);

	t9_version(c, 8192);
	return c;
}

/* The peer is who it was when it connected. */
static struct t9 *
dial_as(struct server *s, uint32_t uid)
{
	int fd;

	assert_int_equal(setegid(uid), 0);
	assert_int_equal(seteuid(uid), 0);
	fd = t9_socket(s->addr[0]);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(0), 0);
	return fd < 0 ? NULL : t9_new(fd, fd);
}

static void
root_on_a_unix_socket_may_be_anyone(void **state)
{
	struct wire *w = *state;
	struct server *s = serve(w, unix_listener(w, ""), "client");
	struct t9 *c = dial(s);

	assert_int_equal(taken_for(c, (struct claim){ 0, NULL }), 0);
	assert_int_equal(
	    taken_for(c, (struct claim){ WIRE_USER, NULL }), WIRE_USER);
	assert_int_equal(
	    taken_for(c, (struct claim){ WIRE_OTHER, "root" }), WIRE_OTHER);
	/* The first attach of every mount is nobody's. */
	assert_int_equal(
	    taken_for(c, (struct claim){ P9_NONUNAME, "nobody" }), NOBODY);
	assert_int_equal(
	    taken_for(c, (struct claim){ P9_NONUNAME, "?" }), NOBODY);
	t9_free(c);
	server_stop(s);
}

static void
others_on_a_unix_socket_are_themselves(void **state)
{
	struct wire *w = *state;
	struct server *s = serve(w, unix_listener(w, ",mode=0666"), "client");
	struct t9 *c = dial_as(s, WIRE_USER);
	uint32_t uid;

	assert_non_null(c);
	t9_version(c, 8192);
	assert_int_equal(
	    taken_for(c, (struct claim){ WIRE_USER, NULL }), WIRE_USER);
	uid = taken_for(c, (struct claim){ P9_NONUNAME, "root" });
	assert_true(uid == WIRE_USER || uid == NOBODY);
	assert_int_equal(try_attach(c, 1, (struct claim){ 0, NULL }), EPERM);
	assert_int_equal(
	    try_attach(c, 1, (struct claim){ WIRE_OTHER, NULL }), EPERM);
	/* Nor does it lend itself a group. */
	assert_int_equal(
	    try_attach(c, 1, (struct claim){ WIRE_USER, NULL }), 0);
	t9_fails(c, EPERM, Tmkdir, .dfid = 1, .name = t9_str("lent"),
	    .mode = 0755, .gid = WIRE_OTHER);
	t9_fails(c, EPERM, Tmkdir, .dfid = 1, .name = t9_str("lent"),
	    .mode = 0755, .gid = 0);
	t9_free(c);
	server_stop(s);
}

static void
a_private_socket_is_closed_to_others(void **state)
{
	struct wire *w = *state;
	struct server *s = serve(w, unix_listener(w, ""), "client");

	assert_null(dial_as(s, WIRE_USER));
	server_stop(s);
}

/* Connect from a port below 1024, or not. */
static struct t9 *
dial_from(struct server *s, bool privileged)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct t9 *c;

	if (privileged)
		assert_int_equal(bindresvport(fd, NULL), 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)atoi(strrchr(s->addr[0], ':') + 1));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	c = t9_new(fd, fd);
	t9_version(c, 8192);
	return c;
}

/* The default for TCP if the server is root. */
static void
a_port_of_root_is_believed(void **state)
{
	static const char *const listeners[] = { "tcp:127.0.0.1:0",
		"tcp:127.0.0.1:0,trust=privport" };
	struct wire *w = *state;
	struct server *s;
	struct t9 *c;
	size_t i;

	for (i = 0; i < 2; i++) {
		s = serve(w, listeners[i], "client");
		c = dial_from(s, true);
		assert_int_equal(taken_for(c, (struct claim){ 0, NULL }), 0);
		assert_int_equal(
		    taken_for(c, (struct claim){ WIRE_USER, NULL }), WIRE_USER);
		t9_reset(c); /* so that the port is free again */
		c = dial_from(s, false);
		assert_int_equal(
		    taken_for(c, (struct claim){ 0, NULL }), NOBODY);
		assert_int_equal(
		    taken_for(c, (struct claim){ WIRE_USER, NULL }), NOBODY);
		assert_int_equal(
		    taken_for(c, (struct claim){ P9_NONUNAME, "root" }),
		    NOBODY);
		t9_free(c);
		server_stop(s);
	}
}

static void
trust_none_believes_nobody(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct t9 *c;

	s = serve(w, "tcp:127.0.0.1:0,trust=none", "client");
	c = dial(s);
	assert_int_equal(taken_for(c, (struct claim){ 0, NULL }), NOBODY);
	assert_int_equal(
	    taken_for(c, (struct claim){ WIRE_USER, NULL }), NOBODY);
	t9_free(c);
	server_stop(s);
	s = serve(w, unix_listener(w, ",trust=none"), "client");
	c = dial(s);
	assert_int_equal(taken_for(c, (struct claim){ 0, NULL }), NOBODY);
	t9_free(c);
	server_stop(s);
}

static void
trust_any_believes_everything(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct t9 *c;

	s = serve(w, "tcp:127.0.0.1:0,trust=any", "client");
	c = dial(s);
	assert_int_equal(taken_for(c, (struct claim){ 0, NULL }), 0);
	assert_int_equal(
	    taken_for(c, (struct claim){ WIRE_USER, NULL }), WIRE_USER);
	assert_int_equal(
	    taken_for(c, (struct claim){ P9_NONUNAME, "root" }), 0);
	t9_free(c);
	server_stop(s);
}

static void
squash_makes_all_the_same(void **state)
{
	struct wire *w = *state;
	struct server *s =
	    serve(w, "tcp:127.0.0.1:0,trust=any", "squash:54399:54398");
	struct t9 *c = dial(s);

	assert_int_equal(taken_for(c, (struct claim){ 0, NULL }), 54399);
	assert_int_equal(
	    taken_for(c, (struct claim){ WIRE_USER, NULL }), 54399);
	assert_int_equal(
	    taken_for(c, (struct claim){ P9_NONUNAME, "root" }), 54399);
	t9_free(c);
	server_stop(s);
}

static void
self_is_the_server(void **state)
{
	struct wire *w = *state;
	struct server *s = serve(w, "tcp:127.0.0.1:0,trust=any", "self");
	struct t9 *c = dial(s);

	assert_int_equal(taken_for(c, (struct claim){ WIRE_USER, NULL }), 0);
	assert_int_equal(
	    taken_for(c, (struct claim){ P9_NONUNAME, "nobody" }), 0);
	t9_free(c);
	server_stop(s);
}

/*
 * A server without root, made such if need be, with memory at / and the host's
 * directory at /h; and a session with it.
 */
static struct server *
powerless_server(struct wire *w, struct t9 **c)
{
	char key[512];
	struct server_how how = {
		.args = { "-l", "tcp:127.0.0.1:0,trust=any", "-e", key },
		.uid = wire_root() ? NOBODY : 0,
	};
	struct server *s;

	snprintf(key, sizeof(key), "/h=%s", w->hostdir);
	s = server_start(&how);
	*c = t9_dial(s->addr[0]);
	t9_version(*c, WIRE_MSIZE);
	(*c)->gid = UINT32_MAX;
	return s;
}

/* Then a claim gives nothing. */
static void
without_root_everyone_is_the_server(void **state)
{
	static const uint32_t claims[] = { 0, 1, WIRE_USER, P9_NONUNAME };
	struct wire *w = *state;
	uint32_t self = wire_root() ? NOBODY : geteuid();
	struct t9 *c;
	struct server *s = powerless_server(w, &c);
	char name[32];
	uint32_t i;

	for (i = 0; i < WIRE_COUNT(claims); i++) {
		t9_attach(c, i, claims[i], "");
		snprintf(name, sizeof(name), "f%u", i);
		t9_put(c, i, name, "content");
		assert_int_equal(t9_stat(c, i, name).uid, self);
		t9_has(c, 0, name, "content");
		t9_walk(c, i, 10 + i, "h");
		t9_put(c, 10 + i, name, "content");
		assert_int_equal(t9_stat(c, 10 + i, name).uid, self);
		t9_unlink(c, 10 + i, name);
	}
	t9_free(c);
	server_stop(s);
}

/*
 * Linux names a group whenever it creates something: its user's, who may be
 * root there.  A server that has nothing to give away makes the file as itself
 * and tells what is true.
 */
static void
without_root_a_group_is_not_insisted_on(void **state)
{
	static const char *const places[] = { "", "h" };
	struct wire *w = *state;
	uint32_t group = wire_root() ? NOBODY : getegid();
	struct t9 *c;
	struct server *s = powerless_server(w, &c);
	size_t i;

	t9_attach(c, ROOT, 0, "");
	for (i = 0; i < WIRE_COUNT(places); i++) {
		t9_walk(c, ROOT, 2, places[i]);
		c->gid = 0;
		t9_put(c, 2, "file", "content");
		t9_mkdir(c, 2, "dir", 0755);
		t9_ok(c, Tsymlink, .dfid = 2, .name = t9_str("link"),
		    .symtgt = t9_str("file"), .gid = 0);
		t9_ok(c, Tmknod, .dfid = 2, .name = t9_str("fifo"),
		    .mode = P9_S_IFIFO | 0600, .gid = 0);
		assert_int_equal(t9_stat(c, 2, "file").gid, group);
		assert_int_equal(t9_stat(c, 2, "dir").gid, group);
		t9_unlink(c, 2, "file");
		t9_rmdir(c, 2, "dir");
		t9_unlink(c, 2, "link");
		t9_unlink(c, 2, "fifo");
		t9_clunk(c, 2);
	}
	t9_free(c);
	server_stop(s);
}

#define root_test(f) wire_test_if(f, WIRE_NEEDS_ROOT)

/* As anyone: what a user cannot do is refused, not done by halves. */
static void
acting_as_clients_on_the_host_needs_root(void **state)
{
	struct server_how how = {
		.args = { "-l", "tcp:127.0.0.1:0", "--identity", "client",
		    "/var/tmp" },
		.uid = wire_root() ? NOBODY : 0,
	};
	struct server *s = server_spawn(&how);
	int status = server_wait(s);

	(void)state;
	if (status >> 8 != 1 && status >> 8 != 2)
		t9_fail("wait status 0x%x", (unsigned int)status);
	server_free(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		root_test(root_on_a_unix_socket_may_be_anyone),
		root_test(others_on_a_unix_socket_are_themselves),
		root_test(a_private_socket_is_closed_to_others),
		root_test(a_port_of_root_is_believed),
		root_test(trust_none_believes_nobody),
		root_test(trust_any_believes_everything),
		root_test(squash_makes_all_the_same),
		root_test(self_is_the_server),
		wire_test(acting_as_clients_on_the_host_needs_root),
		wire_test(without_root_everyone_is_the_server),
		wire_test(without_root_a_group_is_not_insisted_on),
	};

	return wire_main("trust", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
