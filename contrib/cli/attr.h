/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attr.h -- attributes, as people read them.
 */

#ifndef ATTR_H
#define ATTR_H

#include "cli.h"
#include "json.h"

#define ATTR_NAME 64 /* bytes that a name or number of a user takes */

/* "drwxr-xr-x"; "directory". */
void attr_mode(mode_t mode, char buf[11]);
const char *attr_type(mode_t mode);

/* The user's and the group's name on this machine, or the number. */
void attr_user(uid_t uid, char buf[ATTR_NAME]);
void attr_group(gid_t gid, char buf[ATTR_NAME]);

/* "4.0K", for people. */
void attr_human(uint64_t bytes, char buf[16]);

/* An object of it all; target may be NULL. */
void attr_json(struct json *j, const char *path, const struct etfsc_attr *a,
    const char *target);

#endif
