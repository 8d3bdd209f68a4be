/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_image_part.c -- a partition is asked for where it should be, and
 * what is answered is looked at.
 *
 * Here partitions are found by a function of our own, in place of the one in
 * etfs_part.c, so that it can say anything.
 */

#include "etfs_part.h"
#include "image_fixture.h"
#include "vfs_fs.h"

static struct {
	int calls;
	char spec[32];
	uint64_t size;
	uint32_t sector;
	char seen[16];
	ssize_t at_end, beyond;

	struct etfs_part found;
	int rc;
} asked;

int
etfs_part_find(const struct etfs_part_source *src, const char *spec,
    struct etfs_part *out, struct etfs_why *why)
{
	asked.calls++;
	strncpy(asked.spec, spec, sizeof(asked.spec) - 1);
	asked.size = src->size;
	asked.sector = src->sector;
	assert_int_equal(src->read(src->ctx, asked.seen, 6, 7), 6);
	asked.at_end = src->read(src->ctx, asked.seen + 8, 8, src->size - 2);
	asked.beyond = src->read(src->ctx, asked.seen + 8, 8, UINT64_MAX);
	*out = asked.found;
	if (asked.rc != 0)
		strcpy(why->text, "the label is torn");
	return asked.rc;
}

static void
answer(uint64_t offset, uint64_t size, int rc)
{
	memset(&asked, 0, sizeof(asked));
	asked.found = (struct etfs_part){ offset, size };
	asked.rc = rc;
}

static void
a_partition_is_a_locked_window(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "before|inside|after");
	answer(7, 6, 0);
	vn = image_at(fx, "/f", "f", CFG(.partition = "PART:2"));
	assert_int_equal(asked.calls, 1);
	assert_string_equal(asked.spec, "PART:2");
	assert_int_equal(asked.size, 19);
	assert_int_equal(asked.sector, 512);
	assert_memory_equal(asked.seen, "inside", 6);
	assert_int_equal(asked.at_end, 2);
	assert_int_equal(asked.beyond, -EINVAL);
	assert_int_equal(image_attr(fx, vn).size, 6);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "INSIDE|", 7), 6);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_true(image_peek(fx, "f", 0, "before|INSIDE|after"));
	answer(0, 8, 0);
	image_refuse(fx, "f", CFG(.type = ETFS_BLK, .partition = "PART:1"),
	    -EBUSY, "overlaps");
	vnode_put(vn);
}

static void
what_was_found_may_not_be_there(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = CFG(.partition = "PART:2");
	struct vfs_fs *fs;

	host_file(fx, "f", "before|inside|after");
	answer(0, 0, -EINVAL);
	image_refuse(fx, "f", cfg, -EINVAL, "the label is torn");
	answer(0, 0, -EIO);
	image_refuse(fx, "f", cfg, -EIO, NULL);
	answer(7, 0, 0);
	image_refuse(fx, "f", cfg, -EINVAL, "nothing in it");
	answer(7, 13, 0);
	image_refuse(fx, "f", cfg, -EINVAL, "beyond its end");
	answer(UINT64_MAX, 2, 0);
	image_refuse(fx, "f", cfg, -EINVAL, "beyond its end");
	answer(7, 12, 0);
	assert_int_equal(image_new(fx, "f", cfg, &fs), 0);
	vfs_fs_free(fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(a_partition_is_a_locked_window),
		IMAGE_ON_BOTH(what_was_found_may_not_be_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
