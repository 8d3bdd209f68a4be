/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_internal.h -- what the memfs_*.c files share.
 *
 * The lock.  Each memfs has one reader-writer lock, memfs.lock, and it guards
 * everything here that has no comment of its own: names, attributes, contents,
 * extended attributes.  Whatever only looks takes the read side, whatever
 * changes takes the write side; the operations in memfs_ops take it, and all
 * functions declared below want it held.  Nothing is called out of memfs with
 * the lock held but access checks and emit.
 *
 * Four things need no lock: what never changes (vnode.type, a link's target, a
 * device number), the two counts of what is in use, read_at, which readers
 * set, and vnode.version, which vfs looks at whenever it likes.
 *
 * References.  An entry holds one on its node.  A node without entries lives
 * as long as somebody outside has its vnode; nobody else can find it then, so
 * reclaim needs no lock either.
 */

#ifndef MEMFS_INTERNAL_H
#define MEMFS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "memfs.h"
#include "vfs_fs.h"

#define MEMFS_PAGE 4096
#define MEMFS_LINK_MAX UINT32_MAX

/* memfs_map.c: the pages of one file, by index; what is missing is zeros. */
struct memfs_map {
	void *root; /* a page if height is 0, else 64 subtrees */
	unsigned int height; /* 64^height pages can be there */
	uint64_t pages; /* how many are */
};

/* memfs_order.c: the entries of one directory, oldest first. */
struct memfs_order {
	TAILQ_HEAD(memfs_list, memfs_entry) list;
	struct memfs_entry *root; /* of the tree over the list */
	uint64_t last; /* cookie given out */
};

struct memfs_file {
	uint64_t size; /* no page lies beyond, the last is zero beyond */
	struct memfs_map map;
};

struct memfs_dir {
	struct memfs_node *parent; /* its own for the root; borrowed */
	struct memfs_order order;
	uint64_t count; /* of entries */
};

struct memfs_link {
	char *target;
	size_t len;
};

struct memfs_node {
	struct vnode vn;
	mode_t mode; /* permission bits, 07777 */
	uint32_t nlink; /* 0: removed */
	uid_t uid;
	gid_t gid;
	struct timespec atime, mtime;
	int64_t ctime, btime; /* nanoseconds since 1970, by our own clock */
	_Atomic int64_t read_at; /* likewise: read after atime; 0: it was not */
	struct memfs_xattr *xattrs;
	union {
		struct memfs_file file;
		struct memfs_dir dir;
		struct memfs_link link;
		dev_t rdev;
	} u;
};

/* A name in a directory. */
struct memfs_entry {
	struct memfs_entry *chain; /* in its bucket of the table */
	TAILQ_ENTRY(memfs_entry) link; /* in its order */
	struct memfs_entry *left, *right; /* in the order's tree */
	struct memfs_node *dir;
	struct memfs_node *node; /* a reference */
	uint64_t cookie;
	uint32_t hash, rank; /* two halves of one hash of dir and name */
	uint8_t len;
	char name[];
};

struct memfs_bucket {
	struct memfs_entry *first;
};

/* memfs_table.c: all names of a memfs. */
struct memfs_table {
	uint64_t key[2]; /* random: nobody can choose names that collide */
	size_t count; /* of entries */
	size_t size; /* of buckets in use */
	struct memfs_bucket *seg[27];
};

struct memfs {
	struct vfs_fs fs;
	uint64_t dev; /* 0: each file gets its identity from vfs */
	uint64_t max_bytes, max_nodes; /* 0: no limit */
	_Atomic uint64_t bytes, nodes; /* in use */
	pthread_rwlock_t lock;
	uint64_t last_ino;
	struct memfs_table table;
};

static inline struct memfs *
memfs_of(const struct vnode *vn)
{
	return (struct memfs *)vn->fs; /* fs is its first member */
}

static inline struct memfs_node *
memfs_node_of(struct vnode *vn)
{
	return (struct memfs_node *)vn; /* vn is its first member */
}

/* memfs.c */

/*
 * Memory within the byte limit: NULL and *rc, -ENOSPC or -ENOMEM.  Not zeroed.
 * credit is what was paid already for something that this is to replace, which
 * is then freed, but not released.
 */
void *memfs_alloc(struct memfs *fs, size_t size, size_t credit, int *rc);
void memfs_release(struct memfs *fs, void *p, size_t size);

/* One node of the node limit: 0 or -ENOSPC. */
int memfs_charge_node(struct memfs *fs);
void memfs_uncharge_node(struct memfs *fs);

/* memfs_node.c */

/* What a new node is to be; the rest is zero. */
struct memfs_new_node {
	mode_t mode; /* S_IFMT too */
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	struct vname target;
};

/* A node without a name.  Its one reference is the caller's. */
int memfs_node_new(struct memfs *fs, const struct memfs_new_node *what,
    struct memfs_node **out);
void memfs_node_reclaim(struct vnode *vn);

/* What access checks look at: mode, uid and gid. */
struct vattr memfs_node_owner(const struct memfs_node *node);

/* 0 or -EACCES; want is R_OK | W_OK | X_OK. */
int memfs_node_access(
    const struct vop *op, const struct memfs_node *node, int want);

/* memfs_attr.c */
int memfs_attr_get(struct vop *op, struct vnode *vn, struct vattr *out);
int memfs_attr_set(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa);
int memfs_attr_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len);

/* memfs_time.c */
void memfs_time_born(struct memfs_node *node);
void memfs_time_changed(struct memfs_node *node); /* its attributes */
void memfs_time_modified(struct memfs_node *node); /* its contents */
void memfs_time_get(const struct memfs_node *node, struct vattr *out);
void memfs_time_set(struct memfs_node *node, const struct vsetattr *sa);

/* Contents were read.  The read side of the lock is enough. */
void memfs_time_was_read(struct memfs_node *node);

/* memfs_table.c */
int memfs_table_init(struct memfs_table *t);
void memfs_table_fini(struct memfs_table *t);
struct memfs_entry *memfs_table_find(const struct memfs_table *t,
    const struct memfs_node *dir, struct vname name);

/* Cannot fail; e->dir and the name are set, e is in no table. */
void memfs_table_add(struct memfs_table *t, struct memfs_entry *e);
void memfs_table_remove(struct memfs_table *t, struct memfs_entry *e);

/* memfs_order.c */
void memfs_order_init(struct memfs_order *o);
void memfs_order_append(struct memfs_order *o, struct memfs_entry *e);
void memfs_order_remove(struct memfs_order *o, struct memfs_entry *e);

/* The first entry with a higher cookie, or NULL. */
struct memfs_entry *memfs_order_after(
    const struct memfs_order *o, uint64_t cookie);

/* memfs_dir.c */

/* An entry in no directory, allocated as by memfs_alloc(). */
struct memfs_entry *memfs_dir_new_entry(
    struct memfs *fs, struct vname name, size_t credit, int *rc);
void memfs_dir_free_entry(struct memfs *fs, struct memfs_entry *e);
size_t memfs_dir_entry_size(struct vname name);

/* Give dir the entry e for node, and e the caller's reference on node. */
void memfs_dir_add(
    struct memfs_node *dir, struct memfs_entry *e, struct memfs_node *node);

/* Take e out of its directory; it and its reference are the caller's. */
void memfs_dir_remove(struct memfs_entry *e);

/* The same for an entry that there is; what it stood for is returned. */
struct memfs_node *memfs_dir_replace(
    struct memfs_entry *e, struct memfs_node *node);

/* Find name; search permission is checked.  NULL and *rc otherwise. */
struct memfs_entry *memfs_dir_find(const struct vop *op,
    const struct memfs_node *dir, struct vname name, int *rc);
void memfs_dir_empty(struct memfs *fs, struct memfs_node *root);
int memfs_dir_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out);
int memfs_dir_parent(struct vop *op, struct vnode *dir, struct vnode **out);
int memfs_dir_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx);

/* memfs_create.c */
int memfs_create(struct vop *op, struct vnode *dir, struct vname name,
    int flags, mode_t mode, gid_t gid, struct vnode **out, struct vfile *file);
int memfs_create_dir(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, gid_t gid, struct vnode **out);
int memfs_create_node(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out);
int memfs_create_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out);

/* memfs_name.c */
int memfs_name_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name);
int memfs_name_unlink(struct vop *op, struct vnode *dir, struct vname name,
    bool rmdir, struct vnode *expect);

/* The entry of that name, if it is for expect or that is NULL; else *rc. */
struct memfs_entry *memfs_name_find(const struct vop *op, struct vnode *dir,
    struct vname name, const struct vnode *expect, int *rc);

/* May op take the entry out of its directory? */
int memfs_name_check(const struct vop *op, const struct memfs_entry *e);

/* A mount point, and what leads to it, keeps its name: -EBUSY. */
int memfs_name_check_pin(const struct memfs_node *node);

/* The node has a name less. */
void memfs_name_drop(struct memfs_node *node);

/* memfs_rename.c */
int memfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect);

/* memfs_map.c */

/* The page with that index, or NULL for a hole. */
unsigned char *memfs_map_page(const struct memfs_map *map, uint64_t index);

/*
 * See that there are pages for len bytes at off.  What is new is zero outside
 * of these bytes, and anything inside.  -ENOSPC or -ENOMEM: nothing is done.
 */
int memfs_map_reserve(
    struct memfs *fs, struct memfs_map *map, uint64_t off, uint64_t len);

/* Free the pages from index first on. */
void memfs_map_cut(struct memfs *fs, struct memfs_map *map, uint64_t first);

/* memfs_data.c */

/* May op open node like this?  Truncates it if flags say so. */
int memfs_data_open_locked(struct vop *op, struct memfs_node *node, int flags);
int memfs_data_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file);
int memfs_data_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int memfs_data_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int memfs_data_fsync(struct vop *op, struct vfile *file, bool data_only);
void memfs_data_truncate(struct memfs_node *node, uint64_t size);

/* memfs_xattr.c */
int memfs_xattr_get(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out);
int memfs_xattr_list(struct vop *op, struct vnode *vn, struct vblob *out);
int memfs_xattr_set(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags);
int memfs_xattr_remove(struct vop *op, struct vnode *vn, struct vname name);

/* Gives a new node the ACLs, and the mode by them, that dir has for it. */
int memfs_xattr_inherit(const struct memfs_node *dir, struct memfs_node *node);

/* s is NULL if there is none; len may be 0 if there is. */
struct vname memfs_xattr_value(const struct memfs_node *node, const char *name);

/* Contents or owner changed: file capabilities are void (capabilities(7)). */
void memfs_xattr_drop_capability(struct memfs_node *node);
void memfs_xattr_free_all(struct memfs_node *node);

#endif
