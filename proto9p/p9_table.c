/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_table.c -- the rows of p9_messages.def, and what can be told from them.
 *
 * All of it is constant.  A row's fields need the row's struct for their
 * offsets, and F() does not name it; so each row has a block of its own, in
 * which B is that struct.  The compiler turns the dense switch around the
 * blocks into a table indexed by dialect and type.
 */

#include "p9_table.h"

#define FIELD(wire, field) { #field, offsetof(B, field), P9_W_##wire },
#define END { NULL, 0, P9_W_END },

const struct p9_desc *
p9_desc(enum p9_dialect dialect, unsigned int type)
{
	if (type > UINT8_MAX)
		return NULL;

	switch (P9_KEY(dialect, type)) {
#define F(wire, field) FIELD(wire, field)
#define P9_MSG(dialects, type, name, fields)                                   \
	P9_CASE_##dialects(type)                                               \
	{                                                                      \
		typedef struct p9_##name B;                                    \
		static const struct p9_field f[] = { fields END };             \
		static const struct p9_desc d = { #name, f };                  \
		return &d;                                                     \
	}
#define P9_BARE(dialects, type, name)                                          \
	P9_CASE_##dialects(type)                                               \
	{                                                                      \
		static const struct p9_field f[] = { END };                    \
		static const struct p9_desc d = { #name, f };                  \
		return &d;                                                     \
	}
#include "p9_messages.def"
#undef P9_BARE
#undef P9_MSG
#undef F
	default:
		return NULL;
	}
}

/* stat(5): the part that 9P2000 and 9P2000.u share, and what .u adds. */
#define STAT_FIELDS                                                            \
	FIELD(u16, type)                                                       \
	FIELD(u32, dev)                                                        \
	FIELD(qid, qid)                                                        \
	FIELD(u32, mode)                                                       \
	FIELD(u32, atime)                                                      \
	FIELD(u32, mtime)                                                      \
	FIELD(u64, length)                                                     \
	FIELD(str, name)                                                       \
	FIELD(str, uid)                                                        \
	FIELD(str, gid)                                                        \
	FIELD(str, muid)
#define STAT_FIELDS_U                                                          \
	FIELD(str, extension)                                                  \
	FIELD(u32, n_uid)                                                      \
	FIELD(u32, n_gid)                                                      \
	FIELD(u32, n_muid)

typedef p9_stat B;
const struct p9_field p9_stat2000_fields[] = { STAT_FIELDS END };
const struct p9_field p9_stat_fields[] = { STAT_FIELDS STAT_FIELDS_U END };

/*
 * Where 9P2000 has a row of its own its name ends in 2000; the protocol calls
 * the message as .u does, which knows every number that 9P2000 knows.
 */
const char *
p9_name(enum p9_dialect dialect, unsigned int type)
{
	const struct p9_desc *d;

	if (dialect == P9_DIALECT_2000)
		dialect = P9_DIALECT_U;
	d = p9_desc(dialect, type);
	return d != NULL ? d->name : NULL;
}

/* Bytes on the wire of what may stand before a payload. */
static size_t
fixed_size(enum p9_wire wire)
{
	switch (wire) {
	case P9_W_u8:
		return 1;
	case P9_W_u16:
		return 2;
	case P9_W_u64:
		return 8;
	default:
		return 4;
	}
}

size_t
p9_payload_offset(enum p9_dialect dialect, unsigned int type)
{
	const struct p9_desc *d = p9_desc(dialect, type);
	const struct p9_field *f;
	size_t off = P9_HDRSZ;

	if (d == NULL)
		return 0;
	for (f = d->fields; f->wire != P9_W_END; f++) {
		if (f->wire == P9_W_data)
			return off + sizeof(uint32_t);
		off += fixed_size(f->wire);
	}
	return 0;
}
