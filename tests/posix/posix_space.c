/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_space.c -- what a file takes: st_blocks, posix_fallocate(3),
 * fallocate(2).
 */

#include <linux/falloc.h>

#include "file.h"

#define MIB ((off_t)1 << 20)

/* What one has written is where the system can count it. */
static int64_t
blocks_of(int fd)
{
	ok(fsync(fd));
	return fstat_of(fd).st_blocks;
}

static void
written_bytes_take_blocks(void **state)
{
	static char buf[1 << 20];
	int fd = put_open("f", "");

	(void)state;
	gives(0, blocks_of(fd));
	memset(buf, 'x', sizeof(buf));
	gives(MIB, write(fd, buf, MIB));
	yes(blocks_of(fd) >= MIB / 512);
	yes(fstat_of(fd).st_blocks < 2 * MIB / 512);
	ok(ftruncate(fd, 0));
	gives(0, blocks_of(fd));
	yes(fstat_of(fd).st_blksize > 0);
	ok(close(fd));
}

static void
holes_take_no_blocks(void **state)
{
	int fd = put_open("f", "begin");

	(void)state;
	ok(ftruncate(fd, 64 * MIB));
	yes(blocks_of(fd) < MIB / 512);
	gives(3, pwrite(fd, "end", 3, 64 * MIB - 3));
	yes(blocks_of(fd) < MIB / 512);
	gives(64 * MIB, fstat_of(fd).st_size);
	yes(is_all(fd, 32 * MIB, 65536, '\0'));
	/* To read them is not to fill them. */
	yes(blocks_of(fd) < MIB / 512);
	ok(close(fd));
}

static void
room_can_be_reserved(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	gives(0, posix_fallocate(fd, 0, MIB));
	gives(MIB, fstat_of(fd).st_size);
	text("text", text_at(fd, 0, 4));
	yes(is_all(fd, 4, MIB - 4, '\0'));
	yes(blocks_of(fd) >= MIB / 512);
	gives(0, posix_fallocate(fd, 0, 10));
	gives(0, posix_fallocate(fd, MIB / 2, 1));
	gives(MIB, fstat_of(fd).st_size);
	gives(0, posix_fallocate(fd, MIB + 100, 100));
	gives(MIB + 200, fstat_of(fd).st_size);
	text("text", text_at(fd, 0, 4));
	gives(0, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
}

static void
reserving_checks_its_arguments(void **state)
{
	int fd = put_open("f", "text"), other;

	(void)state;
	gives(EINVAL, posix_fallocate(fd, 0, 0));
	gives(EINVAL, posix_fallocate(fd, -1, 10));
	gives(EINVAL, posix_fallocate(fd, 0, -1));
	gives(EFBIG, posix_fallocate(fd, INT64_MAX, 10));
	other = opens(open("f", O_RDONLY));
	gives(EBADF, posix_fallocate(other, 0, 10));
	ok(close(other));
	gives(EBADF, posix_fallocate(1000, 0, 10));
	ok(mkfifo("p", 0644));
	other = opens(open("p", O_RDWR));
	gives(ESPIPE, posix_fallocate(other, 0, 10));
	ok(close(other));
	text("text", contents("f"));
	ok(close(fd));
}

static void
fallocate_makes_a_file_longer(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	ok(fallocate(fd, 0, 0, MIB));
	gives(MIB, fstat_of(fd).st_size);
	text("text", text_at(fd, 0, 4));
	yes(is_all(fd, 4, MIB - 4, '\0'));
	yes(blocks_of(fd) >= MIB / 512);
	fails(EINVAL, fallocate(fd, 0, 0, 0));
	fails(EINVAL, fallocate(fd, 0, -1, 10));
	ok(close(fd));
	fails(EBADF, fallocate(fd, 0, 0, 10));
}

static void
fallocate_may_keep_the_size(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	ok(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, MIB));
	gives(4, fstat_of(fd).st_size);
	yes(blocks_of(fd) >= MIB / 512);
	text("text", contents("f"));
	ok(close(fd));
}

static void
fallocate_punches_holes(void **state)
{
	static char buf[1 << 20];
	int fd = put_open("f", "");

	(void)state;
	memset(buf, 'x', sizeof(buf));
	gives(MIB, write(fd, buf, MIB));
	ok(fallocate(
	    fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, MIB - 200));
	gives(MIB, fstat_of(fd).st_size);
	yes(is_all(fd, 0, 100, 'x'));
	yes(is_all(fd, 100, MIB - 200, '\0'));
	yes(is_all(fd, MIB - 100, 100, 'x'));
	yes(blocks_of(fd) < MIB / 512 / 2);
	fails(EOPNOTSUPP, fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
	ok(close(fd));
}

const struct CMUnitTest posix_space[] = {
	cmocka_unit_test(written_bytes_take_blocks),
	cmocka_unit_test(holes_take_no_blocks),
	cmocka_unit_test(room_can_be_reserved),
	cmocka_unit_test(reserving_checks_its_arguments),
	cmocka_unit_test(fallocate_makes_a_file_longer),
	cmocka_unit_test(fallocate_may_keep_the_size),
	cmocka_unit_test(fallocate_punches_holes),
	{ 0 },
};
