/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flow.h -- the contents of one file, from place to place, or compared: several
 * chunks are under way at a time.
 */

#ifndef FLOW_H
#define FLOW_H

#include <signal.h>

#include "place.h"

#define FLOW_CHUNKS 8

/* How it may end, besides 0 and -errno. */
enum {
	FLOW_SHORT = 1, /* the source is shorter than it was */
	FLOW_DIFFERS = 2
};

struct flow_chunk {
	struct etfsc_req req; /* its first member */
	struct flow *flow;
	char *buf; /* twice as large for what is compared */
	uint64_t pos; /* in the file */
	uint32_t len, at, end; /* in buf: what is being done is at..end */
	enum {
		FLOW_IDLE,
		FLOW_READ,
		FLOW_WRITE,
		FLOW_REREAD
	} doing;
};

struct flow {
	/* Set before it starts, and zero else. */
	struct cli *c;
	const struct place *from, *to;
	const struct place_file *src, *dst;
	bool compare; /* and copy nothing */
	bool to_end; /* size is not known, and then is; one chunk at a time */
	unsigned int nchunks; /* up to FLOW_CHUNKS */
	uint64_t next; /* where to begin */
	uint64_t size; /* of the source */
	const volatile sig_atomic_t *stop; /* -EINTR if it is not 0 any more */
	uint64_t *moved; /* to count bytes that went through; or NULL */
	void (*done)(struct flow *f, int rc);

	/* To be read at the end. */
	uint64_t written; /* no byte has been, from here on */
	bool at_dst; /* it failed there */

	/* Its own. */
	uint64_t data; /* where data end that begin before next */
	int rc;
	unsigned int busy;
	struct flow_chunk chunk[FLOW_CHUNKS];
};

/* As the calls of a place: how it ended, or PLACE_PENDING. */
int flow_start(struct flow *f);

#endif
