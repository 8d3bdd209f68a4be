/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_types.h -- what is passed to vfs and comes back: names, creds,
 * attributes, open files, walks, locks.  Numbers are the host's: errno, O_*,
 * S_IF*, uid_t.
 */

#ifndef VFS_TYPES_H
#define VFS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#define VFS_NAME_MAX 255 /* bytes in one name */
#define VFS_LINK_MAX 4095 /* bytes in a symbolic link */
#define VFS_WALK_MAX 16 /* names in one vfs_walk() */
#define VFS_XATTR_MAX 65536 /* bytes in one value, or in a list */
#define VFS_NOID ((uint32_t)-1) /* no uid, no gid */

struct vnode;

/* A slice of somebody's buffer; no terminator.  As a name: one component. */
struct vname {
	const char *s;
	size_t len;
};

/*
 * The one place that says which names are names.  -ENOENT if empty, -EINVAL if
 * it holds a slash or a NUL, -ENAMETOOLONG beyond VFS_NAME_MAX.  "." and ".."
 * pass: only the operation knows what they mean to it.
 */
int vname_check(struct vname name);
bool vname_is(struct vname name, const char *s);
bool vname_is_dots(struct vname name); /* "." or ".." */

/*
 * What it means that a client names a group for a new file.  Which groups its
 * users are in is known only there.
 */
enum vcred_claim {
	VCRED_CHECK, /* the cred is in that group, or -EPERM */
	VCRED_IGNORE, /* if it is not, the file gets the cred's */
	VCRED_BELIEVE, /* it is, since the client says so */
};

/*
 * Who asks.  Counted, constant once made, shared by loops.  groups are the
 * supplementary ones.  self says: act as the server itself, whatever the ids.
 */
struct vcred {
	_Atomic unsigned int refs;
	bool self;
	enum vcred_claim claim;
	uid_t uid;
	gid_t gid;
	size_t ngroups;
	gid_t groups[];
};

/* NULL if there is no memory.  groups is copied. */
struct vcred *vcred_new(
    uid_t uid, gid_t gid, const gid_t *groups, size_t ngroups);
struct vcred *vcred_get(struct vcred *cred);
void vcred_put(struct vcred *cred); /* NULL is fine */
bool vcred_in_group(const struct vcred *cred, gid_t gid);

/* Identity of a file: unique in the server for as long as it runs. */
struct vqid {
	mode_t type; /* S_IFMT part of the mode */
	uint32_t version; /* changes when the content does; 0: not cacheable */
	uint64_t path;
};

struct vattr {
	mode_t mode; /* S_IFMT and permission bits */
	uint32_t version;
	uint64_t path; /* as in struct vqid */
	uint64_t nlink;
	uid_t uid;
	gid_t gid;
	dev_t rdev;
	uint64_t size; /* bytes */
	uint64_t blocks; /* of 512 bytes, whatever blksize says */
	uint32_t blksize; /* preferred I/O size, bytes */
	bool has_btime;
	struct timespec atime, mtime, ctime, btime;
};

/* What vfs_setattr() is to change. */
enum {
	VSET_MODE = 1 << 0,
	VSET_UID = 1 << 1,
	VSET_GID = 1 << 2,
	VSET_SIZE = 1 << 3,
	VSET_ATIME = 1 << 4, /* to atime, or to now if VSET_ATIME_NOW */
	VSET_MTIME = 1 << 5,
	VSET_ATIME_NOW = 1 << 6,
	VSET_MTIME_NOW = 1 << 7,
};

struct vsetattr {
	unsigned int mask; /* VSET_*; other fields count only with their bit */
	mode_t mode; /* permission bits, 07777 */
	uid_t uid; /* VFS_NOID: no change, as for gid */
	gid_t gid;
	uint64_t size; /* at most INT64_MAX */
	struct timespec atime, mtime;
};

struct vstatfs {
	uint32_t bsize; /* unit of the block counts, bytes */
	uint64_t blocks, bfree, bavail;
	uint64_t files, ffree;
	uint64_t fsid;
	uint32_t namelen;
};

/*
 * An open file, in memory that the caller has.  vn is NULL while it is not
 * open, and holds a reference while it is.
 */
struct vfile {
	struct vnode *vn;
	int flags; /* O_ACCMODE, O_APPEND, O_NONBLOCK, ... as opened */
	int fd; /* for the file system's use, as is priv */
	void *priv;
};

/* Bytes that a call allocated; the caller frees data. */
struct vblob {
	void *data; /* NULL if len is 0 */
	size_t len;
};

struct vdirent {
	uint64_t path; /* as in struct vqid */
	uint32_t version;
	mode_t type; /* S_IFMT part, 0 if not known */
	uint64_t cookie; /* continue after this entry: 1 .. INT64_MAX */
	struct vname name;
};

/*
 * Takes one entry of a directory; false: no room, stop before this one.  May
 * run on a worker thread: touches only what belongs to its operation.
 */
typedef bool vfs_emit(void *ctx, const struct vdirent *entry);

/* A walk: where from, along which names, and how far it came. */
struct vwalk {
	/* Set by the caller. */
	struct vnode *root; /* ".." stays here */
	struct vnode *from;
	const struct vname *names;
	size_t nnames; /* at most VFS_WALK_MAX */

	/* Results; references only if all names were found. */
	size_t found;
	struct vqid qids[VFS_WALK_MAX];
	struct vnode *vn; /* the last, or from if there were no names */
	struct vnode *dir; /* the directory that its name was found in; NULL
			    * if the last name was a dot name, or none */
};

/* Byte-range locks: POSIX semantics within an owner. */
enum vlock_type {
	VLOCK_READ,
	VLOCK_WRITE,
	VLOCK_UNLOCK
};

/* What one client holds, and may.  vfs's to change once locks are taken. */
struct vlock_quota {
	size_t held;
	size_t limit;
};

struct vlock_owner {
	uint64_t client; /* the connection: unique while the server runs */
	uint32_t pid; /* within the client */
	struct vname host; /* what the client calls itself, at most 255 */
	struct vlock_quota *quota; /* of the client, or NULL */
};

struct vlock {
	enum vlock_type type;
	uint64_t start;
	uint64_t end; /* last byte; UINT64_MAX: to the end, however it grows */
	struct vlock_owner owner;
};

#endif
