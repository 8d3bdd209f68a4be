/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_identity.c -- who a client is, and as whom it acts.
 *
 * The user database is this file's: the functions of <pwd.h> and <grp.h> that
 * identity.c calls are defined here, so that every host has the same users,
 * some of them hard to have.  Nothing needs root.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <unistd.h>

#include "identity.h"

#define NOBODY 65534
#define ANON UINT32_MAX /* n_uname of a client that gives a name instead */
#define MANY 200 /* groups of alice, besides her own */

static const struct user {
	const char *name;
	uid_t uid;
	gid_t gid;
	int ngroups;
	size_t room; /* bytes that its entry needs */
	int error; /* of looking it up */
} users[] = {
	{ "root", 0, 0, 0, 0, 0 },
	{ "alice", 1000, 1000, MANY, 0, 0 },
	{ "bob", 1001, 100, 0, 0, 0 },
	{ "verbose", 1002, 1002, 0, 100000, 0 },
	{ "endless", 1003, 1003, 0, SIZE_MAX, 0 },
	{ "offline", 1004, 1004, 0, 0, EIO },
	{ "minus", (uid_t)-1, 1005, 0, 0, 0 },
};

#define SHADOW 42 /* the group that there is no user of */

static int
give_user(const struct user *u, struct passwd *pw, char *buf, size_t size,
    struct passwd **out)
{
	*out = NULL;
	if (u == NULL)
		return 0;
	if (u->error != 0)
		return u->error;
	if (size < u->room || size < strlen(u->name) + 1)
		return ERANGE;
	memset(buf, 'x', size);
	strcpy(buf, u->name);
	*pw = (struct passwd){
		.pw_name = buf, .pw_uid = u->uid, .pw_gid = u->gid
	};
	*out = pw;
	return 0;
}

static const struct user *
find_user(uid_t uid, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		if (name != NULL ? strcmp(users[i].name, name) == 0
				 : users[i].uid == uid)
			return &users[i];
	return NULL;
}

static unsigned int lookups;
static uint64_t now; /* ns */

/* known.c's clock. */
uint64_t
uv_hrtime(void)
{
	return now;
}

int
getpwuid_r(
    uid_t uid, struct passwd *pw, char *buf, size_t size, struct passwd **out)
{
	lookups++;
	return give_user(find_user(uid, NULL), pw, buf, size, out);
}

int
getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size,
    struct passwd **out)
{
	return give_user(find_user(0, name), pw, buf, size, out);
}

int
getgrgid_r(
    gid_t gid, struct group *gr, char *buf, size_t size, struct group **out)
{
	(void)buf;
	(void)size;
	*out = gid == SHADOW ? gr : NULL;
	return gid == SHADOW ? 0 : ENOENT;
}

int
getgrouplist(const char *name, gid_t gid, gid_t *groups, int *ngroups)
{
	const struct user *u = find_user(0, name);
	int have = *ngroups, i;

	assert_non_null(u);
	*ngroups = u->ngroups + 1;
	if (have < *ngroups)
		return -1;
	groups[0] = gid;
	for (i = 1; i < *ngroups; i++)
		groups[i] = (gid_t)(2000 + i);
	return *ngroups;
}

static const struct identity client = { IDENTITY_CLIENT, NOBODY, NOBODY, NULL };
static const struct identity squash = { IDENTITY_SQUASH, 300, 301, NULL };
static const struct identity self = { IDENTITY_SELF, NOBODY, NOBODY, NULL };

static const struct origin anyone = { .trust = TRUST_ANY };
static const struct origin distrusted = {
	.trust = TRUST_NONE, .privport = true, .has_peer = true
};
static const struct origin privileged = { .trust = TRUST_PRIVPORT,
	.privport = true };
static const struct origin unprivileged = { .trust = TRUST_PRIVPORT };
static const struct origin root_peer = { .trust = TRUST_PEER,
	.has_peer = true };
static const struct origin bob_peer = {
	.trust = TRUST_PEER, .has_peer = true, .peer_uid = 1001, .peer_gid = 77
};
static const struct origin stranger_peer = {
	.trust = TRUST_PEER, .has_peer = true, .peer_uid = 4242, .peer_gid = 78
};
static const struct origin unknown_peer = { .trust = TRUST_PEER };
static const struct origin lost_peer = {
	.trust = TRUST_PEER, .has_peer = true, .peer_uid = (uid_t)-1
};

static const struct row {
	int line;
	const struct identity *id;
	const struct origin *from;
	uint32_t n_uname;
	const char *uname;
	int rc;
	uid_t uid;
	gid_t gid;
} rows[] = {
#define ROW(...)                                                               \
	{                                                                      \
		__LINE__, __VA_ARGS__                                          \
	}
	/* A claim that is believed. */
	ROW(&client, &anyone, 0, "", 0, 0, 0),
	ROW(&client, &anyone, 1000, "", 0, 1000, 1000),
	ROW(&client, &anyone, 1001, "", 0, 1001, 100),
	ROW(&client, &anyone, 1002, "", 0, 1002, 1002),
	ROW(&client, &anyone, 1003, "", -ENOMEM, 0, 0),
	ROW(&client, &anyone, 1004, "", -EIO, 0, 0),
	ROW(&client, &anyone, 4242, "", 0, 4242, 4242),
	ROW(&client, &anyone, SHADOW, "", 0, SHADOW, NOBODY),
	ROW(&client, &anyone, NOBODY, "", 0, NOBODY, NOBODY),
	ROW(&client, &anyone, ANON - 1, "", 0, ANON - 1, ANON - 1),
	ROW(&client, &anyone, 1000, "root", 0, 1000, 1000),
	/* By name. */
	ROW(&client, &anyone, ANON, "alice", 0, 1000, 1000),
	ROW(&client, &anyone, ANON, "root", 0, 0, 0),
	ROW(&client, &anyone, ANON, "nobody", 0, NOBODY, NOBODY),
	ROW(&client, &anyone, ANON, "", 0, NOBODY, NOBODY),
	ROW(&client, &anyone, ANON, "ghost", 0, NOBODY, NOBODY),
	ROW(&client, &anyone, ANON, "minus", 0, NOBODY, NOBODY),
	ROW(&client, &anyone, ANON, "offline", -EIO, 0, 0),
	ROW(&client, &anyone, ANON, "0", 0, NOBODY, NOBODY),
	/* A port tells. */
	ROW(&client, &privileged, 0, "", 0, 0, 0),
	ROW(&client, &privileged, 1000, "", 0, 1000, 1000),
	ROW(&client, &privileged, ANON, "nobody", 0, NOBODY, NOBODY),
	ROW(&client, &unprivileged, 0, "", 0, NOBODY, NOBODY),
	ROW(&client, &unprivileged, 1000, "", 0, NOBODY, NOBODY),
	ROW(&client, &unprivileged, ANON, "root", 0, NOBODY, NOBODY),
	/* Nobody is believed. */
	ROW(&client, &distrusted, 0, "", 0, NOBODY, NOBODY),
	ROW(&client, &distrusted, 1000, "", 0, NOBODY, NOBODY),
	ROW(&client, &distrusted, ANON, "root", 0, NOBODY, NOBODY),
	/* The host tells: root may be anyone, */
	ROW(&client, &root_peer, 0, "", 0, 0, 0),
	ROW(&client, &root_peer, 1000, "", 0, 1000, 1000),
	ROW(&client, &root_peer, ANON, "nobody", 0, NOBODY, NOBODY),
	ROW(&client, &root_peer, ANON, "bob", 0, 1001, 100),
	/* others are themselves, with the group that they run with. */
	ROW(&client, &bob_peer, 1001, "", 0, 1001, 77),
	ROW(&client, &bob_peer, ANON, "nobody", 0, 1001, 77),
	ROW(&client, &bob_peer, ANON, "root", 0, 1001, 77),
	ROW(&client, &bob_peer, 0, "", -EPERM, 0, 0),
	ROW(&client, &bob_peer, 1000, "", -EPERM, 0, 0),
	ROW(&client, &stranger_peer, 4242, "", 0, 4242, 78),
	ROW(&client, &stranger_peer, 1000, "", -EPERM, 0, 0),
	ROW(&client, &unknown_peer, 0, "", 0, NOBODY, NOBODY),
	ROW(&client, &lost_peer, 0, "", 0, NOBODY, NOBODY),
	ROW(&client, &lost_peer, ANON, "", 0, NOBODY, NOBODY),
	/* One for all: what is claimed does not matter. */
	ROW(&squash, &anyone, 0, "", 0, 300, 301),
	ROW(&squash, &privileged, 1000, "", 0, 300, 301),
	ROW(&squash, &bob_peer, 0, "", 0, 300, 301),
	ROW(&squash, &root_peer, ANON, "root", 0, 300, 301),
	ROW(&squash, &distrusted, 1004, "", 0, 300, 301),
};

static void
check_row(const struct row *row)
{
	struct vcred *none = (struct vcred *)0x1, *cred = none;
	int rc;

	rc = identity_cred(row->id, row->from, row->n_uname, row->uname, &cred);
	if (rc != row->rc || (rc != 0 && cred != none))
		fail_msg("line %d: %d, not %d", row->line, rc, row->rc);
	if (rc != 0)
		return;
	if (cred->uid != row->uid || cred->gid != row->gid || cred->self)
		fail_msg("line %d: %u:%u", row->line, cred->uid, cred->gid);
	vcred_put(cred);
}

static void
a_claim_counts_as_far_as_it_is_believed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

/* Whatever is claimed, from wherever. */
static void
self_is_the_server(void **state)
{
	static const struct origin *const froms[] = { &anyone, &distrusted,
		&privileged, &unprivileged, &root_peer, &bob_peer };
	static const uint32_t claims[] = { 0, 1000, 1004, ANON };
	struct vcred *cred;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(froms) / sizeof(froms[0]); i++) {
		for (j = 0; j < sizeof(claims) / sizeof(claims[0]); j++) {
			assert_int_equal(identity_cred(&self, froms[i],
					     claims[j], "alice", &cred),
			    0);
			assert_true(cred->self);
			assert_int_equal(cred->uid, geteuid());
			assert_int_equal(cred->gid, getegid());
			assert_int_equal(cred->ngroups, getgroups(0, NULL));
			vcred_put(cred);
		}
	}
}

static size_t
count_groups(uint32_t n_uname, const struct origin *from, gid_t member)
{
	struct vcred *cred;
	size_t n;

	assert_int_equal(identity_cred(&client, from, n_uname, "", &cred), 0);
	n = cred->ngroups;
	assert_true(vcred_in_group(cred, member));
	assert_false(vcred_in_group(cred, 12345));
	vcred_put(cred);
	return n;
}

static void
a_known_user_has_all_its_groups(void **state)
{
	(void)state;
	assert_int_equal(count_groups(1000, &anyone, 2000 + MANY), MANY + 1);
	assert_int_equal(count_groups(1001, &anyone, 100), 1);
	assert_int_equal(count_groups(1001, &bob_peer, 77), 1);
}

static void
a_stranger_has_no_groups(void **state)
{
	(void)state;
	assert_int_equal(count_groups(4242, &anyone, 4242), 0);
	assert_int_equal(count_groups(SHADOW, &anyone, NOBODY), 0);
	assert_int_equal(count_groups(0, &distrusted, NOBODY), 0);
}

static enum vcred_claim
claim_of(const struct identity *id, const struct origin *from, uint32_t n_uname)
{
	enum vcred_claim claim;
	struct vcred *cred;

	assert_int_equal(identity_cred(id, from, n_uname, "", &cred), 0);
	claim = cred->claim;
	vcred_put(cred);
	return claim;
}

/* Groups are believed of who could claim to be anybody, and of nobody else. */
static void
a_claimed_group_counts_as_far_as_a_claimed_user(void **state)
{
	(void)state;
	assert_int_equal(claim_of(&client, &anyone, 1000), VCRED_BELIEVE);
	assert_int_equal(claim_of(&client, &anyone, 4242), VCRED_BELIEVE);
	assert_int_equal(claim_of(&client, &privileged, 0), VCRED_BELIEVE);
	assert_int_equal(claim_of(&client, &root_peer, 1000), VCRED_BELIEVE);
	assert_int_equal(claim_of(&client, &bob_peer, 1001), VCRED_CHECK);
	assert_int_equal(claim_of(&client, &anyone, ANON), VCRED_IGNORE);
	assert_int_equal(claim_of(&client, &unprivileged, 0), VCRED_IGNORE);
	assert_int_equal(claim_of(&client, &distrusted, 0), VCRED_IGNORE);
	assert_int_equal(claim_of(&squash, &anyone, 1000), VCRED_IGNORE);
	assert_int_equal(claim_of(&self, &anyone, 1000), VCRED_IGNORE);
}

/* n_uname is told without a look, as it was told before. */
static void
is_told_now(const struct identity *id, const struct origin *from,
    uint32_t n_uname, gid_t gid, size_t ngroups)
{
	unsigned int before = lookups;
	struct vcred *cred;

	assert_int_equal(identity_cred_now(id, from, n_uname, "", &cred), 0);
	assert_int_equal(cred->gid, gid);
	assert_int_equal(cred->ngroups, ngroups);
	assert_int_equal(lookups, before);
	vcred_put(cred);
}

static void
has_to_be_looked_up(
    const struct identity *id, const struct origin *from, uint32_t n_uname)
{
	struct vcred *cred;

	assert_int_equal(
	    identity_cred_now(id, from, n_uname, "", &cred), -EAGAIN);
	assert_int_equal(identity_cred(id, from, n_uname, "", &cred), 0);
	vcred_put(cred);
}

static void
what_was_looked_up_is_remembered_for_a_while(void **state)
{
	struct identity id = client;

	(void)state;
	id.known = known_new();
	has_to_be_looked_up(&id, &anyone, 1000);
	is_told_now(&id, &anyone, 1000, 1000, MANY + 1);
	has_to_be_looked_up(&id, &bob_peer, 1001);
	is_told_now(&id, &bob_peer, 1001, 77, 1);
	has_to_be_looked_up(&id, &anyone, 1001); /* with another group */
	is_told_now(&id, &anyone, 1001, 100, 1);
	has_to_be_looked_up(&id, &anyone, 4242);
	is_told_now(&id, &anyone, 4242, 4242, 0);
	now += 4999999999;
	is_told_now(&id, &anyone, 1000, 1000, MANY + 1);
	now += 1;
	has_to_be_looked_up(&id, &anyone, 1000);
	is_told_now(&id, &anyone, 1000, 1000, MANY + 1);
	known_free(id.known);
}

/* Two who would have one place. */
static void
who_came_last_is_remembered(void **state)
{
	struct identity id = client;

	(void)state;
	id.known = known_new();
	has_to_be_looked_up(&id, &anyone, 1000);
	has_to_be_looked_up(&id, &anyone, 1000 + 64);
	has_to_be_looked_up(&id, &anyone, 1000);
	is_told_now(&id, &anyone, 1000, 1000, MANY + 1);
	known_free(id.known);
}

/* How far somebody is believed is another matter. */
static void
what_is_remembered_is_not_the_claim(void **state)
{
	struct identity id = client;
	struct vcred *cred;

	(void)state;
	id.known = known_new();
	assert_int_equal(claim_of(&id, &anyone, 1001), VCRED_BELIEVE);
	assert_int_equal(claim_of(&id, &anyone, 1001), VCRED_BELIEVE);
	assert_int_equal(claim_of(&id, &bob_peer, 1001), VCRED_CHECK);
	assert_int_equal(claim_of(&id, &bob_peer, 1001), VCRED_CHECK);
	assert_int_equal(
	    identity_cred_now(&id, &bob_peer, 1000, "", &cred), -EPERM);
	known_free(id.known);
}

static void
failures_are_not_remembered(void **state)
{
	struct identity id = client;
	struct vcred *cred;

	(void)state;
	id.known = known_new();
	assert_int_equal(identity_cred(&id, &anyone, 1004, "", &cred), -EIO);
	assert_int_equal(
	    identity_cred_now(&id, &anyone, 1004, "", &cred), -EAGAIN);
	known_free(id.known);
}

static void
who_needs_no_look_is_told_now(void **state)
{
	(void)state;
	is_told_now(&squash, &anyone, 1000, 301, 0);
	is_told_now(&client, &distrusted, 1000, NOBODY, 0);
	is_told_now(&client, &anyone, ANON, NOBODY, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_claim_counts_as_far_as_it_is_believed),
		cmocka_unit_test(self_is_the_server),
		cmocka_unit_test(a_known_user_has_all_its_groups),
		cmocka_unit_test(a_stranger_has_no_groups),
		cmocka_unit_test(
		    a_claimed_group_counts_as_far_as_a_claimed_user),
		cmocka_unit_test(what_was_looked_up_is_remembered_for_a_while),
		cmocka_unit_test(who_came_last_is_remembered),
		cmocka_unit_test(what_is_remembered_is_not_the_claim),
		cmocka_unit_test(failures_are_not_remembered),
		cmocka_unit_test(who_needs_no_look_is_told_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
