/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handlers.c -- which message goes to which function, and what must hold
 * before.  A message without a row is answered EOPNOTSUPP.
 */

#include "handlers.h"

#define AT(msg, field) offsetof(struct p9_##msg, field)

#define FILE_FID (NEED_FID | NEED_FILE)

const struct handler handlers[256] = {
	/* the session: run_session.c */
	[P9_Tversion] = { run_version, NULL, reply_version, MUSTRUN, 0 },
	[P9_Tauth] = { run_auth, NULL, NULL, 0, 0 },
	[P9_Tattach] = { run_attach, end_attach, reply_attach, MAKES_FID,
	    AT(Tattach, fid) },
	[P9_Tflush] = { run_flush, NULL, NULL, 0, 0 },
	[P9_Tclunk] = { run_clunk, end_clunk, NULL,
	    NEED_FID | ALONE | ENDS_FID | MUSTRUN, 0 },
	[P9_Tremove] = { run_remove, end_clunk, NULL,
	    NEED_FID | ALONE | ENDS_FID | MUSTRUN, 0 },

	/* names: run_walk.c, run_name.c */
	[P9_Twalk] = { run_walk, end_walk, reply_walk, FILE_FID | MAKES_FID,
	    AT(Twalk, newfid) },
	[P9_Tsymlink] = { run_symlink, end_make, reply_make, FILE_FID, 0 },
	[P9_Tmknod] = { run_mknod, end_make, reply_make, FILE_FID, 0 },
	[P9_Tmkdir] = { run_mkdir, end_make, reply_make, FILE_FID, 0 },
	[P9_Tlink] = { run_link, NULL, NULL, FILE_FID | HAS_FID2,
	    AT(Tlink, fid) },
	[P9_Trename] = { run_rename, end_rename, NULL,
	    FILE_FID | HAS_FID2 | ALONE, AT(Trename, dfid) },
	[P9_Trenameat] = { run_renameat, NULL, NULL, FILE_FID | HAS_FID2,
	    AT(Trenameat, newdirfid) },
	[P9_Tunlinkat] = { run_unlinkat, NULL, NULL, FILE_FID, 0 },
	[P9_Treadlink] = { run_readlink, end_readlink, reply_readlink, FILE_FID,
	    0 },

	/* contents: run_file.c */
	[P9_Tlopen] = { run_lopen, end_lopen, reply_lopen,
	    NEED_FID | NEED_WALKED | ALONE, 0 },
	[P9_Tlcreate] = { run_lcreate, end_lcreate, reply_lopen,
	    NEED_FID | NEED_WALKED | ALONE, 0 },
	[P9_Tread] = { run_read, NULL, reply_read, NEED_FID, 0 },
	[P9_Twrite] = { run_write, NULL, reply_write, NEED_FID, 0 },
	[P9_Treaddir] = { run_readdir, end_readdir, reply_read,
	    NEED_FID | NEED_OPEN, 0 },
	[P9_Tfsync] = { run_fsync, NULL, NULL, NEED_FID | NEED_OPEN, 0 },

	/* attributes: run_attr.c, run_xattr.c */
	[P9_Tgetattr] = { run_getattr, end_getattr, reply_getattr, FILE_FID,
	    0 },
	[P9_Tsetattr] = { run_setattr, NULL, NULL, FILE_FID, 0 },
	[P9_Tstatfs] = { run_statfs, NULL, reply_statfs, FILE_FID, 0 },
	[P9_Txattrwalk] = { run_xattrwalk, end_xattrwalk, reply_xattrwalk,
	    FILE_FID | MAKES_FID, AT(Txattrwalk, newfid) },
	[P9_Txattrcreate] = { run_xattrcreate, NULL, NULL,
	    NEED_FID | NEED_WALKED | ALONE, 0 },

	/* locks: run_lock.c */
	[P9_Tlock] = { run_lock, end_lock, reply_lock, NEED_FID | NEED_OPEN,
	    0 },
	[P9_Tgetlock] = { run_getlock, NULL, reply_getlock,
	    NEED_FID | NEED_OPEN, 0 },
};
