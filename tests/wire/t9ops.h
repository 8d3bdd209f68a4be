/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t9ops.h -- what a client does all day, in one call each.
 *
 * All of these insist on success; a call that is to fail is made by t9_fails().
 * Paths are relative to a fid, with single slashes between names; "" is the
 * fid's own file.  Fids are the caller's numbers.
 */

#ifndef T9OPS_H
#define T9OPS_H

#include "t9p.h"

/* 9P2000.L with msize, as far as the server goes along. */
void t9_version(struct t9 *c, uint32_t msize);
p9_qid t9_attach(struct t9 *c, uint32_t fid, uint32_t uid, const char *aname);

/* Twalk in as many steps as it takes; returns the last qid, if any. */
p9_qid t9_walk(struct t9 *c, uint32_t fid, uint32_t newfid, const char *path);
void t9_clunk(struct t9 *c, uint32_t fid);

/* The names of a path of at most 16, for a Twalk made by hand. */
p9_names t9_names(const char *path);

/* Walk to path and open it; or make it there, name being its last part. */
void t9_open(struct t9 *c, uint32_t fid, uint32_t newfid, const char *path,
    uint32_t flags);
void t9_create(struct t9 *c, uint32_t dfid, uint32_t newfid, const char *name,
    uint32_t flags, uint32_t mode);
void t9_mkdir(struct t9 *c, uint32_t dfid, const char *name, uint32_t mode);
void t9_unlink(struct t9 *c, uint32_t dfid, const char *name);
void t9_rmdir(struct t9 *c, uint32_t dfid, const char *name);

/* One Tread or Twrite; the latter has to take everything. */
uint32_t t9_read(
    struct t9 *c, uint32_t fid, uint64_t offset, void *buf, uint32_t count);
void t9_write(struct t9 *c, uint32_t fid, uint64_t offset, const void *buf,
    uint32_t count);

/* Whole files, by path: made or compared, through a fid of their own. */
void t9_put(struct t9 *c, uint32_t dfid, const char *name, const char *text);
void t9_has(struct t9 *c, uint32_t fid, const char *path, const char *text);
/* The same of a fid that is open for reading. */
void t9_reads(struct t9 *c, uint32_t fid, const char *text);

struct p9_Rgetattr t9_getattr(struct t9 *c, uint32_t fid);
struct p9_Rgetattr t9_stat(struct t9 *c, uint32_t fid, const char *path);
struct p9_Rstatfs t9_statfs(struct t9 *c, uint32_t fid);
bool t9_exists(struct t9 *c, uint32_t fid, const char *path);

/* A directory as it was listed. */
struct t9_list {
	size_t n;
	struct t9_entry {
		p9_qid qid;
		uint64_t cookie;
		uint8_t type;
		char name[P9_NAME_MAX + 1];
	} * e;
};

/*
 * Read all of the directory open on fid, count bytes at a time, or all that
 * comes after a cookie; free with t9_list_free.  t9_list_find returns NULL for
 * a name that is not there, and fails if it is there twice.
 */
struct t9_list t9_readdir(
    struct t9 *c, uint32_t fid, uint64_t cookie, uint32_t count);
struct t9_entry *t9_list_find(struct t9_list *list, const char *name);
void t9_list_free(struct t9_list *list);
size_t t9_count(struct t9 *c, uint32_t dfid); /* but for "." and ".." */

/* Whole values of extended attributes. */
void t9_setxattr(struct t9 *c, uint32_t fid, const char *name,
    const void *value, uint32_t len, uint32_t flags);
uint32_t t9_getxattr(
    struct t9 *c, uint32_t fid, const char *name, void *buf, uint32_t cap);

/* Tlock for an owner of this client; returns the status. */
struct t9_range {
	uint64_t start, length;
};
#define T9_ALL ((struct t9_range){ 0, 0 })
uint8_t t9_lock(struct t9 *c, uint32_t fid, uint8_t type, uint32_t proc,
    struct t9_range range);
/* Tgetlock with a write lock in mind: is there one in the way? */
bool t9_locked(
    struct t9 *c, uint32_t fid, uint32_t proc, struct t9_range range);
/* Ask for a write lock and do not wait for the answer; returns the tag. */
uint16_t t9_lock_wait(struct t9 *c, uint32_t fid, uint32_t proc);

#define T9_TMPFID 0x7ffffff0U /* used and clunked inside these calls */
#define T9_TMPFID2 0x7ffffff1U

#define t9_version (t9_here(__FILE__, __LINE__), t9_version)
#define t9_attach (t9_here(__FILE__, __LINE__), t9_attach)
#define t9_walk (t9_here(__FILE__, __LINE__), t9_walk)
#define t9_clunk (t9_here(__FILE__, __LINE__), t9_clunk)
#define t9_open (t9_here(__FILE__, __LINE__), t9_open)
#define t9_create (t9_here(__FILE__, __LINE__), t9_create)
#define t9_mkdir (t9_here(__FILE__, __LINE__), t9_mkdir)
#define t9_unlink (t9_here(__FILE__, __LINE__), t9_unlink)
#define t9_rmdir (t9_here(__FILE__, __LINE__), t9_rmdir)
#define t9_read (t9_here(__FILE__, __LINE__), t9_read)
#define t9_write (t9_here(__FILE__, __LINE__), t9_write)
#define t9_put (t9_here(__FILE__, __LINE__), t9_put)
#define t9_has (t9_here(__FILE__, __LINE__), t9_has)
#define t9_reads (t9_here(__FILE__, __LINE__), t9_reads)
#define t9_getattr (t9_here(__FILE__, __LINE__), t9_getattr)
#define t9_stat (t9_here(__FILE__, __LINE__), t9_stat)
#define t9_statfs (t9_here(__FILE__, __LINE__), t9_statfs)
#define t9_exists (t9_here(__FILE__, __LINE__), t9_exists)
#define t9_readdir (t9_here(__FILE__, __LINE__), t9_readdir)
#define t9_list_find (t9_here(__FILE__, __LINE__), t9_list_find)
#define t9_count (t9_here(__FILE__, __LINE__), t9_count)
#define t9_setxattr (t9_here(__FILE__, __LINE__), t9_setxattr)
#define t9_getxattr (t9_here(__FILE__, __LINE__), t9_getxattr)
#define t9_lock (t9_here(__FILE__, __LINE__), t9_lock)
#define t9_locked (t9_here(__FILE__, __LINE__), t9_locked)
#define t9_lock_wait (t9_here(__FILE__, __LINE__), t9_lock_wait)

#endif
