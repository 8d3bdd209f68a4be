/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixture.h -- what a unit test of the vfs stands on.
 *
 * A test gets a loop, an empty host directory and an empty tree, which is
 * careful if $TEST_CAREFUL is set, see vfs_be_careful(), and keeps names if
 * $TEST_KEEP is, see vfs_keep_names(); and has to give every descriptor back:
 * teardown fails the test that leaks one, or whose loop will not close.
 *
 * The do_* functions are the vfs_* calls for tests that think in straight
 * lines: names are C strings, the operation is made for the call, and the loop
 * is run until it has ended.  Each returns what vfs.h says, never VFS_PENDING.
 */

#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "memfs.h"
#include "vfs.h"

#define container_of_test(ptr, type, member)                                   \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Who asks, and where the answer arrives.  loop may be NULL: nothing waits. */
struct who {
	struct vloop *loop;
	const struct vcred *cred;
};

struct fixture {
	uv_loop_t uv;
	struct vloop loop;
	char dir[64]; /* an empty host directory, removed at the end */
	struct vfs *vfs; /* nothing is mounted yet */
	struct vnode *root; /* of the tree, if a test has put it here */
	struct vcred *creds[3];
	struct who self; /* the server itself, and root */
	struct who user; /* uid 1000, gid 1000, in group 2000 */
	struct who other; /* uid 1001, gid 1001 */
	int fds; /* open before the test */
};

/* For cmocka_unit_test_setup_teardown(): *state is a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* Mount a memfs at "/", anybody's to write in, and set fx->root. */
void mount_memfs(struct fixture *fx, uint64_t max_bytes, uint64_t max_nodes);

/* fixture_setup() and that, without limits. */
int memfs_setup(void **state);

/* Have names kept, as the server has them, until somebody tidies. */
void keep_names(struct fixture *fx);

int count_fds(void);

/* Remove path and everything below it, whatever its modes. */
void remove_tree(const char *path);

/* An operation that a test can wait for. */
struct wait {
	struct vop op;
	int calls; /* of done */
	int rc;
};

void wait_init(struct wait *w, const struct who *who);

/*
 * Wait a little for something to happen on a loop, and let it.  UV_RUN_ONCE
 * does not do: if a timer was all there was, libuv before 1.45 runs it and then
 * waits for ever.
 */
void turn(uv_loop_t *uv);

/*
 * Finish a vfs call on &w->op that returned rc, running the loop if it has to.
 * Fails the test if done runs inside the call, or twice.
 */
int await(struct wait *w, int rc);

struct vname vname_of(const char *s);

/* Walk path, of names separated by slashes, from dir; "" is dir itself. */
int do_walk(const struct who *who, struct vnode *dir, const char *path,
    struct vnode **out);
int do_getattr(const struct who *who, struct vnode *vn, struct vattr *out);
int do_setattr(const struct who *who, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa);
int do_chmod(const struct who *who, struct vnode *vn, mode_t mode);
int do_chown(const struct who *who, struct vnode *vn, uid_t uid, gid_t gid);
int do_truncate(
    const struct who *who, struct vnode *vn, struct vfile *file, uint64_t size);

/* buf is terminated. */
int do_readlink(const struct who *who, struct vnode *vn, char *buf, size_t cap);
int do_statfs(const struct who *who, struct vnode *vn, struct vstatfs *out);

int do_open(
    const struct who *who, struct vnode *vn, int flags, struct vfile *file);
int do_close(const struct who *who, struct vfile *file);
int do_create(const struct who *who, struct vnode *dir, const char *name,
    int flags, mode_t mode, struct vfile *file);

/* out may be NULL in these: the vnode is not wanted. */
int do_touch(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, struct vnode **out);
int do_mkdir(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, struct vnode **out);
int do_mknod(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, dev_t rdev, struct vnode **out);
int do_symlink(const struct who *who, struct vnode *dir, const char *name,
    const char *target, struct vnode **out);

int do_link(const struct who *who, struct vnode *dir, struct vnode *vn,
    const char *name);
int do_rename(const struct who *who, struct vnode *dir, const char *name,
    struct vnode *newdir, const char *newname);
int do_unlink(const struct who *who, struct vnode *dir, const char *name);
int do_rmdir(const struct who *who, struct vnode *dir, const char *name);

/* How many bytes, or -errno. */
ssize_t do_read(const struct who *who, struct vfile *file, uint64_t off,
    void *buf, size_t len);
ssize_t do_write(const struct who *who, struct vfile *file, uint64_t off,
    const void *buf, size_t len);
int do_fsync(const struct who *who, struct vfile *file);

int do_readdir(const struct who *who, struct vfile *file, uint64_t cookie,
    struct vnode *root, vfs_emit *emit, void *ctx);

/* How many bytes at off of vn are as in buf: len, unless something differs. */
size_t do_compare(const struct who *who, struct vnode *vn, uint64_t off,
    const void *buf, size_t len);

/* Runs the loop until what was mounted there is destroyed. */
int do_unmount(const struct who *who, struct vfs *vfs, const char *key);

/* How many entries dir has, dots left out, or -errno. */
int do_count(const struct who *who, struct vnode *dir);

int do_getxattr(const struct who *who, struct vnode *vn, const char *name,
    struct vblob *out);
int do_listxattr(const struct who *who, struct vnode *vn, struct vblob *out);
int do_setxattr(const struct who *who, struct vnode *vn, const char *name,
    const void *data, size_t len, int flags);
int do_removexattr(const struct who *who, struct vnode *vn, const char *name);

#endif
