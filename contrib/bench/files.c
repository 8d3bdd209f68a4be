/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * files.c -- the run's own directory, by the first connection:
 *
 *	file			for reads and writes, with the pattern in it
 *	d1/d2/../d7/file	eight names away
 *	many/fN			for listings
 *
 * Servers of the older 9P2000.L have no Tunlinkat, and are given Tremove.
 */

#include <sys/stat.h>
#include <unistd.h>

#include "bench_internal.h"

#define AT_ONCE 64U /* messages in flight */

struct path {
	char text[600];
};

/* A path in the run's directory. */
static const char *
in_dir(const struct bench *b, struct path *p, const char *name)
{
	snprintf(p->text, sizeof(p->text), "%s/%s", b->dir, name);
	return p->text;
}

static int
write_file(struct bench *b, const char *path)
{
	struct etfsc_file *file;
	uint64_t off, left;
	ssize_t n = 0;
	int rc;

	rc = etfsc_open(
	    b->conns[0].fs, path, O_RDWR | O_CREAT | O_EXCL, 0666, &file);
	if (rc != 0)
		return rc;
	for (off = 0; n >= 0 && off < b->o->size; off += (uint64_t)n) {
		left = b->o->size - off;
		n = etfsc_write(file, pattern_at(&b->pattern, 0, off),
		    left < PATTERN_RUN ? left : PATTERN_RUN, off);
		if (n == 0)
			n = -EIO;
	}
	rc = etfsc_close(file);
	return n < 0 ? (int)n : rc;
}

static int
make_deep(struct bench *b)
{
	struct etfsc_file *file;
	struct path p;
	int rc;

	rc = etfsc_mkdirs(
	    b->conns[0].fs, in_dir(b, &p, "d1/d2/d3/d4/d5/d6/d7"), 0777);
	if (rc == 0)
		rc = etfsc_create(b->conns[0].fs,
		    in_dir(b, &p, "d1/d2/d3/d4/d5/d6/d7/file"), 0666, &file);
	return rc == 0 ? etfsc_close(file) : rc;
}

/* One message about each of n names, many in flight. */
struct group {
	struct bench *b;
	uint32_t dir; /* many */
	struct etfsc_req req[AT_ONCE];
};

static int
each(struct group *g, unsigned int n,
    void (*say)(struct group *g, unsigned int i, const char *name))
{
	unsigned int first, i;
	char name[16];
	int rc = 0;

	for (first = 0; rc >= 0 && first < n; first += AT_ONCE) {
		for (i = 0; i < AT_ONCE && first + i < n; i++) {
			snprintf(name, sizeof(name), "f%u", first + i);
			g->req[i].done = NULL;
			say(g, i, name);
		}
		while (i-- > 0)
			if (etfsc_wait(g->b->conns[0].fs, &g->req[i]) < 0)
				rc = g->req[i].rc;
	}
	return rc < 0 ? rc : 0;
}

static void
make_one(struct group *g, unsigned int i, const char *name)
{
	etfsc_tmknod(g->b->conns[0].fs, &g->req[i], g->dir, name,
	    S_IFREG | 0644, 0, ETFSC_NOID, NULL);
}

static void
unlink_one(struct group *g, unsigned int i, const char *name)
{
	etfsc_tunlinkat(g->b->conns[0].fs, &g->req[i], g->dir, name, 0);
}

/* The server may not keep order: so this waits for each. */
static void
remove_one(struct group *g, unsigned int i, const char *name)
{
	struct etfsc *fs = g->b->conns[0].fs;
	uint32_t fid;

	if (conn_find(&g->b->conns[0], g->dir, name, &fid) == 0)
		etfsc_tremove(fs, &g->req[i], fid);
}

static int
make_many(struct bench *b)
{
	struct group g = { .b = b };
	struct path p;
	int rc;

	rc = etfsc_mkdir(b->conns[0].fs, in_dir(b, &p, "many"), 0777);
	if (rc == 0)
		rc = conn_find(&b->conns[0], b->conns[0].dir, "many", &g.dir);
	if (rc != 0)
		return rc;
	rc = each(&g, b->w->entries, make_one);
	etfsc_forget(b->conns[0].fs, g.dir);
	return rc;
}

/* Has it Tunlinkat?  There is nothing of that name. */
static void
look_for_unlinkat(struct bench *b)
{
	struct etfsc *fs = b->conns[0].fs;
	struct etfsc_req req = { .done = NULL };

	etfsc_tunlinkat(fs, &req, b->conns[0].dir, "none", 0);
	etfsc_wait(fs, &req);
	b->old = req.rc == -EOPNOTSUPP || req.rc == -ENOSYS;
}

int
files_make(struct bench *b)
{
	struct etfsc *fs = b->conns[0].fs;
	struct path p;
	int rc;

	snprintf(
	    b->dir, sizeof(b->dir), "%s/bench.%d", b->o->dir, (int)getpid());
	if ((rc = etfsc_mkdir(fs, b->dir, 0777)) != 0)
		return bench_fail(b, rc, "%s: %s", b->o->dir, strerror(-rc));
	b->dir_made = true;
	if ((rc = conn_enter(&b->conns[0])) != 0)
		return rc;
	look_for_unlinkat(b);
	if ((b->w->needs & NEEDS_FILE) != 0 &&
	    (rc = write_file(b, in_dir(b, &p, "file"))) != 0)
		return bench_fail(b, rc, "file: %s", strerror(-rc));
	if ((b->w->needs & NEEDS_DEEP) != 0 && (rc = make_deep(b)) != 0)
		return bench_fail(b, rc, "d1: %s", strerror(-rc));
	if (b->w->entries != 0 && (rc = make_many(b)) != 0)
		return bench_fail(b, rc, "many: %s", strerror(-rc));
	if ((b->w->needs & NEEDS_READBACK) == 0 || b->o->forgetful)
		return 0;
	b->written = calloc(1, b->o->size / BENCH_BLOCK + 1);
	return b->written != NULL ? 0 : bench_fail(b, -ENOMEM, "no memory");
}

/* Every byte is of one writing or the other; of the new one if that ended. */
static bool
block_is_right(const struct bench *b, uint64_t off, const uint8_t *buf)
{
	const uint8_t *before = pattern_at(&b->pattern, 0, off);
	const uint8_t *after = pattern_at(&b->pattern, 1, off);
	unsigned int i;

	if (b->written[off / BENCH_BLOCK])
		return memcmp(buf, after, BENCH_BLOCK) == 0;
	for (i = 0; i < BENCH_BLOCK; i++)
		if (buf[i] != before[i] && buf[i] != after[i])
			return false;
	return true;
}

static void
check_blocks(struct bench *b, struct etfsc_file *file, uint8_t *buf)
{
	uint64_t off, i, left;
	ssize_t n;

	for (off = 0; off < b->o->size; off += (uint64_t)n) {
		left = b->o->size - off;
		n = etfsc_read(
		    file, buf, left < PATTERN_RUN ? left : PATTERN_RUN, off);
		if (n <= 0 || n % BENCH_BLOCK != 0) {
			bench_fail(b, 0, "file: it has become shorter");
			b->r->errors++;
			return;
		}
		for (i = 0; i < (uint64_t)n; i += BENCH_BLOCK) {
			if (block_is_right(b, off + i, buf + i))
				continue;
			bench_fail(b, 0, "Twrite: it is not in the file");
			b->r->errors++;
		}
	}
}

void
files_check(struct bench *b)
{
	struct etfsc *fs = b->conns[0].fs;
	uint8_t *buf = malloc(PATTERN_RUN);
	struct etfsc_file *file;
	struct path p;
	int rc = -ENOMEM;

	if (buf != NULL)
		rc = etfsc_open(fs, in_dir(b, &p, "file"), O_RDONLY, 0, &file);
	if (rc == 0) {
		check_blocks(b, file, buf);
		etfsc_close(file);
	} else {
		bench_fail(b, 0, "file: %s", strerror(-rc));
		b->r->errors++;
	}
	free(buf);
}

static void
remove_many(struct bench *b)
{
	struct group g = { .b = b };

	if (conn_find(&b->conns[0], b->conns[0].dir, "many", &g.dir) != 0)
		return;
	each(&g, b->w->entries, b->old ? remove_one : unlink_one);
	etfsc_forget(b->conns[0].fs, g.dir);
}

static void
remove_path(struct bench *b, const char *path, bool is_dir)
{
	struct conn *c = &b->conns[0];
	struct etfsc_req req = { .done = NULL };
	uint32_t fid;

	if (!b->old && is_dir)
		etfsc_rmdir(c->fs, path);
	else if (!b->old)
		etfsc_unlink(c->fs, path);
	else if (conn_find(c, etfsc_root(c->fs), path, &fid) == 0) {
		etfsc_tremove(c->fs, &req, fid);
		etfsc_wait(c->fs, &req);
	}
}

/* What is there no more, or never was, is no matter. */
void
files_remove(struct bench *b)
{
	static const char whole[] = "d1/d2/d3/d4/d5/d6/d7/file";
	char part[sizeof(whole)];
	struct path p;
	int len;

	if (!b->dir_made || etfsc_reason(b->conns[0].fs) != NULL)
		return;
	if (b->w->entries != 0) {
		remove_many(b);
		remove_path(b, in_dir(b, &p, "many"), true);
	}
	if ((b->w->needs & NEEDS_DEEP) != 0) {
		memcpy(part, whole, sizeof(whole));
		remove_path(b, in_dir(b, &p, part), false);
		for (len = (int)sizeof(whole) - 6; len > 0; len -= 3) {
			part[len] = '\0';
			remove_path(b, in_dir(b, &p, part), true);
		}
	}
	if ((b->w->needs & NEEDS_FILE) != 0)
		remove_path(b, in_dir(b, &p, "file"), false);
	remove_path(b, b->dir, true);
}
