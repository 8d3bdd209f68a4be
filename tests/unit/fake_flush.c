/* SPDX-License-Identifier: BSD-2-Clause */
/* fake_flush.c -- see fake_flush.h. */

#include "fake_flush.h"

int
flush_setup(void **state)
{
	if (fake_setup_attached(state) != 0)
		return -1;
	open_fid(*state, FILE_FID, "f0");
	open_fid(*state, OTHER_FID, "f1");
	return 0;
}

void
check_over(struct fake *fx)
{
	expect_silence(fx);
	assert_int_equal(fx->session.npending, 0);
	assert_int_equal(fx->session.tags.count, 0);
	call(fx, T(getattr, OLD, FILE_FID, P9_GETATTR_BASIC));
	call(fx, T(getattr, NEW, FILE_FID, P9_GETATTR_BASIC));
}
