/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acl.h -- POSIX ACLs as text, written and read as the kernel stores them.
 *
 * The text is like "u6 U4:1000 g4 G2:2000 m6 o0": the owner, a user, the group,
 * another group, the mask, others.
 */

#ifndef ACL_H
#define ACL_H

#include "file.h"

#define ACL_ACCESS "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

int acl_set(const char *path, const char *name, const char *acl);

/* Or the errno's name; good until the next. */
const char *acl_get(const char *path, const char *name);

#endif
