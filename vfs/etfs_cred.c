/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_cred.c -- as whom a thread acts.
 *
 * The host checks permissions, so a thread takes the identity of the user it
 * acts for: fsuid, fsgid, supplementary groups, and none of root's privileges
 * unless the user is root.  To the kernel all these belong to a thread, but
 * libc sets them for all threads at once; hence the raw system calls.
 *
 * What a thread has taken it keeps, and remembers, until it acts for somebody
 * else: the next operation of the same user costs nothing.  A thread that has
 * not taken an identity yet may have inherited any from the one that started
 * it, so that the first operation always says everything.
 *
 * Which calls need this: all that follow a name, open, make, change or remove
 * something, and all on file systems that are not local, where anything may be
 * checked.  What goes through an open file has been checked; but a write drops
 * set-id bits and is counted against quotas as the user's, so writes take it.
 */

#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "etfs_internal.h"

#define KEPT_GROUPS 64
#define CAP_WORDS _LINUX_CAPABILITY_U32S_3
#define BIT(cap) (1u << (cap))
#define SWITCHING (BIT(CAP_SETUID) | BIT(CAP_SETGID))

/* Whom the server itself is: written once, before any thread acts for others. */
static struct {
	uv_once_t once;
	struct vcred *cred; /* NULL: there was no memory */
	bool may_switch;
	struct __user_cap_data_struct caps[CAP_WORDS];
} server = { .once = UV_ONCE_INIT };

/* Whom this thread acts as. */
static _Thread_local struct {
	bool known;
	bool privileged;
	uid_t uid;
	gid_t gid; /* of the files it makes */
	gid_t primary; /* the cred's */
	size_t ngroups;
	gid_t groups[KEPT_GROUPS];
} me;

static int
set_effective(bool all)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct caps[CAP_WORDS];

	memcpy(caps, server.caps, sizeof(caps));
	if (!all) {
		caps[0].effective = SWITCHING;
		caps[1].effective = 0;
	}
	return syscall(SYS_capset, &head, caps) == 0 ? 0 : -EPERM;
}

static struct vcred *
server_cred(void)
{
	int n = getgroups(0, NULL);
	gid_t *groups = calloc(n > 0 ? (size_t)n : 1, sizeof(*groups));
	struct vcred *cred = NULL;

	if (groups != NULL && n >= 0 && getgroups(n, groups) == n)
		cred = vcred_new(geteuid(), getegid(), groups, (size_t)n);
	free(groups);
	return cred;
}

static void
read_server(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };

	server.cred = server_cred();
	if (syscall(SYS_capget, &head, server.caps) != 0)
		memset(server.caps, 0, sizeof(server.caps));
	server.may_switch = server.cred != NULL && server.cred->uid == 0 &&
	    (server.caps[0].effective & SWITCHING) == SWITCHING;
}

static bool
is_server(const struct etfs_config *cfg)
{
	return cfg->squash_uid == server.cred->uid &&
	    cfg->squash_gid == server.cred->gid;
}

static int
refuse(struct etfs_why *why)
{
	return etfs_because(why, -EPERM,
	    "only root can act as others, and this is user %u",
	    (unsigned int)server.cred->uid);
}

/* A group that a client names for a new file is nothing to the squash user. */
static int
init_squash(struct etfs *fs, const struct etfs_config *cfg)
{
	if (cfg->squash_uid == VFS_NOID || cfg->squash_gid == VFS_NOID)
		return -EINVAL;
	fs->squash = vcred_new(cfg->squash_uid, cfg->squash_gid, NULL, 0);
	if (fs->squash == NULL)
		return -ENOMEM;
	fs->squash->claim = VCRED_IGNORE;
	return 0;
}

int
etfs_cred_init(
    struct etfs *fs, const struct etfs_config *cfg, struct etfs_why *why)
{
	uv_once(&server.once, read_server);
	if (server.cred == NULL)
		return -ENOMEM;
	fs->privileged = server.cred->uid == 0;
	fs->identity = cfg->identity;
	if (cfg->identity == ETFS_SQUASH && is_server(cfg))
		fs->identity = ETFS_SELF;
	if (fs->identity != ETFS_CLIENT && fs->identity != ETFS_SQUASH)
		return 0;
	if (!server.may_switch)
		return refuse(why);
	return fs->identity == ETFS_SQUASH ? init_squash(fs, cfg) : 0;
}

void
etfs_cred_fini(struct etfs *fs)
{
	vcred_put(fs->squash);
}

static bool
same_groups(const struct vcred *cred)
{
	return me.primary == cred->gid && me.ngroups == cred->ngroups &&
	    cred->ngroups <= KEPT_GROUPS &&
	    (cred->ngroups == 0 ||
		memcmp(me.groups, cred->groups,
		    cred->ngroups * sizeof(gid_t)) == 0);
}

/*
 * The primary group goes in as well: the files that the thread makes may be
 * given another, and cred is still in this one.
 */
static int
set_groups(const struct vcred *cred)
{
	gid_t few[KEPT_GROUPS + 1], *all = few;
	size_t n = cred->ngroups;
	int rc = 0;

	if (n > KEPT_GROUPS && (all = malloc((n + 1) * sizeof(*all))) == NULL)
		return -ENOMEM;
	if (n > 0)
		memcpy(all, cred->groups, n * sizeof(*all));
	all[n] = cred->gid;
	if (syscall(SYS_setgroups, n + 1, all) != 0)
		rc = -EPERM;
	if (all != few)
		free(all);
	return rc;
}

static void
remember(const struct vcred *cred, gid_t gid)
{
	me.known = true;
	me.privileged = cred->uid == 0;
	me.uid = cred->uid;
	me.gid = gid;
	me.primary = cred->gid;
	me.ngroups = cred->ngroups;
	if (cred->ngroups > 0 && cred->ngroups <= KEPT_GROUPS)
		memcpy(me.groups, cred->groups, cred->ngroups * sizeof(gid_t));
}

/* These two do not tell of failure; asked for no id, they tell the present. */
static int
set_fsids(uid_t uid, gid_t gid)
{
	(void)syscall(SYS_setfsgid, gid);
	(void)syscall(SYS_setfsuid, uid);
	if ((gid_t)syscall(SYS_setfsgid, VFS_NOID) != gid ||
	    (uid_t)syscall(SYS_setfsuid, VFS_NOID) != uid)
		return -EPERM;
	return 0;
}

/*
 * Become cred, with gid for new files.  The kernel itself takes some of root's
 * privileges away when fsuid leaves 0, and gives them back; but not those that
 * let a user pass quotas or make trusted attributes.
 */
static int
become(const struct vcred *cred, gid_t gid)
{
	bool known = me.known, privileged = cred->uid == 0;
	int rc = 0;

	if (known && me.uid == cred->uid && me.gid == gid && same_groups(cred))
		return 0;
	if (cred->uid == VFS_NOID || gid == VFS_NOID)
		return -EPERM;
	me.known = false;
	if (!known || !same_groups(cred))
		rc = set_groups(cred);
	if (rc == 0)
		rc = set_fsids(cred->uid, gid);
	if (rc == 0 && (!known || me.privileged != privileged))
		rc = set_effective(privileged);
	if (rc == 0)
		remember(cred, gid);
	return rc;
}

/* Whom op's thread is to be in fs. */
static const struct vcred *
wanted(const struct vop *op, const struct etfs *fs)
{
	if (fs->identity == ETFS_CLIENT && !op->cred->self)
		return op->cred;
	return fs->identity == ETFS_SQUASH ? fs->squash : server.cred;
}

/* A server that may not switch has never done so: it is always itself. */
static int
become_if_may(const struct vcred *cred)
{
	return server.may_switch ? become(cred, cred->gid) : 0;
}

int
etfs_cred_take(const struct vop *op, const struct etfs *fs)
{
	return become_if_may(wanted(op, fs));
}

int
etfs_act_as_server(void)
{
	return become_if_may(server.cred);
}

bool
etfs_cred_dir_gives(int dir_fd)
{
	struct stat st;

	return fstatat(dir_fd, "", &st, AT_EMPTY_PATH) == 0 &&
	    (st.st_mode & S_ISGID);
}

int
etfs_cred_take_making(const struct vop *op, const struct etfs *fs, int dir_fd,
    gid_t gid, gid_t *chgrp)
{
	const struct vcred *cred = wanted(op, fs);

	*chgrp = VFS_NOID;
	if (cred == server.cred) {
		*chgrp = gid;
		return etfs_cred_take(op, fs);
	}
	if (gid == VFS_NOID || gid == cred->gid)
		return become(cred, cred->gid);
	if (cred->uid == 0 || cred->claim == VCRED_BELIEVE ||
	    vcred_in_group(cred, gid))
		return become(cred, gid);
	if (cred->claim == VCRED_IGNORE || etfs_cred_dir_gives(dir_fd))
		return become(cred, cred->gid);
	return -EPERM;
}

uid_t
etfs_cred_uid(const struct vop *op, const struct etfs *fs)
{
	return wanted(op, fs)->uid;
}

bool
etfs_cred_in_group(const struct vop *op, const struct etfs *fs, gid_t gid)
{
	return vcred_in_group(wanted(op, fs), gid);
}
