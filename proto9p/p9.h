/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9.h -- 9P messages, as bytes and as structs.
 *
 * A codec and nothing else: it allocates nothing, does no I/O, keeps no state
 * and can be called from any thread.  It speaks both directions of 9P2000.L,
 * and the layouts of 9P2000 and 9P2000.u.  What a message *means* is the
 * caller's business; see p9_const.h for the numbers that travel inside.
 *
 * Layouts come from the protocol: size[4] type[1] tag[2], then the row of
 * p9_messages.def, all little-endian and packed.
 */

#ifndef P9_H
#define P9_H

#include <stddef.h>
#include <stdint.h>

#include "p9_const.h"

/* Which layouts are in force; agreed by Tversion/Rversion. */
enum p9_dialect {
	P9_DIALECT_2000,
	P9_DIALECT_U,
	P9_DIALECT_L,
	P9_NDIALECTS
};

/*
 * The wire types.  A string or a payload is a slice of somebody's buffer: not
 * terminated, not owned, good for as long as the buffer is.
 */
typedef uint8_t p9_u8;
typedef uint16_t p9_u16;
typedef uint32_t p9_u32;
typedef uint64_t p9_u64;
typedef uint32_t p9_u32opt; /* may be absent at the end of a frame: 0 */

typedef struct p9_str {
	const char *s; /* len[2] bytes on the wire, none of them NUL */
	uint16_t len;
} p9_str;

typedef struct p9_data {
	const uint8_t *p; /* count[4] bytes on the wire, of any value */
	uint32_t len;
} p9_data;

typedef struct p9_qid {
	uint64_t path;
	uint32_t version;
	uint8_t type; /* P9_QT* */
} p9_qid;

typedef struct p9_names {
	uint16_t n;
	p9_str name[P9_MAXWELEM];
} p9_names;

typedef struct p9_qids {
	uint16_t n;
	p9_qid qid[P9_MAXWELEM];
} p9_qids;

/* stat(5) of 9P2000 and 9P2000.u; the last four fields are .u's alone. */
typedef struct p9_stat {
	uint16_t type;
	uint32_t dev;
	p9_qid qid;
	uint32_t mode, atime, mtime;
	uint64_t length;
	p9_str name, uid, gid, muid;
	p9_str extension;
	uint32_t n_uid, n_gid, n_muid;
} p9_stat;
typedef p9_stat p9_stat2000;

/* struct p9_Twalk and so on, one per row. */
#define F(wire, field) p9_##wire field;
#define P9_MSG(dialects, type, name, fields)                                   \
	struct p9_##name {                                                     \
		fields                                                         \
	};
#define P9_BARE(dialects, type, name)
#include "p9_messages.def"
#undef P9_BARE
#undef P9_MSG
#undef F

/* P9_Twalk and so on: the numbers on the wire. */
enum p9_type {
#define P9_MSG(dialects, type, name, fields) P9_##name = type,
#define P9_BARE(dialects, type, name) P9_##name = type,
#include "p9_messages.def"
#undef P9_BARE
#undef P9_MSG
};

struct p9_msg {
	p9_u8 type; /* enum p9_type; even is a request, odd a reply */
	p9_u16 tag;
	union p9_body {
#define P9_MSG(dialects, type, name, fields) struct p9_##name name;
#define P9_BARE(dialects, type, name)
#include "p9_messages.def"
#undef P9_BARE
#undef P9_MSG
	} u;
};

/*
 * The name of a message in a dialect ("Twalk"), or NULL if the dialect has no
 * message of that number.
 */
const char *p9_name(enum p9_dialect dialect, unsigned int type);

/*
 * Look at the start of a stream: how long is the frame that begins at buf, of
 * which len bytes are here?  Returns the frame's size once it is known (the
 * frame may still be incomplete), 0 if fewer than four bytes are here, or
 * -EPROTO if the size cannot be trusted: below P9_HDRSZ or above msize.
 */
int64_t p9_frame_size(const uint8_t *buf, size_t len, uint32_t msize);

/*
 * Decode one message of either direction.  buf holds exactly one frame,
 * size[4] included.
 *
 * On success every byte of buf has been accounted for, every count is within
 * its array, no string holds a NUL, and m borrows its strings and data from
 * buf: free or reuse buf and m is dead.  Fields of other rows are undefined.
 *
 * Returns 0, -EBADMSG if the body does not fit its layout, or -EOPNOTSUPP if
 * the dialect has no such message.  type and tag are filled in whenever len is
 * at least P9_HDRSZ, so that the caller can answer.
 */
int p9_decode(
    struct p9_msg *m, enum p9_dialect dialect, const uint8_t *buf, size_t len);

/* The same for a server: a reply is not a request, and so -EOPNOTSUPP. */
int p9_decode_request(
    struct p9_msg *m, enum p9_dialect dialect, const uint8_t *buf, size_t len);

/*
 * Encode m into buf.  Returns the frame's size in bytes, -EMSGSIZE if it does
 * not fit in cap or a count is beyond its array (buf is then scratch), or
 * -EOPNOTSUPP if the dialect has no such message.
 *
 * A payload (p9_data) that already lies where it belongs, at
 * buf + p9_payload_offset(), is not copied; if its pointer is NULL it is
 * taken to be filled in by other means, and only its place is left.
 */
int p9_encode(
    const struct p9_msg *m, enum p9_dialect dialect, uint8_t *buf, size_t cap);

/*
 * The same for a frame in two pieces: buf gets all but the payload, which the
 * size counts and the caller sends behind it.  Returns the bytes in buf.
 */
int p9_encode_head(
    const struct p9_msg *m, enum p9_dialect dialect, uint8_t *buf, size_t cap);

/*
 * The other way round: the frame that begins at buf, of which len bytes are
 * here, ends in a payload that need not be here.  m is filled in as by
 * p9_decode, but for the payload's pointer, which is NULL.  Returns how many
 * bytes come before the payload, 0 if the message has none or not that much
 * is here yet, or -EBADMSG if the payload is not the rest of the frame.
 */
int p9_decode_head(
    struct p9_msg *m, enum p9_dialect dialect, const uint8_t *buf, size_t len);

/*
 * Where the bytes of a message's payload begin: 11 in Rread and Rreaddir, 23
 * in Twrite.  0 for a message without p9_data.
 */
size_t p9_payload_offset(enum p9_dialect dialect, unsigned int type);

/*
 * Describe m on one line for the trace, as name=value pairs: "Twalk tag=3
 * fid=1 newfid=2 nwname=2 wname=usr/lib".  In strings, whatever is not
 * printable ASCII, '%', and the '/' and ',' that join lists are shown as %xx,
 * blanks as they are; a payload is shown in hex, long ones cut to
 * P9_PRINT_DATA bytes and followed by "..+N"; a type that the dialect does not
 * know is shown by number, as T200 or R201.
 * Always terminates buf if cap is not 0; returns what snprintf would.
 */
#define P9_PRINT_DATA 128
int p9_print(
    const struct p9_msg *m, enum p9_dialect dialect, char *buf, size_t cap);

/* One entry of Rreaddir's data. */
struct p9_dirent {
	p9_qid qid;
	uint64_t offset; /* cookie: continue after this entry */
	uint8_t type; /* DT_* as Linux numbers them; 0 is unknown */
	p9_str name;
};

/* Bytes used, or 0 if the entry does not fit in cap. */
size_t p9_dirent_encode(const struct p9_dirent *e, uint8_t *buf, size_t cap);

/* Bytes used, or -EBADMSG if what begins at buf is no whole entry. */
int p9_dirent_decode(struct p9_dirent *e, const uint8_t *buf, size_t len);

/*
 * Error numbers.  The wire has Linux's (x86, asm-generic), whatever the host
 * has.  p9_errno_to_wire takes a positive host errno and gives EIO (5) for
 * one that it does not know; p9_errno_from_wire is its inverse; p9_errno_name
 * takes a wire number and returns "ENOENT" or NULL.
 */
uint32_t p9_errno_to_wire(int host_errno);
int p9_errno_from_wire(uint32_t wire);
const char *p9_errno_name(uint32_t wire);

#endif
