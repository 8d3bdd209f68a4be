/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo.c -- bench-echo ADDRESS: a server that answers everything, well-formed
 * and of the right size, and keeps nothing: as fast as a server on that socket
 * can be.  What is read is the pattern that etfs bench expects.
 *
 * To break it, for tests: bench-echo ADDRESS data|short|error, each 50th reply
 * to a read or a getattr.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pattern.h"
#include "serve.h"

struct echo {
	struct pattern pattern;
	const char *fault; /* NULL: none */
	unsigned int n;
};

/* A file, or a directory? */
static p9_qid
qid_of(const p9_str *name)
{
	bool is_file = name != NULL && (name->s[0] == 'f' || name->s[0] == 'n');

	return (p9_qid){ 1, 0, is_file ? P9_QTFILE : P9_QTDIR };
}

static bool
fails(struct echo *e, const char *how)
{
	return e->fault != NULL && strcmp(e->fault, how) == 0 &&
	    ++e->n % 50 == 0;
}

static void
walk(const p9_names *names, p9_qids *qids)
{
	uint16_t i;

	qids->n = names->n;
	for (i = 0; i < names->n; i++)
		qids->qid[i] = qid_of(&names->name[i]);
}

static void
getattr(struct p9_Rgetattr *r)
{
	memset(r, 0, sizeof(*r));
	r->valid = P9_GETATTR_BASIC;
	r->mode = P9_S_IFREG | 0644;
	r->nlink = 1;
	r->blksize = 4096;
}

static void
read_pattern(struct echo *e, const struct p9_Tread *t, p9_data *data)
{
	uint64_t off = t->offset;

	if (fails(e, "data"))
		off++;
	data->p = pattern_at(&e->pattern, 0, off);
	data->len = t->count < PATTERN_RUN ? t->count : PATTERN_RUN;
	if (fails(e, "short"))
		data->len /= 2;
}

static int
answer(struct serve_client *c, const struct p9_msg *t, struct p9_msg *r,
    uint8_t *payload)
{
	struct echo *e = c->serve->arg;

	(void)payload;
	switch (t->type) {
	case P9_Tversion:
		serve_version(c, t, r);
		return 0;
	case P9_Twalk:
		walk(&t->u.Twalk.wname, &r->u.Rwalk.wqid);
		return 0;
	case P9_Tgetattr:
		getattr(&r->u.Rgetattr);
		return fails(e, "error") ? -EIO : 0;
	case P9_Tread:
		read_pattern(e, &t->u.Tread, &r->u.Rread.data);
		return 0;
	case P9_Twrite:
		r->u.Rwrite.count = t->u.Twrite.data.len;
		return 0;
	case P9_Treaddir:
		r->u.Rreaddir.data = (p9_data){ NULL, 0 };
		return 0;
	case P9_Tlopen:
	case P9_Tlcreate: /* alike, but for the name of the body */
		r->u.Rlopen = (struct p9_Rlopen){ { 1, 0, 0 }, 0 };
		return 0;
	case P9_Tattach:
	case P9_Tmkdir:
	case P9_Tmknod: /* a qid */
		r->u.Rattach.qid = qid_of(NULL);
		return 0;
	case P9_Tclunk:
	case P9_Tremove:
	case P9_Tunlinkat: /* nothing */
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

int
main(int argc, char **argv)
{
	static struct echo e;
	struct serve serve = { .answer = answer, .arg = &e };

	if (argc < 2) {
		fprintf(stderr, "usage: bench-echo ADDRESS [FAULT]\n");
		return 2;
	}
	pattern_init(&e.pattern);
	e.fault = argv[2];
	return serve_at(argv[1], &serve) != 0;
}
