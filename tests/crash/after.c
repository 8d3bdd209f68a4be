/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * after.c -- what the host shows when the server is dead.
 */

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crash.h"

#define STILL 20 /* files that nobody touches */

/* A whole file of the host; -1: there is none. */
static ssize_t
slurp(const char *path, uint8_t *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while (len < cap && (n = read(fd, buf + len, cap - len)) > 0)
		len += (size_t)n;
	close(fd);
	return (ssize_t)len;
}

/* Is the file there and as it should be? */
static bool
is_like(const char *host, const struct worker *w, unsigned int i)
{
	static uint8_t buf[FILE_MAX + 1];
	const struct file *f = w->names[i];
	char path[4096];
	struct stat st;

	snprintf(
	    path, sizeof(path), "%s/w%u/%s", host, w->number, worker_name(i));
	if (lstat(path, &st) != 0)
		return f == NULL && errno == ENOENT;
	if (f == NULL || S_ISDIR(st.st_mode) != f->is_dir)
		return false;
	if (f->is_dir)
		return true;
	return slurp(path, buf, sizeof(buf)) == (ssize_t)f->size &&
	    memcmp(buf, f->bytes, f->size) == 0;
}

/* The number of a name that is not as it should be, or NAMES. */
static unsigned int
differs(const struct worker *w, const char *host)
{
	unsigned int i;

	for (i = 0; i < NAMES && is_like(host, w, i); i++)
		;
	return i;
}

/* How many bytes of a write that was under way are there? */
static size_t
part_written(const struct worker *w, const char *host)
{
	static uint8_t buf[FILE_MAX + 1];
	char path[4096];
	unsigned int i;
	ssize_t size;
	size_t n = 0;

	for (i = 0; i < NAMES && w->names[i] != w->open; i++)
		;
	if (i == NAMES)
		return 0;
	snprintf(
	    path, sizeof(path), "%s/w%u/%s", host, w->number, worker_name(i));
	size = slurp(path, buf, sizeof(buf));
	while (n < w->len && (ssize_t)(w->off + n) < size &&
	    buf[w->off + n] == w->data[n])
		n++;
	return n;
}

/* Its owner and mode may not have been stored. */
static void
may_be_half_made(const struct worker *w)
{
	struct file *f = w->names[w->from];

	f->or_mode = f->is_dir ? 0700 : 0600;
	f->or_uid = geteuid();
}

/* Was it the operation under way? */
static bool
explained(struct worker *w, const char *host, bool mapped, struct tally *tally)
{
	size_t len = w->len;

	if (w->deed == WRITE) {
		len = part_written(w, host);
		tally->partly += len > 0 && len < w->len;
	}
	worker_apply(w, len);
	if (mapped && (w->deed == CREATE || w->deed == MKDIR))
		may_be_half_made(w);
	tally->happened++;
	return differs(w, host) == NAMES;
}

static void
no_other_names(const struct worker *w, const char *host)
{
	const struct dirent *e;
	char path[4096];
	DIR *d;

	snprintf(path, sizeof(path), "%s/w%u", host, w->number);
	if ((d = opendir(path)) == NULL)
		crash_fail("%s: %s", path, strerror(errno));
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0 &&
		    (strlen(e->d_name) != 1 || e->d_name[0] < 'a' ||
			e->d_name[0] >= 'a' + NAMES))
			crash_fail("%s/%s: a stray name", path, e->d_name);
	closedir(d);
}

void
after_worker(
    struct worker *w, const char *host, bool mapped, struct tally *tally)
{
	bool under_way = w->req.rc == -ENOTCONN;
	unsigned int i = differs(w, host);

	tally->under_way += under_way;
	if (i != NAMES && !(under_way && explained(w, host, mapped, tally)))
		crash_fail("%s/w%u/%s is not as it was left%s", host, w->number,
		    worker_name(i), under_way ? ", nor as it was to be" : "");
	/* What nobody sees in bytes may have happened, too. */
	if (under_way && w->deed == CHMOD)
		w->open->or_mode = w->mode;
	if (under_way && w->deed == CHOWN)
		w->open->or_uid = w->uid;
	no_other_names(w, host);
}

static void
check_attributes(const char *path, struct file *f, const struct etfsc_attr *a)
{
	mode_t mode = a->mode & 07777;

	if (S_ISDIR(a->mode) != f->is_dir ||
	    (mode != f->mode && mode != f->or_mode) ||
	    (a->uid != f->uid && a->uid != f->or_uid))
		crash_fail("%s: mode %o of %u, not %o of %u", path, a->mode,
		    a->uid, f->mode, f->uid);
	if (!f->is_dir && a->size != f->size)
		crash_fail("%s: %llu bytes, not %zu", path,
		    (unsigned long long)a->size, f->size);
	f->mode = f->or_mode = mode;
	f->uid = f->or_uid = a->uid;
}

void
after_attributes(const struct worker *w, struct etfsc *fs)
{
	struct etfsc_attr attr;
	char path[32];
	unsigned int i;
	int rc;

	for (i = 0; i < NAMES; i++) {
		if (w->names[i] == NULL)
			continue;
		snprintf(
		    path, sizeof(path), "/w%u/%s", w->number, worker_name(i));
		if ((rc = etfsc_lstat(fs, path, &attr)) != 0)
			crash_fail("%s: %s", path, strerror(-rc));
		check_attributes(path, w->names[i], &attr);
	}
}

static void
still_path(char *path, size_t cap, const char *host, unsigned int i)
{
	snprintf(path, cap, "%s/still/%u", host, i);
}

static void
still_bytes(uint8_t *buf, unsigned int i)
{
	memset(buf, (int)i + 1, 1000 * ((size_t)i + 1));
}

void
still_make(const char *host)
{
	static uint8_t buf[1000 * STILL];
	char path[4096];
	unsigned int i;
	int fd;

	snprintf(path, sizeof(path), "%s/still", host);
	if (mkdir(path, 0755) != 0)
		crash_fail("%s: %s", path, strerror(errno));
	for (i = 0; i < STILL; i++) {
		still_path(path, sizeof(path), host, i);
		still_bytes(buf, i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
		if (fd < 0 ||
		    write(fd, buf, 1000 * ((size_t)i + 1)) !=
			1000 * ((ssize_t)i + 1) ||
		    futimens(fd,
			(struct timespec[2]){
			    { 1000000000, 1 }, { 1000000000 + i, 2 } }) != 0)
			crash_fail("%s: %s", path, strerror(errno));
		close(fd);
	}
}

static unsigned int
count_names(const char *path)
{
	unsigned int n = 0;
	DIR *d = opendir(path);

	if (d == NULL)
		crash_fail("%s: %s", path, strerror(errno));
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

void
still_check(const char *host, unsigned int workers)
{
	static uint8_t buf[1000 * STILL + 1], want[1000 * STILL];
	char path[4096];
	struct stat st;
	unsigned int i;

	for (i = 0; i < STILL; i++) {
		still_path(path, sizeof(path), host, i);
		still_bytes(want, i);
		if (stat(path, &st) != 0 || st.st_mode != (S_IFREG | 0644) ||
		    st.st_mtim.tv_sec != 1000000000 + (time_t)i ||
		    slurp(path, buf, sizeof(buf)) != 1000 * ((ssize_t)i + 1) ||
		    memcmp(buf, want, 1000 * ((size_t)i + 1)) != 0)
			crash_fail("%s: nobody should have touched it", path);
	}
	snprintf(path, sizeof(path), "%s/still", host);
	if (count_names(path) != STILL || count_names(host) != workers + 1)
		crash_fail("%s: stray names", host);
}
