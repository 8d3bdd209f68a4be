/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake.c -- requests in, the usual answers out, and what a test does to them.
 */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "fake.h"

static void *
run(void *arg)
{
	struct fake *f = arg;

	f->serve(f);
	fake_hang_up(f);
	return NULL;
}

void
fake_start(struct fake *f)
{
	int fds[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	snprintf(f->addr, sizeof(f->addr), "fd:%d", fds[0]);
	f->fd = fds[1];
	f->sent = f->replies = 0;
	assert_int_equal(pthread_create(&f->thread, NULL, run, f), 0);
}

void
fake_stop(struct fake *f)
{
	assert_int_equal(pthread_join(f->thread, NULL), 0);
	close(f->fd);
}

struct etfsc *
fake_mount(struct fake *f, const struct etfsc_options *opt)
{
	struct etfsc *fs;

	fake_start(f);
	ok(etfsc_mount(f->addr, opt, &fs));
	return fs;
}

void
fake_release(struct fake *f, struct etfsc *fs)
{
	etfsc_release(fs);
	fake_stop(f);
}

void
fake_hang_up(struct fake *f)
{
	shutdown(f->fd, SHUT_RDWR);
}

static bool
get_bytes(struct fake *f, uint8_t *buf, size_t len)
{
	ssize_t n;

	while (len > 0) {
		if ((n = recv(f->fd, buf, len, 0)) <= 0)
			return false;
		buf += n;
		len -= (size_t)n;
	}
	return true;
}

bool
fake_get(struct fake *f, struct p9_msg *m)
{
	int64_t size;

	if (!get_bytes(f, f->in, 4))
		return false;
	size = p9_frame_size(f->in, 4, FAKE_MSIZE);
	return size >= P9_HDRSZ && get_bytes(f, f->in + 4, (size_t)size - 4) &&
	    p9_decode_request(m, P9_DIALECT_L, f->in, (size_t)size) == 0;
}

void
fake_bytes(struct fake *f, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	ssize_t n;

	if (f->cut != 0 && len > f->cut - f->sent)
		len = f->cut - f->sent;
	while (len > 0) {
		if ((n = send(f->fd, p, len, MSG_NOSIGNAL)) < 0)
			return;
		f->sent += (size_t)n;
		p += n;
		len -= (size_t)n;
	}
	if (f->cut != 0 && f->sent == f->cut)
		fake_hang_up(f);
}

void
fake_put(struct fake *f, const struct p9_msg *m)
{
	int n = p9_encode(m, P9_DIALECT_L, f->out, FAKE_MSIZE);
	size_t len = (size_t)n;

	if (n < 0)
		return;
	if (++f->replies == f->twist)
		len = f->twisted(f, f->out, len);
	fake_bytes(f, f->out, len);
	if (f->replies == f->twist)
		fake_hang_up(f);
}

static p9_str
str(const char *s)
{
	return (p9_str){ s, (uint16_t)strlen(s) };
}

static p9_qid
qid_of(p9_str name)
{
	p9_qid qid = { .path = 7, .version = 1 };

	if (name.len == 1 && name.s[0] == 'd')
		qid.type = P9_QTDIR;
	if (name.len == 1 && name.s[0] == 'l')
		qid.type = P9_QTSYMLINK;
	return qid;
}

static void
answer_walk(const struct p9_Twalk *in, struct p9_Rwalk *out)
{
	uint16_t i;

	out->wqid.n = in->wname.n;
	for (i = 0; i < in->wname.n; i++)
		out->wqid.qid[i] = qid_of(in->wname.name[i]);
}

static void
answer_readdir(
    const struct p9_Treaddir *in, struct p9_Rreaddir *out, uint8_t *buf)
{
	const struct p9_dirent e = { .offset = 1, .type = 8, .name = str("f") };

	out->data.p = buf;
	out->data.len = 0;
	if (in->offset == 0)
		out->data.len = (uint32_t)p9_dirent_encode(&e, buf, 100);
}

void
fake_answer(struct fake *f, const struct p9_msg *m)
{
	static const uint8_t zeros[FAKE_MSIZE];
	static const struct p9_Rgetattr attr = { .valid = P9_GETATTR_ALL,
		.mode = P9_S_IFREG | 0644,
		.nlink = 1,
		.size = 100,
		.blksize = 4096 };
	struct p9_msg r = { .type = (p9_u8)(m->type + 1), .tag = m->tag };
	uint8_t entries[100];

	switch (m->type) {
	case P9_Tversion:
		r.u.Rversion = (struct p9_Rversion){ m->u.Tversion.msize,
			str(P9_VERSION_L) };
		break;
	case P9_Tattach:
		r.u.Rattach.qid = qid_of(str("d"));
		break;
	case P9_Twalk:
		answer_walk(&m->u.Twalk, &r.u.Rwalk);
		break;
	case P9_Tgetattr:
		r.u.Rgetattr = attr;
		break;
	case P9_Tread:
		r.u.Rread.data = (p9_data){ zeros, m->u.Tread.count };
		break;
	case P9_Twrite:
		r.u.Rwrite.count = m->u.Twrite.data.len;
		break;
	case P9_Treaddir:
		answer_readdir(&m->u.Treaddir, &r.u.Rreaddir, entries);
		break;
	case P9_Treadlink:
		r.u.Rreadlink.target = str("f");
		break;
	case P9_Txattrwalk:
		r.u.Rxattrwalk.size = 3;
		break;
	case P9_Tgetlock:
		r.u.Rgetlock = (struct p9_Rgetlock){ .type = P9_LOCK_RDLCK,
			.proc_id = 5,
			.client_id = str("me") };
		break;
	default: /* nothing in it, or zeros are fine */
		break;
	}
	fake_put(f, &r);
}

void
fake_serve(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m))
		fake_answer(f, &m);
}

bool
fake_greet(struct fake *f)
{
	struct p9_msg m;
	int i;

	for (i = 0; i < 2; i++) {
		if (!fake_get(f, &m))
			return false;
		fake_answer(f, &m);
	}
	return true;
}
