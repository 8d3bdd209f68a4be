/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_talk.c -- see fuzz_talk.h.
 *
 * Few fids, few tags and few names: so that requests have to do with each
 * other.
 */

#include <string.h>

#include "fuzz_talk.h"

#define FIDS 6
#define TAGS 12

/* xorshift64*, Vigna 2014. */
uint32_t
talk_below(struct talk *talk, uint32_t n)
{
	talk->random ^= talk->random >> 12;
	talk->random ^= talk->random << 25;
	talk->random ^= talk->random >> 27;
	return (uint32_t)((talk->random * 0x2545f4914f6cdd1dULL >> 33) % n);
}

static uint32_t
fid(struct talk *talk)
{
	return talk_below(talk, FIDS);
}

static const char *const names[] = { "a", "b", "slow", "d0", "d1", "f0", "f1",
	"..", ".", "l", "user.a", "user.b", "system.posix_acl_access",
	"trusted.a", "",
	"a-name-that-is-longer-than-what-a-fid-keeps-inside-itself" };

static p9_str
str(const char *s)
{
	return (p9_str){ s, (uint16_t)strlen(s) };
}

static p9_str
name(struct talk *talk)
{
	return str(names[talk_below(talk, sizeof(names) / sizeof(*names))]);
}

/* One of n numbers. */
static uint32_t
pick(struct talk *talk, const uint32_t *from, size_t n)
{
	return from[talk_below(talk, (uint32_t)n)];
}

#define PICK(talk, ...)                                                        \
	pick(talk, (const uint32_t[]){ __VA_ARGS__ },                          \
	    sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static uint32_t
open_flags(struct talk *talk)
{
	return PICK(talk, P9_O_RDONLY, P9_O_RDWR, P9_O_WRONLY | P9_O_TRUNC,
	    P9_O_RDWR | P9_O_APPEND, P9_O_RDONLY | P9_O_DIRECTORY);
}

static uint64_t
offset(struct talk *talk)
{
	return PICK(talk, 0, 1, 5, 4095, 70000, UINT32_MAX);
}

#define ACL 28 /* bytes: one of three entries, as acl(5) has them */

static p9_data
data(struct talk *talk)
{
	static const uint8_t bytes[300] = "some bytes";
	static const uint8_t acl[ACL] = { 2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255,
		255, 4, 0, 4, 0, 255, 255, 255, 255, 32, 0, 4, 0, 255, 255, 255,
		255 };
	uint32_t len = PICK(talk, 0, 1, 5, 100, 300, ACL);

	return (p9_data){ len == ACL ? acl : bytes, len };
}

static void
make_walk(struct talk *talk, struct p9_Twalk *m)
{
	uint16_t i;

	m->fid = fid(talk);
	m->newfid = fid(talk);
	m->wname.n = (uint16_t)talk_below(talk, 4);
	for (i = 0; i < m->wname.n; i++)
		m->wname.name[i] = name(talk);
}

static void
make_setattr(struct talk *talk, struct p9_Tsetattr *m)
{
	*m = (struct p9_Tsetattr){ .fid = fid(talk),
		.valid = talk_below(talk, 1024),
		.mode = 0644,
		.uid = 5,
		.gid = 6,
		.size = offset(talk) };
}

static void
make_lock(struct talk *talk, struct p9_msg *m)
{
	p9_u8 type = (p9_u8)talk_below(talk, 3);
	uint32_t pid = talk_below(talk, 3);

	if (m->type == P9_Tlock)
		m->u.Tlock = (struct p9_Tlock){ fid(talk), type,
			talk_below(talk, 3), talk_below(talk, 4),
			talk_below(talk, 4), pid, str("host") };
	else
		m->u.Tgetlock =
		    (struct p9_Tgetlock){ fid(talk), type, talk_below(talk, 3),
			    talk_below(talk, 4), pid, str("host") };
}

/* Those whose shape is a row of fids, names and numbers. */
static void
make_name(struct talk *talk, struct p9_msg *m)
{
	uint32_t f = fid(talk), f2 = fid(talk), gid = talk_below(talk, 2);
	p9_str s = name(talk), s2 = name(talk);

	switch (m->type) {
	case P9_Tattach:
		m->u.Tattach = (struct p9_Tattach){ f, P9_NOFID, s2,
			str("slow/.."), talk_below(talk, 3) - 1 };
		break;
	case P9_Tlcreate:
		m->u.Tlcreate = (struct p9_Tlcreate){ f, s,
			open_flags(talk) | P9_O_CREATE, 0644, gid };
		break;
	case P9_Tsymlink:
		m->u.Tsymlink = (struct p9_Tsymlink){ f, s, s2, gid };
		break;
	case P9_Tmknod:
		m->u.Tmknod = (struct p9_Tmknod){ f, s,
			PICK(talk, P9_S_IFREG, P9_S_IFIFO, P9_S_IFDIR), 1, 2,
			gid };
		break;
	case P9_Tmkdir:
		m->u.Tmkdir = (struct p9_Tmkdir){ f, s, 0755, gid };
		break;
	case P9_Tlink:
		m->u.Tlink = (struct p9_Tlink){ f, f2, s };
		break;
	case P9_Trename:
		m->u.Trename = (struct p9_Trename){ f, f2, s };
		break;
	case P9_Trenameat:
		m->u.Trenameat = (struct p9_Trenameat){ f, s, f2, s2 };
		break;
	case P9_Tunlinkat:
		m->u.Tunlinkat = (struct p9_Tunlinkat){ f, s,
			PICK(talk, 0, P9_AT_REMOVEDIR) };
		break;
	case P9_Txattrwalk:
		m->u.Txattrwalk = (struct p9_Txattrwalk){ f, f2, s };
		break;
	case P9_Txattrcreate:
		m->u.Txattrcreate = (struct p9_Txattrcreate){ f, s,
			PICK(talk, 0, 5, ACL, 100, 65536, 65537),
			talk_below(talk, 4) };
		break;
	}
}

static void
make_io(struct talk *talk, struct p9_msg *m)
{
	uint32_t count = PICK(talk, 0, 10, 100, 4096, UINT32_MAX);

	switch (m->type) {
	case P9_Tlopen:
		m->u.Tlopen = (struct p9_Tlopen){ fid(talk), open_flags(talk) };
		break;
	case P9_Twrite:
		m->u.Twrite =
		    (struct p9_Twrite){ fid(talk), offset(talk), data(talk) };
		break;
	default: /* Tread, Treaddir */
		m->u.Tread =
		    (struct p9_Tread){ fid(talk), offset(talk), count };
		break;
	}
}

static const p9_u8 types[] = { P9_Tattach, P9_Tflush, P9_Tflush, P9_Twalk,
	P9_Twalk, P9_Twalk, P9_Tclunk, P9_Tclunk, P9_Tremove, P9_Tread,
	P9_Twrite, P9_Treaddir, P9_Tlopen, P9_Tlopen, P9_Tlcreate, P9_Tlcreate,
	P9_Tsymlink, P9_Tmknod, P9_Tmkdir, P9_Tlink, P9_Trename, P9_Trenameat,
	P9_Tunlinkat, P9_Treadlink, P9_Tgetattr, P9_Tsetattr, P9_Tstatfs,
	P9_Tfsync, P9_Txattrwalk, P9_Txattrcreate, P9_Txattrcreate, P9_Tlock,
	P9_Tlock, P9_Tgetlock };

static void
make(struct talk *talk, struct p9_msg *m)
{
	switch (m->type) {
	case P9_Tflush:
		m->u.Tflush.oldtag = (uint16_t)talk_below(talk, TAGS);
		break;
	case P9_Twalk:
		make_walk(talk, &m->u.Twalk);
		break;
	case P9_Tsetattr:
		make_setattr(talk, &m->u.Tsetattr);
		break;
	case P9_Tlock:
	case P9_Tgetlock:
		make_lock(talk, m);
		break;
	case P9_Tread:
	case P9_Twrite:
	case P9_Treaddir:
	case P9_Tlopen:
		make_io(talk, m);
		break;
	case P9_Tclunk:
	case P9_Tremove:
	case P9_Treadlink:
	case P9_Tgetattr:
	case P9_Tstatfs:
	case P9_Tfsync:
		memset(&m->u, 0, sizeof(m->u));
		m->u.Tclunk.fid = fid(talk);
		break;
	default:
		make_name(talk, m);
		break;
	}
}

static size_t
encode(const struct p9_msg *m, uint8_t *buf, size_t cap)
{
	int n = p9_encode(m, P9_DIALECT_L, buf, cap);

	return n > 0 ? (size_t)n : 0;
}

static size_t
order(struct talk *talk, uint8_t *buf, size_t cap)
{
	const uint8_t frame[] = { P9_HDRSZ, 0, 0, 0, TALK_ORDER,
		(uint8_t)talk_below(talk, TALK_NORDERS),
		(uint8_t)talk_below(talk, 256) };

	if (cap < sizeof(frame))
		return 0;
	memcpy(buf, frame, sizeof(frame));
	return sizeof(frame);
}

size_t
talk_frame(struct talk *talk, uint8_t *buf, size_t cap)
{
	struct p9_msg m;

	if (talk_below(talk, 4) == 0)
		return order(talk, buf, cap);
	m.type = types[talk_below(talk, sizeof(types))];
	m.tag = (uint16_t)talk_below(talk, TAGS);
	make(talk, &m);
	return encode(&m, buf, cap);
}

size_t
talk_hello(struct talk *talk, uint8_t *buf, size_t cap)
{
	struct p9_msg m = { .type = P9_Tversion, .tag = P9_NOTAG };
	size_t n;

	m.u.Tversion.msize = PICK(talk, 4096, 8192, 65536);
	m.u.Tversion.version = str(P9_VERSION_L);
	n = encode(&m, buf, cap);
	m.type = P9_Tattach;
	m.tag = 0;
	m.u.Tattach = (struct p9_Tattach){ 0, P9_NOFID, str(""),
		str(talk_below(talk, 2) == 0 ? "" : "slow"), 0 };
	return n + encode(&m, buf + n, cap - n);
}
