/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * image_fixture.h -- what the tests of single host files stand on.
 *
 * Memory is mounted at "/", and files of fx->dir can be at keys in it; fx->dir
 * lies on the file system of /tmp or on a tmpfs.
 */

#ifndef IMAGE_FIXTURE_H
#define IMAGE_FIXTURE_H

#include "etfs_fixture.h"

#define KIB ((uint64_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

int image_setup(void **state);
int tmpfs_image_setup(void **state);
int image_teardown(void **state);

#define IMAGE_ON_DISK(test)                                                    \
	{                                                                      \
#test " (disk)", test, image_setup, image_teardown, NULL       \
	}
#define IMAGE_ON_TMPFS(test)                                                   \
	{                                                                      \
#test " (tmpfs)", test, tmpfs_image_setup, image_teardown,     \
		    NULL                                                       \
	}
#define IMAGE_ON_BOTH(test) IMAGE_ON_DISK(test), IMAGE_ON_TMPFS(test)

/* What is to be shown, less the path: CFG(.type = ETFS_BLK). */
#define CFG(...) ((struct etfs_config){ .path = NULL, __VA_ARGS__ })
#define WINDOW(off, len)                                                       \
	CFG(.type = ETFS_REG, .has_offset = true, .offset = (off),             \
	    .has_size = true, .size = (len))
#define BLK_WINDOW(off, len)                                                   \
	CFG(.type = ETFS_BLK, .has_offset = true, .offset = (off),             \
	    .has_size = true, .size = (len))

/*
 * name is one in fx->dir, or an absolute path.  image_new only makes the mount,
 * image_mount puts it at key; both end as etfs_new() does, and *why is good
 * until the next.  image_at does not fail, and walks there.
 */
int image_new(struct fixture *fx, const char *name, struct etfs_config cfg,
    struct vfs_fs **out);
int image_mount(struct fixture *fx, const char *key, const char *name,
    struct etfs_config cfg);
struct vnode *image_at(struct fixture *fx, const char *key, const char *name,
    struct etfs_config cfg);
const char *image_why(void);

/* It has to end with rc, and if words is not NULL, for a reason with these. */
void image_refuse(struct fixture *fx, const char *name, struct etfs_config cfg,
    int rc, const char *words);

/* A file of size bytes that takes no room; bytes in it. */
void image_file(const struct fixture *fx, const char *name, uint64_t size);
void image_poke(
    const struct fixture *fx, const char *name, uint64_t off, const char *text);
bool image_peek(
    const struct fixture *fx, const char *name, uint64_t off, const char *text);
uint64_t image_host_size(const struct fixture *fx, const char *name);

struct vattr image_attr(struct fixture *fx, struct vnode *vn);

#endif
