/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_rename_types.c -- rename(2) of every type over every type.
 */

#include "posix.h"

enum kind {
	NONE,
	REG,
	LINK,
	FIFO,
	SOCK,
	EMPTY,
	FULL
};

static void
make(const char *path, enum kind kind)
{
	char inner[64];

	switch (kind) {
	case NONE:
		break;
	case REG:
		put(path, path);
		break;
	case LINK:
		ok(symlink("nothing", path));
		break;
	case FIFO:
		ok(mkfifo(path, 0644));
		break;
	case SOCK:
		ok(mknod(path, S_IFSOCK | 0644, 0));
		break;
	case EMPTY:
	case FULL:
		ok(mkdir(path, 0755));
		snprintf(inner, sizeof(inner), "%s/inner", path);
		if (kind == FULL)
			put(inner, path);
	}
}

static void
take_away(const char *path)
{
	char inner[64];

	snprintf(inner, sizeof(inner), "%s/inner", path);
	unlink(inner);
	if (unlink(path) != 0 && errno == EISDIR)
		rmdir(path);
	yes(!exists(path));
}

static bool
is_directory(enum kind kind)
{
	return kind == EMPTY || kind == FULL;
}

/* The errno of a rename of one kind over another; 0: it is done. */
static int
outcome(enum kind from, enum kind to)
{
	if (to == NONE)
		return 0;
	if (is_directory(from) && !is_directory(to))
		return ENOTDIR;
	if (!is_directory(from) && is_directory(to))
		return EISDIR;
	return to == FULL ? ENOTEMPTY : 0;
}

static void
check_pair(enum kind from, enum kind to)
{
	const int err = outcome(from, to);
	ino_t a, b = 0;

	make("a", from);
	make("b", to);
	a = look("a").st_ino;
	if (to != NONE)
		b = look("b").st_ino;
	if (err == 0) {
		ok(rename("a", "b"));
		yes(!exists("a"));
		gives(a, look("b").st_ino);
		if (from == FULL)
			text("a", contents("b/inner"));
		if (from == REG)
			text("a", contents("b"));
	} else {
		fails_either(
		    err, err == ENOTEMPTY ? EEXIST : err, rename("a", "b"));
		gives(a, look("a").st_ino);
		gives(b, look("b").st_ino);
	}
	take_away("a");
	take_away("b");
}

static void
check_kind(enum kind from)
{
	enum kind to;

	for (to = NONE; to <= FULL; to++)
		check_pair(from, to);
}

static void
a_file_is_renamed_over_every_type(void **state)
{
	(void)state;
	check_kind(REG);
}

static void
a_link_is_renamed_over_every_type(void **state)
{
	(void)state;
	check_kind(LINK);
}

static void
a_fifo_is_renamed_over_every_type(void **state)
{
	(void)state;
	check_kind(FIFO);
}

static void
a_socket_is_renamed_over_every_type(void **state)
{
	(void)state;
	check_kind(SOCK);
}

static void
an_empty_directory_is_renamed_over_every_type(void **state)
{
	(void)state;
	check_kind(EMPTY);
}

static void
a_full_directory_is_renamed_over_every_type(void **state)
{
	(void)state;
	check_kind(FULL);
}

const struct CMUnitTest posix_rename_types[] = {
	cmocka_unit_test(a_file_is_renamed_over_every_type),
	cmocka_unit_test(a_link_is_renamed_over_every_type),
	cmocka_unit_test(a_fifo_is_renamed_over_every_type),
	cmocka_unit_test(a_socket_is_renamed_over_every_type),
	cmocka_unit_test(an_empty_directory_is_renamed_over_every_type),
	cmocka_unit_test(a_full_directory_is_renamed_over_every_type),
	{ 0 },
};
