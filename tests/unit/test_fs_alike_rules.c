/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fs_alike_rules.c -- memory, and identity mapped, refuse and permit what
 * the host does.
 *
 * Users do the same things, drawn from a fixed sequence, in a tree in memory and
 * in another: a mapped one, which has memory's rules, or one in which the
 * host's kernel decides.  Each has to end alike, and the trees have to be alike
 * after it.
 */

#include <stdio.h>

#include "deeds.h"
#include "etfs_fixture.h"
#include "vfs_fs.h"

#define STEPS 5000

struct world {
	struct fixture *fx;
	struct vnode *roots[2]; /* in memory, and the other */
	const struct who *who;
	uint64_t random;
	unsigned int step;
	char what[256]; /* the step, for whoever has to find out */
};

static unsigned int
draw(struct world *w, unsigned int n)
{
	w->random = w->random * 6364136223846793005 + 1442695040888963407;
	return (unsigned int)(w->random >> 33) % n;
}

#define PICK(w, list)                                                          \
	((list)[draw((w), (unsigned int)(sizeof(list) / sizeof((list)[0])))])

/* A directory, as deep as two names go, and a name for something in it. */
static const char *
draw_dir(struct world *w)
{
	static const char *const dirs[] = { "", "", "a", "b", "a/a", "b/a" };

	return PICK(w, dirs);
}

static const char *
draw_name(struct world *w)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	return PICK(w, names);
}

static mode_t
draw_mode(struct world *w)
{
	static const mode_t modes[] = { 0777, 0777, 0755, 0700, 0770, 0644,
		0666, 0600, 0640, 0444, 0, 01777, 02777, 02770, 04755, 06777,
		02644, 0711, 0070, 0007 };

	return PICK(w, modes);
}

static uid_t
draw_uid(struct world *w)
{
	static const uid_t uids[] = { 0, 1000, 1001 };

	return PICK(w, uids);
}

static gid_t
draw_gid(struct world *w)
{
	static const gid_t gids[] = { 0, 1000, 1001, 2000, 3000 };

	return PICK(w, gids);
}

static void
describe(struct world *w, const char *what, const char *dir, const char *name,
    unsigned int arg)
{
	snprintf(w->what, sizeof(w->what), "step %u: uid %u: %s %s/%s %o",
	    w->step, (unsigned int)w->who->cred->uid, what, dir, name, arg);
}

static void
alike(
    const struct world *w, const char *what, long long memory, long long other)
{
	if (memory != other)
		print_error("%s: %s: memory %lld, other %lld\n", w->what, what,
		    memory, other);
	assert_true(memory == other);
}

/* The same result; a doubtful deed's refusal may be called otherwise. */
static void
end_alike(const struct world *w, bool doubtful, const int rc[2])
{
	if (!doubtful || rc[0] >= 0 || rc[1] >= 0)
		alike(w, "result", rc[0], rc[1]);
}

/* Walk both; the number of those that are there, which are put by put_two. */
static int
walk_two(struct world *w, const struct who *who, const char *path,
    struct vnode *vn[2])
{
	int rc[2];
	size_t i;

	for (i = 0; i < 2; i++) {
		vn[i] = NULL;
		rc[i] = do_walk(who, w->roots[i], path, &vn[i]);
	}
	alike(w, path, rc[0], rc[1]);
	return rc[0];
}

static void
put_two(struct vnode *vn[2])
{
	vnode_put(vn[0]);
	vnode_put(vn[1]);
}

static void
same_xattr(struct world *w, struct vnode *vn[2], const char *name)
{
	struct vblob blob[2];
	int rc[2];
	size_t i;

	for (i = 0; i < 2; i++) {
		blob[i] = (struct vblob){ 0 };
		rc[i] = do_getxattr(&w->fx->self, vn[i], name, &blob[i]);
	}
	alike(w, name, rc[0], rc[1]);
	alike(w, name, (long long)blob[0].len, (long long)blob[1].len);
	if (blob[0].len > 0)
		assert_memory_equal(blob[0].data, blob[1].data, blob[0].len);
	free(blob[0].data);
	free(blob[1].data);
}

static void
same_attributes(struct world *w, struct vnode *vn[2])
{
	struct vattr attr[2];
	size_t i;

	for (i = 0; i < 2; i++)
		assert_int_equal(do_getattr(&w->fx->self, vn[i], &attr[i]), 0);
	alike(w, "type", vn[0]->type, vn[1]->type);
	alike(w, "mode", attr[0].mode, attr[1].mode);
	alike(w, "uid", attr[0].uid, attr[1].uid);
	alike(w, "gid", attr[0].gid, attr[1].gid);
	same_xattr(w, vn, "user.note");
	same_xattr(w, vn, VACL_ACCESS);
	same_xattr(w, vn, VACL_DEFAULT);
	if (S_ISDIR(attr[0].mode))
		return;
	alike(w, "nlink", (long long)attr[0].nlink, (long long)attr[1].nlink);
	alike(w, "size", (long long)attr[0].size, (long long)attr[1].size);
	if (S_ISCHR(attr[0].mode))
		alike(w, "rdev", (long long)attr[0].rdev,
		    (long long)attr[1].rdev);
}

static void
same_trees(struct world *w, const char *path, int depth)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct vnode *vn[2];
	char below[64];
	size_t i;

	if (walk_two(w, &w->fx->self, path, vn) != 0)
		return;
	same_attributes(w, vn);
	if (vnode_is_dir(vn[0]))
		for (i = 0; i < 4 && depth < 3; i++) {
			snprintf(below, sizeof(below), "%s%s%s", path,
			    path[0] != '\0' ? "/" : "", names[i]);
			same_trees(w, below, depth + 1);
		}
	put_two(vn);
}

static void
do_in_dir(struct world *w)
{
	const char *path = draw_dir(w), *name = draw_name(w);
	mode_t mode = draw_mode(w);
	const struct dir_deed *deed =
	    &dir_deeds[draw(w, (unsigned int)dir_deeds_count)];
	struct vnode *dir[2];
	int rc[2];

	describe(w, deed->what, path, name, mode);
	if (walk_two(w, w->who, path, dir) == 0) {
		rc[0] = deed->run(w->who, dir[0], name, mode);
		rc[1] = deed->run(w->who, dir[1], name, mode);
		end_alike(w, deed->doubtful, rc);
	}
	put_two(dir);
}

static void
do_with_two(struct world *w)
{
	const char *from = draw_dir(w), *to = draw_dir(w);
	const char *name = draw_name(w), *newname = draw_name(w);
	const struct name_deed *deed =
	    &name_deeds[draw(w, (unsigned int)name_deeds_count)];
	struct vnode *a[2], *b[2] = { NULL, NULL };
	int rc[2];

	snprintf(w->what, sizeof(w->what), "step %u: uid %u: %s %s/%s %s/%s",
	    w->step, (unsigned int)w->who->cred->uid, deed->what, from, name,
	    to, newname);
	if (walk_two(w, w->who, from, a) == 0 &&
	    walk_two(w, w->who, to, b) == 0) {
		rc[0] = deed->run(w->who, a[0], name, b[0], newname);
		rc[1] = deed->run(w->who, a[1], name, b[1], newname);
		end_alike(w, deed->doubtful, rc);
	}
	put_two(a);
	put_two(b);
}

static void
do_to_file(struct world *w)
{
	const char *dir = draw_dir(w), *name = draw_name(w);
	const struct file_deed *deed =
	    &file_deeds[draw(w, (unsigned int)file_deeds_count)];
	unsigned int arg = draw(w, 120);
	struct vnode *vn[2];
	char path[64];
	int rc[2];

	describe(w, deed->what, dir, name, arg);
	snprintf(
	    path, sizeof(path), "%s%s%s", dir, dir[0] != '\0' ? "/" : "", name);
	if (walk_two(w, w->who, path, vn) == 0) {
		rc[0] = deed->run(w->who, vn[0], arg);
		rc[1] = deed->run(w->who, vn[1], arg);
		end_alike(w, deed->doubtful, rc);
		same_attributes(w, vn);
	}
	put_two(vn);
}

/* Root sees to it that there is something to quarrel about. */
static void
shuffle(struct world *w)
{
	const char *dir = draw_dir(w), *name = draw_name(w);
	struct vnode *vn[2];
	mode_t mode = draw_mode(w);
	uid_t uid = draw_uid(w);
	gid_t gid = draw_gid(w);
	char path[64];
	size_t i;

	w->who = &w->fx->self;
	describe(w, "shuffle", dir, name, mode);
	snprintf(
	    path, sizeof(path), "%s%s%s", dir, dir[0] != '\0' ? "/" : "", name);
	if (walk_two(w, w->who, path, vn) == 0 && !S_ISLNK(vn[0]->type)) {
		for (i = 0; i < 2; i++) {
			assert_int_equal(do_chown(w->who, vn[i], uid, gid), 0);
			assert_int_equal(do_chmod(w->who, vn[i], mode), 0);
		}
	}
	put_two(vn);
}

static void
do_step(struct world *w)
{
	const struct who *all[] = { &w->fx->user, &w->fx->user, &w->fx->other,
		&w->fx->other, &w->fx->self };

	w->who = PICK(w, all);
	switch (draw(w, 8)) {
	case 0:
	case 1:
	case 2:
		do_in_dir(w);
		break;
	case 3:
		do_with_two(w);
		break;
	case 4:
		shuffle(w);
		break;
	default:
		do_to_file(w);
		break;
	}
	if (w->step % 16 == 15)
		same_trees(w, "", 0);
}

static void
users_may_the_same(void **state)
{
	struct world w = { .fx = *state, .random = 1 };

	assert_int_equal(
	    do_mkdir(&w.fx->self, w.fx->root, "memory", 0777, &w.roots[0]), 0);
	w.roots[1] = walk(w.fx, "other");
	/* Whoever has made that on the host. */
	assert_int_equal(do_chown(&w.fx->self, w.roots[1], 0, 0), 0);
	for (w.step = 0; w.step < STEPS; w.step++)
		do_step(&w);
	put_two(w.roots);
}

/* A directory on the host, below a tree in memory. */
static int
setup(void **state, const char *template, enum etfs_identity identity)
{
	struct etfs_config cfg = { .identity = identity };
	struct etfs_why why;
	struct fixture *fx;
	struct vfs_fs *fs;

	umask(0);
	if (memfs_setup(state) != 0)
		return -1;
	fx = *state;
	rmdir(fx->dir);
	snprintf(fx->dir, sizeof(fx->dir), "%s", template);
	cfg.path = mkdtemp(fx->dir);
	return cfg.path == NULL || chmod(cfg.path, 0777) != 0 ||
	    etfs_new(fx->vfs, &cfg, &fs, &why) != 0 ||
	    vfs_mount(fx->vfs, "/other", fs) != 0;
}

#define DISK "/var/tmp/etfsd-test.XXXXXX"
#define TMPFS "/dev/shm/etfsd-test.XXXXXX"

static int
mapped_on_disk(void **state)
{
	return setup(state, DISK, ETFS_MAPPED);
}

static int
mapped_on_tmpfs(void **state)
{
	return setup(state, tmpfs_keeps_xattrs() ? TMPFS : DISK, ETFS_MAPPED);
}

/* A tmpfs is no example: there the set-group-ID bit goes with an ACL. */
static int
client_on_disk(void **state)
{
	return is_root() ? setup(state, DISK, ETFS_CLIENT) : -1;
}

#define IN(other)                                                              \
	{                                                                      \
		"users_may_the_same (" #other ")", users_may_the_same, other,  \
		    etfs_teardown, NULL                                        \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN(mapped_on_disk),
		IN(mapped_on_tmpfs),
		IN(client_on_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
