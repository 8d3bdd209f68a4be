/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * identity.c -- who a client is, and as whom it acts.
 *
 * First comes what the listener lets us believe, then what the host's user
 * database knows.  Whoever is not believed, or is unknown by name, becomes the
 * squash user instead of being refused: the first attach of every Linux mount
 * is of that kind.  An id of all ones never gets into a cred: to the host it
 * means "no change".
 *
 * Threads: nothing is kept here but in known.c; any thread may ask.
 */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "identity.h"

#define NONUNAME UINT32_MAX /* n_uname: see uname */
#define ENTRY_MAX (1 << 20) /* bytes of one line of a database */
#define GROUPS_START 64

/* Who asks, and how. */
struct asking {
	const struct identity *id;
	const struct origin *from;
	uint32_t n_uname;
	const char *uname;
	bool now; /* without the databases, or -EAGAIN */
};

/* One entry of the user or group database, and the strings it points to. */
struct entry {
	union {
		struct passwd pw;
		struct group gr;
	} u;
	char *buf;
	size_t size;
};

/* One look into a database: 0, or its errno; *found tells. */
typedef int lookup_fn(struct entry *e, const void *key, bool *found);

static int
user_by_uid(struct entry *e, const void *key, bool *found)
{
	struct passwd *pw = NULL;
	int rc =
	    getpwuid_r(*(const uid_t *)key, &e->u.pw, e->buf, e->size, &pw);

	*found = pw != NULL;
	return rc;
}

static int
user_by_name(struct entry *e, const void *key, bool *found)
{
	struct passwd *pw = NULL;
	int rc = getpwnam_r(key, &e->u.pw, e->buf, e->size, &pw);

	*found = pw != NULL;
	return rc;
}

static int
group_by_gid(struct entry *e, const void *key, bool *found)
{
	struct group *gr = NULL;
	int rc =
	    getgrgid_r(*(const gid_t *)key, &e->u.gr, e->buf, e->size, &gr);

	*found = gr != NULL;
	return rc;
}

/* What getpwnam(3) lists as ways to say "not found". */
static bool
is_absence(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH ||
	    error == EBADF || error == EPERM;
}

static bool
grow(struct entry *e)
{
	size_t size = e->size == 0 ? 4096 : e->size * 4;
	char *buf;

	if (size > ENTRY_MAX || (buf = realloc(e->buf, size)) == NULL)
		return false;
	e->buf = buf;
	e->size = size;
	return true;
}

/*
 * Look key up, with as much room as it takes.  1: found, 0: there is none, or
 * -errno.  The caller frees e->buf in any case.
 */
static int
look_up(lookup_fn *fn, const void *key, struct entry *e)
{
	bool found;
	int rc;

	*e = (struct entry){ 0 };
	do {
		if (!grow(e))
			return -ENOMEM;
		rc = fn(e, key, &found);
	} while (rc == ERANGE);
	if (found)
		return 1;
	return is_absence(rc) ? 0 : -rc;
}

/* All groups of a user whom the database knows. */
static int
known_cred(
    const struct passwd *pw, const struct person *who, struct vcred **out)
{
	gid_t gid = who->gid_known ? who->gid : pw->pw_gid;
	gid_t *groups = NULL, *more;
	int n = GROUPS_START, cap;

	do {
		cap = n;
		more = reallocarray(groups, (size_t)cap, sizeof(*more));
		if (more == NULL) {
			free(groups);
			return -ENOMEM;
		}
		groups = more;
	} while (getgrouplist(pw->pw_name, gid, groups, &n) < 0 && n > cap);
	*out = vcred_new(who->uid, gid, groups, (size_t)(n < cap ? n : cap));
	free(groups);
	return *out == NULL ? -ENOMEM : 0;
}

/*
 * A user that only the client knows.  Many systems give each user a group of
 * the same number: assume that, unless the number is a group of the host's,
 * which would lend the stranger its rights.
 */
static int
stranger_gid(const struct identity *id, uid_t uid, gid_t *gid)
{
	struct entry e;
	gid_t same = uid;
	int rc = look_up(group_by_gid, &same, &e);

	free(e.buf);
	if (rc < 0)
		return rc;
	*gid = rc > 0 ? id->squash_gid : same;
	return 0;
}

static int
stranger_cred(
    const struct identity *id, const struct person *who, struct vcred **out)
{
	gid_t gid = who->gid;
	int rc;

	if (!who->gid_known && (rc = stranger_gid(id, who->uid, &gid)) != 0)
		return rc;
	*out = vcred_new(who->uid, gid, NULL, 0);
	return *out == NULL ? -ENOMEM : 0;
}

static int
look_up_person(
    const struct identity *id, const struct person *who, struct vcred **out)
{
	struct entry e;
	int rc = look_up(user_by_uid, &who->uid, &e);

	if (rc > 0)
		rc = known_cred(&e.u.pw, who, out);
	else if (rc == 0)
		rc = stranger_cred(id, who, out);
	free(e.buf);
	return rc;
}

static int
person_cred(
    const struct asking *a, const struct person *who, struct vcred **out)
{
	struct known *known = a->id->known;
	int rc;

	if (known != NULL && (*out = known_find(known, who)) != NULL)
		return 0;
	if (a->now)
		return -EAGAIN;
	rc = look_up_person(a->id, who, out);
	if (rc == 0 && known != NULL)
		known_keep(known, who, *out);
	return rc;
}

static int
squash_cred(const struct identity *id, struct vcred **out)
{
	*out = vcred_new(id->squash_uid, id->squash_gid, NULL, 0);
	if (*out == NULL)
		return -ENOMEM;
	(*out)->claim = VCRED_IGNORE;
	return 0;
}

/* A name, or nothing at all, in place of a number. */
static int
named_cred(const struct asking *a, struct vcred **out)
{
	struct person who = { 0 };
	struct entry e;
	int rc;

	if (a->uname[0] == '\0' || strcmp(a->uname, "nobody") == 0)
		return squash_cred(a->id, out);
	if (a->now)
		return -EAGAIN;
	rc = look_up(user_by_name, a->uname, &e);
	who.uid = rc > 0 ? e.u.pw.pw_uid : (uid_t)-1;
	free(e.buf);
	if (rc < 0)
		return rc;
	if (who.uid == (uid_t)-1)
		return squash_cred(a->id, out);
	return person_cred(a, &who, out);
}

/* Who may claim to be any user may claim to be in any group, too. */
static int
believed_cred(const struct asking *a, struct vcred **out)
{
	struct person who = { .uid = a->n_uname };
	int rc;

	rc = a->n_uname == NONUNAME ? named_cred(a, out)
				    : person_cred(a, &who, out);
	if (rc == 0 && (*out)->claim == VCRED_CHECK)
		(*out)->claim = VCRED_BELIEVE;
	return rc;
}

/* Root may be anyone; others are themselves, by number or without one. */
static int
peer_cred(const struct asking *a, struct vcred **out)
{
	const struct origin *from = a->from;
	struct person who = { from->peer_uid, true, from->peer_gid };

	if (!from->has_peer || from->peer_uid == (uid_t)-1)
		return squash_cred(a->id, out);
	if (from->peer_uid == 0)
		return believed_cred(a, out);
	if (a->n_uname != NONUNAME && a->n_uname != from->peer_uid)
		return -EPERM;
	return person_cred(a, &who, out);
}

static int
client_cred(const struct asking *a, struct vcred **out)
{
	switch (a->from->trust) {
	case TRUST_PEER:
		return peer_cred(a, out);
	case TRUST_PRIVPORT:
		if (!a->from->privport)
			break;
		return believed_cred(a, out);
	case TRUST_ANY:
		return believed_cred(a, out);
	case TRUST_NONE:
		break;
	}
	return squash_cred(a->id, out);
}

static int
self_cred(struct vcred **out)
{
	int n = getgroups(0, NULL);
	gid_t *groups;

	if (n < 0)
		return -errno;
	if ((groups = calloc((size_t)n + 1, sizeof(*groups))) == NULL)
		return -ENOMEM;
	n = getgroups(n, groups);
	*out =
	    n < 0 ? NULL : vcred_new(geteuid(), getegid(), groups, (size_t)n);
	free(groups);
	if (*out == NULL)
		return -ENOMEM;
	(*out)->self = true;
	(*out)->claim = VCRED_IGNORE;
	return 0;
}

static int
ask(const struct asking *a, struct vcred **out)
{
	switch (a->id->mode) {
	case IDENTITY_SELF:
		return self_cred(out);
	case IDENTITY_CLIENT:
		return client_cred(a, out);
	case IDENTITY_SQUASH:
		break;
	}
	return squash_cred(a->id, out);
}

int
identity_cred(const struct identity *id, const struct origin *from,
    uint32_t n_uname, const char *uname, struct vcred **out)
{
	const struct asking a = { id, from, n_uname, uname, false };

	return ask(&a, out);
}

int
identity_cred_now(const struct identity *id, const struct origin *from,
    uint32_t n_uname, const char *uname, struct vcred **out)
{
	const struct asking a = { id, from, n_uname, uname, true };

	return ask(&a, out);
}
