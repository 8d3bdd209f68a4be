/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_number.h -- numbers as people write them.
 *
 * Stricter than strtoul(3): no sign, no blank, no prefix, no wrap-around.  Both
 * move *s behind what they took, and leave it where it was if they fail.
 */

#ifndef VFS_NUMBER_H
#define VFS_NUMBER_H

#include <stdint.h>

/* Digits of base, up to 10.  0; -EINVAL: none; -ERANGE: too large a number. */
int vfs_digits(const char **s, unsigned int base, uint64_t *out);

/* Decimal digits, and K, M, G or T behind them multiply by powers of 1024. */
int vfs_size(const char **s, uint64_t *out);

#endif
