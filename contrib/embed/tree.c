/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tree.c -- vfs in another program: files in memory, and the host's beside them.
 *
 *	tree DIR FILE
 *
 * makes a tree in memory, mounts the host's DIR in it at /host, read-only,
 * lists that, and copies FILE from it to /copy in memory.
 *
 * Everything that vfs does for a program that waits is an operation: a vop that
 * says whose it is, a call that returns at once, and, if that was VFS_PENDING, an
 * end that a loop of libuv tells of.  A server goes on to the next request
 * meanwhile; here finish() runs the loop until it is there.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "etfs.h"
#include "memfs.h"
#include "vfs.h"

struct call {
	struct vop op; /* first: ended() gets a pointer to it */
	bool ended;
	int rc;
};

struct program {
	uv_loop_t uv;
	struct vloop loop;
	struct vfs *vfs;
	struct vnode *root;
	struct vcred *cred;
};

static void
ended(struct vop *op, int rc)
{
	struct call *call = (struct call *)op;

	call->rc = rc;
	call->ended = true;
}

static struct vop *
begin(struct program *p, struct call *call)
{
	vop_init(&call->op, &p->loop, ended);
	call->op.cred = p->cred;
	call->ended = false;
	return &call->op;
}

static int
finish(struct call *call, int rc)
{
	if (rc != VFS_PENDING)
		return rc;
	while (!call->ended)
		uv_run(call->op.loop->uv, UV_RUN_ONCE);
	return call->rc;
}

static struct vname
name(const char *s)
{
	return (struct vname){ s, strlen(s) };
}

/* From the root along two names, or one.  w has what was found. */
static int
walk(struct program *p, const char *first, const char *second, struct vwalk *w)
{
	struct vname names[2] = { name(first) };
	struct call call;

	*w = (struct vwalk){
		.root = p->root, .from = p->root, .names = names, .nnames = 1
	};
	if (second != NULL)
		names[w->nnames++] = name(second);
	return finish(&call, vfs_walk(begin(p, &call), w));
}

static int
open_at(struct program *p, const char *first, const char *second,
    struct vfile *file)
{
	struct vwalk w;
	struct call call;
	int rc;

	rc = walk(p, first, second, &w);
	if (rc != 0)
		return rc;
	rc = finish(&call,
	    vfs_open(begin(p, &call), w.vn, w.dir,
		name(second != NULL ? second : first), O_RDONLY, file));
	vnode_put(w.vn);
	vnode_put(w.dir);
	return rc;
}

static bool
print_entry(void *ctx, const struct vdirent *entry)
{
	uint64_t *last = ctx;

	printf("%.*s%s\n", (int)entry->name.len, entry->name.s,
	    S_ISDIR(entry->type) ? "/" : "");
	*last = entry->cookie;
	return true;
}

static int
list(struct program *p, const char *dir)
{
	struct vfile file = { 0 };
	uint64_t last = 0, cookie;
	struct call call;
	int rc;

	rc = open_at(p, dir, NULL, &file);
	if (rc != 0)
		return rc;
	do {
		cookie = last;
		rc = finish(&call,
		    vfs_readdir(begin(p, &call), &file, cookie, p->root,
			print_entry, &last));
	} while (rc == 0 && last != cookie);
	finish(&call, vfs_close(begin(p, &call), &file));
	return rc;
}

/* All of from to the end of to. */
static int
copy(struct program *p, struct vfile *from, struct vfile *to)
{
	uint64_t off = 0;
	struct iovec iov;
	struct call call;
	char buf[65536];
	size_t len;
	int rc;

	for (;;) {
		iov = (struct iovec){ buf, sizeof(buf) };
		rc = finish(
		    &call, vfs_read(begin(p, &call), from, off, &iov, 1, &len));
		if (rc != 0 || len == 0)
			break;
		iov.iov_len = len;
		rc = finish(
		    &call, vfs_write(begin(p, &call), to, off, &iov, 1, &len));
		if (rc != 0)
			break;
		off += len; /* what was not written is read again */
	}
	if (rc == 0)
		printf("/copy has %llu bytes\n", (unsigned long long)off);
	return rc;
}

static int
copy_file(struct program *p, const char *file)
{
	struct vfile from = { 0 }, to = { 0 };
	struct call call;
	int rc, closed;

	rc = open_at(p, "host", file, &from);
	if (rc != 0)
		return rc;
	rc = finish(&call,
	    vfs_create(begin(p, &call), p->root, name("copy"),
		O_WRONLY | O_EXCL, 0644, VFS_NOID, &to));
	if (rc == 0) {
		rc = copy(p, &from, &to);
		closed = finish(&call, vfs_close(begin(p, &call), &to));
		rc = rc != 0 ? rc : closed;
	}
	finish(&call, vfs_close(begin(p, &call), &from));
	return rc;
}

/* A file system belongs to the tree once it has been mounted. */
static int
mount_at(struct program *p, const char *key, struct vfs_fs *fs)
{
	int rc = vfs_mount(p->vfs, key, fs);

	if (rc != 0)
		vfs_fs_free(fs);
	return rc;
}

static int
build(struct program *p, const char *dir)
{
	struct memfs_config mem = { .mode = 0755 };
	struct etfs_config host = {
		.path = dir, .type = ETFS_TREE, .readonly = true
	};
	struct etfs_why why;
	struct vfs_fs *fs;
	int rc;

	if ((rc = memfs_new(p->vfs, &mem, &fs)) != 0 ||
	    (rc = mount_at(p, "/", fs)) != 0)
		return rc;
	rc = etfs_new(p->vfs, &host, &fs, &why);
	if (rc != 0) {
		if (why.text[0] != '\0')
			fprintf(stderr, "%s: %s\n", dir, why.text);
		return rc;
	}
	rc = mount_at(p, "/host", fs);
	if (rc == 0)
		p->root = vfs_root(p->vfs);
	return rc;
}

static int
start(struct program *p)
{
	int rc;

	umask(0);
	p->cred = vcred_new(0, 0, NULL, 0);
	if (p->cred == NULL)
		return -ENOMEM;
	p->cred->self = true;
	rc = uv_loop_init(&p->uv);
	if (rc == 0)
		rc = vloop_init(&p->loop, &p->uv);
	return rc == 0 ? vfs_new(&p->vfs) : rc;
}

static void
stop(struct program *p)
{
	vnode_put(p->root);
	vfs_free(p->vfs);
	vloop_fini(&p->loop);
	uv_run(&p->uv, UV_RUN_DEFAULT);
	uv_loop_close(&p->uv);
	vcred_put(p->cred);
}

int
main(int argc, char **argv)
{
	struct program p = { 0 };
	int rc;

	if (argc != 3) {
		fprintf(stderr, "usage: tree DIR FILE\n");
		return 2;
	}
	rc = start(&p);
	if (rc != 0) {
		fprintf(stderr, "tree: %s\n", strerror(-rc));
		return 1;
	}
	rc = build(&p, argv[1]);
	if (rc == 0)
		rc = list(&p, "host");
	if (rc == 0)
		rc = copy_file(&p, argv[2]);
	if (rc != 0)
		fprintf(stderr, "tree: %s\n", strerror(-rc));
	stop(&p);
	return rc != 0;
}
