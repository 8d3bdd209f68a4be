/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * partimage.h -- disk images for the tests of partitions.
 *
 * An image is in memory, where a test can spoil it: made of nothing, or by the
 * tools of the host, and what those say of it can be listed.
 */

#ifndef PARTIMAGE_H
#define PARTIMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>

#include "etfs_part.h"

#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define NOWHERE UINT64_MAX

/*
 * src.size and src.sector may be changed.  Behind len there are zeros.  A read
 * beyond src.size fails the test.
 */
struct image {
	struct etfs_part_source src;
	uint8_t *bytes;
	size_t len;
	char path[64]; /* of the file it was made in, gone by now */
	uint64_t bad; /* a byte that cannot be read, or NOWHERE */
	size_t most; /* bytes that a read gives at a time */
	unsigned int reads; /* so far */
};

/* size bytes of nothing. */
void image_make(struct image *im, size_t size);

/*
 * What command makes of a file of size bytes that is all hole.  In command, $F
 * is its path.
 */
void image_made_by(struct image *im, size_t size, const char *command);
void image_free(struct image *im);

/* A partition, as somebody lists it. */
struct listed {
	unsigned int number;
	uint64_t offset, size; /* bytes */
};

/*
 * What a command prints of the image as it is now, in a file $F: lines that
 * begin with $F and the partition's number, and have the start and the number
 * of sectors as their first two other numbers.  How many there are.
 */
size_t image_list(const struct image *im, const char *command, uint32_t sector,
    struct listed *out, size_t max);

/* What parted prints, in bytes. */
size_t image_parted(const struct image *im, struct listed *out, size_t max);

/*
 * We have to find PART:1 to PART:max just where the list has them, and none
 * that it does not have; extended (0: none) is to be refused as what it is.
 */
void check_listed(struct image *im, const struct listed *list, size_t n,
    unsigned int extended, unsigned int max);

/* spec is there. */
void check_found(
    struct image *im, const char *spec, uint64_t offset, uint64_t size);

/* It is not, and the reason has words in it. */
void check_refused(struct image *im, const char *spec, const char *words);
void check_error(struct image *im, const char *spec, int rc, const char *words);

/* Numbers on disk. */
void put16(uint8_t *p, uint16_t n);
void put32(uint8_t *p, uint32_t n);
void put64(uint8_t *p, uint64_t n);
uint32_t get32(const uint8_t *p);
uint64_t get64(const uint8_t *p);

/* An MBR in the sector at p; and one of its four slots, from 1. */
void mbr_make(uint8_t *p);
void mbr_slot(
    uint8_t *p, unsigned int n, uint8_t type, uint32_t first, uint32_t count);

/*
 * A GPT's header, at p, that begins to be true again: checksums of the array,
 * if it is in the image, and of the header are made anew.
 */
void gpt_sum(struct image *im, uint8_t *header, uint32_t sector);

/* A disklabel with n empty partitions; label_sum() ends what is done to it. */
struct label_at {
	uint8_t *p;
	bool big; /* endian */
};

void label_make(const struct label_at *l, uint32_t sector, uint16_t n);
void label_part(const struct label_at *l, char letter, uint8_t type,
    uint32_t offset, uint32_t size);
void label_put16(const struct label_at *l, size_t off, uint16_t n);
void label_put32(const struct label_at *l, size_t off, uint32_t n);
void label_sum(const struct label_at *l);

#endif
