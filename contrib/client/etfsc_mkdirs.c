/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_mkdirs.c -- a directory and all that is missing on the way to it.
 */

#include "etfsc_files.h"

static int
make(struct etfsc_path *p, const char *name, mode_t mode)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	etfsc_tmkdir(p->fs, &req, p->at, name, mode, ETFSC_NOID, NULL);
	rc = etfsc_wait(p->fs, &req);
	return rc == -EEXIST ? 0 : rc; /* somebody was faster */
}

/* One name further, made if need be; not what a link leads to. */
static int
enter(struct etfsc_path *p, const char *name, mode_t mode)
{
	unsigned int links = p->links;
	int rc;

	p->rest = name;
	rc = etfsc_path_resolve(p, true);
	if (rc == -ENOENT && p->links == links) {
		if ((rc = make(p, name, mode)) != 0)
			return rc;
		p->rest = name;
		rc = etfsc_path_resolve(p, true);
	}
	if (rc == 0 && !etfsc_is_dir(&p->qid))
		rc = -ENOTDIR;
	return rc;
}

static int
enter_all(struct etfsc_path *p, const char *path, mode_t mode)
{
	char name[ETFSC_NAME_MAX + 1];
	size_t len;
	int rc = 0;

	while (rc == 0 && *(path += strspn(path, "/")) != '\0') {
		len = strcspn(path, "/");
		if (len > ETFSC_NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, path, len);
		name[len] = '\0';
		path += len;
		rc = enter(p, name, mode);
	}
	return rc;
}

/* Most of the time it is there, or lacks only the last. */
int
etfsc_mkdirs(struct etfsc *fs, const char *path, mode_t mode)
{
	int rc = etfsc_mkdir(fs, path, mode);
	struct etfsc_path p;

	if (rc != -EEXIST && rc != -ENOENT)
		return rc;
	if ((rc = etfsc_path_init(&p, fs, path)) == 0)
		rc = enter_all(&p, path, mode);
	etfsc_path_fini(&p);
	return rc;
}
