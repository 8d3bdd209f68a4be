/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fid.c -- where a fid was found, and as what; and whom it holds.
 *
 * The vnodes are those of a tree in memory; what is held is seen in their
 * counts.
 */

#include "fid.h"
#include "fixture.h"
#include "vfs_fs.h"

#define NUM 7

struct world {
	struct fixture *fx;
	struct pool *pool;
	struct vnode *dir, *other_dir, *file;
	struct attach *attach;
	struct fid *fid;
	unsigned int dir_refs, file_refs; /* before the fid */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *fx;

	if (w == NULL || memfs_setup(&fx) != 0)
		return -1;
	w->fx = fx;
	w->pool = pool_new();
	assert_int_equal(
	    do_mkdir(&w->fx->self, w->fx->root, "a", 0700, &w->dir), 0);
	assert_int_equal(
	    do_mkdir(&w->fx->self, w->fx->root, "b", 0700, &w->other_dir), 0);
	assert_int_equal(
	    do_touch(&w->fx->self, w->dir, "file", 0600, &w->file), 0);
	w->attach = attach_new(w->fx->creds[1], w->fx->root);
	w->fid = fid_new(w->pool, NUM);
	w->dir_refs = w->dir->refs;
	w->file_refs = w->file->refs;
	*state = w;
	return w->fid != NULL && w->attach != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	void *fx = w->fx;

	fid_put(w->pool, w->fid);
	attach_put(w->attach);
	assert_int_equal(w->dir->refs, w->dir_refs);
	assert_int_equal(w->file->refs, w->file_refs);
	assert_int_equal(w->fx->creds[1]->refs, 1);
	vnode_put(w->file);
	vnode_put(w->other_dir);
	vnode_put(w->dir);
	pool_free(w->pool);
	free(w);
	return fixture_teardown(&fx);
}

/* Names of these lengths, and somewhat longer ones, that end differently. */
static struct vname
name_of_length(char *buf, size_t len, char last)
{
	memset(buf, 'n', len);
	if (len > 0)
		buf[len - 1] = last;
	return (struct vname){ buf, len };
}

static void
set_name(struct world *w, struct vname name)
{
	fid_set(w->fid, w->attach, vnode_get(w->file), vnode_get(w->dir), name);
}

static void
expect_name(const struct fid *fid, const char *s, size_t len)
{
	struct vname name = fid_name(fid);

	assert_int_equal(name.len, len);
	if (len > 0)
		assert_memory_equal(name.s, s, len);
}

static void
a_new_fid_is_nothing_yet(void **state)
{
	struct world *w = *state;

	assert_int_equal(w->fid->num, NUM);
	assert_int_equal(w->fid->kind, FID_NEW);
	assert_int_equal(w->fid->refs, 1);
	assert_null(w->fid->vn);
	assert_null(w->fid->dir);
	assert_null(w->fid->attach);
	assert_int_equal(fid_name(w->fid).len, 0);
}

static void
a_fid_keeps_its_name_whatever_its_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 31, 32, 33, 64, 254, 255 };
	struct world *w = *state;
	char buf[VFS_NAME_MAX], copy[VFS_NAME_MAX];
	size_t i, j;

	for (i = 0; i < 8; i++) {
		for (j = 0; j < 8; j++) {
			set_name(w, name_of_length(buf, lengths[i], 'x'));
			name_of_length(copy, lengths[i], 'x');
			memset(buf, 0, sizeof(buf));
			expect_name(w->fid, copy, lengths[i]);
			set_name(w, name_of_length(buf, lengths[j], 'y'));
			expect_name(w->fid, buf, lengths[j]);
		}
	}
	assert_int_equal(w->fid->kind, FID_WALKED);
	assert_int_equal(w->dir->refs, w->dir_refs + 1);
	assert_int_equal(w->file->refs, w->file_refs + 1);
}

static void
a_root_has_no_place(void **state)
{
	struct world *w = *state;
	char buf[VFS_NAME_MAX];

	set_name(w, name_of_length(buf, 255, 'x'));
	fid_set(
	    w->fid, w->attach, vnode_get(w->file), NULL, (struct vname){ 0 });
	assert_null(w->fid->dir);
	assert_int_equal(fid_name(w->fid).len, 0);
	assert_int_equal(w->dir->refs, w->dir_refs);
}

static void
a_fid_can_be_set_to_what_it_is(void **state)
{
	struct world *w = *state;
	char buf[VFS_NAME_MAX];

	set_name(w, name_of_length(buf, 255, 'x'));
	set_name(w, name_of_length(buf, 255, 'x'));
	fid_set(w->fid, w->fid->attach, vnode_get(w->fid->vn),
	    vnode_get(w->fid->dir), (struct vname){ buf, 255 });
	expect_name(w->fid, buf, 255);
	assert_int_equal(w->attach->refs, 2);
	assert_int_equal(w->dir->refs, w->dir_refs + 1);
}

static void
a_fid_moves_with_its_file(void **state)
{
	struct world *w = *state;
	unsigned int refs = w->other_dir->refs;
	char buf[VFS_NAME_MAX];

	set_name(w, vname_of("file"));
	fid_move(w->fid, w->other_dir, name_of_length(buf, 40, 'z'));
	assert_ptr_equal(w->fid->dir, w->other_dir);
	assert_int_equal(w->dir->refs, w->dir_refs);
	assert_int_equal(w->other_dir->refs, refs + 1);
	expect_name(w->fid, buf, 40);
	assert_ptr_equal(w->fid->vn, w->file);
	fid_move(w->fid, w->other_dir, vname_of("f"));
	expect_name(w->fid, "f", 1);
	assert_int_equal(w->other_dir->refs, refs + 1);
}

static void
a_fid_stays_while_somebody_uses_it(void **state)
{
	struct world *w = *state;

	set_name(w, vname_of("file"));
	w->fid->refs++;
	fid_put(w->pool, w->fid);
	expect_name(w->fid, "file", 4);
	assert_int_equal(w->file->refs, w->file_refs + 1);
}

static void
the_value_of_an_xattr_goes_with_its_fid(void **state)
{
	struct world *w = *state;

	set_name(w, vname_of("file"));
	w->fid->kind = FID_XATTR_WRITE;
	w->fid->xattr.name = strdup("user.a");
	w->fid->xattr.data = malloc(100);
	w->fid->xattr.size = 100;
}

static void
an_attach_lasts_as_long_as_its_fids(void **state)
{
	struct world *w = *state;
	struct attach *attach = attach_new(w->fx->creds[2], w->dir);
	struct fid *fids[3];
	size_t i;

	for (i = 0; i < 3; i++) {
		fids[i] = fid_new(w->pool, (uint32_t)i);
		fid_set(fids[i], attach, vnode_get(w->file), vnode_get(w->dir),
		    vname_of("file"));
	}
	attach_put(attach);
	assert_int_equal(attach->refs, 3);
	assert_int_equal(w->fx->creds[2]->refs, 2);
	fid_put(w->pool, fids[1]);
	fid_put(w->pool, fids[0]);
	assert_ptr_equal(fids[2]->attach->root, w->dir);
	fid_put(w->pool, fids[2]);
	assert_int_equal(w->fx->creds[2]->refs, 1);
	attach_put(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_fid_is_nothing_yet),
		TEST(a_fid_keeps_its_name_whatever_its_length),
		TEST(a_root_has_no_place),
		TEST(a_fid_can_be_set_to_what_it_is),
		TEST(a_fid_moves_with_its_file),
		TEST(a_fid_stays_while_somebody_uses_it),
		TEST(the_value_of_an_xattr_goes_with_its_fid),
		TEST(an_attach_lasts_as_long_as_its_fids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
