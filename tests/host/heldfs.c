/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heldfs.c -- a file system that waits and fails when it is told to.
 *
 *	heldfs MOUNTPOINT DIR
 *
 * shows what is in DIR at MOUNTPOINT, and takes commands at standard input,
 * which is a socket: see plan.h.  When the other end of that is closed, or its
 * owner has died, it unmounts and ends, whatever still waits.
 *
 * Nothing is kept by the kernel: every operation gets here.
 */

#define FUSE_USE_VERSION 312

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "plan.h"

#define THREADS 300 /* so many may wait */

static const char *mountpoint;

/* The process is in DIR. */
static const char *
in_dir(const char *path)
{
	return path[1] != '\0' ? path + 1 : ".";
}

static int
result(long rc)
{
	return rc >= 0 ? (int)rc : -errno;
}

/* After the plan's consent; ... is what the host says. */
#define DO(op, ...)                                                            \
	int rc = plan_meet(OP_##op);                                           \
                                                                               \
	return rc != 0 ? rc : result(__VA_ARGS__)

static int
held_getattr(const char *path, struct stat *st, struct fuse_file_info *fi)
{
	DO(getattr,
	    fi != NULL ? fstat((int)fi->fh, st) : lstat(in_dir(path), st));
}

static int
held_readlink(const char *path, char *buf, size_t size)
{
	int rc = plan_meet(OP_readlink);
	ssize_t n;

	if (rc != 0)
		return rc;
	if ((n = readlink(in_dir(path), buf, size - 1)) < 0)
		return -errno;
	buf[n] = '\0';
	return 0;
}

static int
held_mknod(const char *path, mode_t mode, dev_t rdev)
{
	DO(mknod, mknod(in_dir(path), mode, rdev));
}

static int
held_mkdir(const char *path, mode_t mode)
{
	DO(mkdir, mkdir(in_dir(path), mode));
}

static int
held_unlink(const char *path)
{
	DO(unlink, unlink(in_dir(path)));
}

static int
held_rmdir(const char *path)
{
	DO(rmdir, rmdir(in_dir(path)));
}

static int
held_symlink(const char *target, const char *path)
{
	DO(symlink, symlink(target, in_dir(path)));
}

static int
held_rename(const char *from, const char *to, unsigned int flags)
{
	DO(rename,
	    renameat2(AT_FDCWD, in_dir(from), AT_FDCWD, in_dir(to), flags));
}

static int
held_link(const char *from, const char *to)
{
	DO(link, link(in_dir(from), in_dir(to)));
}

/* Without a path for what is open: it may have been removed. */
static int
held_chmod(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	DO(chmod,
	    fi != NULL ? fchmod((int)fi->fh, mode) : chmod(in_dir(path), mode));
}

static int
held_chown(const char *path, uid_t uid, gid_t gid, struct fuse_file_info *fi)
{
	DO(chown,
	    fi != NULL ? fchown((int)fi->fh, uid, gid)
		       : lchown(in_dir(path), uid, gid));
}

static int
held_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	DO(truncate,
	    fi != NULL ? ftruncate((int)fi->fh, size)
		       : truncate(in_dir(path), size));
}

static int
held_utimens(
    const char *path, const struct timespec t[2], struct fuse_file_info *fi)
{
	DO(utimens,
	    fi != NULL
		? futimens((int)fi->fh, t)
		: utimensat(AT_FDCWD, in_dir(path), t, AT_SYMLINK_NOFOLLOW));
}

/* Past the kernel's page cache, so that every read and write gets here. */
static int
opened(struct fuse_file_info *fi, int fd)
{
	if (fd < 0)
		return -errno;
	fi->fh = (uint64_t)fd;
	fi->direct_io = 1;
	return 0;
}

static int
held_open(const char *path, struct fuse_file_info *fi)
{
	int rc = plan_meet(OP_open);

	return rc != 0 ? rc : opened(fi, open(in_dir(path), fi->flags));
}

static int
held_create(const char *path, mode_t mode, struct fuse_file_info *fi)
{
	int rc = plan_meet(OP_create);

	return rc != 0
	    ? rc
	    : opened(fi, open(in_dir(path), fi->flags | O_CREAT, mode));
}

static int
held_read(const char *path, char *buf, size_t size, off_t off,
    struct fuse_file_info *fi)
{
	(void)path;
	DO(read, pread((int)fi->fh, buf, plan_size(OP_read, size), off));
}

static int
held_write(const char *path, const char *buf, size_t size, off_t off,
    struct fuse_file_info *fi)
{
	(void)path;
	DO(write, pwrite((int)fi->fh, buf, plan_size(OP_write, size), off));
}

static int
held_statfs(const char *path, struct statvfs *st)
{
	DO(statfs, statvfs(in_dir(path), st));
}

/* Once for each descriptor that is closed; what close(2) answers there. */
static int
held_flush(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	(void)fi;
	return plan_meet(OP_flush);
}

static int
held_release(const char *path, struct fuse_file_info *fi)
{
	(void)path;
	return result(close((int)fi->fh));
}

static int
held_fsync(const char *path, int datasync, struct fuse_file_info *fi)
{
	(void)path;
	DO(fsync, datasync ? fdatasync((int)fi->fh) : fsync((int)fi->fh));
}

static int
held_opendir(const char *path, struct fuse_file_info *fi)
{
	int rc = plan_meet(OP_opendir);

	return rc != 0 ? rc : opened(fi, open(in_dir(path), O_RDONLY));
}

static int
held_readdir(const char *path, void *buf, fuse_fill_dir_t fill, off_t off,
    struct fuse_file_info *fi, enum fuse_readdir_flags flags)
{
	int n, rc = plan_meet(OP_readdir);
	struct dirent **entries;

	(void)path;
	(void)off;
	(void)flags;
	if (rc != 0)
		return rc;
	if ((n = scandirat((int)fi->fh, ".", &entries, NULL, NULL)) < 0)
		return -errno;
	while (n-- > 0) {
		(void)fill(buf, entries[n]->d_name, NULL, 0, 0);
		free(entries[n]);
	}
	free(entries);
	return 0;
}

static int
held_setxattr(const char *path, const char *name, const char *value,
    size_t size, int flags)
{
	DO(setxattr, lsetxattr(in_dir(path), name, value, size, flags));
}

static int
held_getxattr(const char *path, const char *name, char *value, size_t size)
{
	DO(getxattr, lgetxattr(in_dir(path), name, value, size));
}

static int
held_listxattr(const char *path, char *names, size_t size)
{
	DO(listxattr, llistxattr(in_dir(path), names, size));
}

static int
held_removexattr(const char *path, const char *name)
{
	DO(removexattr, lremovexattr(in_dir(path), name));
}

/* On a thread of its own: the mount is there. */
static void *
serve_plan(void *arg)
{
	(void)arg;
	plan_serve(STDIN_FILENO);
	(void)umount2(mountpoint, MNT_DETACH);
	_exit(0);
}

static void *
held_init(struct fuse_conn_info *conn, struct fuse_config *cfg)
{
	pthread_t thread;

	conn->max_background = THREADS;
	cfg->attr_timeout = cfg->entry_timeout = cfg->negative_timeout = 0;
	cfg->nullpath_ok = 1;
	cfg->hard_remove = 1;
	if (pthread_create(&thread, NULL, serve_plan, NULL) != 0)
		_exit(1);
	return NULL;
}

static const struct fuse_operations held_ops = {
	.init = held_init,
	.getattr = held_getattr,
	.readlink = held_readlink,
	.mknod = held_mknod,
	.mkdir = held_mkdir,
	.unlink = held_unlink,
	.rmdir = held_rmdir,
	.symlink = held_symlink,
	.rename = held_rename,
	.link = held_link,
	.chmod = held_chmod,
	.chown = held_chown,
	.truncate = held_truncate,
	.utimens = held_utimens,
	.open = held_open,
	.create = held_create,
	.read = held_read,
	.write = held_write,
	.statfs = held_statfs,
	.flush = held_flush,
	.release = held_release,
	.fsync = held_fsync,
	.opendir = held_opendir,
	.readdir = held_readdir,
	.releasedir = held_release,
	.setxattr = held_setxattr,
	.getxattr = held_getxattr,
	.listxattr = held_listxattr,
	.removexattr = held_removexattr,
};

int
main(int argc, char **argv)
{
	char *mount_args[] = { "heldfs", "-oallow_other,default_permissions",
		NULL };
	struct fuse_args args = FUSE_ARGS_INIT(2, mount_args);
	struct fuse_loop_config *cfg = fuse_loop_cfg_create();
	struct fuse *fuse;

	if (argc != 3 || cfg == NULL || chdir(argv[2]) != 0)
		return 2;
	umask(0);
	mountpoint = argv[1];
	fuse = fuse_new(&args, &held_ops, sizeof(held_ops), NULL);
	if (fuse == NULL || fuse_mount(fuse, mountpoint) != 0)
		return 1;
	fuse_loop_cfg_set_max_threads(cfg, THREADS);
	fuse_loop_cfg_set_idle_threads(cfg, THREADS);
	return fuse_loop_mt(fuse, cfg) != 0;
}
