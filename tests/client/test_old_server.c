/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_old_server.c -- a server that does not know Trenameat and Tunlinkat, in
 * either way of saying so, is asked once.
 */

#include "client.h"
#include "fake.h"

static struct fake fake;
static uint32_t says; /* its errno */
static unsigned int asked, renamed, removed;

static void
serve_old(struct fake *f)
{
	struct p9_msg m, r;

	while (fake_get(f, &m)) {
		asked += m.type == P9_Trenameat || m.type == P9_Tunlinkat;
		renamed += m.type == P9_Trename;
		removed += m.type == P9_Tremove;
		if (m.type != P9_Trenameat && m.type != P9_Tunlinkat) {
			fake_answer(f, &m);
			continue;
		}
		r = (struct p9_msg){ .type = P9_Rlerror, .tag = m.tag };
		r.u.Rlerror.ecode = says;
		fake_put(f, &r);
	}
}

static void
is_asked_once(uint32_t error)
{
	struct etfsc *fs;
	unsigned int i;

	says = error;
	asked = renamed = removed = 0;
	fake = (struct fake){ .serve = serve_old };
	fs = fake_mount(&fake, NULL);
	for (i = 0; i < 3; i++) {
		ok(etfsc_rename(fs, "/f", "/g"));
		ok(etfsc_unlink(fs, "/g"));
		ok(etfsc_rmdir(fs, "/d"));
		fails(EISDIR, etfsc_unlink(fs, "/d"));
	}
	fake_release(&fake, fs);
	assert_int_equal(asked, 2);
	assert_int_equal(renamed, 3);
	assert_int_equal(removed, 6);
}

static void
one_that_does_not_support_it_is_asked_once(void **state)
{
	(void)state;
	is_asked_once(95);
}

static void
one_that_does_not_have_it_is_asked_once(void **state)
{
	(void)state;
	is_asked_once(38);
}

/* What else it says is its answer. */
static void
one_that_refuses_is_believed(void **state)
{
	struct etfsc *fs;

	(void)state;
	says = 1;
	renamed = removed = 0;
	fake = (struct fake){ .serve = serve_old };
	fs = fake_mount(&fake, NULL);
	fails(EPERM, etfsc_rename(fs, "/f", "/g"));
	fails(EPERM, etfsc_unlink(fs, "/g"));
	fake_release(&fake, fs);
	assert_int_equal(renamed + removed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_does_not_support_it_is_asked_once),
		cmocka_unit_test(one_that_does_not_have_it_is_asked_once),
		cmocka_unit_test(one_that_refuses_is_believed),
	};

	return cmocka_run_group_tests_name("old_server", tests, NULL, NULL);
}
