/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_wire.h -- cursors over bytes, for the codec's own use.
 *
 * One to read from bytes that we do not trust, one to write into a buffer that
 * may be too small.  The first step that would pass the end sets err; from
 * then on every read yields zero, every write is dropped, and nothing moves.
 * So a codec is straight-line code and looks at err once, when it is done.
 */

#ifndef P9_WIRE_H
#define P9_WIRE_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "p9.h"

/* Little-endian, unaligned; compilers make one instruction of each. */
static inline uint16_t
le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static inline uint64_t
le64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	    (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
	    (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static inline void
le16_store(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void
le32_store(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static inline void
le64_store(uint8_t *p, uint64_t v)
{
	le32_store(p, (uint32_t)v);
	le32_store(p + 4, (uint32_t)(v >> 32));
}

struct p9_in {
	const uint8_t *pos;
	const uint8_t *end;
	int err; /* 0 or -EBADMSG */
	bool head; /* a payload is not here: only count it */
	uint32_t rest; /* and this is its count */
};

/* The only bounds check on reading.  Compare sizes, never pointers. */
static inline const uint8_t *
take(struct p9_in *in, size_t n)
{
	const uint8_t *p = in->pos;

	if (in->err != 0 || (size_t)(in->end - in->pos) < n) {
		in->err = -EBADMSG;
		return NULL;
	}
	in->pos += n;
	return p;
}

static inline uint8_t
get_u8(struct p9_in *in)
{
	const uint8_t *p = take(in, 1);

	return p != NULL ? *p : 0;
}

static inline uint16_t
get_u16(struct p9_in *in)
{
	const uint8_t *p = take(in, 2);

	return p != NULL ? le16(p) : 0;
}

static inline uint32_t
get_u32(struct p9_in *in)
{
	const uint8_t *p = take(in, 4);

	return p != NULL ? le32(p) : 0;
}

static inline uint64_t
get_u64(struct p9_in *in)
{
	const uint8_t *p = take(in, 8);

	return p != NULL ? le64(p) : 0;
}

/* A NUL would end the string early for whoever hands it to the host. */
static inline p9_str
get_str(struct p9_in *in)
{
	p9_str str = { "", 0 };
	uint16_t len = get_u16(in);
	const uint8_t *p = take(in, len);

	if (p == NULL)
		return str;
	if (memchr(p, 0, len) != NULL) {
		in->err = -EBADMSG;
		return str;
	}
	str.s = (const char *)p;
	str.len = len;
	return str;
}

static inline p9_qid
get_qid(struct p9_in *in)
{
	p9_qid qid;

	qid.type = get_u8(in);
	qid.version = get_u32(in);
	qid.path = get_u64(in);
	return qid;
}

struct p9_out {
	uint8_t *pos;
	uint8_t *end;
	int err; /* 0 or -EMSGSIZE */
	bool head; /* as in p9_in */
	uint32_t rest;
};

/* The only bounds check on writing. */
static inline uint8_t *
room(struct p9_out *out, size_t n)
{
	uint8_t *p = out->pos;

	if (out->err != 0 || (size_t)(out->end - out->pos) < n) {
		out->err = -EMSGSIZE;
		return NULL;
	}
	out->pos += n;
	return p;
}

static inline void
put_u8(struct p9_out *out, uint8_t v)
{
	uint8_t *p = room(out, 1);

	if (p != NULL)
		*p = v;
}

static inline void
put_u16(struct p9_out *out, uint16_t v)
{
	uint8_t *p = room(out, 2);

	if (p != NULL)
		le16_store(p, v);
}

static inline void
put_u32(struct p9_out *out, uint32_t v)
{
	uint8_t *p = room(out, 4);

	if (p != NULL)
		le32_store(p, v);
}

static inline void
put_u64(struct p9_out *out, uint64_t v)
{
	uint8_t *p = room(out, 8);

	if (p != NULL)
		le64_store(p, v);
}

static inline void
put_str(struct p9_out *out, p9_str str)
{
	uint8_t *p;

	put_u16(out, str.len);
	p = room(out, str.len);
	if (p != NULL && str.len != 0)
		memcpy(p, str.s, str.len);
}

static inline void
put_qid(struct p9_out *out, p9_qid qid)
{
	put_u8(out, qid.type);
	put_u32(out, qid.version);
	put_u64(out, qid.path);
}

#endif
