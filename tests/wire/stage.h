/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stage.h -- what the tests of a difficult host play on: a server of their own
 * for a tree of host directories, one like /tmp, one a tmpfs, and two heldfs.
 */

#ifndef STAGE_H
#define STAGE_H

#include "mounts.h"
#include "wire.h"

#define STAGE_FILES 50 /* in each heldfs: f0, f1, ..., "content" in each */

struct stage {
	struct wire *w;
	char *base; /* shown at /t; in it are: */
	char *disk, *mem;
	struct held *a, *b;
	struct server *srv;
	struct t9 *c; /* attached as root: the tree on ROOT, /t on HOME */
};

/* A test whose state is the stage. */
#define stage_test(f)                                                          \
	cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)
int stage_setup(void **state);
int stage_teardown(void **state);

/* All is well, and so is the server that ends. */
void stage_over(struct stage *s);

/* Another client, as c. */
struct t9 *stage_client(struct stage *s);

/* The host path of something in base; good until four more were asked for. */
const char *stage_path(struct stage *s, const char *name);

/*
 * Open the files of a heldfs, on fids from first on, and send a Tread of each:
 * their tags.
 */
void stage_open_all(struct t9 *c, const char *dir, uint32_t first);
void stage_read_all(struct t9 *c, uint32_t first, uint16_t tags[STAGE_FILES]);

#endif
