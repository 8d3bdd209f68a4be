/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_fixture.h -- what the tests of etfs stand on.
 *
 * fx->dir, on the file system of /tmp or on a tmpfs, is mounted at "/".  What
 * a test sees through fx->root it can compare with what the host says of
 * on_host().
 */

#ifndef ETFS_FIXTURE_H
#define ETFS_FIXTURE_H

#include <sys/stat.h>

#include "etfs.h"
#include "fixture.h"

int disk_setup(void **state);
int tmpfs_setup(void **state);
int disk_client_setup(void **state); /* identity: the client's */
int tmpfs_client_setup(void **state);
int disk_mapped_setup(void **state); /* identity: mapped */
int tmpfs_mapped_setup(void **state);
int etfs_teardown(void **state);

/* Only root may act as somebody else; says so. */
bool is_root(void);

/* Not before Linux 6.6; then what needs it is tried on disk once more. */
bool tmpfs_keeps_xattrs(void);

/* The same with any cfg, but for the path. */
int etfs_setup(void **state, bool tmpfs, struct etfs_config cfg);

#define ON_DISK(test)                                                          \
	{                                                                      \
#test " (disk)", test, disk_setup, etfs_teardown, NULL         \
	}
#define ON_TMPFS(test)                                                         \
	{                                                                      \
#test " (tmpfs)", test, tmpfs_setup, etfs_teardown, NULL       \
	}
#define ON_BOTH(test) ON_DISK(test), ON_TMPFS(test)
#define AS_CLIENT(test)                                                        \
	{ #test " (disk)", test, disk_client_setup, etfs_teardown, NULL },     \
	{                                                                      \
#test " (tmpfs)", test, tmpfs_client_setup, etfs_teardown,     \
		    NULL                                                       \
	}

#define AS_MAPPED(test)                                                        \
	{ #test " (disk)", test, disk_mapped_setup, etfs_teardown, NULL },     \
	{                                                                      \
#test " (tmpfs)", test, tmpfs_mapped_setup, etfs_teardown,     \
		    NULL                                                       \
	}

/* Is the host below the mount one that never waits? */
bool on_tmpfs(const struct fixture *fx);

/* The host path of name; good until eight more have been asked for. */
const char *on_host(const struct fixture *fx, const char *name);
void host_file(const struct fixture *fx, const char *name, const char *text);
void host_text(
    const struct fixture *fx, const char *name, char *buf, size_t cap);

/*
 * The host keeps user.virtfs.name of file, and its value is that in hexadecimal;
 * NULL: it does not.
 */
void kept(const struct fixture *fx, const char *file, const char *name,
    const char *value);

/* Walk to what must be there. */
struct vnode *walk(struct fixture *fx, const char *path);

/* The same who, but what cannot be answered now is -EDEADLK. */
struct who now_only(const struct who *who);

/* A directory of its own outside the mount; remove_tree() it. */
void make_outside(char *path, size_t cap);

#endif
