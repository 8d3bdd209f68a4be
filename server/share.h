/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * share.h -- a place of the host to be shown in the tree, as written on the
 * command line: /KEY=PATH[%PARTITION%][,PARAMETER]...
 */

#ifndef SHARE_H
#define SHARE_H

#include <stdbool.h>

#include "etfs.h"
#include "failure.h"

struct share {
	char *buf; /* what the others point into */
	const char *key; /* an absolute path; "/": it is the root of the tree */
	struct etfs_config etfs;
	bool identity_given; /* else it is the server's */
};

/* Owns a copy of text; on failure there is nothing to undo. */
int share_parse(const char *text, struct share *out, struct failure *f);

/* dir, just as it is, for the root. */
int share_root(const char *dir, struct share *out, struct failure *f);

void share_fini(struct share *sh);

#endif
