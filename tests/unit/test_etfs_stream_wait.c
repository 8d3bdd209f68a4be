/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_stream_wait.c -- waiting for a stream: for data, for room, for the
 * other end to come and to leave; and giving it up.
 */

#include <pthread.h>
#include <sys/ioctl.h>

#include "streams.h"

#define MANY 100

static const struct etfs_config self = { .type = ETFS_CHR };

/* The host's end of the FIFO. */
static int
host_open(struct fixture *fx, int flags)
{
	int fd = open(fifo_path(fx), flags | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void
a_read_waits_until_there_is_something(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	int fd;

	open_stream(fx, "/s", O_RDONLY, &file);
	fd = host_open(fx, O_WRONLY);
	reader_start(&r, &fx->self, &file);
	let_happen(&fx->self);
	assert_false(r.ended);
	put(fd, "text");
	assert_int_equal(reader_wait(&r), 4);
	assert_memory_equal(r.buf, "text", 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
	close(fd);
}

static void
a_terminal_is_waited_for(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	struct pty pty;

	pty_open(&pty);
	vnode_put(mount_stream(fx, "/s", pty.slave, &self));
	open_stream(fx, "/s", O_RDWR, &file);
	reader_start(&r, &fx->self, &file);
	assert_false(r.ended);
	put(pty.master, "typed");
	assert_int_equal(reader_wait(&r), 5);
	assert_int_equal(do_close(&fx->self, &file), 0);
	pty_close(&pty);
}

/* Reading itself says so, and does not wait. */
static void
what_is_not_there_is_said_at_once(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char buf[8];
	int fd;

	open_stream(fx, "/s", O_RDONLY, &file);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 8), -EAGAIN);
	fd = host_open(fx, O_WRONLY);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 8), -EAGAIN);
	close(fd);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* It needs a loop to arrive on. */
static void
without_a_loop_nobody_waits(void **state)
{
	struct fixture *fx = *state;
	struct who nobody = { NULL, fx->self.cred };
	struct vfile file;
	struct wait w;

	open_stream(fx, "/s", O_RDONLY, &file);
	wait_init(&w, &nobody);
	assert_int_equal(vfs_poll(&w.op, &file, POLLIN), -EDEADLK);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_wait_is_given_up_at_once(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;

	open_stream(fx, "/s", O_RDWR, &file);
	reader_start(&r, &fx->self, &file);
	reader_cancel(&r);
	let_happen(&fx->self);
	reader_start(&r, &fx->self, &file); /* and may begin again */
	put(file.fd, "text");
	assert_int_equal(reader_wait(&r), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* The data is there, the loop has not seen it yet, and the wait is hurried. */
static void
data_that_comes_as_a_wait_is_given_up_is_for_the_next(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;

	open_stream(fx, "/s", O_RDWR, &file);
	reader_start(&r, &fx->self, &file);
	put(file.fd, "text");
	reader_cancel(&r);
	reader_start(&r, &fx->self, &file);
	assert_true(r.ended);
	assert_int_equal(reader_wait(&r), 4);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static size_t
ended(const struct reader *r, size_t n)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++)
		count += r[i].ended;
	return count;
}

static void
one_of_many_readers_gets_it(void **state)
{
	static struct reader r[MANY];
	struct fixture *fx = *state;
	struct vfile file;
	size_t i;

	open_stream(fx, "/s", O_RDWR, &file);
	for (i = 0; i < MANY; i++)
		reader_start(&r[i], &fx->self, &file);
	put(file.fd, "1");
	assert_int_equal(reader_wait(&r[0]), 1); /* the oldest */
	let_happen(&fx->self);
	assert_int_equal(ended(r, MANY), 1);
	reader_cancel(&r[50]); /* from the middle, and the last */
	reader_cancel(&r[MANY - 1]);
	put(file.fd, "2");
	assert_int_equal(reader_wait(&r[1]), 1);
	for (i = 2; i < MANY; i++)
		if (!r[i].ended)
			reader_cancel(&r[i]);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Each with a descriptor of its own: all wake, and all but one wait again. */
static void
one_of_many_open_files_gets_it(void **state)
{
	static struct reader r[MANY];
	static struct vfile file[MANY];
	struct fixture *fx = *state;
	int fd = host_open(fx, O_RDWR);
	size_t i, n;

	for (i = 0; i < MANY; i++) {
		open_stream(fx, "/s", O_RDONLY, &file[i]);
		reader_start(&r[i], &fx->self, &file[i]);
	}
	for (n = 1; n <= 5; n++) {
		put(fd, "x");
		while (ended(r, MANY) < n)
			turn(&fx->uv);
		let_happen(&fx->self);
		assert_int_equal(ended(r, MANY), n);
	}
	for (i = 0; i < MANY; i++) {
		if (!r[i].ended)
			reader_cancel(&r[i]);
		assert_int_equal(do_close(&fx->self, &file[i]), 0);
	}
	close(fd);
}

static void
a_reader_waits_for_the_first_writer_and_ends_with_the_last(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	int one, two;

	open_stream(fx, "/s", O_RDONLY, &file);
	reader_start(&r, &fx->self, &file);
	let_happen(&fx->self);
	assert_false(r.ended);
	one = host_open(fx, O_WRONLY);
	two = host_open(fx, O_WRONLY);
	put(one, "text");
	close(one);
	assert_int_equal(reader_wait(&r), 4);
	reader_start(&r, &fx->self, &file);
	let_happen(&fx->self);
	assert_false(r.ended);
	close(two);
	assert_int_equal(reader_wait(&r), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);

	open_stream(fx, "/s", O_RDONLY, &file); /* and all begins anew */
	reader_start(&r, &fx->self, &file);
	let_happen(&fx->self);
	assert_false(r.ended);
	one = host_open(fx, O_WRONLY);
	put(one, "more");
	assert_int_equal(reader_wait(&r), 4);
	close(one);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_writer_that_says_nothing_ends_the_read_as_well(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;

	open_stream(fx, "/s", O_RDONLY, &file);
	reader_start(&r, &fx->self, &file);
	close(host_open(fx, O_WRONLY));
	assert_int_equal(reader_wait(&r), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Between the two the pipe would be gone, if the mount did not keep it. */
static void
what_was_written_before_is_read_and_then_the_end(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	int fd;

	fd = host_open(fx, O_WRONLY);
	put(fd, "left");
	close(fd);
	open_stream(fx, "/s", O_RDONLY, &file);
	reader_start(&r, &fx->self, &file);
	assert_int_equal(reader_wait(&r), 4);
	reader_start(&r, &fx->self, &file);
	assert_int_equal(reader_wait(&r), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
who_does_not_want_to_wait_is_told_so(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char buf[8];
	int fd;

	open_stream(fx, "/s", O_RDONLY | O_NONBLOCK, &file);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 8), 0);
	fd = host_open(fx, O_WRONLY);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 8), -EAGAIN);
	close(fd);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* As much as fits; returns how much that was. */
static size_t
fill(struct fixture *fx, struct vfile *file)
{
	static char block[4096];
	size_t total = 0;
	ssize_t n;

	while ((n = do_write(&fx->self, file, 0, block, sizeof(block))) > 0)
		total += (size_t)n;
	assert_int_equal(n, -EAGAIN);
	return total;
}

static void
drain(int fd, size_t len)
{
	char buf[4096];
	ssize_t n;

	while (len > 0) {
		n = read(fd, buf, len < sizeof(buf) ? len : sizeof(buf));
		assert_true(n > 0);
		len -= (size_t)n;
	}
}

static void
a_writer_needs_no_reader_and_waits_for_room(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct wait w;
	size_t size;
	int fd, rc;

	open_stream(fx, "/s", O_WRONLY, &file);
	size = fill(fx, &file);
	assert_true(size >= 4096);
	wait_init(&w, &fx->self);
	rc = vfs_poll(&w.op, &file, POLLOUT);
	assert_int_equal(rc, VFS_PENDING);
	let_happen(&fx->self);
	assert_int_equal(w.calls, 0);
	fd = host_open(fx, O_RDONLY);
	drain(fd, size);
	assert_int_equal(await(&w, rc), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "more", 4), 4);
	expect_text(fd, "more");
	close(fd);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
a_write_of_too_much_is_short(void **state)
{
	static char much[1 << 20];
	struct fixture *fx = *state;
	struct vfile file;
	ssize_t n;

	open_stream(fx, "/s", O_WRONLY, &file);
	n = do_write(&fx->self, &file, 0, much, sizeof(much));
	assert_in_range(n, 4096, sizeof(much) - 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Through one open file, both ways at once. */
static void
readers_and_writers_wait_side_by_side(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	struct wait w;
	struct pty pty;
	size_t size;

	pty_open(&pty);
	vnode_put(mount_stream(fx, "/s", pty.slave, &self));
	open_stream(fx, "/s", O_RDWR, &file);
	size = fill(fx, &file);
	wait_init(&w, &fx->self);
	assert_int_equal(vfs_poll(&w.op, &file, POLLOUT), VFS_PENDING);
	reader_start(&r, &fx->self, &file);
	put(pty.master, "in");
	assert_int_equal(reader_wait(&r), 2);
	drain(pty.master, size);
	while (w.calls == 0)
		turn(&fx->uv);
	assert_int_equal(w.rc, 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	pty_close(&pty);
}

/* read(2) says EIO of a terminal without another end, and so do we. */
static void
a_hang_up_ends_every_wait(void **state)
{
	static struct reader r[MANY];
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct pty pty;
	size_t i;

	pty_open(&pty);
	vn = mount_stream(fx, "/s", pty.slave, &self);
	open_stream(fx, "/s", O_RDWR, &file);
	for (i = 0; i < MANY; i++)
		reader_start(&r[i], &fx->self, &file);
	pty_close(&pty);
	for (i = 0; i < MANY; i++)
		assert_in_range(reader_wait(&r[i]) + EIO, 0, EIO);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), -EIO);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_true(do_open(&fx->self, vn, O_RDWR, &file) < 0);
	vnode_put(vn);
}

/* A terminal from which somebody has been thrown out can be opened again. */
static void
after_a_hang_up_the_next_open_is_a_new_beginning(void **state)
{
	struct fixture *fx = *state;
	struct vfile file, again;
	struct reader r;
	struct pty pty;

	assert_int_equal(geteuid(), 0); /* only root hangs up like that */
	pty_open(&pty);
	vnode_put(mount_stream(fx, "/s", pty.slave, &self));
	open_stream(fx, "/s", O_RDWR, &file);
	reader_start(&r, &fx->self, &file);
	assert_int_equal(ioctl(file.fd, TIOCVHANGUP), 0);
	assert_int_equal(reader_wait(&r), 0);
	open_stream(fx, "/s", O_RDWR, &again);
	reader_start(&r, &fx->self, &again);
	put(pty.master, "back\n"); /* it is back to lines, too */
	assert_int_equal(reader_wait(&r), 5);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &again), 0);
	pty_close(&pty);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, stream_setup, fixture_teardown)
#define ON_FIFO(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fifo_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FIFO(a_read_waits_until_there_is_something),
		TEST(a_terminal_is_waited_for),
		ON_FIFO(what_is_not_there_is_said_at_once),
		ON_FIFO(without_a_loop_nobody_waits),
		ON_FIFO(a_wait_is_given_up_at_once),
		ON_FIFO(data_that_comes_as_a_wait_is_given_up_is_for_the_next),
		ON_FIFO(one_of_many_readers_gets_it),
		ON_FIFO(one_of_many_open_files_gets_it),
		ON_FIFO(
		    a_reader_waits_for_the_first_writer_and_ends_with_the_last),
		ON_FIFO(a_writer_that_says_nothing_ends_the_read_as_well),
		ON_FIFO(what_was_written_before_is_read_and_then_the_end),
		ON_FIFO(who_does_not_want_to_wait_is_told_so),
		ON_FIFO(a_writer_needs_no_reader_and_waits_for_room),
		ON_FIFO(a_write_of_too_much_is_short),
		TEST(readers_and_writers_wait_side_by_side),
		TEST(a_hang_up_ends_every_wait),
		TEST(after_a_hang_up_the_next_open_is_a_new_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
