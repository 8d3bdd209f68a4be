/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_xattrs.c -- extended attributes.
 */

#include <sys/xattr.h>

#include "client.h"

#define BIG 60000 /* more than a small message takes */

static void
an_attribute_is_set_read_and_removed(void **state)
{
	struct client *c = *state;
	char buf[64];

	client_put(c->fs, "f", "");
	fails(ENODATA, etfsc_getxattr(c->fs, "f", "user.a", buf, 64));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "value", 5, 0));
	gives(5, etfsc_getxattr(c->fs, "f", "user.a", NULL, 0));
	gives(5, etfsc_getxattr(c->fs, "f", "user.a", buf, 5));
	assert_memory_equal(buf, "value", 5);
	fails(ERANGE, etfsc_getxattr(c->fs, "f", "user.a", buf, 4));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "x\0y", 3, 0));
	gives(3, etfsc_getxattr(c->fs, "f", "user.a", buf, 64));
	assert_memory_equal(buf, "x\0y", 3);
	ok(etfsc_removexattr(c->fs, "f", "user.a"));
	fails(ENODATA, etfsc_removexattr(c->fs, "f", "user.a"));
	fails(ENODATA, etfsc_getxattr(c->fs, "f", "user.a", buf, 64));
	fails(ENOENT, etfsc_getxattr(c->fs, "no", "user.a", buf, 64));
}

static void
flags_ask_for_what_is_there_or_not(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "");
	fails(ENODATA,
	    etfsc_setxattr(c->fs, "f", "user.a", "1", 1, XATTR_REPLACE));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "1", 1, XATTR_CREATE));
	fails(
	    EEXIST, etfsc_setxattr(c->fs, "f", "user.a", "1", 1, XATTR_CREATE));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "2", 1, XATTR_REPLACE));
	fails(EINVAL, etfsc_setxattr(c->fs, "f", "user.a", "2", 1, 4));
}

/* Which the protocol cannot say if it has to be there already. */
static void
an_empty_value_is_a_value(void **state)
{
	struct client *c = *state;
	char buf[4];

	client_put(c->fs, "f", "");
	fails(ENODATA,
	    etfsc_setxattr(c->fs, "f", "user.a", "", 0, XATTR_REPLACE));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "", 0, 0));
	gives(0, etfsc_getxattr(c->fs, "f", "user.a", buf, sizeof(buf)));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "full", 4, 0));
	ok(etfsc_setxattr(c->fs, "f", "user.a", "", 0, XATTR_REPLACE));
	gives(0, etfsc_getxattr(c->fs, "f", "user.a", buf, sizeof(buf)));
}

static void
attributes_are_listed(void **state)
{
	struct client *c = *state;
	char buf[64];

	client_put(c->fs, "f", "");
	gives(0, etfsc_listxattr(c->fs, "f", buf, sizeof(buf)));
	ok(etfsc_setxattr(c->fs, "f", "user.abc", "1", 1, 0));
	ok(etfsc_setxattr(c->fs, "f", "user.d", "2", 1, 0));
	gives(16, etfsc_listxattr(c->fs, "f", NULL, 0));
	gives(16, etfsc_listxattr(c->fs, "f", buf, sizeof(buf)));
	assert_non_null(memmem(buf, 16, "user.abc", 9));
	assert_non_null(memmem(buf, 16, "user.d", 7));
	fails(ERANGE, etfsc_listxattr(c->fs, "f", buf, 15));
}

static void
names_are_checked(void **state)
{
	struct client *c = *state;
	char name[300];

	client_put(c->fs, "f", "");
	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[255] = '\0';
	ok(etfsc_setxattr(c->fs, "f", name, "1", 1, 0));
	name[255] = 'n';
	name[256] = '\0';
	fails(ERANGE, etfsc_setxattr(c->fs, "f", name, "1", 1, 0));
	fails(ERANGE, etfsc_getxattr(c->fs, "f", name, NULL, 0));
	fails(ERANGE, etfsc_removexattr(c->fs, "f", name));
	fails(ERANGE, etfsc_setxattr(c->fs, "f", "", "1", 1, 0));
	fails(ERANGE, etfsc_getxattr(c->fs, "f", "", NULL, 0));
	fails(ERANGE, etfsc_removexattr(c->fs, "f", ""));
}

/* User attributes are for files; a link has others, if one may set them. */
static void
the_l_calls_are_about_the_link(void **state)
{
	struct client *c = *state;
	char buf[64];

	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "f", "s"));
	ok(etfsc_setxattr(c->fs, "s", "user.a", "1", 1, 0));
	gives(1, etfsc_getxattr(c->fs, "f", "user.a", buf, sizeof(buf)));
	gives(1, etfsc_lgetxattr(c->fs, "f", "user.a", buf, sizeof(buf)));
	assert_true(
	    etfsc_lgetxattr(c->fs, "s", "user.a", buf, sizeof(buf)) < 0);
	gives(0, etfsc_llistxattr(c->fs, "s", buf, sizeof(buf)));
	gives(7, etfsc_llistxattr(c->fs, "f", buf, sizeof(buf)));
	fails(EPERM, etfsc_lsetxattr(c->fs, "s", "user.a", "1", 1, 0));
	ok(etfsc_lsetxattr(c->fs, "f", "user.a", "2", 1, 0));
	assert_true(etfsc_lremovexattr(c->fs, "s", "user.a") < 0);
	ok(etfsc_lremovexattr(c->fs, "f", "user.a"));
	if (!wire_root() || !c->host)
		return;
	ok(etfsc_lsetxattr(c->fs, "s", "trusted.a", "12", 2, 0));
	gives(2, etfsc_lgetxattr(c->fs, "s", "trusted.a", buf, sizeof(buf)));
	fails(ENODATA, etfsc_getxattr(c->fs, "s", "trusted.a", buf, 0));
}

/* In memory: file systems of the host may not take one so big. */
static void
a_big_value_comes_through_small_messages(void **state)
{
	const struct etfsc_options small = { .msize = 4096 };
	static char value[BIG], buf[BIG + 1];
	struct client *c = *state;
	struct etfsc *fs;

	if (c->host)
		return;
	fs = client_mount(c, &small);
	client_pattern(value, BIG, 0);
	client_put(fs, "/x", "");
	ok(etfsc_setxattr(fs, "/x", "user.big", value, BIG, 0));
	gives(BIG, etfsc_getxattr(fs, "/x", "user.big", buf, sizeof(buf)));
	assert_memory_equal(buf, value, BIG);
	fails(E2BIG, etfsc_setxattr(fs, "/x", "user.b", value, 65537, 0));
	client_release(c, fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(an_attribute_is_set_read_and_removed),
		client_test(flags_ask_for_what_is_there_or_not),
		client_test(an_empty_value_is_a_value),
		client_test(attributes_are_listed),
		client_test(names_are_checked),
		client_test(the_l_calls_are_about_the_link),
		client_test(a_big_value_comes_through_small_messages),
	};

	return client_main("xattrs", 0, tests, WIRE_COUNT(tests));
}
