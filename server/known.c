/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * known.c -- see known.h.
 *
 * A person has one place, which the next who would have it takes.
 */

#include <stdlib.h>

#include "known.h"

#define PLACES 64
#define KEPT_NS (5 * UINT64_C(1000000000))

struct known {
	uv_mutex_t mutex;
	struct place {
		struct person who;
		struct vcred *cred; /* or NULL */
		uint64_t until; /* uv_hrtime() */
	} places[PLACES];
};

struct known *
known_new(void)
{
	struct known *k = calloc(1, sizeof(*k));

	if (k != NULL && uv_mutex_init(&k->mutex) != 0) {
		free(k);
		return NULL;
	}
	return k;
}

void
known_free(struct known *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < PLACES; i++)
		vcred_put(k->places[i].cred);
	uv_mutex_destroy(&k->mutex);
	free(k);
}

static struct place *
place_of(struct known *k, const struct person *who)
{
	return &k->places[who->uid % PLACES];
}

static bool
is_same(const struct person *a, const struct person *b)
{
	return a->uid == b->uid && a->gid_known == b->gid_known &&
	    (!a->gid_known || a->gid == b->gid);
}

static struct vcred *
copy_of(const struct vcred *cred)
{
	return vcred_new(cred->uid, cred->gid, cred->groups, cred->ngroups);
}

struct vcred *
known_find(struct known *k, const struct person *who)
{
	struct place *p = place_of(k, who);
	struct vcred *cred = NULL;

	uv_mutex_lock(&k->mutex);
	if (p->cred != NULL && is_same(&p->who, who) && uv_hrtime() < p->until)
		cred = copy_of(p->cred);
	uv_mutex_unlock(&k->mutex);
	return cred;
}

void
known_keep(struct known *k, const struct person *who, const struct vcred *cred)
{
	struct place *p = place_of(k, who);
	struct vcred *copy = copy_of(cred);

	if (copy == NULL)
		return;
	uv_mutex_lock(&k->mutex);
	vcred_put(p->cred);
	*p = (struct place){ *who, copy, uv_hrtime() + KEPT_NS };
	uv_mutex_unlock(&k->mutex);
}
