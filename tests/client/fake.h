/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake.h -- a server of a test's own, a thread at the other end of a socket,
 * which answers whatever the test wants to see answered.
 */

#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "p9.h"

#define FAKE_MSIZE 65536U

struct fake {
	/* Set by the test. */
	void (*serve)(struct fake *f); /* until fake_get() is false */
	void *arg;
	size_t cut; /* hang up after so many bytes; 0: do not */
	/* Change the reply of that number, counted from 1, before it goes. */
	size_t twist;
	size_t (*twisted)(struct fake *f, uint8_t *frame, size_t len);
	unsigned int how; /* for twisted */

	/* To be read when it has been stopped. */
	size_t sent; /* bytes */
	size_t replies;

	char addr[32]; /* for etfsc_mount() */
	int fd;
	pthread_t thread;
	uint8_t in[FAKE_MSIZE];
	uint8_t out[2 * FAKE_MSIZE];
};

/* Before the client comes, and when it has gone. */
void fake_start(struct fake *f);
void fake_stop(struct fake *f);

/* The same with a connection to it, which must come to be. */
struct etfsc_options;
struct etfsc *fake_mount(struct fake *f, const struct etfsc_options *opt);
void fake_release(struct fake *f, struct etfsc *fs);

/* For serve: the next request; false: the client has gone, or is to go. */
bool fake_get(struct fake *f, struct p9_msg *m);
void fake_put(struct fake *f, const struct p9_msg *m);
void fake_bytes(struct fake *f, const void *bytes, size_t len);
void fake_hang_up(struct fake *f);

/*
 * The usual answer to m: success, and sizes and contents that anybody would
 * believe.  What is called "d" is a directory, "l" a link to "f", and all else
 * a file.  A directory has one entry, "f".
 */
void fake_answer(struct fake *f, const struct p9_msg *m);
void fake_serve(struct fake *f); /* nothing but that */

/* Version and attach, as usual; false: the client has gone. */
bool fake_greet(struct fake *f);

#endif
