/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_mkdir.c -- mkdir(2) and rmdir(2).
 */

#include "posix.h"

static void
mkdir_makes_an_empty_directory(void **state)
{
	struct stat st;

	(void)state;
	ok(mkdir("d", 0755));
	ok(stat("d", &st));
	yes(S_ISDIR(st.st_mode));
	gives(0755, st.st_mode & 07777);
	gives(2, st.st_nlink);
	ok(rmdir("d"));
}

const struct CMUnitTest posix_mkdir[] = {
	cmocka_unit_test(mkdir_makes_an_empty_directory),
	{ 0 },
};
