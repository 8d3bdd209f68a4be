/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_fuse.c -- a file system of the host that answers for locks.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lock_fuse.h"

#define ROOT FUSE_ROOT_ID
#define FILE_ID 2
#define LIFETIME_S 120 /* whatever becomes of the test */

union body {
	struct fuse_init_in init;
	struct fuse_lk_in lk;
	char name[256];
};

union answer {
	struct fuse_init_out init;
	struct fuse_entry_out entry;
	struct fuse_attr_out attr;
	struct fuse_open_out open;
	struct fuse_statfs_out statfs;
	struct fuse_lk_out lk;
};

static void
fill_attr(struct fuse_attr *attr, uint64_t id)
{
	attr->ino = id;
	attr->mode = id == ROOT ? S_IFDIR | 0777 : S_IFREG | 0666;
	attr->nlink = 1;
	attr->blksize = 4096;
}

static bool
bars(short held, uint32_t type)
{
	return held != F_UNLCK && type != F_UNLCK &&
	    (held == F_WRLCK || type == F_WRLCK);
}

/* The first byte of theirs in the way, or FUSE_BYTES. */
static size_t
first_in_the_way(struct lock_fuse_state *s, const struct fuse_file_lock *lk)
{
	size_t i;

	for (i = 0; i < FUSE_BYTES; i++)
		if (i >= lk->start && i <= lk->end &&
		    bars(s->theirs[i], lk->type))
			break;
	return i;
}

static int
set_lock(struct lock_fuse_state *s, const struct fuse_file_lock *lk)
{
	size_t i;

	s->calls += lk->type != F_UNLCK;
	if (s->hold) {
		sem_post(&s->arrived);
		while (sem_wait(&s->gate) != 0)
			;
	}
	if (s->refuse != 0 && lk->type != F_UNLCK)
		return -s->refuse;
	if (first_in_the_way(s, lk) < FUSE_BYTES)
		return -EAGAIN;
	for (i = 0; i < FUSE_BYTES; i++)
		if (i >= lk->start && i <= lk->end)
			s->ours[i] = (short)lk->type;
	return 0;
}

static void
get_lock(struct lock_fuse_state *s, const struct fuse_file_lock *lk,
    struct fuse_file_lock *out)
{
	size_t i = first_in_the_way(s, lk);

	s->asks++;
	out->type = F_UNLCK;
	if (i == FUSE_BYTES)
		return;
	out->type = (uint32_t)s->theirs[i];
	out->start = out->end = i;
	out->pid = 1;
}

/* The size of what is in *out, or -errno. */
static int
serve(struct lock_fuse_state *s, const struct fuse_in_header *in,
    const union body *body, union answer *out)
{
	memset(out, 0, sizeof(*out));
	switch (in->opcode) {
	case FUSE_INIT:
		out->init.major = FUSE_KERNEL_VERSION;
		out->init.minor = 31;
		out->init.max_write = 4096;
		out->init.flags = FUSE_POSIX_LOCKS;
		return sizeof(out->init);
	case FUSE_LOOKUP:
		if (strcmp(body->name, "f") != 0)
			return -ENOENT;
		out->entry.nodeid = FILE_ID;
		fill_attr(&out->entry.attr, FILE_ID);
		return sizeof(out->entry);
	case FUSE_GETATTR:
		fill_attr(&out->attr.attr, in->nodeid);
		return sizeof(out->attr);
	case FUSE_STATFS:
		out->statfs.st.bsize = 4096;
		return sizeof(out->statfs);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return sizeof(out->open);
	case FUSE_SETLK:
		return set_lock(s, &body->lk.lk);
	case FUSE_GETLK:
		get_lock(s, &body->lk.lk, &out->lk.lk);
		return sizeof(out->lk);
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		return 0;
	default:
		return -ENOSYS;
	}
}

static bool
is_answered(uint32_t opcode)
{
	return opcode != FUSE_FORGET && opcode != FUSE_BATCH_FORGET &&
	    opcode != FUSE_INTERRUPT;
}

static void
answer(int dev, uint64_t unique, int rc, union answer *out)
{
	struct fuse_out_header head = { .unique = unique };
	struct iovec iov[2] = { { &head, sizeof(head) }, { out, 0 } };

	if (rc < 0)
		head.error = rc;
	else
		iov[1].iov_len = (size_t)rc;
	head.len = (uint32_t)(sizeof(head) + iov[1].iov_len);
	(void)!writev(dev, iov, 2);
}

static void
live(struct lock_fuse_state *s, int dev)
{
	static struct {
		struct fuse_in_header in;
		union body body;
		char rest[65536]; /* the kernel wants there to be room */
	} m;
	union answer out;
	ssize_t n;
	int rc;

	for (;;) {
		n = read(dev, &m, sizeof(m) - 1);
		if (n < 0 && (errno == EINTR || errno == ENOENT))
			continue;
		if (n < (ssize_t)sizeof(m.in))
			_exit(0); /* ENODEV: unmounted */
		rc = serve(s, &m.in, &m.body, &out);
		if (is_answered(m.in.opcode))
			answer(dev, m.in.unique, rc, &out);
	}
}

static void
begin(struct lock_fuse_state *s, const char *dir)
{
	int dev = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[128];

	alarm(LIFETIME_S);
	snprintf(options, sizeof(options),
	    "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", dev);
	if (dev < 0 ||
	    mount("etfsd-test", dir, "fuse", MS_NOSUID | MS_NODEV, options) !=
		0)
		s->failed = errno;
	sem_post(&s->ready);
	if (s->failed == 0)
		live(s, dev);
	_exit(1);
}

static void
init_state(struct lock_fuse_state *s)
{
	size_t i;

	sem_init(&s->arrived, 1, 0);
	sem_init(&s->gate, 1, 0);
	sem_init(&s->ready, 1, 0);
	for (i = 0; i < FUSE_BYTES; i++) {
		s->ours[i] = F_UNLCK;
		s->theirs[i] = F_UNLCK;
	}
}

int
lock_fuse_start(struct lock_fuse *f, const char *dir)
{
	f->state = mmap(NULL, sizeof(*f->state), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f->state == MAP_FAILED)
		return -1;
	init_state(f->state);
	if ((f->pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		begin(f->state, dir);
	}
	while (sem_wait(&f->state->ready) != 0)
		;
	if (f->state->failed != 0)
		fprintf(stderr, "cannot mount a FUSE file system: %s\n",
		    strerror(f->state->failed));
	return f->state->failed == 0 ? 0 : -1;
}

void
lock_fuse_stop(struct lock_fuse *f)
{
	while (waitpid(f->pid, NULL, 0) < 0 && errno == EINTR)
		;
	munmap(f->state, sizeof(*f->state));
}
