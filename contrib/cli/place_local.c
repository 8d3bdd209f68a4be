/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place_local.c -- this machine's files as a place: nothing is ever pending.
 */

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"

#define UNUSED(x) (void)(x)

static int
result(ssize_t rc)
{
	return rc < 0 ? -errno : (int)rc;
}

static int
find(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *name, int flags, struct place_file *out)
{
	struct stat st;

	UNUSED(c);
	UNUSED(req);
	*out = PLACE_NONE;
	/* To open a FIFO, or a device, does something to it. */
	if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(st.st_mode))
		flags = O_PATH;
	out->fd =
	    openat(dir->fd, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return out->fd < 0 ? -errno : 0;
}

static int
open_it(
    struct cli *c, struct etfsc_req *req, const struct place_file *f, int flags)
{
	UNUSED(c);
	UNUSED(req);
	UNUSED(f);
	UNUSED(flags);
	return 0;
}

static int
twin(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    struct place_file *out)
{
	UNUSED(c);
	UNUSED(req);
	UNUSED(dir);
	*out = PLACE_NONE;
	return 0;
}

static int
create(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    struct place_file *f, const char *name, mode_t mode)
{
	UNUSED(c);
	UNUSED(req);
	f->fd =
	    openat(dir->fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return f->fd < 0 ? -errno : 0;
}

static void
convert(const struct stat *st, struct etfsc_attr *out)
{
	memset(out, 0, sizeof(*out));
	out->mode = st->st_mode;
	out->uid = st->st_uid;
	out->gid = st->st_gid;
	out->size = (uint64_t)st->st_size;
	out->atime = st->st_atim;
	out->mtime = st->st_mtim;
}

static int
stat_it(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    struct etfsc_attr *out)
{
	struct stat st;

	UNUSED(c);
	UNUSED(req);
	if (fstat(f->fd, &st) != 0)
		return -errno;
	convert(&st, out);
	return 0;
}

/* A new owner takes set-id bits away; and f may be a link, and not open. */
static int
set(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    const struct etfsc_setattr *what)
{
	const struct timespec times[2] = { what->atime, what->mtime };
	uid_t uid = what->valid & ETFSC_SET_UID ? what->uid : (uid_t)-1;
	gid_t gid = what->valid & ETFSC_SET_GID ? what->gid : (gid_t)-1;

	UNUSED(c);
	UNUSED(req);
	if ((what->valid & ETFSC_SET_SIZE) != 0 &&
	    ftruncate(f->fd, (off_t)what->size) != 0)
		return -errno;
	if ((what->valid & (ETFSC_SET_UID | ETFSC_SET_GID)) != 0 &&
	    fchownat(f->fd, "", uid, gid, AT_EMPTY_PATH) != 0)
		return -errno;
	if ((what->valid & ETFSC_SET_MODE) != 0 &&
	    fchmod(f->fd, what->mode) != 0)
		return -errno;
	if ((what->valid & (ETFSC_SET_ATIME | ETFSC_SET_MTIME)) != 0 &&
	    utimensat(f->fd, "", times, AT_EMPTY_PATH) != 0)
		return -errno;
	return 0;
}

static int
read_some(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    void *buf, uint32_t len, uint64_t off)
{
	UNUSED(c);
	UNUSED(req);
	return result(pread(f->fd, buf, len, (off_t)off));
}

static int
write_some(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    const void *buf, uint32_t len, uint64_t off)
{
	UNUSED(c);
	UNUSED(req);
	return result(pwrite(f->fd, buf, len, (off_t)off));
}

static int
close_it(struct cli *c, struct etfsc_req *req, struct place_file *f)
{
	int fd = f->fd;

	UNUSED(c);
	UNUSED(req);
	*f = PLACE_NONE;
	return result(close(fd));
}

static int
read_link(
    struct cli *c, struct etfsc_req *req, const struct place_file *f, char *buf)
{
	UNUSED(c);
	UNUSED(req);
	return result(readlinkat(f->fd, "", buf, PLACE_TARGET));
}

static int
make_link(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *name, const char *target)
{
	UNUSED(c);
	UNUSED(req);
	return result(symlinkat(target, dir->fd, name));
}

static int
rename_it(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *from, const char *to)
{
	UNUSED(c);
	UNUSED(req);
	return result(renameat(dir->fd, from, dir->fd, to));
}

static int
unlink_it(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *name)
{
	UNUSED(c);
	UNUSED(req);
	return result(unlinkat(dir->fd, name, 0));
}

/* A file system that does not know of holes says that all is data. */
static void
data(const struct place_file *f, uint64_t off, uint64_t size, uint64_t *begin,
    uint64_t *end)
{
	off_t from = lseek(f->fd, (off_t)off, SEEK_DATA), to;

	if (from < 0)
		from = errno == ENXIO ? (off_t)size : (off_t)off;
	to = lseek(f->fd, from, SEEK_HOLE);
	*begin = (uint64_t)from < size ? (uint64_t)from : size;
	*end = to > from && (uint64_t)to < size ? (uint64_t)to : size;
}

static int
open_dir(int at, const char *path, int flags, struct place_file *out)
{
	*out = PLACE_NONE;
	out->fd = openat(at, path, flags | O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return out->fd < 0 ? -errno : 0;
}

static int
at(struct cli *c, const char *path, struct place_file *out)
{
	UNUSED(c);
	return open_dir(AT_FDCWD, path, 0, out);
}

static int
enter(struct cli *c, const struct place_file *dir, const char *name,
    struct place_file *out)
{
	UNUSED(c);
	return open_dir(dir->fd, name, O_NOFOLLOW, out);
}

static int
make_dir(
    struct cli *c, const struct place_file *dir, const char *name, mode_t mode)
{
	UNUSED(c);
	return result(mkdirat(dir->fd, name, mode));
}

static uint8_t
qid_type(int dir, const struct dirent *d)
{
	struct stat st = { .st_mode = (mode_t)DTTOIF(d->d_type) };

	if (d->d_type == DT_UNKNOWN)
		fstatat(dir, d->d_name, &st, AT_SYMLINK_NOFOLLOW);
	return S_ISDIR(st.st_mode) ? ETFSC_QTDIR
	    : S_ISLNK(st.st_mode)  ? ETFSC_QTSYMLINK
				   : 0;
}

static int
read_dir(DIR *dir, struct dir_list *out)
{
	struct dir_entry *e;
	struct dirent *d;

	while (errno = 0, (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if ((e = dir_add(out, d->d_name)) == NULL)
			return -ENOMEM;
		e->qid.type = qid_type(dirfd(dir), d);
	}
	return -errno;
}

static int
list(struct cli *c, const struct place_file *dir, struct dir_list *out)
{
	int fd = openat(dir->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	UNUSED(c);
	memset(out, 0, sizeof(*out));
	if (d == NULL) {
		rc = -errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	rc = read_dir(d, out);
	closedir(d);
	dir_sort(out);
	return rc;
}

static int
look(struct cli *c, const char *path, bool follow, struct etfsc_attr *out)
{
	struct stat st;

	UNUSED(c);
	if ((follow ? stat(path, &st) : lstat(path, &st)) != 0)
		return -errno;
	convert(&st, out);
	return 0;
}

static int
follow(struct cli *c, const char *path, char **out)
{
	UNUSED(c);
	*out = realpath(path, NULL);
	return *out == NULL ? -errno : 0;
}

const struct place place_local = {
	.remote = false,
	.find = find,
	.open = open_it,
	.twin = twin,
	.create = create,
	.stat = stat_it,
	.set = set,
	.read = read_some,
	.write = write_some,
	.close = close_it,
	.readlink = read_link,
	.symlink = make_link,
	.rename = rename_it,
	.unlink = unlink_it,
	.data = data,
	.at = at,
	.enter = enter,
	.mkdir = make_dir,
	.list = list,
	.look = look,
	.follow = follow,
};
