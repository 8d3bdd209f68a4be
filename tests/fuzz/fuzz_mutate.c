/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_mutate.c -- how libFuzzer makes a new conversation from an old one: by
 * whole frames, so that it does not lose itself in broken sizes.
 */

#include <string.h>

#include "fuzz_talk.h"

#define MOST_FRAMES 1000
#define ROOM 8192

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max, unsigned int seed);

/* An input, and where its frames begin; the last is where it ends. */
struct input {
	uint8_t *data;
	size_t size, max;
	size_t at[MOST_FRAMES + 1];
	uint32_t n;
};

static void
cut(struct input *in)
{
	size_t off = 0;
	int64_t len;

	for (in->n = 0; in->n < MOST_FRAMES; in->n++) {
		len = p9_frame_size(in->data + off, in->size - off, ROOM);
		if (len <= 0 || (size_t)len > in->size - off)
			break;
		in->at[in->n] = off;
		off += (size_t)len;
	}
	in->at[in->n] = off;
}

/* Put len bytes in place of those from begin to end, if they fit. */
static void
splice(struct input *in, size_t begin, size_t end, const uint8_t *p, size_t len)
{
	if (in->size - (end - begin) + len > in->max)
		return;
	memmove(in->data + begin + len, in->data + end, in->size - end);
	if (len > 0)
		memcpy(in->data + begin, p, len);
	in->size = in->size - (end - begin) + len;
}

/* Any bytes behind the size, which is put right. */
static void
change_frame(struct input *in, uint32_t i)
{
	uint8_t frame[ROOM];
	size_t len = in->at[i + 1] - in->at[i];

	memcpy(frame, in->data + in->at[i], len);
	len = 4 + LLVMFuzzerMutate(frame + 4, len - 4, sizeof(frame) - 4);
	if (len < P9_HDRSZ)
		return;
	frame[0] = (uint8_t)len;
	frame[1] = (uint8_t)(len >> 8);
	splice(in, in->at[i], in->at[i + 1], frame, len);
}

static void
insert_frame(struct input *in, uint32_t i, struct talk *talk)
{
	uint8_t frame[ROOM];
	size_t len = talk_frame(talk, frame, sizeof(frame));

	splice(in, in->at[i], in->at[i], frame, len);
}

static void
copy_frame(struct input *in, uint32_t i, uint32_t to)
{
	uint8_t frame[ROOM];
	size_t len = in->at[i + 1] - in->at[i];

	memcpy(frame, in->data + in->at[i], len);
	splice(in, in->at[to], in->at[to], frame, len);
}

static void
mutate(struct input *in, struct talk *talk)
{
	uint32_t i = talk_below(talk, in->n), j = talk_below(talk, in->n);

	switch (talk_below(talk, 10)) {
	case 0:
		in->size = LLVMFuzzerMutate(in->data, in->size, in->max);
		break;
	case 1:
	case 2:
	case 3:
		change_frame(in, i);
		break;
	case 4:
		splice(in, in->at[i], in->at[i + 1], NULL, 0);
		break;
	case 5:
		copy_frame(in, i, j);
		break;
	default:
		insert_frame(in, i + 1, talk);
		break;
	}
}

size_t
LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct talk talk = { (seed + 1ULL) * 0x9e3779b97f4a7c15ULL };
	struct input in = { .data = data, .size = size, .max = max };

	cut(&in);
	if (in.n == 0) {
		if (max < 100)
			return LLVMFuzzerMutate(data, size, max);
		return talk_hello(&talk, data, max);
	}
	mutate(&in, &talk);
	return in.size;
}
