/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_host_locks.c -- byte-range locks of clients and of processes on the
 * host: this program is one of those, too.
 */

#include <fcntl.h>
#include <sys/utsname.h>

#include "wire.h"

#define RD P9_LOCK_RDLCK
#define WR P9_LOCK_WRLCK
#define UN P9_LOCK_UNLCK

#define RANGE(start, length) ((struct t9_range){ start, length })

#define on_host(f) wire_test_if(f, WIRE_NEEDS_HOST)

/* Fid 2 is open on a file; returned is what the host has open. */
static int
setup_file(struct wire *w)
{
	char path[512];
	int fd;

	t9_put(w->c, HOME, "file", "0123456789");
	t9_open(w->c, HOME, 2, "file", P9_O_RDWR);
	snprintf(path, sizeof(path), "%s/t%u/file", w->hostdir, w->n);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* cmd is F_SETLK or F_OFD_SETLK; 0 or -errno. */
static int
host_lock(int fd, int cmd, short type, struct t9_range r)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET };

	fl.l_start = (off_t)r.start;
	fl.l_len = (off_t)r.length;
	return fcntl(fd, cmd, &fl) == 0 ? 0 : -errno;
}

/* What the host sees at a byte. */
static short
host_sees(int fd, off_t byte)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	fl.l_start = byte;
	fl.l_len = 1;
	assert_int_equal(fcntl(fd, F_OFD_GETLK, &fl), 0);
	return fl.l_type;
}

static void
granted(struct t9 *c, uint8_t type, struct t9_range range)
{
	assert_int_equal(t9_lock(c, 2, type, 1, range), P9_LOCK_SUCCESS);
}

static void
blocked(struct t9 *c, uint8_t type, struct t9_range range)
{
	assert_int_equal(t9_lock(c, 2, type, 1, range), P9_LOCK_BLOCKED);
}

static void
blocks(struct wire *w, int cmd)
{
	int fd = setup_file(w);

	assert_int_equal(host_lock(fd, cmd, F_RDLCK, RANGE(5, 5)), 0);
	granted(w->c, RD, RANGE(0, 20));
	blocked(w->c, WR, RANGE(0, 20));
	granted(w->c, WR, RANGE(10, 0));
	assert_int_equal(host_lock(fd, cmd, F_UNLCK, RANGE(5, 5)), 0);
	granted(w->c, WR, RANGE(0, 20));
	assert_int_equal(host_lock(fd, cmd, F_RDLCK, RANGE(0, 1)), -EAGAIN);
	close(fd);
}

static void
a_process_on_the_host_blocks_a_client(void **state)
{
	blocks(*state, F_SETLK);
}

static void
a_description_on_the_host_blocks_a_client(void **state)
{
	blocks(*state, F_OFD_SETLK);
}

static void
the_host_sees_what_all_clients_hold(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());
	int fd = setup_file(w);

	t9_open(other, HOME, 2, "file", P9_O_RDONLY);
	granted(w->c, RD, RANGE(0, 10));
	granted(other, RD, RANGE(5, 10));
	granted(w->c, WR, RANGE(20, 0));
	assert_int_equal(host_sees(fd, 0), F_RDLCK);
	assert_int_equal(host_sees(fd, 14), F_RDLCK);
	assert_int_equal(host_sees(fd, 15), F_UNLCK);
	assert_int_equal(host_sees(fd, 1000), F_WRLCK);
	t9_clunk(w->c, 2);
	assert_int_equal(host_sees(fd, 4), F_UNLCK);
	assert_int_equal(host_sees(fd, 5), F_RDLCK);
	assert_int_equal(host_sees(fd, 1000), F_UNLCK);
	t9_clunk(other, 2);
	assert_int_equal(host_sees(fd, 5), F_UNLCK);
	close(fd);
	t9_free(other);
}

static void
a_client_that_dies_leaves_no_lock_on_the_host(void **state)
{
	struct wire *w = *state;
	struct wire_patience p = wire_patience();
	struct t9 *other = wire_session_as(w, geteuid());
	int fd = setup_file(w);

	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	granted(other, WR, T9_ALL);
	assert_int_equal(host_sees(fd, 0), F_WRLCK);
	t9_reset(other);
	while (host_lock(fd, F_OFD_SETLK, F_WRLCK, T9_ALL) != 0)
		wire_wait(&p, "the lock of a dead client");
	close(fd);
}

/* The host wakes nobody: the server looks now and then. */
static void
a_lock_waits_for_the_host(void **state)
{
	struct wire *w = *state;
	int fd = setup_file(w);
	uint16_t tag;

	assert_int_equal(host_lock(fd, F_SETLK, F_RDLCK, RANGE(3, 1)), 0);
	tag = t9_lock_wait(w->c, 2, 1);
	t9_getattr(w->c, 2);
	assert_int_equal(host_lock(fd, F_SETLK, F_UNLCK, RANGE(3, 1)), 0);
	t9_recv_tag(w->c, tag);
	assert_int_equal(w->c->in.type, P9_Rlock);
	assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
	assert_int_equal(host_sees(fd, 3), F_WRLCK);
	close(fd);
}

static void
a_lock_that_waits_for_the_host_can_be_flushed(void **state)
{
	struct wire *w = *state;
	int fd = setup_file(w);
	uint16_t tag;

	assert_int_equal(host_lock(fd, F_OFD_SETLK, F_WRLCK, RANGE(3, 1)), 0);
	tag = t9_lock_wait(w->c, 2, 1);
	t9_ok(w->c, Tflush, .oldtag = tag);
	t9_getattr(w->c, 2);
	assert_int_equal(host_lock(fd, F_OFD_SETLK, F_WRLCK, T9_ALL), 0);
	close(fd);
	granted(w->c, WR, T9_ALL);
}

static void
getlock_tells_of_a_process_on_the_host(void **state)
{
	struct wire *w = *state;
	int fd = setup_file(w);
	struct p9_Rgetlock r;
	struct utsname uts;

	assert_int_equal(uname(&uts), 0);
	assert_int_equal(host_lock(fd, F_SETLK, F_RDLCK, RANGE(5, 7)), 0);
	t9_ok(w->c, Tgetlock, .fid = 2, .type = UN, .proc_id = 2,
	    .client_id = t9_str("asker"));
	r = w->c->in.u.Rgetlock;
	assert_int_equal(r.type, RD);
	assert_int_equal(r.start, 5);
	assert_int_equal(r.length, 7);
	assert_int_equal(r.proc_id, getpid());
	assert_true(t9_str_is(r.client_id, uts.nodename));
	t9_ok(w->c, Tgetlock, .fid = 2, .type = RD, .proc_id = 2,
	    .client_id = t9_str("asker"));
	assert_int_equal(w->c->in.u.Rgetlock.type, UN);
	close(fd);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		on_host(a_process_on_the_host_blocks_a_client),
		on_host(a_description_on_the_host_blocks_a_client),
		on_host(the_host_sees_what_all_clients_hold),
		on_host(a_client_that_dies_leaves_no_lock_on_the_host),
		on_host(a_lock_waits_for_the_host),
		on_host(a_lock_that_waits_for_the_host_can_be_flushed),
		on_host(getlock_tells_of_a_process_on_the_host),
	};

	return wire_main("locks of the host", WIRE_EACH_FS | WIRE_EACH_LOOPS,
	    tests, WIRE_COUNT(tests));
}
