/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dir_calls.c -- see dir_calls.h.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "dir_calls.h"
#include "party.h"

#define PATH_CAP (STEP_DEPTH * 257 + 1)

/* What a step works on: a descriptor, or a path from where we are. */
struct target {
	int fd; /* -1: path */
	char path[PATH_CAP], to[PATH_CAP];
};

static int
result(ssize_t rc)
{
	return rc < 0 ? -errno : (int)rc;
}

static int
base_of(const struct dir_calls *c, const struct place *p)
{
	return p->base == STEP_ROOT ? c->root : c->slots[p->base];
}

/* Go to where the path begins. */
static int
find(const struct dir_calls *c, const struct step *s, struct target *t)
{
	t->fd = s->slot == STEP_ROOT ? -1 : c->slots[s->slot];
	step_path(&s->at, t->path, sizeof(t->path));
	step_path(&s->to, t->to, sizeof(t->to));
	if (s->slot != STEP_ROOT && s->op != OP_OPEN)
		return 0;
	return result(fchdir(base_of(c, &s->at)));
}

static int
do_open(struct dir_calls *c, const struct step *s, const struct target *t)
{
	int fd = open(t->path, s->flags | O_CLOEXEC, s->mode);

	if (fd < 0)
		return -errno;
	c->slots[s->slot] = fd;
	return 0;
}

static int
do_read(const struct step *s, const struct target *t, struct outcome *out)
{
	ssize_t n = pread(t->fd, out->data, s->len, (off_t)s->off);

	out->len = n > 0 ? (uint32_t)n : 0;
	return result(n);
}

static int
do_write(const struct step *s, const struct target *t)
{
	uint8_t buf[STEP_DATA];

	step_fill(s->seed, buf, s->len);
	return result(pwrite(t->fd, buf, s->len, (off_t)s->off));
}

static int
do_readdir(const struct target *t, struct outcome *out)
{
	const struct dirent *e;
	int fd, n = 0;
	DIR *d;

	fd = openat(t->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT) /* removed: not to be opened again */
		fd = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if ((d = fdopendir(fd)) == NULL)
		return -errno;
	rewinddir(d);
	while ((errno = 0, e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		outcome_add(out, e->d_name);
		n++;
	}
	if (errno != 0)
		n = -errno;
	closedir(d);
	outcome_sort(out);
	return n;
}

static int
do_stat(const struct target *t, struct outcome *out)
{
	struct stat st;

	if ((t->fd >= 0 ? fstat(t->fd, &st) : lstat(t->path, &st)) != 0)
		return -errno;
	out->attr = (struct outcome_attr){ .mode = st.st_mode,
		.uid = st.st_uid,
		.gid = st.st_gid,
		.ino = st.st_ino,
		.nlink = st.st_nlink,
		.size = (uint64_t)st.st_size,
		.atime = st.st_atim,
		.mtime = st.st_mtim,
		.ctime = st.st_ctim };
	return 0;
}

static int
do_setattr(const struct step *s, const struct target *t)
{
	bool fd = t->fd >= 0;

	switch (s->op) {
	case OP_CHMOD:
		return result(
		    fd ? fchmod(t->fd, s->mode) : chmod(t->path, s->mode));
	case OP_CHOWN:
		return result(fd ? fchown(t->fd, s->uid, s->gid)
				 : lchown(t->path, s->uid, s->gid));
	case OP_UTIMES:
		return result(fd ? futimens(t->fd, s->times)
				 : utimensat(AT_FDCWD, t->path, s->times,
				       AT_SYMLINK_NOFOLLOW));
	default:
		return result(fd ? ftruncate(t->fd, (off_t)s->off)
				 : truncate(t->path, (off_t)s->off));
	}
}

static int
list_xattrs(const struct target *t, struct outcome *out)
{
	char list[1024], *name;
	ssize_t len = t->fd >= 0 ? flistxattr(t->fd, list, sizeof(list))
				 : llistxattr(t->path, list, sizeof(list));
	int n = 0;

	if (len < 0)
		return -errno;
	for (name = list; name < list + len; name += strlen(name) + 1)
		if (strncmp(name, "user.", 5) == 0) {
			outcome_add(out, name);
			n++;
		}
	outcome_sort(out);
	return n;
}

static int
do_xattr(const struct step *s, const struct target *t, struct outcome *out)
{
	static const int flags[] = { 0, XATTR_CREATE, XATTR_REPLACE };
	const char *name = step_xattr(s->which);
	uint8_t value[200];
	ssize_t n;

	switch (s->op) {
	case OP_GETXATTR:
		n = t->fd >= 0 ? fgetxattr(t->fd, name, out->data, STEP_DATA)
			       : lgetxattr(t->path, name, out->data, STEP_DATA);
		out->len = n > 0 ? (uint32_t)n : 0;
		return result(n);
	case OP_SETXATTR:
		step_fill(s->seed, value, s->len % 200);
		return result(t->fd >= 0 ? fsetxattr(t->fd, name, value,
					       s->len % 200, flags[s->flags])
					 : lsetxattr(t->path, name, value,
					       s->len % 200, flags[s->flags]));
	case OP_REMOVEXATTR:
		return result(t->fd >= 0 ? fremovexattr(t->fd, name)
					 : lremovexattr(t->path, name));
	default:
		return list_xattrs(t, out);
	}
}

static int
do_statfs(const struct target *t)
{
	struct statvfs st;

	if ((t->fd >= 0 ? fstatvfs(t->fd, &st) : statvfs(t->path, &st)) != 0)
		return -errno;
	return st.f_bsize > 0 && st.f_bfree <= st.f_blocks &&
		st.f_namemax >= 255
	    ? 0
	    : -ERANGE;
}

static int
do_lock(const struct step *s, const struct target *t)
{
	static const short types[] = { F_RDLCK, F_WRLCK, F_UNLCK };
	struct flock lk = { .l_type = types[s->flags],
		.l_whence = SEEK_SET,
		.l_start = (off_t)s->off,
		.l_len = (off_t)s->len };
	int rc = result(fcntl(t->fd, F_SETLK, &lk));

	return rc == -EACCES ? -EAGAIN : rc;
}

static int
do_link(const struct dir_calls *c, const struct step *s, const struct target *t)
{
	char proc[64];
	int to = base_of(c, &s->to);

	if (s->slot == STEP_ROOT)
		return result(linkat(AT_FDCWD, t->path, to, t->to, 0));
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", t->fd);
	return result(linkat(AT_FDCWD, proc, to, t->to, AT_SYMLINK_FOLLOW));
}

static int
do_name(const struct dir_calls *c, const struct step *s, const struct target *t,
    struct outcome *out)
{
	ssize_t n;

	switch (s->op) {
	case OP_READLINK:
		n = readlink(t->path, (char *)out->data, STEP_DATA);
		out->len = n > 0 ? (uint32_t)n : 0;
		return result(n);
	case OP_MKDIR:
		return result(mkdir(t->path, s->mode));
	case OP_MKFIFO:
		return result(mkfifo(t->path, s->mode));
	case OP_SYMLINK:
		return result(symlink(step_target(s->which), t->path));
	case OP_LINK:
		return do_link(c, s, t);
	case OP_RENAME:
		return result(
		    renameat(AT_FDCWD, t->path, base_of(c, &s->to), t->to));
	case OP_UNLINK:
		return result(unlink(t->path));
	default:
		return result(rmdir(t->path));
	}
}

static int
do_step(struct dir_calls *c, const struct step *s, const struct target *t,
    struct outcome *out)
{
	switch (s->op) {
	case OP_OPEN:
		return do_open(c, s, t);
	case OP_CLOSE:
		c->slots[s->slot] = -1;
		return result(close(t->fd));
	case OP_READ:
		return do_read(s, t, out);
	case OP_WRITE:
		return do_write(s, t);
	case OP_READDIR:
		return do_readdir(t, out);
	case OP_FSYNC:
		return result(
		    s->way & WAY_OTHER ? fdatasync(t->fd) : fsync(t->fd));
	case OP_STAT:
		return do_stat(t, out);
	case OP_CHMOD:
	case OP_CHOWN:
	case OP_UTIMES:
	case OP_TRUNCATE:
		return do_setattr(s, t);
	case OP_GETXATTR:
	case OP_SETXATTR:
	case OP_REMOVEXATTR:
	case OP_LISTXATTR:
		return do_xattr(s, t, out);
	case OP_STATFS:
		return do_statfs(t);
	case OP_LOCK:
		return do_lock(s, t);
	default:
		return do_name(c, s, t, out);
	}
}

void
dir_calls_run(struct dir_calls *c, const struct step *s, struct outcome *out)
{
	struct target t;

	out->rc = find(c, s, &t);
	if (out->rc == 0)
		out->rc = do_step(c, s, &t, out);
	/* To be somewhere is to hold it. */
	if (fchdir(c->root) != 0)
		out->rc = -errno;
}
