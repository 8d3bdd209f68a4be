/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h -- what a session over a slowfs has to answer, in a few lines.
 *
 * The model is told of every request when it is sent and of every reply when
 * it comes, and fails the test if the reply is not what it had to be by then.
 * It knows of fids and of their order, not of how requests are carried out: a
 * request behaves as if those before it that share a fid with it, and must not
 * run beside it, were over, and those after it not begun.
 *
 * A slowfs that fails does so with MODEL_ERRNO, and may at any time.
 */

#ifndef MODEL_H
#define MODEL_H

#include "fake.h"

#define MODEL_ERRNO EDQUOT
#define MODEL_FIDS 6 /* numbers 0 ..; 0 is the root, and stays there */
#define MODEL_TAGS 32

enum mkind {
	M_NONE,
	M_NEW,
	M_WALKED,
	M_OPEN,
	M_READS_XATTR,
	M_SETS_XATTR
};

struct mfid {
	enum mkind kind;
	char node[3]; /* name of its file; "" is the root */
	bool named; /* by a name, not by an attach */
	bool written; /* open for writing; or the value is complete */
};

struct mrequest {
	bool live;
	unsigned int seq;
	struct p9_msg m;
	struct mfid *fid, *fid2, *newfid;
	int refused; /* errno that was certain when it came, or 0 */
	unsigned int flushes; /* Tflush: number of the request it waits for */
};

struct model {
	struct mfid *fids[MODEL_FIDS]; /* by number; NULL: free */
	struct mrequest tags[MODEL_TAGS];
	unsigned int seq, nlive;
	struct mfid *all; /* every fid there ever was, freed at the end */
	size_t nall, cap;
};

/* cap: how many fids there may ever be. */
void model_init(struct model *model, size_t cap);
void model_fini(struct model *model);

void model_sent(struct model *model, const struct p9_msg *m);
void model_answered(struct model *model, const struct p9_msg *reply);

/*
 * How a request ends whose turn it is: 0, an errno that is certain, or
 * MODEL_RUNS: as the file system says.  And what it changes if all is well.
 */
#define MODEL_RUNS (-1)
int model_after(const struct mrequest *r);
void model_apply(const struct mrequest *r);

#endif
