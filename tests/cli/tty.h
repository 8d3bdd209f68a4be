/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tty.h -- etfs at a terminal, and somebody who types.
 */

#ifndef TTY_H
#define TTY_H

#include "etfs.h"

struct tty {
	pid_t pid;
	int fd;
	char seen[65536]; /* what has been on the screen, terminated */
	size_t len, at; /* it has been looked at up to here */
};

/* home is $HOME. */
void tty_start(struct client *c, const struct etfs_how *how, const char *home,
    const char *const *args, struct tty *t);
void tty_type(struct tty *t, const char *text);

/* Read until that is there, behind what was there the last time. */
void tty_sees(struct tty *t, const char *text);

/* Read all that comes before it ends; its exit status. */
int tty_ends(struct tty *t);

#endif
