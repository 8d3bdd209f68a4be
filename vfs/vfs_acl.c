/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_acl.c -- POSIX ACLs as clients store them: acl(5) in an xattr.
 *
 * The value is a version and then entries, all little-endian.  It is used as
 * it lies there: a file that has an ACL is asked for it rarely, and the others
 * must not pay for it.  Entries come in the order of their tags, the owner
 * first and everybody else last, as the kernel wants them.
 */

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "vfs_fs.h"

#define VERSION 2
#define HEADER 4
#define ENTRY 8

enum {
	USER_OBJ = 0x01,
	USER = 0x02,
	GROUP_OBJ = 0x04,
	GROUP = 0x08,
	MASK = 0x10,
	OTHER = 0x20,
};

struct ace {
	unsigned int tag, perm;
	uint32_t id;
};

static size_t
ace_count(struct vname acl)
{
	return (acl.len - HEADER) / ENTRY;
}

static struct ace
ace_at(struct vname acl, size_t i)
{
	const char *p = acl.s + HEADER + i * ENTRY;
	uint16_t tag, perm;
	uint32_t id;

	memcpy(&tag, p, 2);
	memcpy(&perm, p + 2, 2);
	memcpy(&id, p + 4, 4);
	return (struct ace){ le16toh(tag), le16toh(perm), le32toh(id) };
}

static void
set_perm(struct vname acl, size_t i, unsigned int perm)
{
	uint16_t le = htole16((uint16_t)perm);

	memcpy((char *)(uintptr_t)acl.s + HEADER + i * ENTRY + 2, &le, 2);
}

static bool
is_known(unsigned int tag)
{
	return tag != 0 && tag <= OTHER && (tag & (tag - 1)) == 0;
}

/* Which tags it has; -EINVAL if they are unknown or not in order. */
static int
scan_tags(struct vname acl, unsigned int *seen)
{
	unsigned int last = 0;
	struct ace ace;
	size_t i;

	*seen = 0;
	for (i = 0; i < ace_count(acl); i++) {
		ace = ace_at(acl, i);
		if (!is_known(ace.tag) || ace.perm > 7 || ace.tag < last)
			return -EINVAL;
		if (ace.tag == last && ace.tag != USER && ace.tag != GROUP)
			return -EINVAL;
		*seen |= last = ace.tag;
	}
	return 0;
}

int
vacl_check(struct vname acl)
{
	const unsigned int needed = USER_OBJ | GROUP_OBJ | OTHER;
	unsigned int seen;
	uint32_t version;

	if (acl.len < HEADER || (acl.len - HEADER) % ENTRY != 0)
		return -EINVAL;
	memcpy(&version, acl.s, HEADER);
	if (le32toh(version) != VERSION)
		return -EOPNOTSUPP;
	if (scan_tags(acl, &seen) != 0 || (seen & needed) != needed)
		return -EINVAL;
	return seen & (USER | GROUP) && !(seen & MASK) ? -EINVAL : 0;
}

bool
vacl_to_mode(struct vname acl, mode_t *mode)
{
	bool more = false;
	struct ace ace;
	size_t i;

	*mode &= 07000;
	for (i = 0; i < ace_count(acl); i++) {
		ace = ace_at(acl, i);
		if (ace.tag == USER_OBJ)
			*mode |= ace.perm << 6;
		else if (ace.tag == GROUP_OBJ)
			*mode |= ace.perm << 3;
		else if (ace.tag == MASK)
			*mode = (*mode & ~(mode_t)070) | ace.perm << 3;
		else if (ace.tag == OTHER)
			*mode |= ace.perm;
		more |= ace.tag & (USER | GROUP | MASK);
	}
	return more;
}

void
vacl_from_mode(struct vname acl, mode_t mode)
{
	size_t i, group = 0;

	for (i = 0; i < ace_count(acl); i++) {
		switch (ace_at(acl, i).tag) {
		case USER_OBJ:
			set_perm(acl, i, mode >> 6 & 7);
			break;
		case OTHER:
			set_perm(acl, i, mode & 7);
			break;
		case GROUP_OBJ:
			if (group == 0)
				group = i;
			break;
		case MASK:
			group = i;
			break;
		}
	}
	set_perm(acl, group, mode >> 3 & 7);
}

/* acl(5), "OBJECT CREATION AND DEFAULT ACLs": both have to grant it. */
bool
vacl_inherit(struct vname acl, mode_t *mode)
{
	mode_t granted = 0;
	bool more = vacl_to_mode(acl, &granted);

	*mode &= ~(mode_t)0777 | granted;
	vacl_from_mode(acl, *mode);
	return more;
}

/* Is the entry one for cred? */
static bool
is_for(struct ace ace, const struct vcred *cred, const struct vattr *owner)
{
	switch (ace.tag) {
	case USER_OBJ:
		return cred->uid == owner->uid;
	case USER:
		return cred->uid == ace.id;
	case GROUP_OBJ:
		return vcred_in_group(cred, owner->gid);
	case GROUP:
		return vcred_in_group(cred, ace.id);
	}
	return ace.tag == OTHER;
}

static unsigned int
mask_of(struct vname acl)
{
	size_t i;

	for (i = 0; i < ace_count(acl); i++)
		if (ace_at(acl, i).tag == MASK)
			return ace_at(acl, i).perm;
	return 7;
}

/*
 * The first entry for a user decides.  Of those for his groups any one will do
 * that has all that is wanted, but none leaves the decision to the others'.
 */
static bool
permits(struct vname acl, const struct vcred *cred, const struct vattr *owner,
    int want)
{
	unsigned int bits = (unsigned int)want & 7, mask = mask_of(acl);
	bool in_group = false;
	struct ace ace;
	size_t i;

	for (i = 0; i < ace_count(acl); i++) {
		ace = ace_at(acl, i);
		if (!is_for(ace, cred, owner))
			continue;
		if (ace.tag == OTHER)
			return !in_group && (bits & ~ace.perm) == 0;
		if (ace.tag != USER_OBJ)
			ace.perm &= mask;
		if ((bits & ~ace.perm) == 0)
			return true;
		if (ace.tag & (USER_OBJ | USER))
			return false;
		in_group = true;
	}
	return false;
}

/*
 * What an ACL grants or denies, it does so for everybody but root.  acl(5) has
 * one whose mask is empty deny all that it names; but Linux does not look at it
 * then, and has the mode decide.
 */
int
vacl_access(const struct vcred *cred, const struct vattr *attr,
    struct vname acl, int want)
{
	struct vattr as_acl = *attr;

	if (!(attr->mode & S_IRWXG))
		return vaccess(cred, attr, want);
	as_acl.mode &= S_IFMT;
	if (permits(acl, cred, attr, want))
		as_acl.mode |= 0777;
	return vaccess(cred, &as_acl, want);
}
