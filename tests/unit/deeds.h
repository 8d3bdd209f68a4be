/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * deeds.h -- what users do to files, to be picked by number.
 *
 * For tests that have somebody do one thing after the other, whatever comes of
 * it.  Each returns what vfs.h says, or a number that tells more.  Of those that
 * are doubtful several things may be wrong at once, and which of them they are
 * refused for is not certain.
 */

#ifndef DEEDS_H
#define DEEDS_H

#include "fixture.h"

/* Mostly to the name in dir; mode has permission bits. */
struct dir_deed {
	const char *what;
	int (*run)(const struct who *who, struct vnode *dir, const char *name,
	    mode_t mode);
	bool doubtful;
};

/* To name in from; newname in to is where it goes. */
struct name_deed {
	const char *what;
	int (*run)(const struct who *who, struct vnode *from, const char *name,
	    struct vnode *to, const char *newname);
	bool doubtful;
};

/* arg is any number; what it means is the deed's. */
struct file_deed {
	const char *what;
	int (*run)(const struct who *who, struct vnode *vn, unsigned int arg);
	bool doubtful;
};

extern const struct dir_deed dir_deeds[];
extern const size_t dir_deeds_count;
extern const struct name_deed name_deeds[];
extern const size_t name_deeds_count;
extern const struct file_deed file_deeds[];
extern const size_t file_deeds_count;

#endif
