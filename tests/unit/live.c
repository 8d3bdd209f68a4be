/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.c -- see live.h.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#include "live.h"
#include "log.h"

#define TOO_LONG 600 /* seconds: something waits that never will be woken */

static void
set_limits(struct limits *limits)
{
	*limits = (struct limits){
		.msize = LIVE_MSIZE,
		.connections = 100,
		.fids = 1 << 20,
		.opens = 1 << 20,
		.requests = 100,
		.queued = 1 << 20,
		.xattr_bytes = 1 << 20,
		.locks = 1000,
	};
}

/* What libuv, and etfs, keep for good. */
static void
warm_up(void)
{
	uv_loop_t uv;

	assert_int_equal(uv_loop_init(&uv), 0);
	assert_int_equal(uv_loop_close(&uv), 0);
}

static void
make_tree(struct live *l)
{
	struct memfs_config cfg = { .mode = 0777 };
	struct vfs_fs *memory;

	assert_int_equal(vfs_new(&l->server.vfs), 0);
	assert_int_equal(memfs_new(l->server.vfs, &cfg, &memory), 0);
	assert_int_equal(vfs_mount(l->server.vfs, "/", memory), 0);
}

int
live_setup(void **state)
{
	struct live *l = calloc(1, sizeof(*l));
	size_t i;

	assert_non_null(l);
	alarm(TOO_LONG);
	umask(0);
	signal(SIGPIPE, SIG_IGN);
	log_init(LOG_ERROR);
	warm_up();
	l->fds = count_fds();
	snprintf(l->dir, sizeof(l->dir), "/var/tmp/etfsd-test.XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	set_limits(&l->server.limits);
	l->server.loops = l->loops;
	l->server.nloops = LIVE_LOOPS;
	make_tree(l);
	for (i = 0; i < LIVE_LOOPS; i++)
		assert_int_equal(sloop_init(&l->loops[i], &l->server), 0);
	assert_int_equal(sloop_start(&l->loops[1]), 0);
	*state = l;
	return 0;
}

static bool
is_over(const struct live *l)
{
	return sloop_is_done(&l->loops[0]) &&
	    atomic_load(&l->server.running) == 0;
}

int
live_teardown(void **state)
{
	struct live *l = *state;
	int left = 0;
	size_t i;

	for (i = 0; i < LIVE_LOOPS; i++)
		sloop_command(&l->loops[i], SLOOP_FINISH);
	while (!is_over(l))
		live_turn(l);
	sloop_join(&l->loops[1]);
	for (i = 0; i < LIVE_LOOPS; i++)
		sloop_fini(&l->loops[i]);
	vfs_free(l->server.vfs);
	remove_tree(l->dir);
	if (count_fds() != l->fds) {
		print_error(
		    "%d descriptors were open, now %d\n", l->fds, count_fds());
		left = -1;
	}
	free(l);
	alarm(0);
	return left;
}

void
live_turn(struct live *l)
{
	turn(&l->loops[0].uv);
}

const char *
live_path(const struct live *l, const char *name)
{
	static _Thread_local char paths[8][512];
	static _Thread_local unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", l->dir, name);
	return path;
}

static void
job_done(struct mount_job *job, int rc)
{
	struct live_job *j = container_of(job, struct live_job, job);

	j->calls++;
	j->rc = rc;
}

int
live_begin(struct live *l, struct live_job *j, const char *key,
    const struct etfs_config *etfs)
{
	*j = (struct live_job){ .job = {
				    .loop = &l->loops[0],
				    .done = job_done,
				    .key = key,
				    .etfs = etfs,
				} };

	return etfs != NULL ? server_mount(&j->job) : server_unmount(&j->job);
}

int
live_await(struct live *l, struct live_job *j)
{
	while (j->calls == 0)
		live_turn(l);
	assert_int_equal(j->calls, 1);
	return j->rc;
}

int
live_do(struct live *l, const char *key, const struct etfs_config *etfs)
{
	struct live_job j;
	int rc = live_begin(l, &j, key, etfs);

	return rc == VFS_PENDING ? live_await(l, &j) : rc;
}

struct client *
client_new(struct live *l, size_t loop)
{
	struct client *c = calloc(1, sizeof(*c));
	struct newcomer who = { .from.trust = TRUST_ANY, .name = "client" };
	int fds[2];

	assert_non_null(c);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	who.in = who.out = fds[0];
	c->fd = fds[1];
	atomic_fetch_add(&l->server.nconns, 1);
	assert_int_equal(sloop_welcome(&l->loops[loop], &who), 0);
	return c;
}

void
client_begin(struct client *c)
{
	assert_int_equal(
	    client_call(c, M(version, LIVE_MSIZE, STR(P9_VERSION_L))), 0);
	assert_int_equal(
	    client_call(c, M(attach, 0, P9_NOFID, STR(""), STR(""), 0)), 0);
}

void
client_free(struct client *c)
{
	close(c->fd);
	free(c);
}

void
client_send(struct client *c, const struct p9_msg *m)
{
	struct p9_msg tagged = *m;
	int n;

	tagged.tag = m->type == P9_Tversion ? P9_NOTAG : ++c->tag % 60000;
	n = p9_encode(&tagged, P9_DIALECT_L, c->out, sizeof(c->out));
	assert_true(n > 0);
	assert_int_equal(write(c->fd, c->out, (size_t)n), n);
}

static void
read_all(const struct client *c, uint8_t *p, size_t len)
{
	ssize_t n;

	for (; len > 0; p += n, len -= (size_t)n) {
		n = read(c->fd, p, len);
		assert_true(n > 0);
	}
}

uint32_t
client_receive(struct client *c)
{
	size_t size;

	read_all(c, c->frame, 4);
	size = c->frame[0] | (size_t)c->frame[1] << 8;
	assert_in_range(size, P9_HDRSZ, LIVE_MSIZE);
	read_all(c, c->frame + 4, size - 4);
	assert_int_equal(p9_decode(&c->in, P9_DIALECT_L, c->frame, size), 0);
	return c->in.type == P9_Rlerror ? c->in.u.Rlerror.ecode : 0;
}

uint32_t
client_call(struct client *c, const struct p9_msg *m)
{
	client_send(c, m);
	return client_receive(c);
}

uint32_t
client_walk(struct client *c, uint32_t fid, uint32_t newfid, const char *path)
{
	struct p9_msg m = { .type = P9_Twalk };
	p9_names *names = &m.u.Twalk.wname;
	uint32_t ecode;
	size_t len;

	m.u.Twalk.fid = fid;
	m.u.Twalk.newfid = newfid;
	for (; *path != '\0'; path += len, path += strspn(path, "/")) {
		len = strcspn(path, "/");
		names->name[names->n].s = path;
		names->name[names->n++].len = (uint16_t)len;
	}
	ecode = client_call(c, &m);
	if (ecode == 0 && c->in.u.Rwalk.wqid.n < names->n)
		return ENOENT; /* or whatever it was: no fid was made */
	return ecode;
}

uint32_t
client_open(struct client *c, uint32_t newfid, const char *path, uint32_t flags)
{
	uint32_t ecode = client_walk(c, 0, newfid, path);

	if (ecode != 0)
		return ecode;
	if ((ecode = client_call(c, M(lopen, newfid, flags))) != 0)
		(void)client_clunk(c, newfid);
	return ecode;
}

uint32_t
client_clunk(struct client *c, uint32_t fid)
{
	return client_call(c, M(clunk, fid));
}
