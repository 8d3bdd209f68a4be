/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaving.h -- file systems of every kind, for tests in which they leave the
 * tree: a fixture is image_setup()'s.
 */

#ifndef LEAVING_H
#define LEAVING_H

#include "image_fixture.h"

/* From REG on, what is shown is a file that make_host_files() makes. */
enum kind {
	MEMORY,
	TREE, /* fx->dir */
	MAPPED,
	REG,
	BLK,
	FIFO,
	KINDS
};

void make_host_files(struct fixture *fx);

/* Something of that kind at key. */
void show(struct fixture *fx, enum kind kind, const char *key);

bool is_there(struct fixture *fx, const char *path);

int unmount(struct fixture *fx, const char *key);

/* Without waiting for its end. */
void begin_unmount(struct fixture *fx, struct wait *w, const char *key);

/* All that can happen by itself has happened, and that is not the end. */
void still_there(struct fixture *fx, const struct wait *w);

/* It may have done so while something else was waited for. */
void ends(struct wait *w);

#endif
