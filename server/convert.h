/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * convert.h -- between the wire's words and the vfs's.
 */

#ifndef CONVERT_H
#define CONVERT_H

#include "p9.h"
#include "vfs.h"

struct vname name_of(p9_str s); /* borrows */
p9_qid qid_of(struct vqid qid);
p9_qid qid_of_vnode(struct vnode *vn);

/* Tlopen's and Tlcreate's flags to O_*: only what may reach a file system. */
int open_flags_of(uint32_t flags);

/* Permission bits and file type: the wire's octal numbers to S_I* and back. */
mode_t mode_of(uint32_t wire);
uint32_t mode_to_wire(mode_t mode);

/* DT_* as the wire has it, for a directory entry. */
uint8_t dirent_type_of(mode_t type);

/* Tsetattr; 0, or -EINVAL for numbers that are no size or time. */
int setattr_of(const struct p9_Tsetattr *in, struct vsetattr *sa);

/* blksize is what the client should be told. */
void attr_to_wire(
    const struct vattr *attr, uint64_t blksize, struct p9_Rgetattr *out);
void statfs_to_wire(const struct vstatfs *st, struct p9_Rstatfs *out);

#endif
