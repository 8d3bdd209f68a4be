/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_flight.c -- requests in flight, with a server that takes its time: that
 * answers late, backwards, little, or never.
 */

#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/ioctl.h>

#include "client.h"
#include "fake.h"

static struct fake fake;

static struct etfsc *
mount_fake(void (*serve)(struct fake *f), const struct etfsc_options *opt)
{
	fake = (struct fake){ .serve = serve };
	return fake_mount(&fake, opt);
}

/*
 * A server of a file of 1,000,000 bytes, which likes to answer less than it was
 * asked for, and collects requests to answer the last first.
 */
#define FILE_SIZE 1000000U
#define HEAP 8

static uint8_t written[FILE_SIZE];

static uint32_t
some_of(uint32_t count, uint64_t offset)
{
	uint32_t n = 1 + (uint32_t)(offset * 7919 % count);

	if (offset >= FILE_SIZE)
		return 0;
	return n < FILE_SIZE - offset ? n : (uint32_t)(FILE_SIZE - offset);
}

static void
answer_some(struct fake *f, const struct p9_msg *m)
{
	struct p9_msg r = { .type = (p9_u8)(m->type + 1), .tag = m->tag };
	static uint8_t bytes[FAKE_MSIZE];
	uint32_t n;

	if (m->type == P9_Tread) {
		n = some_of(m->u.Tread.count, m->u.Tread.offset);
		client_pattern(bytes, n, m->u.Tread.offset);
		r.u.Rread.data = (p9_data){ bytes, n };
	} else {
		n = some_of(m->u.Twrite.data.len, m->u.Twrite.offset);
		r.u.Rwrite.count = n;
		if (n == 0)
			r = (struct p9_msg){ .type = P9_Rlerror,
				.tag = m->tag,
				.u.Rlerror.ecode = 28 };
	}
	fake_put(f, &r);
}

/* What is written is kept now: the bytes are in the frame. */
static void
keep(const struct p9_msg *m)
{
	const struct p9_Twrite *w = &m->u.Twrite;

	if (m->type == P9_Twrite && w->offset < FILE_SIZE)
		memcpy(written + w->offset, w->data.p,
		    some_of(w->data.len, w->offset));
}

static bool
more_to_come(struct fake *f)
{
	struct pollfd pfd = { .fd = f->fd, .events = POLLIN };

	return poll(&pfd, 1, 1) > 0;
}

static void
serve_backwards(struct fake *f)
{
	struct p9_msg heap[HEAP], m;
	int n = 0;

	if (!fake_greet(f))
		return;
	while (fake_get(f, &m)) {
		if (m.type == P9_Tread || m.type == P9_Twrite) {
			keep(&m);
			heap[n++] = m;
		} else {
			fake_answer(f, &m);
		}
		while (n == HEAP || (n > 0 && !more_to_come(f)))
			answer_some(f, &heap[--n]);
	}
}

static void
short_answers_in_any_order_add_up(void **state)
{
	static uint8_t buf[FILE_SIZE + 100], want[FILE_SIZE];
	const struct etfsc_options opt = { .msize = 8192 };
	struct etfsc_file *file;
	struct etfsc *fs;

	(void)state;
	client_pattern(want, FILE_SIZE, 0);
	fs = mount_fake(serve_backwards, &opt);
	ok(etfsc_open(fs, "f", O_RDWR, 0, &file));
	gives(FILE_SIZE, etfsc_read(file, buf, sizeof(buf), 0));
	assert_memory_equal(buf, want, FILE_SIZE);
	gives(5000, etfsc_read(file, buf, 6000, FILE_SIZE - 5000));
	assert_memory_equal(buf, want + FILE_SIZE - 5000, 5000);
	gives(0, etfsc_read(file, buf, 50000, FILE_SIZE));

	/* The disk is full there: what fits is counted, and then the error. */
	memcpy(buf, want, FILE_SIZE);
	gives(FILE_SIZE, etfsc_write(file, buf, FILE_SIZE + 100, 0));
	assert_memory_equal(written, want, FILE_SIZE);
	fails(ENOSPC, etfsc_write(file, buf, 100000, FILE_SIZE));
	fake_release(&fake, fs);
}

/* Sent, and received by the client before anything else comes. */
static void
bytes_by_themselves(struct fake *f, const uint8_t *bytes, size_t len)
{
	int unread = 0;

	fake_bytes(f, bytes, len);
	while (ioctl(f->fd, SIOCOUTQ, &unread) == 0 && unread > 0)
		sched_yield();
}

/* The offset tells after which of its bytes a reply is torn in two. */
static void
serve_torn(struct fake *f)
{
	static uint8_t frame[2 * FAKE_MSIZE];
	struct p9_msg m, r;
	size_t len, tear;

	while (fake_get(f, &m)) {
		if (m.type != P9_Tread) {
			fake_answer(f, &m);
			continue;
		}
		tear = 1 + m.u.Tread.offset % 100;
		r = (struct p9_msg){ .type = P9_Rread, .tag = m.tag };
		r.u.Rread.data.len = m.u.Tread.count;
		len = (size_t)p9_encode(&r, P9_DIALECT_L, frame, sizeof(frame));
		client_pattern(frame + len - m.u.Tread.count, m.u.Tread.count,
		    m.u.Tread.offset);
		bytes_by_themselves(f, frame, tear);
		fake_bytes(f, frame + tear, len - tear);
	}
}

/* One that fits where frames are received, and one that does not. */
static void
a_reply_may_be_torn_anywhere(void **state)
{
	static uint8_t buf[2 * FAKE_MSIZE - 24], want[sizeof(buf)];
	const struct etfsc_options opt = { .msize = 2 * FAKE_MSIZE };
	const size_t sizes[] = { 100, sizeof(buf) };
	struct etfsc_file *file;
	struct etfsc *fs;
	size_t i;
	off_t off;

	(void)state;
	fs = mount_fake(serve_torn, &opt);
	ok(etfsc_open(fs, "f", O_RDWR, 0, &file));
	for (i = 0; i < WIRE_COUNT(sizes); i++) {
		for (off = 0; off < 100; off++) {
			client_pattern(want, sizes[i], (size_t)off);
			gives(sizes[i],
			    etfsc_read(file, buf, sizes[i], (uint64_t)off));
			assert_memory_equal(buf, want, sizes[i]);
		}
	}
	fake_release(&fake, fs);
}

/* A server that lets all Tgetattrs wait for ever. */
static void
serve_never(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m))
		if (m.type != P9_Tgetattr)
			fake_answer(f, &m);
}

struct told {
	struct etfsc_req req;
	int calls, rc;
};

static void
tell(struct etfsc_req *req, int rc)
{
	struct told *t = (struct told *)req;

	t->calls++;
	t->rc = rc;
}

static void
a_lost_connection_ends_everything_once(void **state)
{
	enum {
		MANY = 1000
	};
	static struct told t[MANY];
	struct etfsc_attr attr;
	struct etfsc *fs;
	struct pollfd pfd;
	int i, ms;

	(void)state;
	fs = mount_fake(serve_never, NULL);
	for (i = 0; i < MANY; i++) {
		t[i] = (struct told){ .req.done = tell };
		etfsc_tgetattr(fs, &t[i].req, etfsc_root(fs), 0, NULL);
	}
	assert_int_equal(etfsc_pending(fs), MANY);
	gives(0, etfsc_run(fs, 1));
	fake_hang_up(&fake);
	gives(MANY, etfsc_run(fs, -1));
	assert_int_equal(etfsc_pending(fs), 0);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(t[i].calls, 1);
		assert_int_equal(t[i].rc, -ENOTCONN);
	}
	gives(0, etfsc_run(fs, -1));
	fails(ENOTCONN, etfsc_stat(fs, "f", &attr));
	etfsc_tgetattr(fs, &t[0].req, etfsc_root(fs), 0, NULL);
	assert_int_equal(t[0].calls, 1); /* not in the call */
	etfsc_pollfd(fs, &pfd, &ms);
	assert_int_equal(pfd.fd, -1);
	assert_int_equal(ms, 0);
	gives(1, etfsc_run(fs, -1));
	assert_int_equal(t[0].calls, 2);
	assert_string_equal(
	    etfsc_reason(fs), "lost: the server closed the connection");
	fake_release(&fake, fs);
}

/* It is no place to die by SIGPIPE, which is not ignored here. */
static void
writing_to_who_has_gone_is_no_signal(void **state)
{
	static uint8_t bytes[4 << 20];
	struct etfsc_file *file;
	struct etfsc *fs;

	(void)state;
	fs = mount_fake(serve_never, NULL);
	ok(etfsc_open(fs, "f", O_RDWR, 0, &file));
	fake_hang_up(&fake);
	fails(ENOTCONN, etfsc_write(file, bytes, sizeof(bytes), 0));
	fake_release(&fake, fs);
}

static void
pending_requests_end_with_the_release(void **state)
{
	struct told t[2];
	struct etfsc *fs;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		t[i] = (struct told){ .req.done = tell };
		fs = mount_fake(serve_never, NULL);
		etfsc_tgetattr(fs, &t[i].req, etfsc_root(fs), 0, NULL);
		if (i == 0)
			ok(etfsc_release(fs));
		else
			etfsc_drop(fs);
		fake_stop(&fake);
		assert_int_equal(t[i].calls, 1);
		assert_int_equal(t[i].rc, -ENOTCONN);
		assert_false(t[i].req.pending);
	}
}

static void
serve_greeting_only(struct fake *f)
{
	struct p9_msg m;

	if (fake_greet(f))
		while (fake_get(f, &m))
			;
}

static void
a_goodbye_without_answer_does_not_take_for_ever(void **state)
{
	const struct etfsc_options opt = { .timeout_ms = 20 };

	(void)state;
	etfsc_release(mount_fake(serve_greeting_only, &opt));
	fake_stop(&fake);
}

#define CROWD 450 /* whose replies are more than the library's buffer */
#define LARGE 10000

struct crowd {
	struct etfsc *fs;
	struct etfsc_req large, small[CROWD], late;
	sem_t part, rest, gone; /* sent so far; may be sent; has hung up */
};

static uint8_t replies[LARGE + 200 * (CROWD + 1)];

/* Takes a request and adds its reply. */
static size_t
add_reply(struct fake *f, size_t len)
{
	static const uint8_t data[LARGE];
	struct p9_msg m, r = { .u.Rread.data = { NULL, 0 } };
	int n;

	if (!fake_get(f, &m))
		return len;
	r.type = (p9_u8)(m.type + 1);
	r.tag = m.tag;
	if (m.type == P9_Tread)
		r.u.Rread.data = (p9_data){ data, LARGE };
	else
		r.u.Rgetattr = (struct p9_Rgetattr){ .valid = P9_GETATTR_ALL };
	n = p9_encode(&r, P9_DIALECT_L, replies + len, sizeof(replies) - len);
	return n > 0 ? len + (size_t)n : len;
}

/* All replies in two pieces, and then nothing more. */
static void
answer_and_leave(struct fake *f)
{
	struct crowd *crowd = f->arg;
	size_t len = 0;
	int i;

	if (!fake_greet(f))
		return;
	for (i = 0; i <= CROWD; i++)
		len = add_reply(f, len);
	fake_bytes(f, replies, 100);
	sem_post(&crowd->part);
	sem_wait(&crowd->rest);
	fake_bytes(f, replies + 100, len - 100);
	fake_hang_up(f);
	sem_post(&crowd->gone);
}

static void
ask_once_more(struct etfsc_req *req, int rc)
{
	struct crowd *crowd =
	    (struct crowd *)((char *)req - offsetof(struct crowd, large));

	gives(LARGE, rc);
	etfsc_tgetattr(crowd->fs, &crowd->late, 0, 0, NULL);
	fails(ENOTCONN, etfsc_wait(crowd->fs, &crowd->late));
}

/* Though a completion is the first to notice that the server has left. */
static void
what_was_answered_before_a_hang_up_counts(void **state)
{
	static struct crowd crowd;
	static uint8_t buf[LARGE];
	const struct etfsc_options opt = { .msize = FAKE_MSIZE };
	struct etfsc *fs;
	int i;

	(void)state;
	sem_init(&crowd.part, 0, 0);
	sem_init(&crowd.rest, 0, 0);
	sem_init(&crowd.gone, 0, 0);
	fake = (struct fake){ .serve = answer_and_leave, .arg = &crowd };
	crowd.fs = fs = fake_mount(&fake, &opt);
	crowd.large.done = ask_once_more;
	etfsc_tread(fs, &crowd.large, 0, 0, LARGE, buf);
	for (i = 0; i < CROWD; i++)
		etfsc_tgetattr(fs, &crowd.small[i], 0, 0, NULL);
	gives(0, etfsc_run(fs, 0));
	sem_wait(&crowd.part);
	gives(0, etfsc_run(fs, 0));
	sem_post(&crowd.rest);
	sem_wait(&crowd.gone);
	for (i = 0; i < CROWD; i++)
		ok(etfsc_wait(fs, &crowd.small[i]));
	fake_release(&fake, fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_answers_in_any_order_add_up),
		cmocka_unit_test(a_reply_may_be_torn_anywhere),
		cmocka_unit_test(a_lost_connection_ends_everything_once),
		cmocka_unit_test(writing_to_who_has_gone_is_no_signal),
		cmocka_unit_test(pending_requests_end_with_the_release),
		cmocka_unit_test(
		    a_goodbye_without_answer_does_not_take_for_ever),
		cmocka_unit_test(what_was_answered_before_a_hang_up_counts),
	};

	return cmocka_run_group_tests_name("flight", tests, NULL, NULL);
}
