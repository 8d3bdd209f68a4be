/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interrupt.h -- SIGINT and SIGTERM, as long as somebody catches them; else they
 * kill.
 *
 * Some of them may be a hint only: then who catches them looks for it, and ends
 * in good order.  The next one ends all that waits: messages with -ECANCELED,
 * interrupt_read() and interrupt_sleep().  One more gives the connection up.
 */

#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <signal.h>

#include "cli.h"

struct interrupt {
	struct sigaction sigint, sigterm;
	unsigned int hints;
};

/* How many have come since somebody began to catch them. */
extern volatile sig_atomic_t interrupt_count;
/* A SIGTERM was among them. */
extern volatile sig_atomic_t interrupt_term;

/* Become readable with what is no hint; for etfsc_options.  -1: out of them. */
int interrupt_fd(void);

/* Begin, in a new count; as it was before, with what came meanwhile taken. */
void interrupt_catch(struct interrupt *i, unsigned int hints);
void interrupt_release(struct cli *c, const struct interrupt *i);

/* Forget what has come. */
void interrupt_forget(struct cli *c);

/* As read(2), but -errno. */
ssize_t interrupt_read(int fd, void *buf, size_t len);

/* false: it was interrupted. */
bool interrupt_sleep(int ms);

#endif
