/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_fixture.c -- see fd_fixture.h.
 */

#include <stdio.h>
#include <sys/stat.h>

#include "fd_fixture.h"

#define CROWD (4 * FD_LIMIT)

static int
setup(void **state, bool tmpfs, enum etfs_identity identity)
{
	struct etfs_config cfg = { .identity = identity };
	struct fixture *fx;
	int rc = etfs_setup(state, tmpfs, cfg);

	fx = *state;
	if (rc == 0)
		vfs_limit_descriptors(fx->vfs, FD_LIMIT);
	return rc;
}

int
fd_disk_setup(void **state)
{
	return setup(state, false, ETFS_SELF);
}

int
fd_tmpfs_setup(void **state)
{
	return setup(state, true, ETFS_SELF);
}

int
fd_disk_mapped_setup(void **state)
{
	return setup(state, false, ETFS_MAPPED);
}

/* Two rounds: the hand passes once over what was used a moment ago. */
void
send_away(struct fixture *fx)
{
	struct vnode *crowd[CROWD];
	char name[32];
	int i, round;

	mkdir(on_host(fx, "crowd"), 0777);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < CROWD; i++) {
			snprintf(name, sizeof(name), "crowd/%d", i);
			host_file(fx, name, "");
			crowd[i] = walk(fx, name);
		}
		for (i = 0; i < CROWD; i++)
			vnode_put(crowd[i]);
	}
}

void
write_file(struct fixture *fx, const char *name, const char *text)
{
	struct vfile file;
	ssize_t len = (ssize_t)strlen(text);

	assert_int_equal(do_create(&fx->self, fx->root, name, O_WRONLY | O_EXCL,
			     0644, &file),
	    0);
	assert_int_equal(do_write(&fx->self, &file, 0, text, (size_t)len), len);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

struct vnode *
new_file(struct fixture *fx, const char *name, const char *text)
{
	write_file(fx, name, text);
	return walk(fx, name);
}

int
content(struct fixture *fx, struct vnode *vn, char *buf, size_t cap)
{
	struct vfile file;
	ssize_t n;
	int rc;

	if ((rc = do_open(&fx->self, vn, O_RDONLY, &file)) != 0)
		return rc;
	n = do_read(&fx->self, &file, 0, buf, cap - 1);
	buf[n > 0 ? n : 0] = '\0';
	rc = do_close(&fx->self, &file);
	return n < 0 ? (int)n : rc;
}

void
holds(struct fixture *fx, struct vnode *vn, const char *text)
{
	char buf[64] = "";

	assert_int_equal(content(fx, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, text);
}

nlink_t
links(struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr.nlink;
}
