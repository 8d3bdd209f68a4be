/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_rules.c -- replies that are well-formed, and still cannot be, and some
 * that are unusual and can.
 */

#include <fcntl.h>

#include "client.h"
#include "fake.h"

static struct fake fake;

/* The tests' servers answer one type of request in their own way. */
struct odd {
	uint8_t type;
	struct p9_msg reply; /* but for its tag */
};

static void
serve_odd(struct fake *f)
{
	const struct odd *odd = f->arg;
	struct p9_msg m, r;

	if (!fake_greet(f))
		return;
	while (fake_get(f, &m)) {
		if (m.type != odd->type) {
			fake_answer(f, &m);
			continue;
		}
		r = odd->reply;
		r.tag = m.tag;
		fake_put(f, &r);
	}
}

static struct etfsc *
mount_odd(struct odd *odd)
{
	const struct etfsc_options opt = { .msize = FAKE_MSIZE };

	fake = (struct fake){ .serve = serve_odd, .arg = odd };
	return fake_mount(&fake, &opt);
}

static void
expect_breach(struct etfsc *fs)
{
	assert_non_null(etfsc_reason(fs));
	if (strncmp(etfsc_reason(fs), "protocol: ", 10) != 0)
		fail_msg("%s", etfsc_reason(fs));
	fake_release(&fake, fs);
}

static p9_str
str(const char *s)
{
	return (p9_str){ s, (uint16_t)strlen(s) };
}

/* More than was asked for: the client has no place for it. */
static void
a_read_does_not_give_more_than_was_asked(void **state)
{
	static const uint8_t bytes[60000];
	struct odd odd = { .type = P9_Tread, .reply.type = P9_Rread };
	uint32_t len[] = { 101, 60000 };
	struct etfsc *fs;
	char buf[100];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) { /* whole in the buffer, and not */
		odd.reply.u.Rread.data = (p9_data){ bytes, len[i] };
		fs = mount_odd(&odd);
		fails(ENOTCONN, etfsc_read_path(fs, "f", buf, 100, 0));
		expect_breach(fs);
	}
}

static void
a_write_does_not_take_more_than_was_sent(void **state)
{
	struct odd odd = { .type = P9_Twrite,
		.reply = { .type = P9_Rwrite, .u.Rwrite.count = 6 } };
	struct etfsc *fs = mount_odd(&odd);

	(void)state;
	fails(ENOTCONN, etfsc_write_path(fs, "f", "12345", 5, 0));
	expect_breach(fs);
}

/* It would be asked for ever. */
static void
a_write_that_takes_nothing_is_an_error(void **state)
{
	struct odd odd = { .type = P9_Twrite,
		.reply = { .type = P9_Rwrite, .u.Rwrite.count = 0 } };
	struct etfsc *fs = mount_odd(&odd);

	(void)state;
	fails(EIO, etfsc_write_path(fs, "f", "12345", 5, 0));
	assert_null(etfsc_reason(fs));
	fake_release(&fake, fs);
}

static void
a_walk_does_not_find_more_than_was_asked(void **state)
{
	struct odd odd = { .type = P9_Twalk,
		.reply = { .type = P9_Rwalk, .u.Rwalk.wqid.n = 3 } };
	struct etfsc *fs = mount_odd(&odd);
	struct etfsc_attr attr;

	(void)state;
	fails(ENOTCONN, etfsc_stat(fs, "a/b", &attr));
	expect_breach(fs);
}

/* A walk that never arrives, nor says why, comes to an end. */
static void
a_walk_that_finds_nothing_is_not_found(void **state)
{
	struct odd odd = { .type = P9_Twalk,
		.reply = { .type = P9_Rwalk, .u.Rwalk.wqid.n = 0 } };
	struct etfsc *fs = mount_odd(&odd);
	struct etfsc_attr attr;

	(void)state;
	fails(ENOENT, etfsc_stat(fs, "a/b", &attr));
	fails(ENOENT, etfsc_mkdirs(fs, "a/b", 0700));
	fake_release(&fake, fs);
}

/* Whatever is walked to is a link, to "l", which is one. */
static void
a_server_of_links_only_leads_nowhere(void **state)
{
	struct odd odd = { .type = P9_Treadlink,
		.reply = {
		    .type = P9_Rreadlink, .u.Rreadlink.target = str("l/l") } };
	struct etfsc *fs = mount_odd(&odd);
	struct etfsc_file *file;
	struct etfsc_attr attr;

	(void)state;
	fails(ELOOP, etfsc_stat(fs, "l", &attr));
	fails(ELOOP, etfsc_stat(fs, "d/l/d/l", &attr));
	fails(ELOOP, etfsc_open(fs, "l", O_RDWR | O_CREAT, 0600, &file));
	fails(ELOOP, etfsc_mkdirs(fs, "l/x", 0700));
	fake_release(&fake, fs);
}

static void
a_target_has_4095_bytes_at_most_and_one_at_least(void **state)
{
	static char target[60000];
	struct odd odd = { .type = P9_Treadlink, .reply.type = P9_Rreadlink };
	struct etfsc *fs;
	struct etfsc_attr attr;

	(void)state;
	memset(target, 'f', sizeof(target));
	odd.reply.u.Rreadlink.target = (p9_str){ target, 60000 };
	fs = mount_odd(&odd);
	fails(ENAMETOOLONG, etfsc_stat(fs, "l", &attr));
	fake_release(&fake, fs);
	odd.reply.u.Rreadlink.target = (p9_str){ target, 0 };
	fs = mount_odd(&odd);
	fails(ENOENT, etfsc_stat(fs, "l", &attr));
	fake_release(&fake, fs);
}

/* Names that would lead a recursive program anywhere, or nowhere. */
static void
an_entry_is_a_name(void **state)
{
	static const char *const names[] = { "", "a/b", "/etc", NULL };
	struct odd odd = { .type = P9_Treaddir, .reply.type = P9_Rreaddir };
	struct p9_dirent e = { .offset = 1 };
	struct etfsc_dirent got;
	struct etfsc_dir *dir;
	struct etfsc *fs;
	char longest[257];
	uint8_t buf[400];
	size_t i;

	(void)state;
	memset(longest, 'n', 256);
	longest[256] = '\0';
	for (i = 0; i < WIRE_COUNT(names); i++) {
		e.name = str(names[i] != NULL ? names[i] : longest);
		odd.reply.u.Rreaddir.data = (p9_data){ buf,
			(uint32_t)p9_dirent_encode(&e, buf, sizeof(buf)) };
		fs = mount_odd(&odd);
		ok(etfsc_opendir(fs, "d", &dir));
		fails(ENOTCONN, etfsc_readdir(dir, &got));
		expect_breach(fs);
	}
}

static void
an_entry_is_whole(void **state)
{
	struct odd odd = { .type = P9_Treaddir, .reply.type = P9_Rreaddir };
	struct p9_dirent e = { .offset = 1, .name = str("name") };
	struct etfsc_dirent got;
	struct etfsc_dir *dir;
	struct etfsc *fs;
	uint8_t buf[100];
	uint32_t len, cut;

	(void)state;
	len = (uint32_t)p9_dirent_encode(&e, buf, sizeof(buf));
	for (cut = 1; cut < len; cut++) {
		odd.reply.u.Rreaddir.data = (p9_data){ buf, cut };
		fs = mount_odd(&odd);
		ok(etfsc_opendir(fs, "d", &dir));
		fails(ENOTCONN, etfsc_readdir(dir, &got));
		expect_breach(fs);
	}
}

static void
an_attribute_is_not_of_any_size(void **state)
{
	struct odd odd = { .type = P9_Txattrwalk,
		.reply = {
		    .type = P9_Rxattrwalk, .u.Rxattrwalk.size = UINT64_MAX } };
	struct etfsc *fs = mount_odd(&odd);
	char buf[10];

	(void)state;
	fails(E2BIG, etfsc_getxattr(fs, "f", "user.a", buf, sizeof(buf)));
	fails(E2BIG, etfsc_listxattr(fs, "f", NULL, 0));
	fake_release(&fake, fs);
}

/* It says three bytes, and then there are none. */
static void
an_attribute_that_ends_early_is_an_error(void **state)
{
	struct odd odd = { .type = P9_Tread, .reply.type = P9_Rread };
	struct etfsc *fs = mount_odd(&odd);
	char buf[10];

	(void)state;
	fails(EIO, etfsc_getxattr(fs, "f", "user.a", buf, sizeof(buf)));
	fake_release(&fake, fs);
}

static void
a_lock_is_granted_or_not(void **state)
{
	struct odd odd = { .type = P9_Tlock, .reply.type = P9_Rlock };
	const struct etfsc_lock lk = { .type = F_WRLCK };
	static const int want[] = { 0, -EAGAIN, -ENOLCK, -ENOLCK, -ENOTCONN };
	struct etfsc_file *file;
	struct etfsc *fs;
	size_t i;

	(void)state;
	for (i = 0; i < WIRE_COUNT(want); i++) {
		odd.reply.u.Rlock.status = (uint8_t)i;
		fs = mount_odd(&odd);
		ok(etfsc_open(fs, "f", O_RDWR, 0, &file));
		gives(want[i], etfsc_lock(file, &lk, false));
		if (want[i] == -ENOTCONN)
			expect_breach(fs);
		else
			fake_release(&fake, fs);
	}
}

static void
a_reply_for_which_nobody_waits_is_a_breach(void **state)
{
	struct odd odd = { .type = P9_Tgetattr };
	struct etfsc *fs;
	struct etfsc_attr attr;

	(void)state;
	odd.reply.type = P9_Rwalk;
	odd.reply.u.Rwalk.wqid.n = 0;
	fs = mount_odd(&odd);
	fails(ENOTCONN, etfsc_stat(fs, "f", &attr));
	assert_string_equal(etfsc_reason(fs),
	    "protocol: the server sent Rwalk to Tgetattr, which makes no "
	    "sense");
	fake_release(&fake, fs);
}

/* Errors that this machine has never heard of. */
static void
an_unknown_error_is_eio(void **state)
{
	struct odd odd = { .type = P9_Tgetattr,
		.reply = { .type = P9_Rlerror, .u.Rlerror.ecode = 526 } };
	struct etfsc *fs = mount_odd(&odd);
	struct etfsc_attr attr;

	(void)state;
	fails(EIO, etfsc_stat(fs, "f", &attr));
	fake_release(&fake, fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_does_not_give_more_than_was_asked),
		cmocka_unit_test(a_write_does_not_take_more_than_was_sent),
		cmocka_unit_test(a_write_that_takes_nothing_is_an_error),
		cmocka_unit_test(a_walk_does_not_find_more_than_was_asked),
		cmocka_unit_test(a_walk_that_finds_nothing_is_not_found),
		cmocka_unit_test(a_server_of_links_only_leads_nowhere),
		cmocka_unit_test(
		    a_target_has_4095_bytes_at_most_and_one_at_least),
		cmocka_unit_test(an_entry_is_a_name),
		cmocka_unit_test(an_entry_is_whole),
		cmocka_unit_test(an_attribute_is_not_of_any_size),
		cmocka_unit_test(an_attribute_that_ends_early_is_an_error),
		cmocka_unit_test(a_lock_is_granted_or_not),
		cmocka_unit_test(a_reply_for_which_nobody_waits_is_a_breach),
		cmocka_unit_test(an_unknown_error_is_eio),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
