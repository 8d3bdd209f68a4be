/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_file.c -- open files, all but their contents (etfsc_io.c).
 */

#include <fcntl.h>
#include <stdlib.h>

#include "etfsc_files.h"

static struct etfsc_file *
new_file(struct etfsc *fs, int flags)
{
	struct etfsc_file *file = calloc(1, sizeof(*file));

	if (file == NULL)
		return NULL;
	file->fs = fs;
	file->fid = ETFSC_NOFID;
	file->flags = flags;
	file->next = fs->files;
	file->prev = &fs->files;
	if (fs->files != NULL)
		fs->files->prev = &file->next;
	fs->files = file;
	return file;
}

void
etfsc_file_free(struct etfsc_file *file)
{
	*file->prev = file->next;
	if (file->next != NULL)
		file->next->prev = file->prev;
	free(file);
}

/* Open the fid that p has come to. */
static int
open_here(struct etfsc_path *p, struct etfsc_file *file)
{
	struct etfsc_req req = { .done = NULL };
	int flags = file->flags & ~(O_CREAT | O_EXCL);
	int rc;

	if (etfsc_is_link(&p->qid))
		return -ELOOP;
	if ((flags & O_DIRECTORY) && !etfsc_is_dir(&p->qid))
		return -ENOTDIR;
	if ((rc = etfsc_path_take(p, &file->fid)) != 0)
		return rc;
	etfsc_tlopen(p->fs, &req, file->fid, flags, &file->qid, &file->iounit);
	return etfsc_wait(p->fs, &req);
}

/* Open the file of that name where p has come to, or create it. */
static int
create_here(struct etfsc_path *p, const char *name, mode_t mode,
    struct etfsc_file *file)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	if ((rc = etfsc_path_take(p, &file->fid)) != 0)
		return rc;
	etfsc_tlcreate(p->fs, &req, file->fid, name, file->flags, mode & 07777,
	    ETFSC_NOID, &file->qid, &file->iounit);
	return etfsc_wait(p->fs, &req);
}

/* There is something of that name already: fid.  A link leads on. */
static int
open_found(struct etfsc_path *p, uint32_t fid, const struct etfsc_qid *qid,
    struct etfsc_file *file, bool *again)
{
	int rc = -ELOOP;

	if (!etfsc_is_link(qid)) {
		etfsc_path_enter(p, fid, qid);
		return etfsc_is_dir(qid) ? -EISDIR : open_here(p, file);
	}
	if (!(file->flags & O_NOFOLLOW)) {
		rc = etfsc_path_splice(p, fid);
		*again = rc == 0;
	}
	etfsc_forget(p->fs, fid);
	return rc;
}

/* Up to the last name, and then that; again: it was a link. */
static int
open_or_create(
    struct etfsc_path *p, mode_t mode, struct etfsc_file *file, bool *again)
{
	struct etfsc_last last;
	struct etfsc_qid qid;
	uint32_t fid;
	int rc;

	*again = false;
	if ((rc = etfsc_path_parent(p, &last)) != 0)
		return rc;
	if (last.kind != ETFSC_NAME || last.slash)
		return file->flags & O_EXCL ? -EEXIST : -EISDIR;
	if (!(file->flags & O_EXCL)) {
		rc = etfsc_path_child(p, last.name, &fid, &qid);
		if (rc == 0)
			return open_found(p, fid, &qid, file, again);
		if (rc != -ENOENT)
			return rc;
	}
	return create_here(p, last.name, mode, file);
}

static int
open_path(struct etfsc_path *p, mode_t mode, struct etfsc_file *file)
{
	bool again;
	int rc;

	if (!(file->flags & O_CREAT)) {
		rc = etfsc_path_resolve(p, !(file->flags & O_NOFOLLOW));
		return rc != 0 ? rc : open_here(p, file);
	}
	if (file->flags & O_DIRECTORY)
		return -EINVAL;
	do {
		rc = open_or_create(p, mode, file, &again);
	} while (again);
	return rc;
}

int
etfsc_open(struct etfsc *fs, const char *path, int flags, mode_t mode,
    struct etfsc_file **out)
{
	struct etfsc_file *file = new_file(fs, flags);
	struct etfsc_path p;
	int rc;

	if (file == NULL)
		return -ENOMEM;
	if ((rc = etfsc_path_init(&p, fs, path)) == 0)
		rc = open_path(&p, mode, file);
	etfsc_path_fini(&p);
	if (rc == 0) {
		*out = file;
		return 0;
	}
	etfsc_forget(fs, file->fid);
	etfsc_file_free(file);
	return rc;
}

int
etfsc_create(
    struct etfsc *fs, const char *path, mode_t mode, struct etfsc_file **out)
{
	return etfsc_open(fs, path, O_WRONLY | O_CREAT | O_TRUNC, mode, out);
}

int
etfsc_close(struct etfsc_file *file)
{
	int rc;

	if (file == NULL)
		return 0;
	etfsc_tclunk(file->fs, &file->clunk, file->fid);
	rc = etfsc_wait(file->fs, &file->clunk);
	etfsc_file_free(file);
	return rc;
}

uint32_t
etfsc_file_fid(const struct etfsc_file *file)
{
	return file->fid;
}

int
etfsc_fstat(struct etfsc_file *file, struct etfsc_attr *out)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tgetattr(file->fs, &req, file->fid, ETFSC_ATTR_ALL, out);
	return etfsc_wait(file->fs, &req);
}

int
etfsc_fsetattr(struct etfsc_file *file, const struct etfsc_setattr *set)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tsetattr(file->fs, &req, file->fid, set);
	return etfsc_wait(file->fs, &req);
}

int
etfsc_ftruncate(struct etfsc_file *file, uint64_t size)
{
	struct etfsc_setattr set = { .valid = ETFSC_SET_SIZE, .size = size };

	return etfsc_fsetattr(file, &set);
}

static int
sync_file(struct etfsc_file *file, bool datasync)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tfsync(file->fs, &req, file->fid, datasync);
	return etfsc_wait(file->fs, &req);
}

int
etfsc_fsync(struct etfsc_file *file)
{
	return sync_file(file, false);
}

int
etfsc_fdatasync(struct etfsc_file *file)
{
	return sync_file(file, true);
}
