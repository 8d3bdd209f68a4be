/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_access.c -- who may do what, and what becomes of set-id bits.
 *
 * The files are those of user 1000 in group 1000 unless a test says else.
 */

#include "fixture.h"
#include "vfs_fs.h"

/* Those who ask. */
struct people {
	struct vcred *root;
	struct vcred *owner; /* uid 1000, gid 1000, also in 2000 */
	struct vcred *member; /* uid 1001, gid 1001, also in 1000 */
	struct vcred *other; /* uid 1002, gid 1002 */
};

static int
setup(void **state)
{
	const gid_t also_2000 = 2000, also_1000 = 1000;
	struct people *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	p->root = vcred_new(0, 0, NULL, 0);
	p->owner = vcred_new(1000, 1000, &also_2000, 1);
	p->member = vcred_new(1001, 1001, &also_1000, 1);
	p->other = vcred_new(1002, 1002, NULL, 0);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct people *p = *state;

	vcred_put(p->root);
	vcred_put(p->owner);
	vcred_put(p->member);
	vcred_put(p->other);
	free(p);
	return 0;
}

static struct vattr
file_of(mode_t mode)
{
	return (struct vattr){ .mode = mode, .uid = 1000, .gid = 1000 };
}

/* What cred may do with a file of that mode, as R_OK | W_OK | X_OK. */
static int
allowed(const struct vcred *cred, mode_t mode)
{
	const int each[] = { R_OK, W_OK, X_OK };
	struct vattr attr = file_of(mode);
	int i, rc, can = 0;

	for (i = 0; i < 3; i++) {
		rc = vaccess(cred, &attr, each[i]);
		assert_true(rc == 0 || rc == -EACCES);
		if (rc == 0)
			can |= each[i];
	}
	for (i = 0; i < 8; i++) /* together what each is */
		assert_int_equal(
		    vaccess(cred, &attr, i), (i & ~can) == 0 ? 0 : -EACCES);
	return can;
}

static void
each_class_has_its_own_bits(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->owner, S_IFREG | 0421), R_OK);
	assert_int_equal(allowed(p->member, S_IFREG | 0421), W_OK);
	assert_int_equal(allowed(p->other, S_IFREG | 0421), X_OK);
	assert_int_equal(allowed(p->owner, S_IFDIR | 0750), 7);
	assert_int_equal(allowed(p->member, S_IFDIR | 0750), R_OK | X_OK);
	assert_int_equal(allowed(p->other, S_IFDIR | 0750), 0);
}

/* Not the most generous class counts but the first that fits. */
static void
an_owner_is_not_helped_by_group_or_other(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->owner, S_IFREG | 0077), 0);
	assert_int_equal(allowed(p->member, S_IFREG | 0707), 0);
	assert_int_equal(allowed(p->other, S_IFREG | 0770), 0);
}

static void
set_id_and_sticky_bits_grant_nothing(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->owner, S_IFREG | 07000), 0);
	assert_int_equal(allowed(p->member, S_IFREG | 07000), 0);
	assert_int_equal(allowed(p->other, S_IFREG | 07000), 0);
}

static void
root_reads_and_writes_everything(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->root, S_IFREG | 0000), R_OK | W_OK);
	assert_int_equal(allowed(p->root, S_IFREG | 0666), R_OK | W_OK);
	assert_int_equal(allowed(p->root, S_IFDIR | 0000), 7);
}

static void
root_executes_what_anybody_may_execute(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->root, S_IFREG | 0100), 7);
	assert_int_equal(allowed(p->root, S_IFREG | 0010), 7);
	assert_int_equal(allowed(p->root, S_IFREG | 0001), 7);
}

/* Neither the gid 0 nor the server's own cred makes root. */
static void
only_uid_0_is_root(void **state)
{
	struct vcred *cred = vcred_new(1002, 0, NULL, 0);

	(void)state;
	cred->self = true;
	assert_int_equal(allowed(cred, S_IFREG | 0700), 0);
	vcred_put(cred);
}

static int
sticky(const struct vcred *cred, mode_t mode, uid_t dir, uid_t file)
{
	struct vattr d = { .mode = S_IFDIR | mode, .uid = dir };
	struct vattr f = { .mode = S_IFREG | 0666, .uid = file };

	return vaccess_sticky(cred, &d, &f);
}

static void
names_in_a_sticky_directory_go_by_owner(void **state)
{
	struct people *p = *state;

	assert_int_equal(sticky(p->owner, 01777, 5, 1000), 0);
	assert_int_equal(sticky(p->owner, 01777, 1000, 5), 0);
	assert_int_equal(sticky(p->root, 01777, 5, 6), 0);
	assert_int_equal(sticky(p->owner, 01777, 5, 6), -EPERM);
	assert_int_equal(sticky(p->owner, 0777, 5, 6), 0);
}

static int
setattr(const struct vcred *cred, mode_t mode, struct vsetattr *sa)
{
	struct vattr attr = file_of(mode);

	return vaccess_setattr(cred, &attr, false, sa);
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

	assert_int_equal(vaccess_setattr(p->member, &attr, false, &sa), 0);
	assert_int_equal(vaccess_setattr(p->root, &attr, false, &sa), 0);
	assert_int_equal(vaccess_setattr(p->owner, &attr, false, &sa), -EACCES);
	assert_int_equal(vaccess_setattr(p->other, &attr, false, &sa), -EACCES);
	assert_int_equal(sa.mask, VSET_SIZE);
}

static void
a_file_open_for_writing_may_be_truncated(void **state)
{
	struct people *p = *state;
	struct vsetattr sa = { .mask =
				   VSET_SIZE | VSET_MTIME | VSET_MTIME_NOW };
	struct vattr attr = file_of(S_IFREG | 0400);

	assert_int_equal(vaccess_setattr(p->other, &attr, true, &sa), 0);
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

/* A new file, and what it was asked to be. */
struct made {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

static int
make(const struct vcred *cred, mode_t dir_mode, gid_t want, struct made *m)
{
	struct vattr dir = { .mode = S_IFDIR | dir_mode, .uid = 0, .gid = 77 };

	return vaccess_create(cred, &dir, want, &m->mode, &m->uid, &m->gid);
}

static void
a_new_file_is_its_makers(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 04755 };

	assert_int_equal(make(p->owner, 0777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 04755);
	assert_int_equal(m.uid, 1000);
	assert_int_equal(m.gid, 1000);
}

static void
a_new_file_has_the_group_asked_for_if_its_maker_is_in_it(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 02755 };

	assert_int_equal(make(p->owner, 0777, 2000, &m), 0);
	assert_int_equal(m.gid, 2000);
	assert_int_equal(m.mode, S_IFREG | 02755);
	assert_int_equal(make(p->owner, 0777, 1000, &m), 0);
	assert_int_equal(m.gid, 1000);
	assert_int_equal(make(p->owner, 0777, 77, &m), -EPERM);
	assert_int_equal(make(p->root, 0777, 77, &m), 0);
	assert_int_equal(m.gid, 77);
}

static void
a_setgid_directory_gives_its_group(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 0644 };

	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.gid, 77);
	assert_int_equal(m.mode, S_IFREG | 0644);
	assert_int_equal(make(p->owner, 02777, 77, &m), 0);
	assert_int_equal(make(p->owner, 02777, 5, &m), 0);
	assert_int_equal(m.gid, 77);
}

static void
a_directory_in_a_setgid_directory_is_setgid(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFDIR | 0755 };

	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFDIR | 02755);
	m.mode = S_IFDIR | 0755;
	assert_int_equal(make(p->owner, 0777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFDIR | 0755);
}

static void
nobody_makes_setgid_programs_of_a_group_he_is_not_in(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 06755 };

	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 04755);
	m.mode = S_IFREG | 02644; /* no program: the bit means nothing */
	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 02644);
	m.mode = S_IFREG | 06755;
	assert_int_equal(make(p->root, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 06755);
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

	assert_int_equal(vaccess_setattr(p->other, &attr, false, &sa), 0);
	sa.mode = 0776; /* and something else */
	assert_int_equal(vaccess_setattr(p->other, &attr, false, &sa), -EPERM);
	attr.mode = S_IFREG | 0777;
	sa.mode = 04777; /* or give one */
	assert_int_equal(vaccess_setattr(p->other, &attr, false, &sa), -EPERM);
	attr.mode = S_IFREG | 06755; /* may not write */
	sa.mode = 0755;
	assert_int_equal(vaccess_setattr(p->other, &attr, false, &sa), -EACCES);
	assert_int_equal(vaccess_setattr(p->other, &attr, true, &sa), 0);
}

static void
what_a_client_says_of_groups_is_refused_believed_or_ignored(void **state)
{
	const struct vattr dir = { .mode = S_IFDIR | 0777 };
	struct people *p = *state;
	mode_t mode = S_IFREG | 0644;
	uid_t uid;
	gid_t gid;

	assert_int_equal(
	    vaccess_create(p->other, &dir, 77, &mode, &uid, &gid), -EPERM);
	p->other->claim = VCRED_BELIEVE;
	assert_int_equal(
	    vaccess_create(p->other, &dir, 77, &mode, &uid, &gid), 0);
	assert_int_equal(gid, 77);
	assert_int_equal(uid, 1002);
	p->other->claim = VCRED_IGNORE;
	assert_int_equal(
	    vaccess_create(p->other, &dir, 77, &mode, &uid, &gid), 0);
	assert_int_equal(gid, 1002);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    what_a_client_says_of_groups_is_refused_believed_or_ignored,
		    setup, teardown),
		cmocka_unit_test(who_may_write_may_take_set_id_bits_away),
		cmocka_unit_test(each_class_has_its_own_bits),
		cmocka_unit_test(an_owner_is_not_helped_by_group_or_other),
		cmocka_unit_test(set_id_and_sticky_bits_grant_nothing),
		cmocka_unit_test(root_reads_and_writes_everything),
		cmocka_unit_test(root_executes_what_anybody_may_execute),
		cmocka_unit_test(only_uid_0_is_root),
		cmocka_unit_test(names_in_a_sticky_directory_go_by_owner),
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
		cmocka_unit_test(times_are_set_by_the_owner),
		cmocka_unit_test(times_are_set_to_now_by_who_may_write),
		cmocka_unit_test(one_time_now_does_not_excuse_the_other),
		cmocka_unit_test(now_alone_sets_no_time),
		cmocka_unit_test(one_part_refused_refuses_all),
		cmocka_unit_test(a_new_file_is_its_makers),
		cmocka_unit_test(
		    a_new_file_has_the_group_asked_for_if_its_maker_is_in_it),
		cmocka_unit_test(a_setgid_directory_gives_its_group),
		cmocka_unit_test(a_directory_in_a_setgid_directory_is_setgid),
		cmocka_unit_test(
		    nobody_makes_setgid_programs_of_a_group_he_is_not_in),
		cmocka_unit_test(writing_ends_set_id_unless_by_root),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
