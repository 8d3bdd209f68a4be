/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rx.h -- requests on their way in from a stream connection.
 *
 * Bytes are received into a buffer in which frames are handled where they lie;
 * a request that is pending keeps the buffer that its frame is in.  Without
 * bytes to handle there is none.  One thread.
 */

#ifndef RX_H
#define RX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"

struct rx {
	struct pool *pool;
	struct buf *buf; /* bytes start .. end are not yet handled; or NULL */
	size_t start, end;
	size_t cap; /* what the next buffer should take */
	uint64_t total; /* bytes of frames, ever */
	size_t kept; /* bytes of all buffers that frames of it lie in */
	bool drained; /* the last read took all there was */
};

void rx_init(struct rx *rx, struct pool *pool);
void rx_fini(struct rx *rx);

/*
 * Receive what there is, unless rx->drained; is_socket says how.  1 if bytes
 * came, 0 if there are none now, -EPIPE at the end, or another -errno.
 */
int rx_fill(struct rx *rx, int fd, bool is_socket, uint32_t msize);

/* How many bytes are there to handle, of whole frames or not? */
size_t rx_unhandled(const struct rx *rx);

/*
 * Take the next frame: *len bytes at *p in rx->buf.  1, 0 if it is not all
 * here, or -EPROTO if *len, which it claims to have, cannot be.
 */
int rx_take(struct rx *rx, uint32_t msize, uint8_t **p, size_t *len);

/*
 * Give the buffer back if nothing is in it.  While pending requests lie in it
 * it is filled further, or each of them would come to have one of its own.
 */
void rx_rest(struct rx *rx);

#endif
