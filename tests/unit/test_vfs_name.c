/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_name.c -- which names are names.
 */

#include "fixture.h"

static int
check(const char *s)
{
	return vname_check(vname_of(s));
}

static void
ordinary_and_odd_names_are_names(void **state)
{
	(void)state;
	assert_int_equal(check("a"), 0);
	assert_int_equal(check("with space"), 0);
	assert_int_equal(check("\xff\xfe not utf-8"), 0);
	assert_int_equal(check("\n\t\x7f\\"), 0);
	assert_int_equal(check("..."), 0);
	assert_int_equal(check(".hidden"), 0);
}

static void
dot_names_pass(void **state)
{
	(void)state;
	assert_int_equal(check("."), 0);
	assert_int_equal(check(".."), 0);
}

static void
an_empty_name_names_nothing(void **state)
{
	(void)state;
	assert_int_equal(check(""), -ENOENT);
	assert_int_equal(vname_check((struct vname){ NULL, 0 }), -ENOENT);
}

static void
a_slash_anywhere_is_refused(void **state)
{
	(void)state;
	assert_int_equal(check("/"), -EINVAL);
	assert_int_equal(check("/a"), -EINVAL);
	assert_int_equal(check("a/"), -EINVAL);
	assert_int_equal(check("a/b"), -EINVAL);
	assert_int_equal(check("../a"), -EINVAL);
}

static void
a_nul_anywhere_is_refused(void **state)
{
	(void)state;
	assert_int_equal(vname_check((struct vname){ "\0", 1 }), -EINVAL);
	assert_int_equal(vname_check((struct vname){ "a\0b", 3 }), -EINVAL);
	assert_int_equal(vname_check((struct vname){ "a\0", 2 }), -EINVAL);
}

static void
the_terminator_of_a_string_is_not_part_of_the_name(void **state)
{
	(void)state;
	assert_int_equal(vname_check((struct vname){ "ab/c", 2 }), 0);
}

static void
a_name_has_at_most_255_bytes(void **state)
{
	char s[VFS_NAME_MAX + 1];

	(void)state;
	memset(s, 'n', sizeof(s));
	assert_int_equal(vname_check((struct vname){ s, 255 }), 0);
	assert_int_equal(vname_check((struct vname){ s, 256 }), -ENAMETOOLONG);
}

static void
a_name_is_compared_whole(void **state)
{
	(void)state;
	assert_true(vname_is(vname_of("abc"), "abc"));
	assert_false(vname_is(vname_of("ab"), "abc"));
	assert_false(vname_is(vname_of("abc"), "ab"));
	assert_false(vname_is(vname_of("abd"), "abc"));
	assert_false(vname_is((struct vname){ "ab\0", 3 }, "ab"));
	assert_true(vname_is((struct vname){ "abc", 2 }, "ab"));
	assert_true(vname_is((struct vname){ NULL, 0 }, ""));
	assert_false(vname_is((struct vname){ NULL, 0 }, "a"));
}

static void
only_one_and_two_dots_are_dot_names(void **state)
{
	(void)state;
	assert_true(vname_is_dots(vname_of(".")));
	assert_true(vname_is_dots(vname_of("..")));
	assert_false(vname_is_dots(vname_of("...")));
	assert_false(vname_is_dots(vname_of(".a")));
	assert_false(vname_is_dots(vname_of("a.")));
	assert_false(vname_is_dots(vname_of("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_and_odd_names_are_names),
		cmocka_unit_test(dot_names_pass),
		cmocka_unit_test(an_empty_name_names_nothing),
		cmocka_unit_test(a_slash_anywhere_is_refused),
		cmocka_unit_test(a_nul_anywhere_is_refused),
		cmocka_unit_test(
		    the_terminator_of_a_string_is_not_part_of_the_name),
		cmocka_unit_test(a_name_has_at_most_255_bytes),
		cmocka_unit_test(a_name_is_compared_whole),
		cmocka_unit_test(only_one_and_two_dots_are_dot_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
