/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_config_share.c -- what of the host the command line shows: DIR,
 * --export, and a share's parameters.
 */

#include "cmdline.h"

static void
check_share(const char *line, const char *key, const struct etfs_config *want)
{
	struct config cfg;
	const struct etfs_config *got;

	parse(line, &cfg);
	assert_int_equal(cfg.nshares, 1);
	got = &cfg.shares[0].etfs;
	assert_string_equal(cfg.shares[0].key, key);
	assert_string_equal(got->path, want->path);
	assert_int_equal(got->partition != NULL, want->partition != NULL);
	if (want->partition != NULL)
		assert_string_equal(got->partition, want->partition);
	assert_int_equal(got->type, want->type);
	assert_int_equal(got->readonly, want->readonly);
	assert_int_equal(got->has_offset, want->has_offset);
	assert_int_equal(got->has_size, want->has_size);
	assert_int_equal(got->offset, want->offset);
	assert_int_equal(got->size, want->size);
	assert_int_equal(got->identity, want->identity);
	assert_int_equal(got->squash_uid, want->squash_uid);
	assert_int_equal(got->squash_gid, want->squash_gid);
	assert_int_equal(got->no_fsync, want->no_fsync);
	assert_int_equal(got->no_xdev, want->no_xdev);
	config_fini(&cfg);
}

#define SHARE(...) (&(struct etfs_config){ .path = __VA_ARGS__ })

static void
host_directories_are_read(void **state)
{
	struct config cfg;

	(void)state;
	check_share("/srv", "/", SHARE("/srv", .type = ETFS_TREE));
	check_share("-- -r", "/", SHARE("-r", .type = ETFS_TREE));
	check_share("/a%b,c", "/", SHARE("/a%b,c", .type = ETFS_TREE));
	check_share("-e /=.", "/", SHARE("."));
	check_share("-e ///=.", "/", SHARE("."));
	check_share("-e /src=.,ro", "/src", SHARE(".", .readonly = true));
	check_share("--export=/a/b=/srv", "/a/b", SHARE("/srv"));
	check_share("-e /a\\=b=/c=d", "/a=b", SHARE("/c=d"));
	check_share(
	    "-e /a,b=/c\\,ro,ro", "/a,b", SHARE("/c,ro", .readonly = true));
	check_share("-e /a\\\\=/c\\\\", "/a\\", SHARE("/c\\"));
	check_share("-e /a_b=/c_d", "/a b", SHARE("/c d"));
	check_share("-e /a=100\\%", "/a", SHARE("100%"));
	parse("-e /a=1 /srv -e /b=2,ro", &cfg);
	assert_int_equal(cfg.nshares, 3);
	assert_string_equal(cfg.shares[1].key, "/b");
	assert_string_equal(cfg.shares[2].etfs.path, "/srv");
	config_fini(&cfg);
}

static void
parameters_of_shares_are_read(void **state)
{
	struct config cfg;

	(void)state;
	check_share("-e /a=f,reg,offset=1M,size=64M", "/a",
	    SHARE("f", .type = ETFS_REG, .has_offset = true, .offset = 1 << 20,
		.has_size = true, .size = 64 << 20));
	check_share("-e /a=f,offset=0,size=1", "/a",
	    SHARE("f", .has_offset = true, .has_size = true, .size = 1));
	check_share("-e /a=f%PART:2%,blk,ro", "/a",
	    SHARE("f", .partition = "PART:2", .type = ETFS_BLK,
		.readonly = true));
	check_share("-e /a=f%OFFSET:512,1024%", "/a",
	    SHARE("f", .partition = "OFFSET:512,1024"));
	check_share("-e /a=1\\%2%DISKLABEL:a%", "/a",
	    SHARE("1%2", .partition = "DISKLABEL:a"));
	check_share("-e /a=/dev/ttyS0,chr", "/a",
	    SHARE("/dev/ttyS0", .type = ETFS_CHR));
	check_share("-e /a=d,fsync=off", "/a", SHARE("d", .no_fsync = true));
	check_share("-e /a=d,dir,xdev=off", "/a",
	    SHARE("d", .type = ETFS_DIR, .no_xdev = true));
	check_share("-e /a=d,tree,identity=squash:1000:100", "/a",
	    SHARE("d", .type = ETFS_TREE, .identity = ETFS_SQUASH,
		.squash_uid = 1000, .squash_gid = 100));
	check_share("-e /a=d,identity=mapped", "/a",
	    SHARE("d", .identity = ETFS_MAPPED));
	parse("-e /a=d,identity=self -e /b=d,identity=client -e /c=d", &cfg);
	assert_true(cfg.shares[0].identity_given);
	assert_int_equal(cfg.shares[0].etfs.identity, ETFS_SELF);
	assert_true(cfg.shares[1].identity_given);
	assert_int_equal(cfg.shares[1].etfs.identity, ETFS_CLIENT);
	assert_false(cfg.shares[2].identity_given);
	config_fini(&cfg);
}

static void
unusable_shares_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "a b", "not b as well" },
		{ "%", "DIR is empty" },
		{ "/a -e /=/b", "/ is given twice" },
		{ "/a -e //=/b", "/ is given twice" },
		{ "-e /a=1 -e /a=2", "/a is given twice" },
		{ "-e %", "it has to be /KEY=PATH" },
		{ "-e /a", "it has to be /KEY=PATH" },
		{ "-e /a=", "it has to be /KEY=PATH" },
		{ "-e =b", "it has to be /KEY=PATH" },
		{ "-e a=b", "it has to be /KEY=PATH" },
		{ "-e /a=b\\", "it has to be /KEY=PATH" },
		{ "-e /a=b,rw", "parameters are reg, blk" },
		{ "-e /a=b,", "parameters are reg, blk" },
		{ "-e /a=b,ro,\\", "a backslash ends it" },
		{ "-e /a=b,reg,blk", "of one type only" },
		{ "-e /a=b,offset=", "offset= takes" },
		{ "-e /a=b,offset=-1", "offset= takes" },
		{ "-e /a=b,offset=8388608T", "offset= takes" },
		{ "-e /a=b,size=0", "size= takes" },
		{ "-e /a=b,size=1X", "size= takes" },
		{ "-e /a=b,identity=me", "identity= is" },
		{ "-e /a=b,identity=squash:1", "identity= is" },
		{ "-e /a=b,identity=squash:1:4294967295", "identity= is" },
		{ "-e /a=b,fsync=on", "fsync= is off" },
		{ "-e /a=b,xdev=on", "xdev= is off" },
		{ "-e /a=%PART:2%", "it has to be /KEY=PATH" },
		{ "-e /a=b%PART:2", "a partition is named" },
		{ "-e /a=b%PART:2%ro", "a partition is named" },
		{ "-e /a=b%PART:2%,size=1", "a partition has its own" },
	};

	(void)state;
	REFUSED(lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_directories_are_read),
		cmocka_unit_test(parameters_of_shares_are_read),
		cmocka_unit_test(unusable_shares_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
