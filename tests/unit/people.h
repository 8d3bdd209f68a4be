/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * people.h -- those who ask the rules of vfs_access.c, and what for: a file of
 * user 1000 in group 1000.
 */

#ifndef PEOPLE_H
#define PEOPLE_H

#include "fixture.h"

struct people {
	struct vcred *root;
	struct vcred *owner; /* uid 1000, gid 1000, also in 2000 */
	struct vcred *member; /* uid 1001, gid 1001, also in 1000 */
	struct vcred *other; /* uid 1002, gid 1002 */
};

/* For a group of tests, or for one that changes them. */
int people_setup(void **state);
int people_teardown(void **state);

struct vattr file_of(mode_t mode);

#endif
