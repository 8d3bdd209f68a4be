/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_lock_fixture.c -- a host file, its clients, and a process of the host.
 */

#include "etfs_lock_fixture.h"

static int
setup(void **state, int (*mount)(void **state))
{
	struct etfs_lock_world *ew = calloc(1, sizeof(*ew));
	struct lock_world *w = &ew->w;
	void *fx;
	size_t i;

	if (ew == NULL || host_process_start(&ew->host) != 0 || mount(&fx) != 0)
		return -1;
	w->fx = fx;
	w->table = &w->fx->vfs->locks;
	w->table->wait_ms = LONG_MS;
	host_file(w->fx, "f", "text");
	assert_int_equal(chmod(on_host(w->fx, "f"), 0666), 0);
	host_process_open(&ew->host, on_host(w->fx, "f"));
	w->vn = walk(w->fx, "f");
	for (i = 0; i < 3; i++)
		if (do_open(&w->fx->user, w->vn, O_RDWR, &w->files[i]) != 0)
			return -1;
	*state = ew;
	return 0;
}

int
lock_disk_setup(void **state)
{
	return setup(state, disk_setup);
}

int
lock_tmpfs_setup(void **state)
{
	return setup(state, tmpfs_setup);
}

int
lock_client_setup(void **state)
{
	return setup(state, tmpfs_client_setup);
}

static int
check_all_free(struct etfs_lock_world *ew)
{
	struct lock_world *w = &ew->w;

	if (w->table->count != 0 || w->vn->locks != NULL)
		return -1;
	return host_posix(ew, F_WRLCK, 0, 0);
}

int
lock_etfs_teardown(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	void *fx = w->fx;
	size_t i;
	int rc;

	for (i = 0; i < 3; i++)
		if (w->files[i].vn != NULL)
			do_close(&w->fx->user, &w->files[i]);
	host_process_lock(&ew->host, true, F_UNLCK, 0, 0);
	rc = check_all_free(ew);
	vnode_put(w->vn);
	if (etfs_teardown(&fx) != 0) /* counts descriptors: host's are older */
		rc = -1;
	host_process_stop(&ew->host);
	free(ew);
	return rc;
}

short
host_sees(struct etfs_lock_world *ew, int64_t b)
{
	short type;

	host_process_look(&ew->host, b, &type, 1);
	return type;
}

int
host_posix(struct etfs_lock_world *ew, short type, int64_t start, int64_t len)
{
	return host_process_lock(&ew->host, false, type, start, len);
}

int
host_ofd(struct etfs_lock_world *ew, short type, int64_t start, int64_t len)
{
	return host_process_lock(&ew->host, true, type, start, len);
}

void
reopen_as(
    struct etfs_lock_world *ew, size_t file, const struct who *who, int flags)
{
	struct lock_world *w = &ew->w;

	if (w->files[file].vn != NULL)
		assert_int_equal(do_close(who, &w->files[file]), 0);
	assert_int_equal(do_open(who, w->vn, flags, &w->files[file]), 0);
}
