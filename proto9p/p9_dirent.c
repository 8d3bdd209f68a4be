/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_dirent.c -- the entries in Rreaddir's data: qid[13] offset[8] type[1]
 * name[s], one after the other, whole ones only.
 */

#include "p9_wire.h"

size_t
p9_dirent_encode(const struct p9_dirent *e, uint8_t *buf, size_t cap)
{
	struct p9_out out = { .pos = buf, .end = buf + cap };

	put_qid(&out, e->qid);
	put_u64(&out, e->offset);
	put_u8(&out, e->type);
	put_str(&out, e->name);
	return out.err == 0 ? (size_t)(out.pos - buf) : 0;
}

int
p9_dirent_decode(struct p9_dirent *e, const uint8_t *buf, size_t len)
{
	struct p9_in in = { .pos = buf, .end = buf + len };

	e->qid = get_qid(&in);
	e->offset = get_u64(&in);
	e->type = get_u8(&in);
	e->name = get_str(&in);
	return in.err == 0 ? (int)(in.pos - buf) : in.err;
}
