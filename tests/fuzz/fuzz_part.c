/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_part.c -- tables of partitions against whatever bytes there are.
 *
 * An input is a disk of 1 MiB: a byte that picks one with a sound table, a byte
 * of flags, and what is different, in pieces of PIECE bytes: a sector's number,
 * an offset in it, and what is added to the bytes there.  Checksums are put
 * right in the end if the flags say so, or hardly any input would get past them.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etfs_part.h"

#define SIZE (1024 * 1024)
#define SECTOR 512
#define SECTORS (SIZE / SECTOR)
#define PIECE 12 /* bytes */
#define READS_MAX 1100 /* four chains, each given up after 256 links */
#define READ_MIN 100 /* bytes that a slow read gives */

#define MEND 1
#define CUT_OFF 2
#define READ_SLOWLY 4

#define SLICE 64 /* where a label may be, too; sectors */
#define LARGE 4096 /* bytes in large sectors */

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(stderr, "not true: %s\n", #cond);              \
			abort();                                               \
		}                                                              \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct disk {
	struct etfs_part_source src;
	uint8_t bytes[SIZE];
	size_t most; /* bytes that a read gives */
	unsigned int reads;
};

static ssize_t
disk_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct disk *d = ctx;

	MUST(off <= d->src.size && len <= d->src.size - off);
	MUST(++d->reads <= READS_MAX || d->most == READ_MIN);
	len = len < d->most ? len : d->most;
	memcpy(buf, d->bytes + off, len);
	return (ssize_t)len;
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static void
put32(uint8_t *p, uint32_t n)
{
	size_t i;

	for (i = 0; i < 4; i++)
		p[i] = (uint8_t)(n >> 8 * i);
}

static uint32_t
crc(const uint8_t *p, size_t len)
{
	uint32_t r = UINT32_MAX;
	size_t i;

	for (i = 0; i < len * 8; i++) {
		r ^= (uint32_t)(p[i / 8] >> i % 8) & 1;
		r = (r & 1) != 0 ? r >> 1 ^ 0xedb88320 : r >> 1;
	}
	return ~r;
}

/*
 * The sound tables, and how they are put right.
 */

static void
make_slot(uint8_t *sector, size_t i, uint8_t type, uint32_t first, uint32_t n)
{
	uint8_t *p = sector + 446 + i * 16;

	p[4] = type;
	put32(p + 8, first);
	put32(p + 12, n);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

static void
make_mbr(uint8_t *disk)
{
	make_slot(disk, 0, 0x83, 10, 10);
	make_slot(disk, 1, 0x05, 100, 1000);
	make_slot(disk, 2, 0x0f, 1200, 100);
	make_slot(disk + 100 * SECTOR, 0, 0x83, 1, 50);
	make_slot(disk + 100 * SECTOR, 1, 0x05, 200, 300);
	make_slot(disk + 300 * SECTOR, 0, 0x83, 1, 50);
	make_slot(disk + 1200 * SECTOR, 0, 0x83, 1, 50);
}

static void
mend_copy(uint8_t *disk, uint8_t *header, uint32_t sector)
{
	uint64_t at = (uint64_t)le32(header + 72) * sector;
	uint64_t len = (uint64_t)le32(header + 80) * le32(header + 84);

	if (at <= SIZE && len <= 65536 && len <= SIZE - at)
		put32(header + 88, crc(disk + at, (size_t)len));
	put32(header + 16, 0);
	if (le32(header + 12) <= SECTOR)
		put32(header + 16, crc(header, le32(header + 12)));
}

static void
mend_gpt(uint8_t *disk)
{
	mend_copy(disk, disk + SECTOR, SECTOR);
	mend_copy(disk, disk + SIZE - SECTOR, SECTOR);
}

static void
mend_gpt_large(uint8_t *disk)
{
	mend_copy(disk, disk + LARGE, LARGE);
	mend_copy(disk, disk + SIZE - LARGE, LARGE);
}

static void
make_copy(uint8_t *disk, uint32_t sector, uint32_t lba, uint32_t array)
{
	uint32_t sectors = SIZE / sector;
	uint8_t *header = disk + lba * sector, *p = disk + array * sector;
	uint32_t i;

	memcpy(header, "EFI PART", 8);
	put32(header + 12, 92);
	put32(header + 24, lba);
	put32(header + 40, 6);
	put32(header + 48, sectors - 7);
	put32(header + 72, array);
	put32(header + 80, 4);
	put32(header + 84, 128);
	for (i = 0; i < 3; i++, p += 128) {
		p[0] = 1;
		put32(p + 32, 10 + i * 10);
		put32(p + 40, 19 + i * 10);
	}
}

static void
make_gpt(uint8_t *disk)
{
	make_slot(disk, 0, 0xee, 1, SECTORS - 1);
	make_copy(disk, SECTOR, 1, 2);
	make_copy(disk, SECTOR, SECTORS - 1, SECTORS - 2);
	mend_gpt(disk);
}

static void
make_gpt_large(uint8_t *disk)
{
	make_copy(disk, LARGE, 1, 2);
	make_copy(disk, LARGE, SIZE / LARGE - 1, SIZE / LARGE - 2);
	mend_gpt_large(disk);
}

/* Only the low byte of the number of partitions counts. */
static void
mend_at(uint8_t *p)
{
	size_t n = p[p[0] == 0x82 ? 139 : 138], i;
	uint8_t even = 0, odd = 0;

	p[136] = p[137] = 0;
	for (i = 0; i < 148 + n * 16; i += 2) {
		even ^= p[i];
		odd ^= p[i + 1];
	}
	p[136] = even;
	p[137] = odd;
}

static void
mend_labels(uint8_t *disk)
{
	mend_at(disk + SECTOR);
	mend_at(disk + (SLICE + 1) * SECTOR);
}

static void
make_label(uint8_t *p, uint32_t start)
{
	uint32_t i;

	put32(p, 0x82564557);
	put32(p + 132, 0x82564557);
	put32(p + 40, SECTOR);
	p[138] = 8;
	for (i = 0; i < 4; i++) {
		put32(p + 148 + i * 16, i == 2 ? 1000 : 50);
		put32(p + 148 + i * 16 + 4, start + (i == 2 ? 0 : i * 60));
		p[148 + i * 16 + 12] = 7;
	}
}

static void
make_labels(uint8_t *disk)
{
	make_slot(disk, 1, 0xa5, SLICE, 1500);
	make_label(disk + (SLICE + 1) * SECTOR, 0);
	make_label(disk + SECTOR, SLICE);
	mend_labels(disk);
}

static const struct kind {
	void (*make)(uint8_t *disk);
	void (*mend)(uint8_t *disk); /* or NULL */
} kinds[] = {
	{ make_mbr, NULL },
	{ make_gpt, mend_gpt },
	{ make_gpt_large, mend_gpt_large },
	{ make_labels, mend_labels },
};

static void
disk_init(struct disk *d, const uint8_t *data, size_t size)
{
	const struct kind *k =
	    &kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))];
	uint8_t flags = data[1];
	size_t i, at;

	d->src = (struct etfs_part_source){ disk_read, d, SIZE, SECTOR };
	d->most = (flags & READ_SLOWLY) != 0 ? READ_MIN : SIZE;
	memset(d->bytes, 0, SIZE);
	k->make(d->bytes);
	for (data += 2, size -= 2; size >= PIECE;
	     data += PIECE, size -= PIECE) {
		at = (data[0] | (size_t)data[1] << 8) * SECTOR +
		    (data[2] | (size_t)data[3] << 8) % SECTOR;
		for (i = 4; i < PIECE; i++)
			d->bytes[(at + i - 4) % SIZE] += data[i];
	}
	if ((flags & MEND) != 0 && k->mend != NULL)
		k->mend(d->bytes);
	if ((flags & CUT_OFF) != 0)
		d->src.size = (size_t)flags * (SIZE / 256) + flags;
}

static void
check(struct disk *d, const char *spec)
{
	struct etfs_part part = { 0, 0 };
	struct etfs_why why;
	int rc;

	d->reads = 0;
	rc = etfs_part_find(&d->src, spec, &part, &why);
	MUST(rc == 0 || rc == -EINVAL);
	MUST((rc == 0) == (why.text[0] == '\0'));
	if (rc != 0)
		return;
	MUST(part.size > 0 && part.offset < d->src.size);
	MUST(part.size <= d->src.size - part.offset);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const specs[] = { "PART:1", "PART:2", "PART:5",
		"PART:6", "DISKLABEL:a", "DISKLABEL:c", "DISKLABEL:d" };
	static struct disk d;
	size_t i;

	if (size < 2)
		return 0;
	disk_init(&d, data, size);
	for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		check(&d, specs[i]);
	return 0;
}
