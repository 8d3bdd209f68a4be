/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h -- what each option is called, and what it sets.
 */

#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdio.h>

#include "config.h"

/*
 * Carry out the options among argv, which is permuted: optind(3) is the first
 * word that is none.
 */
int options_parse(struct config *cfg, int argc, char **argv, struct failure *f);

void options_help(FILE *to);

#endif
