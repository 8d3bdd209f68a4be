/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_fixture.h -- a mount that may have only a few descriptors, and files in it
 * whose descriptor is away.
 */

#ifndef FD_FIXTURE_H
#define FD_FIXTURE_H

#include "etfs_fixture.h"

#define FD_LIMIT 4 /* of the mount's vfs */

int fd_disk_setup(void **state);
int fd_tmpfs_setup(void **state);
int fd_disk_mapped_setup(void **state);

/* Walk to enough other files that vn's descriptor is away afterwards. */
void send_away(struct fixture *fx);

/* A file that is not there yet, by way of the mount; new_file() walks to it. */
void write_file(struct fixture *fx, const char *name, const char *text);
struct vnode *new_file(struct fixture *fx, const char *name, const char *text);

/* What vn's file holds; or how that failed. */
int content(struct fixture *fx, struct vnode *vn, char *buf, size_t cap);

/* It must be there, and hold that; and has so many names. */
void holds(struct fixture *fx, struct vnode *vn, const char *text);
nlink_t links(struct fixture *fx, struct vnode *vn);

#endif
