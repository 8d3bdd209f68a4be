/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_dir.c -- what is in a directory.
 *
 * Entries come a buffer at a time, and where the server goes on is the cookie
 * of the last one given; so a seek only forgets the buffer.
 */

#include <fcntl.h>
#include <stdlib.h>

#include "etfsc_files.h"

#define BUF_SIZE (64U << 10)

static struct etfsc_dir *
new_dir(struct etfsc *fs)
{
	struct etfsc_dir *dir = calloc(1, sizeof(*dir));

	if (dir == NULL)
		return NULL;
	dir->cap = etfsc_iosize(fs) < BUF_SIZE ? etfsc_iosize(fs) : BUF_SIZE;
	if ((dir->buf = malloc(dir->cap)) == NULL) {
		free(dir);
		return NULL;
	}
	dir->fs = fs;
	dir->fid = ETFSC_NOFID;
	dir->next = fs->dirs;
	dir->prev = &fs->dirs;
	if (fs->dirs != NULL)
		fs->dirs->prev = &dir->next;
	fs->dirs = dir;
	return dir;
}

void
etfsc_dir_free(struct etfsc_dir *dir)
{
	*dir->prev = dir->next;
	if (dir->next != NULL)
		dir->next->prev = dir->prev;
	free(dir->buf);
	free(dir);
}

static int
open_dir(struct etfsc_path *p, struct etfsc_dir *dir)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	if (!etfsc_is_dir(&p->qid))
		return -ENOTDIR;
	if ((rc = etfsc_path_take(p, &dir->fid)) != 0)
		return rc;
	etfsc_tlopen(p->fs, &req, dir->fid, O_RDONLY | O_DIRECTORY, NULL, NULL);
	return etfsc_wait(p->fs, &req);
}

int
etfsc_opendir(struct etfsc *fs, const char *path, struct etfsc_dir **out)
{
	struct etfsc_dir *dir = new_dir(fs);
	struct etfsc_path p;
	int rc;

	if (dir == NULL)
		return -ENOMEM;
	if ((rc = etfsc_path_init(&p, fs, path)) == 0 &&
	    (rc = etfsc_path_resolve(&p, true)) == 0)
		rc = open_dir(&p, dir);
	etfsc_path_fini(&p);
	if (rc == 0) {
		*out = dir;
		return 0;
	}
	etfsc_forget(fs, dir->fid);
	etfsc_dir_free(dir);
	return rc;
}

/* More entries: how many bytes of them, or -errno. */
static int
fill(struct etfsc_dir *dir)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	dir->pos = dir->len = 0;
	etfsc_treaddir(
	    dir->fs, &req, dir->fid, dir->cookie, dir->cap, dir->buf);
	if ((rc = etfsc_wait(dir->fs, &req)) > 0)
		dir->len = (uint32_t)rc;
	return rc;
}

int
etfsc_readdir(struct etfsc_dir *dir, struct etfsc_dirent *out)
{
	int rc;

	if (dir->pos == dir->len && (rc = fill(dir)) <= 0)
		return rc;
	rc = etfsc_dirent_get(dir->buf + dir->pos, dir->len - dir->pos, out);
	if (rc < 0) {
		etfsc_breach(dir->fs, "a directory entry that is none");
		return -ENOTCONN;
	}
	dir->pos += (uint32_t)rc;
	dir->cookie = out->cookie;
	return 1;
}

uint64_t
etfsc_telldir(const struct etfsc_dir *dir)
{
	return dir->cookie;
}

void
etfsc_seekdir(struct etfsc_dir *dir, uint64_t cookie)
{
	dir->cookie = cookie;
	dir->pos = dir->len = 0;
}

int
etfsc_closedir(struct etfsc_dir *dir)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc *fs;

	if (dir == NULL)
		return 0;
	fs = dir->fs;
	etfsc_tclunk(fs, &req, dir->fid);
	etfsc_dir_free(dir);
	return etfsc_wait(fs, &req);
}
