/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place_remote.c -- the server's tree as a place.
 */

#include <unistd.h>

#include "place.h"

static int
find(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *name, int flags, struct place_file *out)
{
	(void)flags;
	*out = PLACE_NONE;
	etfsc_twalk(c->fs, req, dir->fid, &out->fid, &name, 1, NULL);
	return PLACE_PENDING;
}

static int
open_it(
    struct cli *c, struct etfsc_req *req, const struct place_file *f, int flags)
{
	etfsc_tlopen(c->fs, req, f->fid, flags, NULL, NULL);
	return PLACE_PENDING;
}

static int
twin(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    struct place_file *out)
{
	*out = PLACE_NONE;
	etfsc_twalk(c->fs, req, dir->fid, &out->fid, NULL, 0, NULL);
	return PLACE_PENDING;
}

static int
create(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    struct place_file *f, const char *name, mode_t mode)
{
	(void)dir;
	etfsc_tlcreate(c->fs, req, f->fid, name, O_RDWR | O_CREAT | O_EXCL,
	    mode, ETFSC_NOID, NULL, NULL);
	return PLACE_PENDING;
}

static int
stat_it(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    struct etfsc_attr *out)
{
	etfsc_tgetattr(c->fs, req, f->fid, ETFSC_ATTR_BASIC, out);
	return PLACE_PENDING;
}

static int
set(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    const struct etfsc_setattr *what)
{
	etfsc_tsetattr(c->fs, req, f->fid, what);
	return PLACE_PENDING;
}

static int
read_some(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    void *buf, uint32_t len, uint64_t off)
{
	etfsc_tread(c->fs, req, f->fid, off, len, buf);
	return PLACE_PENDING;
}

static int
write_some(struct cli *c, struct etfsc_req *req, const struct place_file *f,
    const void *buf, uint32_t len, uint64_t off)
{
	etfsc_twrite(c->fs, req, f->fid, off, len, buf);
	return PLACE_PENDING;
}

static int
close_it(struct cli *c, struct etfsc_req *req, struct place_file *f)
{
	etfsc_tclunk(c->fs, req, f->fid);
	*f = PLACE_NONE;
	return PLACE_PENDING;
}

static int
read_link(
    struct cli *c, struct etfsc_req *req, const struct place_file *f, char *buf)
{
	etfsc_treadlink(c->fs, req, f->fid, buf, PLACE_TARGET);
	return PLACE_PENDING;
}

static int
make_link(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *name, const char *target)
{
	etfsc_tsymlink(c->fs, req, dir->fid, name, target, ETFSC_NOID, NULL);
	return PLACE_PENDING;
}

static int
rename_it(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *from, const char *to)
{
	etfsc_trenameat(c->fs, req, dir->fid, from, dir->fid, to);
	return PLACE_PENDING;
}

static int
unlink_it(struct cli *c, struct etfsc_req *req, const struct place_file *dir,
    const char *name)
{
	etfsc_tunlinkat(c->fs, req, dir->fid, name, 0);
	return PLACE_PENDING;
}

/* The protocol has no word for holes. */
static void
data(const struct place_file *f, uint64_t off, uint64_t size, uint64_t *begin,
    uint64_t *end)
{
	(void)f;
	*begin = off;
	*end = size;
}

static int
at(struct cli *c, const char *path, struct place_file *out)
{
	*out = PLACE_NONE;
	return dir_fid(c, path, &out->fid);
}

static int
enter(struct cli *c, const struct place_file *dir, const char *name,
    struct place_file *out)
{
	*out = PLACE_NONE;
	return dir_enter(c, dir->fid, name, &out->fid);
}

static int
make_dir(
    struct cli *c, const struct place_file *dir, const char *name, mode_t mode)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tmkdir(c->fs, &req, dir->fid, name, mode, ETFSC_NOID, NULL);
	return etfsc_wait(c->fs, &req);
}

static int
list(struct cli *c, const struct place_file *dir, struct dir_list *out)
{
	return dir_read(c, dir->fid, DIR_FILES, out);
}

static int
look(struct cli *c, const char *path, bool follow, struct etfsc_attr *out)
{
	return follow ? etfsc_stat(c->fs, path, out)
		      : etfsc_lstat(c->fs, path, out);
}

/* Its target, from the directory that it is in. */
static char *
beside(const char *path, const char *target)
{
	const char *slash = strrchr(path, '/');
	char *out;

	if (target[0] == '/' || slash == NULL)
		return strdup(target);
	if (asprintf(&out, "%.*s/%s", (int)(slash - path), path, target) < 0)
		return NULL;
	return out;
}

static int
follow(struct cli *c, const char *path, char **out)
{
	char target[PLACE_TARGET], *next, *now = strdup(path);
	ssize_t len = 0;
	int links;

	for (links = 0; now != NULL && links < 40; links++) {
		len = etfsc_readlink(c->fs, now, target, sizeof(target) - 1);
		if (len < 0)
			break;
		target[len] = '\0';
		next = beside(now, target);
		free(now);
		now = next;
	}
	*out = now;
	if (now == NULL)
		return -ENOMEM;
	if (len == -EINVAL) /* no link any more */
		return 0;
	free(now);
	*out = NULL;
	return len < 0 ? (int)len : -ELOOP;
}

const struct place place_remote = {
	.remote = true,
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

void
place_drop(struct cli *c, struct place_file *f)
{
	if (f->fd != -1)
		close(f->fd);
	if (f->fid != ETFSC_NOFID)
		etfsc_forget(c->fs, f->fid);
	*f = PLACE_NONE;
}
