/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_process.h -- a process of the host that uses a file as well, and locks
 * it: with locks of its own (POSIX), or of an open file description (OFD).
 *
 * It is made before the test has threads, and does as it is told.
 */

#ifndef HOST_PROCESS_H
#define HOST_PROCESS_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct host_process {
	pid_t pid;
	int sock;
};

int host_process_start(struct host_process *p);
void host_process_stop(struct host_process *p); /* its locks go with it */

/* The file it is to lock from now on; those on another are gone. */
void host_process_open(struct host_process *p, const char *path);

/* type is F_RDLCK, F_WRLCK or F_UNLCK; len 0: to the end.  0 or -errno. */
int host_process_lock(
    struct host_process *p, bool ofd, short type, int64_t start, int64_t len);

/*
 * What others hold at each byte from start on, as a type of lock, asked for by
 * F_GETLK.  It does not see its own POSIX locks.
 */
void host_process_look(
    struct host_process *p, int64_t start, short *types, size_t n);

#endif
