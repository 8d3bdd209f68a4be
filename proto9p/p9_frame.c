/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_frame.c -- where one frame of a stream ends and the next begins.
 *
 * Nothing is kept here: whoever has the bytes asks again when there are more.
 */

#include "p9_wire.h"

int64_t
p9_frame_size(const uint8_t *buf, size_t len, uint32_t msize)
{
	uint32_t size;

	if (len < sizeof(size))
		return 0;
	size = le32(buf);
	if (size < P9_HDRSZ || size > msize)
		return -EPROTO;
	return size;
}
