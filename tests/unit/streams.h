/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * streams.h -- FIFOs and terminals to mount, and readers that wait.
 */

#ifndef STREAMS_H
#define STREAMS_H

#include <poll.h>

#include "etfs.h"
#include "fixture.h"

/*
 * fixture_setup(), with a memfs at "/".  A FIFO of mode 0600, "fifo" in fx->dir,
 * is mounted at /s with ETFS_SELF by the second.
 */
int stream_setup(void **state);
int fifo_setup(void **state);

/* The host path of the FIFO, good until the next call. */
const char *fifo_path(const struct fixture *fx);

/* Mount path at key, as cfg says but for the path; what is there then. */
struct vnode *mount_stream(struct fixture *fx, const char *key,
    const char *path, const struct etfs_config *cfg);

/* Open what is mounted at key. */
void open_stream(
    struct fixture *fx, const char *key, int flags, struct vfile *file);

/* A pseudo-terminal that changes nothing on the way. */
struct pty {
	int master;
	char slave[64];
};
void pty_open(struct pty *pty);
void pty_close(struct pty *pty); /* hangs up the slave */

/* All of text, to a descriptor of the host's. */
void put(int fd, const char *text);
/* What there is, of at most 63 bytes, is this; waits for it. */
void expect_text(int fd, const char *text);

/*
 * Reads once, at most size bytes or what fits, and waits for that as long as it
 * takes.
 */
struct reader {
	struct vop op;
	struct vfile *file;
	struct iovec iov;
	char buf[64];
	size_t len;
	bool polling;
	bool ended;
	int rc;
};

void reader_start(struct reader *r, const struct who *who, struct vfile *file);
void reader_start_size(
    struct reader *r, const struct who *who, struct vfile *file, size_t size);

/* Let happen what can happen now. */
void let_happen(const struct who *who);
/* Run the loop until it has ended; returns how much it has read, or -errno. */
ssize_t reader_wait(struct reader *r);
/* Hurry it: it ends with -ECANCELED. */
void reader_cancel(struct reader *r);

#endif
