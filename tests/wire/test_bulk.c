/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_bulk.c -- large reads, which go to the client from where the file lies,
 * or do not: nobody may be able to tell.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "wire.h"

#define SIZE (3U << 20 | 4321U) /* of the file */
#define MSIZE (1U << 20)
#define IN_FLIGHT 40U
#define FILE_FID 2U

static uint8_t content[SIZE];

static void
make_file(struct t9 *c)
{
	uint32_t off, n, i;

	for (i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(i * 2654435761U >> 11);
	t9_create(c, HOME, FILE_FID, "file", P9_O_RDWR, 0644);
	for (off = 0; off < SIZE; off += n) {
		n = SIZE - off < 32768 ? SIZE - off : 32768;
		t9_write(c, FILE_FID, off, content + off, n);
	}
	t9_clunk(c, FILE_FID);
}

/* The last reply is what lies at off, as far as there is something. */
static void
check_read(struct t9 *c, uint64_t off, uint32_t count)
{
	const p9_data *data = &c->in.u.Rread.data;
	size_t left = off < SIZE ? SIZE - (size_t)off : 0;

	if (count > c->msize - 11)
		count = c->msize - 11;
	assert_int_equal(c->in.type, P9_Rread);
	assert_int_equal(data->len, count < left ? count : left);
	if (data->len > 0)
		assert_memory_equal(data->p, content + off, data->len);
}

static void
ask(struct t9 *c, uint64_t off, uint32_t count)
{
	t9_send(
	    c, T9_MSG(Tread, .fid = FILE_FID, .offset = off, .count = count));
}

/* Sizes around those from which on it is worth something, and ends of file. */
static void
read_all_sizes(struct t9 *c)
{
	static const uint32_t counts[] = { 1, 4095, 4096, 32767, 32768, 32769,
		65536, 65537, 500001, MSIZE - 11 };
	static const uint64_t offs[] = { 0, 1, 4095, 4096, 1234567, SIZE - 1,
		SIZE - 32768, SIZE - 32769, SIZE, SIZE + 1, INT64_MAX - 100,
		INT64_MAX };
	size_t i, k;

	for (i = 0; i < WIRE_COUNT(offs); i++)
		for (k = 0; k < WIRE_COUNT(counts); k++) {
			ask(c, offs[i], counts[k]);
			assert_true(t9_recv(c));
			check_read(c, offs[i], counts[k]);
		}
	t9_fails(c, EINVAL, Tread, .fid = FILE_FID,
	    .offset = (uint64_t)INT64_MAX + 1, .count = 65536);
}

/* Many at a time, small ones and other requests among them, taken late. */
static void
read_many_at_once(struct t9 *c)
{
	uint32_t counts[IN_FLIGHT], i, k;
	uint64_t offs[IN_FLIGHT];
	uint16_t first = 0, tag;

	for (k = 0; k < 10; k++) {
		t9_cork(c);
		for (i = 0; i < IN_FLIGHT; i++) {
			offs[i] = (uint32_t)random() % SIZE;
			counts[i] = (uint32_t)random() %
			    (random() % 2 != 0 ? 600000 : 50000);
			tag = (uint16_t)(k * IN_FLIGHT + i);
			first = i == 0 ? tag : first;
			t9_send_tag(c,
			    T9_MSG(Tread, .fid = FILE_FID, .offset = offs[i],
				.count = counts[i]),
			    tag);
			t9_send_tag(c, T9_MSG(Tgetattr, .fid = FILE_FID),
			    (uint16_t)(tag + 1000));
		}
		t9_uncork(c);
		for (i = 0; i < 2 * IN_FLIGHT; i++) {
			assert_true(t9_recv(c));
			tag = c->in.tag;
			if (tag >= 1000)
				continue;
			check_read(c, offs[tag - first], counts[tag - first]);
		}
	}
}

static void
read_everything(struct t9 *c)
{
	t9_open(c, HOME, FILE_FID, "file", P9_O_RDONLY);
	read_all_sizes(c);
	read_many_at_once(c);
	t9_clunk(c, FILE_FID);
}

static void
large_reads_are_right(void **state)
{
	struct wire *w = *state;

	make_file(w->c);
	read_everything(w->c);
}

/* The same of a server that sends all files by sendfile, or none. */
static void
it_makes_no_difference_how(void **state)
{
	static const char *const ways[] = { "--sendfile=0", "--sendfile=1" };
	struct wire *w = *state;
	char *dir = temp_dir();
	struct server *s;
	struct t9 *c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(ways); i++) {
		s = WIRE_SERVER(w, ways[i], dir);
		c = wire_session_with(s, MSIZE);
		(void)t9_walk(c, ROOT, HOME, "");
		if (i == 0)
			make_file(c);
		read_everything(c);
		t9_free(c);
		server_stop(s);
	}
	temp_remove(dir);
}

/* A window of it is a file, and its end that of the file. */
static void
a_window_ends_where_it_ends(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir(), *path = temp_path(dir, "image"), key[1024];
	struct server *s;
	struct t9 *c;
	uint32_t i;
	int fd;

	for (i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(i * 2654435761U >> 11);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	assert_int_equal(pwrite(fd, content, SIZE, 12345), SIZE);
	assert_int_equal(ftruncate(fd, 2 * SIZE), 0);
	close(fd);
	snprintf(
	    key, sizeof(key), "/file=%s,reg,offset=12345,size=%u", path, SIZE);
	s = WIRE_SERVER(w, "-e", key);
	c = wire_session_with(s, MSIZE);
	(void)t9_walk(c, ROOT, HOME, "");
	read_everything(c);
	t9_free(c);
	server_stop(s);
	temp_remove(dir);
	free(path);
}

/*
 * Of a file that is cut while it is on its way as much comes as was promised,
 * what there was or zeros, and then the next reply.
 */
static void
a_file_that_is_cut_does_not_break_the_stream(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir(), *path = temp_path(dir, "file");
	struct server *s = WIRE_SERVER(w, dir);
	struct t9 *c = wire_session_with(s, MSIZE);
	const p9_data *data;
	uint32_t i, k, round;
	size_t len;

	(void)t9_walk(c, ROOT, HOME, "");
	make_file(c);
	t9_open(c, HOME, FILE_FID, "file", P9_O_RDWR);
	for (round = 0; round < 20; round++) {
		t9_cork(c);
		for (i = 0; i < 6; i++)
			ask(c, i * 500000, 500000);
		t9_uncork(c);
		while (!t9_readable(c, 1000))
			;
		assert_int_equal(truncate(path, 100 * round), 0);
		for (i = 0; i < 6; i++) {
			assert_true(t9_recv(c));
			data = &c->in.u.Rread.data;
			len = data->len;
			for (k = 0; k < len; k++)
				if (data->p[k] != 0)
					assert_int_equal(data->p[k],
					    content[i * 500000 + k]);
		}
		t9_write(c, FILE_FID, SIZE - 4, content + SIZE - 4, 4);
	}
	t9_free(c);
	server_stop(s);
	temp_remove(dir);
	free(path);
}

/* It keeps neither the server from going on nor a descriptor open. */
static void
who_leaves_half_way_leaves_nothing(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir();
	struct server *s = WIRE_SERVER(w, dir);
	struct t9 *c = wire_session_with(s, MSIZE), *other;
	struct wire_patience p = wire_patience();
	size_t fds = server_fds(s);
	uint32_t i, k;

	(void)t9_walk(c, ROOT, HOME, "");
	make_file(c);
	for (k = 0; k < 20; k++) {
		other = wire_session_with(s, MSIZE);
		t9_open(other, ROOT, FILE_FID, "file", P9_O_RDONLY);
		t9_cork(other);
		for (i = 0; i < 30; i++)
			ask(other, i * 100000, 100000);
		t9_uncork(other);
		assert_true(t9_recv(other));
		(void)t9_getattr(c, HOME);
		if (k % 2 == 0)
			t9_reset(other);
		else
			t9_free(other);
	}
	t9_clunk(c, HOME);
	while (server_fds(s) > fds)
		wire_wait(&p, "descriptors that stay open");
	t9_free(c);
	server_stop(s);
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		wire_test(large_reads_are_right),
		wire_test_if(it_makes_no_difference_how, WIRE_NEEDS_MEMORY),
		wire_test_if(a_window_ends_where_it_ends, WIRE_NEEDS_MEMORY),
		wire_test_if(a_file_that_is_cut_does_not_break_the_stream,
		    WIRE_NEEDS_MEMORY),
		wire_test_if(
		    who_leaves_half_way_leaves_nothing, WIRE_NEEDS_MEMORY),
	};

	return wire_main("bulk", WIRE_EACH_FS, tests, WIRE_COUNT(tests));
}
