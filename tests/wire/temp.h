/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * temp.h -- directories for a while, below $TMPDIR or /tmp.
 */

#ifndef TEMP_H
#define TEMP_H

#include <stddef.h>

/* A new, empty directory that anyone may use; good until temp_remove(path). */
char *temp_dir(void);
void temp_remove(char *path);

/* "dir/name", to be freed by the caller. */
char *temp_path(const char *dir, const char *name);

/* A whole file, terminated, to be freed; *len may be NULL. "" if not there. */
char *temp_read(const char *path, size_t *len);

/* A file in dir with that text; what was there before is replaced. */
void temp_put(const char *dir, const char *name, const char *text);

#endif
