/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * long.h -- entries as "ls -l" shows them.
 */

#ifndef LONG_H
#define LONG_H

#include "dir.h"

/* Those of list that have attributes; with how much they take, in KiB. */
void long_print(const struct dir_list *list, bool total);

#endif
