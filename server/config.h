/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.h -- the command line, as a struct.
 *
 * The options are described once, in options.c, and at length in etfsd(8).
 */

#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "failure.h"
#include "identity.h"
#include "log.h"
#include "server.h"
#include "share.h"

struct config {
	bool help, version; /* print that, and nothing else */
	bool root; /* the server is root */

	struct address *addresses;
	size_t naddresses;
	struct share *shares;
	size_t nshares;

	struct limits limits;
	struct identity identity;
	bool identity_given;
	size_t loops; /* threads that serve clients */
	size_t workers; /* threads that wait for the host */
	uint64_t spin; /* microseconds; see spin.h */
	unsigned int parts; /* see turn.h */
	uint64_t keep; /* seconds; see tidy.h */
	bool careful; /* loops do nothing that might wait for a disk */
	uint64_t mem_bytes, mem_nodes; /* of the memfs; 0: no limit */
	bool readonly;
	bool trace;
	enum log_level log_level;
};

/*
 * Read the command line.  root: the server is root, which some defaults depend
 * on.  No address at all is possible: see config_listen().  argv is permuted.
 * On failure there is nothing to undo.
 */
int config_parse(
    struct config *cfg, int argc, char **argv, bool root, struct failure *f);

/* Listen at one more address, as -l does. */
int config_listen(struct config *cfg, const char *text, struct failure *f);

/* Show one more directory, as -e does.  On success *sh is cfg's. */
int config_share(struct config *cfg, const struct share *sh, struct failure *f);

void config_fini(struct config *cfg);

#endif
