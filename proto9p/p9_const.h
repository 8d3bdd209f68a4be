/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_const.h -- the numbers that travel inside 9P messages.
 *
 * All of them are the protocol's own or Linux's (x86, asm-generic), never the
 * host's: translate, do not cast.
 */

#ifndef P9_CONST_H
#define P9_CONST_H

#define P9_NOTAG 0xffffU
#define P9_NOFID 0xffffffffU
#define P9_NONUNAME 0xffffffffU
#define P9_MAXWELEM 16

#define P9_HDRSZ 7U /* size[4] type[1] tag[2] */
#define P9_MIN_MSIZE 4096U /* less is refused by Linux and of no use */
#define P9_MAX_MSIZE (1U << 20) /* the most that Linux asks for */
#define P9_NAME_MAX 255U

#define P9_VERSION_2000 "9P2000"
#define P9_VERSION_U "9P2000.u"
#define P9_VERSION_L "9P2000.L"
#define P9_VERSION_UNKNOWN "unknown"

/* qid.type; .L servers send only DIR, SYMLINK and FILE. */
#define P9_QTDIR 0x80
#define P9_QTAPPEND 0x40
#define P9_QTEXCL 0x20
#define P9_QTAUTH 0x08
#define P9_QTTMP 0x04
#define P9_QTSYMLINK 0x02
#define P9_QTLINK 0x01
#define P9_QTFILE 0x00

/* Tlopen and Tlcreate flags. */
#define P9_O_ACCMODE 03U
#define P9_O_RDONLY 00U
#define P9_O_WRONLY 01U
#define P9_O_RDWR 02U
#define P9_O_CREATE 0100U
#define P9_O_EXCL 0200U
#define P9_O_NOCTTY 0400U
#define P9_O_TRUNC 01000U
#define P9_O_APPEND 02000U
#define P9_O_NONBLOCK 04000U
#define P9_O_DSYNC 010000U
#define P9_O_FASYNC 020000U
#define P9_O_DIRECT 040000U
#define P9_O_LARGEFILE 0100000U
#define P9_O_DIRECTORY 0200000U
#define P9_O_NOFOLLOW 0400000U
#define P9_O_NOATIME 01000000U
#define P9_O_CLOEXEC 02000000U
#define P9_O_SYNC 04000000U

/* File types in modes. */
#define P9_S_IFMT 0170000U
#define P9_S_IFIFO 0010000U
#define P9_S_IFCHR 0020000U
#define P9_S_IFDIR 0040000U
#define P9_S_IFBLK 0060000U
#define P9_S_IFREG 0100000U
#define P9_S_IFLNK 0120000U
#define P9_S_IFSOCK 0140000U

/* Tgetattr request_mask, Rgetattr valid. */
#define P9_GETATTR_MODE 0x1U
#define P9_GETATTR_BASIC 0x7ffU
#define P9_GETATTR_BTIME 0x800U
#define P9_GETATTR_GEN 0x1000U
#define P9_GETATTR_DATA_VERSION 0x2000U
#define P9_GETATTR_ALL 0x3fffU

/* Tsetattr valid. */
#define P9_SETATTR_MODE 0x1U
#define P9_SETATTR_UID 0x2U
#define P9_SETATTR_GID 0x4U
#define P9_SETATTR_SIZE 0x8U
#define P9_SETATTR_ATIME 0x10U
#define P9_SETATTR_MTIME 0x20U
#define P9_SETATTR_CTIME 0x40U
#define P9_SETATTR_ATIME_SET 0x80U
#define P9_SETATTR_MTIME_SET 0x100U

/* Txattrcreate flags. */
#define P9_XATTR_CREATE 1U
#define P9_XATTR_REPLACE 2U
#define P9_XATTR_SIZE_MAX 65536U

/* Tunlinkat flags. */
#define P9_AT_REMOVEDIR 0x200U

/* Tlock and Tgetlock. */
#define P9_LOCK_RDLCK 0
#define P9_LOCK_WRLCK 1
#define P9_LOCK_UNLCK 2
#define P9_LOCK_FLAG_BLOCK 1U
#define P9_LOCK_FLAG_RECLAIM 2U
#define P9_LOCK_SUCCESS 0
#define P9_LOCK_BLOCKED 1
#define P9_LOCK_ERROR 2
#define P9_LOCK_GRACE 3

/* Rstatfs type: what Linux calls V9FS_MAGIC. */
#define P9_STATFS_MAGIC 0x01021997U

#endif
