/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_lock_fixture.h -- what the tests of locks that the host sees stand on.
 *
 * A lock_world whose vnode is a host file, "f", open three times for reading
 * and writing, and a process of the host that has it open, too.
 */

#ifndef ETFS_LOCK_FIXTURE_H
#define ETFS_LOCK_FIXTURE_H

#include "etfs_fixture.h"
#include "host_process.h"
#include "lock_fixture.h"

struct etfs_lock_world {
	struct lock_world w; /* the first member */
	struct host_process host;
};

/* For cmocka: *state is a struct etfs_lock_world. */
int lock_disk_setup(void **state);
int lock_tmpfs_setup(void **state);
int lock_client_setup(void **state); /* tmpfs; identity: the client's */
int lock_etfs_teardown(void **state); /* fails if the host sees a lock */

#define LOCKS_ON(fs, test)                                                     \
	{                                                                      \
#test " (" #fs ")", test, lock_##fs##_setup,                   \
		    lock_etfs_teardown, NULL                                   \
	}
#define LOCKS_ON_BOTH(test) LOCKS_ON(disk, test), LOCKS_ON(tmpfs, test)

/* What the host sees at byte b: F_RDLCK, F_WRLCK, or F_UNLCK. */
short host_sees(struct etfs_lock_world *ew, int64_t b);

/* The host process locks with POSIX locks, or those of a description. */
int host_posix(
    struct etfs_lock_world *ew, short type, int64_t start, int64_t len);
int host_ofd(
    struct etfs_lock_world *ew, short type, int64_t start, int64_t len);

/* Close a file of the world and open the same again, with other flags. */
void reopen_as(
    struct etfs_lock_world *ew, size_t file, const struct who *who, int flags);

#endif
