/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_access_set.c -- who may set mode, owner, group, size and times; and
 * what becomes of set-id bits then, and when a file is written.
 */

#include "people.h"
#include "vfs_fs.h"

/* By the mode alone, through a file that is open with flags. */
static int
set_through(int flags, const struct vcred *cred, const struct vattr *attr,
    struct vsetattr *sa)
{
	const struct vfile file = { .flags = flags };

	return vaccess_setattr(
	    cred, attr, &file, vaccess(cred, attr, W_OK), sa);
}

static int
set(const struct vcred *cred, const struct vattr *attr, struct vsetattr *sa)
{
	int refused = vaccess(cred, attr, W_OK);

	return vaccess_setattr(cred, attr, NULL, refused, sa);
}

static int
setattr(const struct vcred *cred, mode_t mode, struct vsetattr *sa)
{
	struct vattr attr = file_of(mode);

	return set(cred, &attr, sa);
}

static int
chmod_to(const struct vcred *cred, mode_t *mode)
{
	struct vsetattr sa = { .mask = VSET_MODE, .mode = *mode };
	int rc = setattr(cred, S_IFREG | 0644, &sa);

	assert_int_equal(sa.mask, VSET_MODE);
	*mode = sa.mode;
	return rc;
}

static void
only_the_owner_and_root_change_the_mode(void **state)
{
	struct people *p = *state;
	mode_t mode = 06755;

	assert_int_equal(chmod_to(p->member, &mode), -EPERM);
	assert_int_equal(chmod_to(p->other, &mode), -EPERM);
	assert_int_equal(chmod_to(p->owner, &mode), 0);
	assert_int_equal(mode, 06755);
	assert_int_equal(chmod_to(p->root, &mode), 0);
	assert_int_equal(mode, 06755);
}

static void
an_owner_outside_the_group_gives_no_setgid_bit(void **state)
{
	struct vcred *outsider = vcred_new(1000, 5, NULL, 0);
	mode_t mode = 06755;

	(void)state;
	assert_int_equal(chmod_to(outsider, &mode), 0);
	assert_int_equal(mode, 04755);
	vcred_put(outsider);
}

/* The group it will have counts, not the one it has. */
static void
chmod_with_chgrp_looks_at_the_new_group(void **state)
{
	struct vcred *outsider = vcred_new(1000, 5, NULL, 0);
	struct vsetattr sa = { VSET_MODE | VSET_GID, 02755, 0, 5, 0, { 0 },
		{ 0 } };

	(void)state;
	assert_int_equal(setattr(outsider, S_IFREG | 0644, &sa), 0);
	assert_int_equal(sa.mode, 02755);
	vcred_put(outsider);
}

static int
chown_to(const struct vcred *cred, uid_t uid)
{
	struct vsetattr sa = { .mask = VSET_UID, .uid = uid };

	return setattr(cred, S_IFREG | 0666, &sa);
}

static int
chgrp_to(const struct vcred *cred, gid_t gid)
{
	struct vsetattr sa = { .mask = VSET_GID, .gid = gid };

	return setattr(cred, S_IFREG | 0666, &sa);
}

static void
only_root_gives_files_away(void **state)
{
	struct people *p = *state;

	assert_int_equal(chown_to(p->root, 5), 0);
	assert_int_equal(chown_to(p->owner, 5), -EPERM);
	assert_int_equal(chown_to(p->owner, 1000), 0);
	assert_int_equal(chown_to(p->other, 1000), -EPERM);
	assert_int_equal(chown_to(p->other, 1002), -EPERM);
}

static void
an_owner_gives_files_to_his_own_groups(void **state)
{
	struct people *p = *state;
	struct vcred *outsider = vcred_new(1000, 5, NULL, 0);

	assert_int_equal(chgrp_to(p->owner, 2000), 0);
	assert_int_equal(chgrp_to(p->owner, 1000), 0);
	assert_int_equal(chgrp_to(p->owner, 1001), -EPERM);
	assert_int_equal(chgrp_to(p->root, 5), 0);
	assert_int_equal(chgrp_to(p->member, 1001), -EPERM);
	assert_int_equal(chgrp_to(p->member, 1000), -EPERM);
	assert_int_equal(chgrp_to(outsider, 1000), 0); /* it has it already */
	vcred_put(outsider);
}

/* The mode after a change of owner, or of group. */
static mode_t
mode_after(const struct vcred *cred, mode_t mode, unsigned int mask)
{
	struct vsetattr sa = { .mask = mask, .uid = 1000, .gid = 1000 };

	assert_int_equal(setattr(cred, mode, &sa), 0);
	assert_int_equal(sa.mask & ~mask & ~(unsigned int)VSET_MODE, 0);
	return sa.mask & VSET_MODE ? sa.mode : mode & 07777;
}

static void
a_new_owner_or_group_ends_set_id(void **state)
{
	struct people *p = *state;

	assert_int_equal(mode_after(p->owner, S_IFREG | 06755, VSET_UID), 0755);
	assert_int_equal(mode_after(p->owner, S_IFREG | 06755, VSET_GID), 0755);
	assert_int_equal(mode_after(p->root, S_IFREG | 06755, VSET_UID), 0755);
	assert_int_equal(mode_after(p->root, S_IFREG | 06644, VSET_GID), 02644);
	assert_int_equal(mode_after(p->root, S_IFREG | 01755, VSET_GID), 01755);
	assert_int_equal(mode_after(p->root, S_IFDIR | 06755, VSET_UID), 06755);
}

/* What need not change is not named, or it would undo a change meanwhile. */
static void
a_mode_that_stays_is_not_set(void **state)
{
	struct people *p = *state;
	struct vsetattr sa = { .mask = VSET_UID, .uid = 1000 };

	assert_int_equal(setattr(p->owner, S_IFREG | 0755, &sa), 0);
	assert_int_equal(sa.mask, VSET_UID);
}

static void
a_mode_set_with_the_owner_wins(void **state)
{
	struct people *p = *state;
	struct vsetattr sa = {
		.mask = VSET_UID | VSET_MODE, .uid = 1000, .mode = 06755
	};

	assert_int_equal(setattr(p->owner, S_IFREG | 06755, &sa), 0);
	assert_int_equal(sa.mode, 06755);
}

static void
a_new_size_needs_write_permission(void **state)
{
	struct people *p = *state;
	struct vsetattr sa = { .mask = VSET_SIZE };
	struct vattr attr = file_of(S_IFREG | 0464);

	assert_int_equal(set(p->member, &attr, &sa), 0);
	assert_int_equal(set(p->root, &attr, &sa), 0);
	assert_int_equal(set(p->owner, &attr, &sa), -EACCES);
	assert_int_equal(set(p->other, &attr, &sa), -EACCES);
	assert_int_equal(sa.mask, VSET_SIZE);
}

static void
a_file_open_for_writing_may_be_truncated(void **state)
{
	struct people *p = *state;
	struct vsetattr sa = { .mask =
				   VSET_SIZE | VSET_MTIME | VSET_MTIME_NOW };
	struct vattr attr = file_of(S_IFREG | 0400);

	assert_int_equal(set_through(O_RDWR, p->other, &attr, &sa), 0);
}

static void
truncation_ends_set_id_unless_by_root(void **state)
{
	struct people *p = *state;

	assert_int_equal(
	    mode_after(p->owner, S_IFREG | 06755, VSET_SIZE), 0755);
	assert_int_equal(
	    mode_after(p->owner, S_IFREG | 06644, VSET_SIZE), 02644);
	assert_int_equal(
	    mode_after(p->root, S_IFREG | 06755, VSET_SIZE), 06755);
}

static void
writing_ends_set_id_unless_by_root(void **state)
{
	struct people *p = *state;

	assert_int_equal(
	    vaccess_written(p->owner, S_IFREG | 06755, 1000), S_IFREG | 0755);
	assert_int_equal(
	    vaccess_written(p->owner, S_IFREG | 06766, 1000), S_IFREG | 02766);
	assert_int_equal(
	    vaccess_written(p->other, S_IFREG | 06766, 1000), S_IFREG | 0766);
	assert_int_equal(
	    vaccess_written(p->owner, S_IFREG | 0644, 1000), S_IFREG | 0644);
	assert_int_equal(
	    vaccess_written(p->root, S_IFREG | 06755, 1000), S_IFREG | 06755);
}

/* What a Linux client asks for before somebody else's write. */
static void
who_may_write_may_take_set_id_bits_away(void **state)
{
	struct people *p = *state;
	struct vsetattr sa = { .mask = VSET_MODE, .mode = 0777 };
	struct vattr attr = file_of(S_IFREG | 06777);

	assert_int_equal(set(p->other, &attr, &sa), 0);
	sa.mode = 0776; /* and something else */
	assert_int_equal(set(p->other, &attr, &sa), -EPERM);
	attr.mode = S_IFREG | 0777;
	sa.mode = 04777; /* or give one */
	assert_int_equal(set(p->other, &attr, &sa), -EPERM);
	attr.mode = S_IFREG | 06755; /* may not write */
	sa.mode = 0755;
	assert_int_equal(set(p->other, &attr, &sa), -EACCES);
	assert_int_equal(set_through(O_RDWR, p->other, &attr, &sa), 0);
}

static int
touch(const struct vcred *cred, mode_t mode, unsigned int mask)
{
	struct vsetattr sa = { .mask = mask };

	return setattr(cred, S_IFREG | mode, &sa);
}

static void
times_are_set_by_the_owner(void **state)
{
	struct people *p = *state;

	assert_int_equal(touch(p->owner, 0, VSET_ATIME | VSET_MTIME), 0);
	assert_int_equal(touch(p->root, 0, VSET_ATIME | VSET_MTIME), 0);
	assert_int_equal(touch(p->other, 0666, VSET_ATIME), -EPERM);
	assert_int_equal(touch(p->other, 0666, VSET_MTIME), -EPERM);
}

static void
times_are_set_to_now_by_who_may_write(void **state)
{
	const unsigned int now =
	    VSET_ATIME | VSET_MTIME | VSET_ATIME_NOW | VSET_MTIME_NOW;
	struct people *p = *state;

	assert_int_equal(touch(p->owner, 0, now), 0);
	assert_int_equal(touch(p->root, 0, now), 0);
	assert_int_equal(touch(p->other, 0002, now), 0);
	assert_int_equal(touch(p->other, 0775, now), -EACCES);
}

static void
one_time_now_does_not_excuse_the_other(void **state)
{
	struct people *p = *state;

	assert_int_equal(
	    touch(p->other, 0666, VSET_ATIME | VSET_MTIME | VSET_MTIME_NOW),
	    -EPERM);
	assert_int_equal(
	    touch(p->other, 0666, VSET_ATIME | VSET_MTIME | VSET_ATIME_NOW),
	    -EPERM);
}

static void
now_alone_sets_no_time(void **state)
{
	struct people *p = *state;

	assert_int_equal(touch(p->other, 0, VSET_ATIME_NOW), 0);
	assert_int_equal(touch(p->other, 0, 0), 0);
}

static void
one_part_refused_refuses_all(void **state)
{
	struct people *p = *state;

	assert_int_equal(touch(p->member, 0060, VSET_SIZE | VSET_MODE), -EPERM);
	assert_int_equal(touch(p->member, 0060, VSET_SIZE | VSET_UID), -EPERM);
	assert_int_equal(
	    touch(p->member, 0060, VSET_SIZE | VSET_ATIME), -EPERM);
	assert_int_equal(touch(p->owner, 0060, VSET_SIZE | VSET_MODE), -EACCES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_owner_and_root_change_the_mode),
		cmocka_unit_test(
		    an_owner_outside_the_group_gives_no_setgid_bit),
		cmocka_unit_test(chmod_with_chgrp_looks_at_the_new_group),
		cmocka_unit_test(only_root_gives_files_away),
		cmocka_unit_test(an_owner_gives_files_to_his_own_groups),
		cmocka_unit_test(a_new_owner_or_group_ends_set_id),
		cmocka_unit_test(a_mode_that_stays_is_not_set),
		cmocka_unit_test(a_mode_set_with_the_owner_wins),
		cmocka_unit_test(a_new_size_needs_write_permission),
		cmocka_unit_test(a_file_open_for_writing_may_be_truncated),
		cmocka_unit_test(truncation_ends_set_id_unless_by_root),
		cmocka_unit_test(writing_ends_set_id_unless_by_root),
		cmocka_unit_test(who_may_write_may_take_set_id_bits_away),
		cmocka_unit_test(times_are_set_by_the_owner),
		cmocka_unit_test(times_are_set_to_now_by_who_may_write),
		cmocka_unit_test(one_time_now_does_not_excuse_the_other),
		cmocka_unit_test(now_alone_sets_no_time),
		cmocka_unit_test(one_part_refused_refuses_all),
	};

	return cmocka_run_group_tests(tests, people_setup, people_teardown);
}
