/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_acl.c -- ACLs of files in memfs: what is one, what it says of the
 * mode, whom it lets in, and who may set it.
 */

#include <endian.h>

#include "fixture.h"

#define ACCESS_ACL "system.posix_acl_access"
#define DEFAULT_ACL "system.posix_acl_default"

/* An ACL to be: a version and entries. */
struct acl {
	uint32_t version;
	struct {
		uint16_t tag, perm;
		uint32_t id;
	} e[6];
};

enum {
	U_OBJ = 1,
	USER = 2,
	G_OBJ = 4,
	GROUP = 8,
	MASK = 16,
	OTHER = 32
};

static struct acl
new_acl(void)
{
	struct acl acl = { .version = htole32(2) };

	return acl;
}

static void
put(struct acl *acl, size_t i, unsigned int tag, unsigned int perm, uint32_t id)
{
	acl->e[i].tag = htole16((uint16_t)tag);
	acl->e[i].perm = htole16((uint16_t)perm);
	acl->e[i].id = htole32(id);
}

/* user::rw- user:1001:rw- group::r-- mask::rw- other::--- */
static struct acl
typical_acl(void)
{
	struct acl acl = new_acl();

	put(&acl, 0, U_OBJ, 6, VFS_NOID);
	put(&acl, 1, USER, 6, 1001);
	put(&acl, 2, G_OBJ, 4, VFS_NOID);
	put(&acl, 3, MASK, 6, VFS_NOID);
	put(&acl, 4, OTHER, 0, VFS_NOID);
	return acl;
}

static int
set_acl(const struct who *who, struct vnode *vn, const char *name,
    const struct acl *acl, size_t n)
{
	return do_setxattr(who, vn, name, acl, 4 + 8 * n, 0);
}

static struct vnode *
make_file(const struct fixture *fx, mode_t mode)
{
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", mode, &vn), 0);
	return vn;
}

static mode_t
mode_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr.mode & 07777;
}

static int
try_open(const struct who *who, struct vnode *vn, int flags)
{
	struct vfile file;
	int rc = do_open(who, vn, flags, &file);

	return rc == 0 ? do_close(who, &file) : rc;
}

static void
an_acl_is_given_back_as_it_was_set(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0644);
	struct acl acl = typical_acl();
	struct vblob blob;

	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	assert_int_equal(do_getxattr(&fx->other, vn, ACCESS_ACL, &blob), 0);
	assert_int_equal(blob.len, 4 + 5 * 8);
	assert_memory_equal(blob.data, &acl, blob.len);
	free(blob.data);
	vnode_put(vn);
}

static void
an_acl_sets_the_mode_and_the_mode_the_acl(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0644);
	struct acl acl = typical_acl();
	struct vblob blob;

	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	assert_int_equal(mode_of(fx, vn), 0660);
	assert_int_equal(do_chmod(&fx->user, vn, 0741), 0);
	put(&acl, 0, U_OBJ, 7, VFS_NOID);
	put(&acl, 3, MASK, 4, VFS_NOID);
	put(&acl, 4, OTHER, 1, VFS_NOID);
	assert_int_equal(do_getxattr(&fx->user, vn, ACCESS_ACL, &blob), 0);
	assert_memory_equal(blob.data, &acl, blob.len);
	free(blob.data);
	vnode_put(vn);
}

static void
an_acl_costs_a_stranger_to_the_group_its_setgid(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0644);
	struct acl acl = typical_acl();

	assert_int_equal(do_chmod(&fx->user, vn, 02755), 0);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	assert_int_equal(mode_of(fx, vn), 02660);
	assert_int_equal(do_chown(&fx->self, vn, VFS_NOID, 1001), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 02755), 0);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	assert_int_equal(mode_of(fx, vn), 0660);
	vnode_put(vn);
}

static void
an_acl_that_the_mode_can_say_is_the_mode(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0644);
	struct acl acl = typical_acl();
	struct vblob blob;

	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	acl = new_acl();
	put(&acl, 0, U_OBJ, 7, VFS_NOID);
	put(&acl, 1, G_OBJ, 5, VFS_NOID);
	put(&acl, 2, OTHER, 1, VFS_NOID);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 3), 0);
	assert_int_equal(mode_of(fx, vn), 0751);
	assert_int_equal(
	    do_getxattr(&fx->user, vn, ACCESS_ACL, &blob), -ENODATA);
	assert_int_equal(do_setxattr(&fx->user, vn, ACCESS_ACL, NULL, 0, 0), 0);
	vnode_put(vn);
}

static void
an_acl_decides_who_may_open(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0600);
	struct acl acl = typical_acl();

	assert_int_equal(try_open(&fx->other, vn, O_RDWR), -EACCES);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	assert_int_equal(try_open(&fx->other, vn, O_RDWR), 0);
	assert_int_equal(try_open(&fx->user, vn, O_RDWR), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 0646), 0);
	assert_int_equal(try_open(&fx->other, vn, O_RDWR), -EACCES);
	assert_int_equal(try_open(&fx->other, vn, O_RDONLY), 0);
	put(&acl, 1, USER, 0, 1001);
	put(&acl, 4, OTHER, 7, VFS_NOID);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), 0);
	assert_int_equal(try_open(&fx->other, vn, O_RDONLY), -EACCES);
	assert_int_equal(do_truncate(&fx->other, vn, NULL, 0), -EACCES);
	assert_int_equal(try_open(&fx->self, vn, O_RDWR), 0);
	vnode_put(vn);
}

static void
groups_of_an_acl_shut_out_as_well(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct acl acl = new_acl();

	assert_int_equal(do_touch(&fx->self, fx->root, "f", 0600, &vn), 0);
	put(&acl, 0, U_OBJ, 6, VFS_NOID);
	put(&acl, 1, G_OBJ, 0, VFS_NOID);
	put(&acl, 2, GROUP, 4, 2000);
	put(&acl, 3, GROUP, 0, 1001);
	put(&acl, 4, MASK, 7, VFS_NOID);
	put(&acl, 5, OTHER, 6, VFS_NOID);
	assert_int_equal(set_acl(&fx->self, vn, ACCESS_ACL, &acl, 6), 0);
	assert_int_equal(try_open(&fx->user, vn, O_RDONLY), 0);
	assert_int_equal(try_open(&fx->user, vn, O_RDWR), -EACCES);
	assert_int_equal(try_open(&fx->other, vn, O_RDONLY), -EACCES);
	vnode_put(vn);
}

static void
what_is_no_acl_is_refused(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0644);
	struct acl acl = typical_acl();

	assert_int_equal(
	    do_setxattr(&fx->user, vn, ACCESS_ACL, "x", 1, 0), -EINVAL);
	assert_int_equal(
	    do_setxattr(&fx->user, vn, ACCESS_ACL, &acl, 4 + 8 * 4 + 1, 0),
	    -EINVAL);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 4), -EINVAL);
	acl.version = htole32(1);
	assert_int_equal(
	    set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), -EOPNOTSUPP);
	acl = typical_acl();
	put(&acl, 0, 64, 6, 0);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), -EINVAL);
	acl = typical_acl();
	put(&acl, 1, OTHER, 6, 0);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), -EINVAL);
	acl = typical_acl();
	put(&acl, 2, G_OBJ, 8, 0);
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 5), -EINVAL);
	acl = typical_acl();
	put(&acl, 3, OTHER, 0, VFS_NOID); /* a user by name, and no mask */
	assert_int_equal(set_acl(&fx->user, vn, ACCESS_ACL, &acl, 4), -EINVAL);
	assert_int_equal(mode_of(fx, vn), 0644);
	vnode_put(vn);
}

static void
acls_are_their_owners(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, 0666), *dir, *link;
	struct acl acl = typical_acl();

	assert_int_equal(set_acl(&fx->other, vn, ACCESS_ACL, &acl, 5), -EPERM);
	assert_int_equal(set_acl(&fx->user, vn, DEFAULT_ACL, &acl, 5), -EACCES);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0755, &dir), 0);
	assert_int_equal(set_acl(&fx->user, dir, DEFAULT_ACL, &acl, 5), 0);
	assert_int_equal(mode_of(fx, dir), 0755);
	assert_int_equal(do_symlink(&fx->user, fx->root, "l", "x", &link), 0);
	assert_int_equal(
	    set_acl(&fx->user, link, ACCESS_ACL, &acl, 5), -EOPNOTSUPP);
	vnode_put(vn);
	vnode_put(dir);
	vnode_put(link);
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_acl_is_given_back_as_it_was_set),
		T(an_acl_sets_the_mode_and_the_mode_the_acl),
		T(an_acl_costs_a_stranger_to_the_group_its_setgid),
		T(an_acl_that_the_mode_can_say_is_the_mode),
		T(an_acl_decides_who_may_open),
		T(groups_of_an_acl_shut_out_as_well),
		T(what_is_no_acl_is_refused),
		T(acls_are_their_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
