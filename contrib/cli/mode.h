/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mode.h -- permissions, as chmod(1) takes them.
 */

#ifndef MODE_H
#define MODE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * What text, "644" or "u+x,go=", makes of old, a mode with S_IFMT; where it
 * names nobody, mask, the umask, is left alone.  Octal numbers leave alone
 * nothing.  *out is permission bits.  false: text is no mode.
 */
bool mode_parse(const char *text, mode_t old, mode_t mask, mode_t *out);

/* This process's umask. */
mode_t mode_umask(void);

#endif
