/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_table.h -- p9_messages.def as data, for the codec's own use.
 *
 * What is not in a hurry, such as the printer, is one loop over a row's fields
 * and one switch over the wire types below; the decoder and the encoder make
 * straight code of the rows.
 */

#ifndef P9_TABLE_H
#define P9_TABLE_H

#include "p9.h"

/* One per p9_<wire> type that a row may name; END closes a list of fields. */
enum p9_wire {
	P9_W_END,
	P9_W_u8,
	P9_W_u16,
	P9_W_u32,
	P9_W_u64,
	P9_W_u32opt,
	P9_W_str,
	P9_W_data,
	P9_W_qid,
	P9_W_names,
	P9_W_qids,
	P9_W_stat,
	P9_W_stat2000
};

struct p9_field {
	const char *name;
	uint32_t off; /* in the row's struct, from its start */
	enum p9_wire wire;
};

struct p9_desc {
	const char *name; /* of the row, so "Tauth2000" for 9P2000's Tauth */
	const struct p9_field *fields; /* in wire order; the last is END */
};

/*
 * A number of a dialect, and the sets of dialects that rows name, as the case
 * labels of a switch over such keys.
 */
#define P9_KEY(dialect, type) ((unsigned int)(dialect) << 8 | (type))
#define P9_CASE_P(type) case P9_KEY(P9_DIALECT_2000, type):
#define P9_CASE_U(type) case P9_KEY(P9_DIALECT_U, type):
#define P9_CASE_L(type) case P9_KEY(P9_DIALECT_L, type):
#define P9_CASE_PU(type) P9_CASE_P(type) P9_CASE_U(type)
#define P9_CASE_UL(type) P9_CASE_U(type) P9_CASE_L(type)
#define P9_CASE_ALL(type) P9_CASE_P(type) P9_CASE_U(type) P9_CASE_L(type)

/* NULL if the dialect has no message of that number. */
const struct p9_desc *p9_desc(enum p9_dialect dialect, unsigned int type);

/* What follows the two lengths of a stat; offsets are in p9_stat. */
extern const struct p9_field p9_stat_fields[];
extern const struct p9_field p9_stat2000_fields[];

#endif
