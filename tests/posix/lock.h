/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.h -- calls about locks that this process makes, or a peer.
 */

#ifndef LOCK_H
#define LOCK_H

#include <sys/file.h>

#include "file.h"
#include "peer.h"

#define RD F_RDLCK
#define WR F_WRLCK
#define UN F_UNLCK

/* fcntl(2) with a lock of that type, from start on. */
long lock_set(long fd, long type, long start, long len); /* F_SETLK */
long lock_wait(long fd, long type, long start, long len); /* F_SETLKW */
long lock_ofd(long fd, long type, long start, long len); /* F_OFD_SETLK */
long lock_ofd_wait(long fd, long type, long start, long len);

/*
 * F_GETLK: as the lock, that which is in the way, with its process; or its
 * type is UN.  lock_is() is only the type, for a peer.
 */
struct flock lock_get(int fd, short type, off_t start, off_t len);
long lock_is(long fd, long type, long start, long len);

long lock_flock(long fd, long op, long unused, long unused2);

#endif
