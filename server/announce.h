/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * announce.h -- what a server says when it starts.
 */

#ifndef ANNOUNCE_H
#define ANNOUNCE_H

#include <stdio.h>

#include "config.h"
#include "socket.h"

/*
 * What is served, and for each socket the command that mounts it, one line
 * each, to be copied.
 */
void announce(FILE *to, const struct config *cfg, const struct sockets *socks);

#endif
