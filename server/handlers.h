/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handlers.h -- the functions of the table in handlers.c; see request.h for
 * what run, end and reply are.
 */

#ifndef HANDLERS_H
#define HANDLERS_H

#include "request.h"

int run_version(struct request *r);
int run_auth(struct request *r);
int run_attach(struct request *r);
int run_flush(struct request *r);
int run_clunk(struct request *r);
int run_walk(struct request *r);
int run_symlink(struct request *r);
int run_mknod(struct request *r);
int run_mkdir(struct request *r);
int run_link(struct request *r);
int run_rename(struct request *r);
int run_renameat(struct request *r);
int run_unlinkat(struct request *r);
int run_remove(struct request *r);
int run_readlink(struct request *r);
int run_lopen(struct request *r);
int run_lcreate(struct request *r);
int run_read(struct request *r);
int run_write(struct request *r);
int run_readdir(struct request *r);
int run_fsync(struct request *r);
int run_getattr(struct request *r);
int run_setattr(struct request *r);
int run_statfs(struct request *r);
int run_xattrwalk(struct request *r);
int run_xattrcreate(struct request *r);
int run_lock(struct request *r);
int run_getlock(struct request *r);

int end_attach(struct request *r, int rc);
int end_clunk(struct request *r, int rc);
int end_walk(struct request *r, int rc);
int end_make(struct request *r, int rc);
int end_rename(struct request *r, int rc);
int end_readlink(struct request *r, int rc);
int end_lopen(struct request *r, int rc);
int end_lcreate(struct request *r, int rc);
int end_readdir(struct request *r, int rc);
int end_getattr(struct request *r, int rc);
int end_xattrwalk(struct request *r, int rc);
int end_lock(struct request *r, int rc);

void reply_version(struct request *r, struct p9_msg *out);
void reply_attach(struct request *r, struct p9_msg *out);
void reply_walk(struct request *r, struct p9_msg *out);
void reply_make(struct request *r, struct p9_msg *out);
void reply_readlink(struct request *r, struct p9_msg *out);
void reply_lopen(struct request *r, struct p9_msg *out);
void reply_read(struct request *r, struct p9_msg *out);
void reply_write(struct request *r, struct p9_msg *out);
void reply_getattr(struct request *r, struct p9_msg *out);
void reply_statfs(struct request *r, struct p9_msg *out);
void reply_xattrwalk(struct request *r, struct p9_msg *out);
void reply_lock(struct request *r, struct p9_msg *out);
void reply_getlock(struct request *r, struct p9_msg *out);

/* What run_xattr.c does for messages that others own. */
int xattr_read(struct request *r);
int xattr_write(struct request *r);
int xattr_store(struct request *r);

/* And run_stream.c; the data to write is in u.io. */
int stream_read(struct request *r);
int stream_write(struct request *r);

/* How much of the count bytes that were asked for fit in a reply. */
uint32_t read_count(const struct request *r, uint32_t count);

#endif
