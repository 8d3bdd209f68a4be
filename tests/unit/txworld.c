/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * txworld.c -- see txworld.h.
 */

#include <sys/mman.h>
#include <sys/socket.h>

#include "txworld.h"

static uint8_t
byte_at(size_t i)
{
	return (uint8_t)(i * 2654435761U >> 13);
}

int
w_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	int size = 1;

	if (w == NULL || (w->pool = pool_new()) == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, w->fds) != 0)
		return -1;
	/* As small as the host allows: a few kilobytes. */
	setsockopt(w->fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	tx_init(&w->tx, w->pool);
	w->file = -1;
	w->is_socket = true;
	w->most = TX_ALL;
	*state = w;
	return 0;
}

int
w_setup_pipe(void **state)
{
	struct world *w;
	int ends[2];

	if (w_setup(state) != 0 || pipe2(ends, O_NONBLOCK) != 0)
		return -1;
	w = *state;
	close(w->fds[0]);
	close(w->fds[1]);
	w->fds[0] = ends[1];
	w->fds[1] = ends[0];
	w->is_socket = false;
	return 0;
}

int
w_teardown(void **state)
{
	struct world *w = *state;

	tx_fini(&w->tx);
	pool_free(w->pool);
	close(w->fds[0]);
	close(w->fds[1]);
	if (w->file >= 0)
		close(w->file);
	free(w);
	return 0;
}

static void
check_accounts(const struct world *w)
{
	assert_int_equal(w->tx.nrooms, w->nrooms);
	assert_int_equal(w->tx.reserved, w->reserved);
	assert_true(w->tx.queued <= w->sent - w->received);
}

void
w_reserve(struct world *w, size_t cap)
{
	struct room *room = &w->rooms[w->nrooms++];

	assert_int_equal(tx_reserve(&w->tx, cap, room), 0);
	assert_true(room->cap >= cap);
	memset(room->p, 0xee, cap);
	w->reserved += room->cap;
	check_accounts(w);
}

static struct room
take_room(struct world *w, size_t which)
{
	struct room room = w->rooms[which];

	w->rooms[which] = w->rooms[--w->nrooms];
	w->reserved -= room.cap;
	return room;
}

/* The next len bytes to be sent. */
static void
make_bytes(struct world *w, uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = byte_at(w->sent++);
}

void
w_send(struct world *w, size_t which, size_t len)
{
	struct room room = take_room(w, which);

	make_bytes(w, room.p, len);
	tx_send(&w->tx, &room, len);
	check_accounts(w);
}

int
w_send_file(struct world *w, size_t which, size_t len, size_t size)
{
	struct room room = take_room(w, which);
	struct vextent ext = { .len = size };
	uint8_t *bytes = malloc(size);
	int rc;

	if (w->file < 0)
		w->file = memfd_create("file", MFD_CLOEXEC);
	make_bytes(w, room.p, len);
	ext.fd = w->file;
	ext.off = (off_t)w->sent;
	make_bytes(w, bytes, size);
	assert_int_equal(pwrite(w->file, bytes, size, ext.off), size);
	free(bytes);
	rc = tx_send_file(&w->tx, &room, len, &ext, w->fds[0], w->most);
	check_accounts(w);
	return rc;
}

void
w_drop(struct world *w, size_t which)
{
	struct room room = take_room(w, which);

	tx_drop(&w->tx, &room);
	check_accounts(w);
}

/* One reply, from room to queue. */
void
w_reply(struct world *w, size_t cap, size_t len)
{
	w_reserve(w, cap);
	w_send(w, w->nrooms - 1, len);
}

int
w_flush(struct world *w)
{
	int rc = tx_flush(&w->tx, w->fds[0], w->is_socket, w->most);

	check_accounts(w);
	return rc;
}

static uint8_t
expected(const struct world *w, size_t i)
{
	return i >= w->zeros_from && i < w->zeros_to ? 0 : byte_at(i);
}

/* Read at most max bytes; each is the one that had to come. */
size_t
w_receive(struct world *w, size_t max)
{
	static uint8_t buf[1 << 16];
	ssize_t n;
	size_t i;

	n = read(w->fds[1], buf, max < sizeof(buf) ? max : sizeof(buf));
	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	for (i = 0; n > 0 && i < (size_t)n; i++)
		if (buf[i] != expected(w, w->received + i))
			assert_int_equal(buf[i], expected(w, w->received + i));
	w->received += n > 0 ? (size_t)n : 0;
	return n > 0 ? (size_t)n : 0;
}

/* All that was sent arrives, and nothing is kept. */
void
w_expect_all(struct world *w)
{
	int rc;

	do {
		rc = w_flush(w);
		assert_true(rc == 0 || rc == -EAGAIN);
		while (w_receive(w, SIZE_MAX) > 0)
			;
	} while (rc != 0);
	assert_int_equal(w->received, w->sent);
	assert_int_equal(w->tx.queued, 0);
	if (w->nrooms == 0)
		assert_null(w->tx.cur);
}
