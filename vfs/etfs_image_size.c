/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_image_size.c -- which bytes of a host file a mount is of.
 *
 * They are settled once: a file that grows later shows no more of itself, and
 * one that shrinks ends early where it is read.
 */

#include <errno.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "etfs_image.h"

#define SECTOR 512 /* of a file that has none of its own */

static ssize_t
read_host(void *ctx, void *buf, size_t len, uint64_t off)
{
	const int *fd = ctx;
	ssize_t n;

	if (off > INT64_MAX)
		return -EINVAL;
	do {
		n = pread(*fd, buf, len, (off_t)off);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int
measure_device(int fd, struct etfs_part_source *src)
{
	int sector;

	if (ioctl(fd, BLKGETSIZE64, &src->size) != 0 ||
	    ioctl(fd, BLKSSZGET, &sector) != 0)
		return -errno;
	src->sector = (uint32_t)sector;
	return 0;
}

static int
measure(int fd, struct etfs_part_source *src)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (S_ISBLK(st.st_mode))
		return measure_device(fd, src);
	src->size = (uint64_t)st.st_size;
	src->sector = SECTOR;
	return 0;
}

/* As cfg says, which may be anything. */
static int
cut_out(const struct etfs_config *cfg, uint64_t size, struct etfs_part *out,
    struct etfs_why *why)
{
	out->offset = cfg->has_offset ? cfg->offset : 0;
	if (out->offset >= size && out->offset > 0)
		return etfs_because(why, -EINVAL,
		    "there is nothing at offset %llu, it ends at %llu",
		    (unsigned long long)out->offset, (unsigned long long)size);
	out->size = cfg->has_size ? cfg->size : size - out->offset;
	return 0;
}

static int
check(const struct etfs_part *window, uint64_t size, struct etfs_why *why)
{
	uint64_t end;

	if (window->size == 0)
		return etfs_because(why, -EINVAL, "there is nothing in it");
	if (!__builtin_add_overflow(window->offset, window->size, &end) &&
	    end <= size)
		return 0;
	return etfs_because(why, -EINVAL,
	    "%llu bytes at offset %llu lead beyond its end at %llu",
	    (unsigned long long)window->size,
	    (unsigned long long)window->offset, (unsigned long long)size);
}

int
etfs_image_size(const struct etfs_config *cfg, int fd, struct etfs_part *out,
    struct etfs_why *why)
{
	struct etfs_part_source src = { .read = read_host, .ctx = &fd };
	int rc;

	if ((rc = measure(fd, &src)) != 0)
		return rc;
	if (cfg->partition != NULL)
		rc = etfs_part_find(&src, cfg->partition, out, why);
	else
		rc = cut_out(cfg, src.size, out, why);
	return rc == 0 ? check(out, src.size, why) : rc;
}
