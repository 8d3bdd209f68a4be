/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * columns.h -- names side by side, on a terminal.
 */

#ifndef COLUMNS_H
#define COLUMNS_H

#include "dir.h"

/* How wide the terminal at stdout is; 0: it is none. */
size_t columns_width(void);

/* The names of list, sorted downwards, in as few lines as width allows. */
void columns_print(const struct dir_list *list, size_t width);

#endif
