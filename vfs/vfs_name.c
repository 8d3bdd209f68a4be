/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_name.c -- what is a name.
 *
 * A name is bytes with a length; what encoding they are in is nobody's
 * business here.  All functions are pure.
 */

#include <errno.h>
#include <string.h>

#include "vfs.h"

int
vname_check(struct vname name)
{
	if (name.len == 0)
		return -ENOENT;
	if (name.len > VFS_NAME_MAX)
		return -ENAMETOOLONG;
	if (memchr(name.s, '/', name.len) != NULL ||
	    memchr(name.s, '\0', name.len) != NULL)
		return -EINVAL;
	return 0;
}

/* An empty name may have no bytes to look at: s may be NULL. */
bool
vname_is(struct vname name, const char *s)
{
	if (name.len != strlen(s))
		return false;
	return name.len == 0 || memcmp(name.s, s, name.len) == 0;
}

/* Asked of each entry of a directory, and seldom true. */
bool
vname_is_dots(struct vname name)
{
	if (name.len == 0 || name.len > 2 || name.s[0] != '.')
		return false;
	return name.len == 1 || name.s[1] == '.';
}
