/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * local.h -- files of this machine, to be copied and compared.
 */

#ifndef LOCAL_H
#define LOCAL_H

#include <stddef.h>
#include <stdint.h>

/* "dir/name"; good until the eighth one after it. */
const char *local_path(const char *dir, const char *name);

/* A file of so many bytes, a pattern from seed on; is it that? */
void local_plant(const char *path, size_t size, uint64_t seed);
void local_is(const char *path, size_t size, uint64_t seed);

/* dir with n small files in it, 50 in each directory; is it that, and no
 * more? */
void local_plant_tree(const char *dir, unsigned int n);
void local_is_tree(const char *dir, unsigned int n);

/* How many to take for a tree: usual, or $CLI_FILES. */
unsigned int local_files(unsigned int usual);

/* Names in dir, "." and ".." left out. */
size_t local_count(const char *dir);

#endif
