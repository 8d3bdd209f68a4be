/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_errno.c -- the list of errors is complete, and one to one.
 */

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"

#define LAST 133 /* Linux's EHWPOISON */

/* Linux has nothing there. */
static bool
is_hole(uint32_t wire)
{
	return wire == 0 || wire == 41 || wire == 58 || wire > LAST;
}

/* What the protocol's own table says, written down once more. */
static const struct {
	int host;
	uint32_t wire;
	const char *name;
} known[] = {
	{ EPERM, 1, "EPERM" },
	{ ENOENT, 2, "ENOENT" },
	{ EINTR, 4, "EINTR" },
	{ EIO, 5, "EIO" },
	{ ENXIO, 6, "ENXIO" },
	{ E2BIG, 7, "E2BIG" },
	{ EBADF, 9, "EBADF" },
	{ EAGAIN, 11, "EAGAIN" },
	{ EWOULDBLOCK, 11, "EAGAIN" },
	{ ENOMEM, 12, "ENOMEM" },
	{ EACCES, 13, "EACCES" },
	{ EBUSY, 16, "EBUSY" },
	{ EEXIST, 17, "EEXIST" },
	{ EXDEV, 18, "EXDEV" },
	{ ENODEV, 19, "ENODEV" },
	{ ENOTDIR, 20, "ENOTDIR" },
	{ EISDIR, 21, "EISDIR" },
	{ EINVAL, 22, "EINVAL" },
	{ ENFILE, 23, "ENFILE" },
	{ EMFILE, 24, "EMFILE" },
	{ ETXTBSY, 26, "ETXTBSY" },
	{ EFBIG, 27, "EFBIG" },
	{ ENOSPC, 28, "ENOSPC" },
	{ ESPIPE, 29, "ESPIPE" },
	{ EROFS, 30, "EROFS" },
	{ EMLINK, 31, "EMLINK" },
	{ ERANGE, 34, "ERANGE" },
	{ EDEADLK, 35, "EDEADLK" },
	{ ENAMETOOLONG, 36, "ENAMETOOLONG" },
	{ ENOLCK, 37, "ENOLCK" },
	{ ENOSYS, 38, "ENOSYS" },
	{ ENOTEMPTY, 39, "ENOTEMPTY" },
	{ ELOOP, 40, "ELOOP" },
	{ ENODATA, 61, "ENODATA" },
	{ ETIME, 62, "ETIME" },
	{ EPROTO, 71, "EPROTO" },
	{ EOVERFLOW, 75, "EOVERFLOW" },
	{ EMSGSIZE, 90, "EMSGSIZE" },
	{ EOPNOTSUPP, 95, "EOPNOTSUPP" },
	{ ECONNRESET, 104, "ECONNRESET" },
	{ ETIMEDOUT, 110, "ETIMEDOUT" },
	{ ESTALE, 116, "ESTALE" },
	{ EREMOTEIO, 121, "EREMOTEIO" },
	{ EDQUOT, 122, "EDQUOT" },
	{ ECANCELED, 125, "ECANCELED" },
};

static void
an_error_has_linux_number_and_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		assert_int_equal(
		    p9_errno_to_wire(known[i].host), known[i].wire);
		assert_int_equal(
		    p9_errno_from_wire(known[i].wire), known[i].host);
		assert_string_equal(
		    p9_errno_name(known[i].wire), known[i].name);
	}
}

static void
every_number_up_to_the_last_has_a_name(void **state)
{
	(void)state;
	for (uint32_t wire = 0; wire < 1024; wire++)
		assert_true((p9_errno_name(wire) == NULL) == is_hole(wire));
	assert_null(p9_errno_name(UINT32_MAX));
}

static void
there_and_back_is_the_same_error(void **state)
{
	(void)state;
	for (uint32_t wire = 1; wire <= LAST; wire++)
		if (!is_hole(wire))
			assert_int_equal(
			    p9_errno_to_wire(p9_errno_from_wire(wire)), wire);
}

/* The C library knows the host's names; the list must mean the same. */
static void
names_agree_with_the_host(void **state)
{
	(void)state;
#ifdef __GLIBC__
	for (uint32_t wire = 1; wire <= LAST; wire++) {
		const char *host;

		if (is_hole(wire))
			continue;
		host = strerrorname_np(p9_errno_from_wire(wire));
		if (strcmp(host, "ENOTSUP") == 0)
			host = "EOPNOTSUPP"; /* two names of one number */
		assert_string_equal(p9_errno_name(wire), host);
	}
#endif
}

static void
not_supported_has_one_number(void **state)
{
	(void)state;
	assert_int_equal(p9_errno_to_wire(ENOTSUP), 95);
	assert_int_equal(p9_errno_to_wire(EOPNOTSUPP), 95);
	assert_int_equal(p9_errno_to_wire(524), 95);
}

/* Zero would be taken for success. */
static void
an_unknown_error_is_an_io_error(void **state)
{
	(void)state;
	assert_int_equal(p9_errno_to_wire(0), 5);
	assert_int_equal(p9_errno_to_wire(-ENOENT), 5);
	assert_int_equal(p9_errno_to_wire(4095), 5);
	assert_int_equal(p9_errno_to_wire(INT_MAX), 5);
	assert_int_equal(p9_errno_to_wire(INT_MIN), 5);
	assert_int_equal(p9_errno_from_wire(0), EIO);
	assert_int_equal(p9_errno_from_wire(41), EIO);
	assert_int_equal(p9_errno_from_wire(58), EIO);
	assert_int_equal(p9_errno_from_wire(LAST + 1), EIO);
	assert_int_equal(p9_errno_from_wire(UINT32_MAX), EIO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_has_linux_number_and_name),
		cmocka_unit_test(every_number_up_to_the_last_has_a_name),
		cmocka_unit_test(there_and_back_is_the_same_error),
		cmocka_unit_test(names_agree_with_the_host),
		cmocka_unit_test(not_supported_has_one_number),
		cmocka_unit_test(an_unknown_error_is_an_io_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
