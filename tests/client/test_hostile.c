/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_hostile.c -- servers that break off, or the rules.
 *
 * One conversation with every kind of message in it is held again and again,
 * each time with another thing wrong.  It must come to an end with one reason,
 * and everything that comes after that fails at once.
 */

#include <fcntl.h>
#include <semaphore.h>
#include <sys/stat.h>

#include "client.h"
#include "fake.h"

#define GOODBYE 70 /* bytes in which it is too late to tell anybody */

#define TRY(call)                                                              \
	do {                                                                   \
		if ((call) == -ENOTCONN)                                       \
			goto lost;                                             \
	} while (0)

/* Files and directories are left open: they go with the connection. */
static void
talk(struct etfsc *fs)
{
	struct etfsc_lock lk = { .type = F_WRLCK };
	struct etfsc_file *file;
	struct etfsc_statfs st;
	struct etfsc_attr attr;
	struct etfsc_dirent e;
	struct etfsc_dir *dir;
	char buf[2000] = "";

	TRY(etfsc_stat(fs, "d/d/l", &attr));
	TRY(etfsc_statfs(fs, "d/f", &st));
	TRY(etfsc_opendir(fs, "d", &dir));
	TRY(etfsc_readdir(dir, &e));
	TRY(etfsc_open(fs, "f", O_RDWR, 0, &file));
	TRY(etfsc_read(file, buf, sizeof(buf), 0));
	TRY(etfsc_write(file, buf, 10, 0));
	TRY(etfsc_lock(file, &lk, false));
	TRY(etfsc_getlock(file, &lk));
	TRY(etfsc_fsync(file));
	TRY(etfsc_open(fs, "g", O_RDWR | O_CREAT | O_EXCL, 0, &file));
	TRY(etfsc_close(file));
	TRY(etfsc_getxattr(fs, "f", "user.a", buf, sizeof(buf)));
	TRY(etfsc_setxattr(fs, "f", "user.a", "1", 1, 0));
	TRY(etfsc_mkdir(fs, "d/d", 0700));
	TRY(etfsc_mkfifo(fs, "p", 0700));
	TRY(etfsc_symlink(fs, "f", "s"));
	TRY(etfsc_link(fs, "f", "h"));
	TRY(etfsc_rename(fs, "f", "g"));
	TRY(etfsc_unlink(fs, "f"));
	TRY(etfsc_chmod(fs, "f", 0600));
	TRY(etfsc_chdir(fs, "d"));
	return;
lost:
	assert_non_null(etfsc_reason(fs));
	fails(ENOTCONN, etfsc_stat(fs, "f", &attr));
	fails(ENOTCONN, etfsc_opendir(fs, "d", &dir));
	fails(ENOTCONN, etfsc_create(fs, "d", 0600, &file));
}

/* Did it go well to the end? */
static bool
converse(struct fake *f, char *reason, size_t cap)
{
	const struct etfsc_options opt = { .msize = FAKE_MSIZE };
	struct etfsc *fs;
	int rc;

	f->serve = fake_serve;
	fake_start(f);
	if (etfsc_mount(f->addr, &opt, &fs) == 0)
		talk(fs);
	else
		assert_non_null(etfsc_reason(fs));
	snprintf(reason, cap, "%s",
	    etfsc_reason(fs) != NULL ? etfsc_reason(fs) : "");
	rc = etfsc_release(fs) != 0 || reason[0] != '\0';
	fake_stop(f);
	return rc == 0;
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static struct fake fake;

static size_t
whole_conversation(size_t *replies)
{
	char reason[256];

	fake = (struct fake){ .cut = 0 };
	if (!converse(&fake, reason, sizeof(reason)))
		fail_msg("%s", reason);
	*replies = fake.replies;
	return fake.sent;
}

static void
a_server_that_hangs_up_at_any_byte_is_lost(void **state)
{
	size_t replies, all = whole_conversation(&replies), cut;
	char reason[256];

	(void)state;
	assert_true(replies > 40);
	for (cut = 1; cut < all; cut++) {
		fake = (struct fake){ .cut = cut };
		converse(&fake, reason, sizeof(reason));
		if (cut < all - GOODBYE && !begins(reason, "lost: "))
			fail_msg("byte %zu: %s", cut, reason);
	}
}

enum twist {
	SIZE_0,
	SIZE_6,
	SIZE_HUGE,
	SIZE_ABOVE_MSIZE,
	TOO_SHORT,
	TOO_LONG,
	OTHER_TAG,
	NO_TAG,
	NEXT_TYPE,
	A_REQUEST,
	UNKNOWN_TYPE,
	AN_OLD_ERROR,
	ERROR_0,
	ERROR_5000,
	ALL_ONES,
	NTWISTS
};

static void
set_size(uint8_t *frame, uint32_t size)
{
	frame[0] = (uint8_t)size;
	frame[1] = (uint8_t)(size >> 8);
	frame[2] = (uint8_t)(size >> 16);
	frame[3] = (uint8_t)(size >> 24);
}

static size_t
error(uint8_t *frame, uint32_t ecode)
{
	set_size(frame, 11);
	frame[4] = P9_Rlerror;
	set_size(frame + 7, ecode);
	return 11;
}

/* What a reply is made into. */
static size_t
twist(struct fake *f, uint8_t *frame, size_t len)
{
	switch ((enum twist)f->how) {
	case SIZE_0:
		set_size(frame, 0);
		break;
	case SIZE_6:
		set_size(frame, 6);
		break;
	case SIZE_HUGE:
		set_size(frame, UINT32_MAX);
		break;
	case SIZE_ABOVE_MSIZE:
		set_size(frame, FAKE_MSIZE + 1);
		memset(frame + len, 0, FAKE_MSIZE + 1 - len);
		return FAKE_MSIZE + 1;
	case TOO_SHORT:
		set_size(frame, (uint32_t)len - 1);
		return len - 1;
	case TOO_LONG:
		set_size(frame, (uint32_t)len + 1);
		frame[len] = 0;
		return len + 1;
	case OTHER_TAG:
		frame[5] ^= 0x40;
		break;
	case NO_TAG:
		frame[5] = frame[6] = (uint8_t)~frame[5];
		break;
	case NEXT_TYPE:
		frame[4] = (uint8_t)(frame[4] == P9_Rread ? P9_Rreaddir
			: frame[4] == P9_Rreaddir         ? P9_Rread
							  : frame[4] + 2);
		break;
	case A_REQUEST:
		frame[4]--;
		break;
	case UNKNOWN_TYPE:
		frame[4] = 255;
		break;
	case AN_OLD_ERROR:
		frame[4] = 107;
		break;
	case ERROR_0:
		return error(frame, 0);
	case ERROR_5000:
		return error(frame, 5000);
	case ALL_ONES:
		memset(frame + 7, 0xff, len - 7);
		break;
	case NTWISTS:
		break;
	}
	return len;
}

/* Those that only have a header cannot be anything else than that. */
static void
a_reply_that_is_wrong_ends_the_connection(void **state)
{
	size_t replies, i;
	unsigned int how;
	char reason[256];

	(void)state;
	whole_conversation(&replies);
	for (i = 1; i <= replies; i++) {
		for (how = 0; how < NTWISTS; how++) {
			fake = (struct fake){
				.twist = i, .twisted = twist, .how = how
			};
			converse(&fake, reason, sizeof(reason));
			if (reason[0] == '\0' || how == ALL_ONES)
				continue; /* in the goodbye, or fair enough */
			if (!begins(reason, "protocol: ") &&
			    !begins(reason, "lost: "))
				fail_msg("%zu, %u: %s", i, how, reason);
		}
	}
}

/* One reply of the conversation is that; returns why it ended. */
static const char *
twisted_reply(size_t number, unsigned int how)
{
	static char reason[256];

	fake = (struct fake){ .twist = number, .twisted = twist, .how = how };
	assert_false(converse(&fake, reason, sizeof(reason)));
	return reason;
}

/* The third reply is Rwalk, of a conversation in which the client waits. */
static void
the_reason_says_what_was_wrong(void **state)
{
	(void)state;
	assert_string_equal(twisted_reply(3, SIZE_6),
	    "protocol: the server sent a message whose size cannot be");
	assert_string_equal(twisted_reply(3, SIZE_ABOVE_MSIZE),
	    "protocol: the server sent a message whose size cannot be");
	assert_string_equal(twisted_reply(3, TOO_SHORT),
	    "protocol: the server sent a malformed message of type 111");
	assert_string_equal(twisted_reply(3, TOO_LONG),
	    "protocol: the server sent a malformed message of type 111");
	assert_string_equal(twisted_reply(3, OTHER_TAG),
	    "protocol: the server sent a reply to tag 64, which asked for "
	    "nothing");
	assert_string_equal(twisted_reply(3, UNKNOWN_TYPE),
	    "protocol: the server sent a malformed message of type 255");
	assert_string_equal(twisted_reply(3, ERROR_0),
	    "protocol: the server sent error number 0");
	assert_string_equal(twisted_reply(3, ERROR_5000),
	    "protocol: the server sent error number 5000");
	assert_string_equal(twisted_reply(1, NO_TAG),
	    "protocol: the server sent a reply to tag 0, which asked for "
	    "nothing");
}

/* Bytes of any kind, with a size that may be right. */
static size_t
noise(struct fake *f, uint8_t *frame, size_t len)
{
	unsigned int seed = f->how;
	size_t i, n = 7 + (size_t)(rand_r(&seed) % 200);

	(void)len;
	for (i = 4; i < n; i++)
		frame[i] = (uint8_t)rand_r(&seed);
	set_size(frame, (uint32_t)n);
	if (seed % 3 != 0)
		frame[4] = (uint8_t)(P9_Rlerror + seed % 60 * 2);
	if (seed % 2 != 0)
		frame[5] = frame[6] = 0;
	return n;
}

static void
noise_does_no_harm(void **state)
{
	char reason[256];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		fake = (struct fake){
			.twist = 1 + i % 40, .twisted = noise, .how = i
		};
		converse(&fake, reason, sizeof(reason));
	}
}

#define EARLY 64 /* more than fits a socket's buffer */

/* Greets, and then reads nothing. */
struct early {
	sem_t go;
	_Atomic uint16_t tag; /* to be answered then */
	_Atomic uint8_t type;
};

static void
answer_early(struct fake *f)
{
	struct early *early = f->arg;
	struct p9_msg m = { .u.Rlerror.ecode = 5 };

	if (!fake_greet(f))
		return;
	sem_wait(&early->go);
	m.type = early->type;
	m.tag = early->tag;
	fake_put(f, &m);
	while (fake_get(f, &m))
		;
}

/*
 * The last of many writes is answered, or given up, before it has been sent: if
 * it ended, its data would be sent from memory that may be another's by then.
 */
static void
try_early(uint8_t type)
{
	static uint8_t data[EARLY][FAKE_MSIZE - 24];
	struct etfsc_req reqs[EARLY] = { { .done = NULL } };
	const struct etfsc_options opt = { .msize = FAKE_MSIZE };
	struct early early;
	struct etfsc *fs;
	int i;

	assert_int_equal(sem_init(&early.go, 0, 0), 0);
	fake = (struct fake){ .serve = answer_early, .arg = &early };
	fs = fake_mount(&fake, &opt);
	for (i = 0; i < EARLY; i++)
		etfsc_twrite(fs, &reqs[i], 1, 0, sizeof(data[i]), data[i]);
	if (type == P9_Rflush)
		etfsc_flush(fs, &reqs[EARLY - 1]);
	gives(0, etfsc_run(fs, 0));
	early.type = type;
	early.tag = (uint16_t)(reqs[EARLY - 1].tag + (type == P9_Rflush));
	sem_post(&early.go);
	fails(ENOTCONN, etfsc_wait(fs, &reqs[EARLY - 1]));
	assert_true(begins(etfsc_reason(fs), "protocol: the server sent a "));
	fake_release(&fake, fs);
	sem_destroy(&early.go);
}

static void
an_answer_before_the_question_ends_the_connection(void **state)
{
	(void)state;
	try_early(P9_Rlerror);
	try_early(P9_Rwrite);
	try_early(P9_Rflush);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_hangs_up_at_any_byte_is_lost),
		cmocka_unit_test(a_reply_that_is_wrong_ends_the_connection),
		cmocka_unit_test(the_reason_says_what_was_wrong),
		cmocka_unit_test(noise_does_no_harm),
		cmocka_unit_test(
		    an_answer_before_the_question_ends_the_connection),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
