/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address.h -- where clients may come from, as written on the command line.
 *
 *	tcp:HOST:PORT		HOST a name, an IPv4 address, an IPv6 address in
 *				brackets; empty or *: every address
 *	unix:PATH
 *	vsock:CID:PORT		CID a number, or any
 *	fd:N			a descriptor that the server was started with
 *	stdio			standard input and output
 *
 * with parameters behind a comma each: trust=peer|privport|any|none, and
 * mode=OCTAL for unix.  PORT 0 picks a free one.
 */

#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "failure.h"
#include "identity.h"

enum address_kind {
	ADDRESS_TCP,
	ADDRESS_UNIX,
	ADDRESS_VSOCK,
	ADDRESS_FD,
	ADDRESS_STDIO,
};

struct address {
	enum address_kind kind;
	char *text; /* as written, for messages */
	char *buf; /* what name points into */
	const char *name; /* tcp: the host, "" for all; unix: the path */
	uint32_t cid; /* vsock */
	uint32_t port; /* tcp and vsock; 0: any that is free */
	int fd;
	mode_t mode; /* unix: of the socket file */
	bool trust_given; /* else it depends on what the clients come by */
	enum trust trust;
};

/* Owns copies of text; on failure there is nothing to undo. */
int address_parse(const char *text, struct address *out, struct failure *f);
void address_fini(struct address *addr);

#endif
