/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * people.c -- see people.h.
 */

#include "people.h"

int
people_setup(void **state)
{
	const gid_t also_2000 = 2000, also_1000 = 1000;
	struct people *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	p->root = vcred_new(0, 0, NULL, 0);
	p->owner = vcred_new(1000, 1000, &also_2000, 1);
	p->member = vcred_new(1001, 1001, &also_1000, 1);
	p->other = vcred_new(1002, 1002, NULL, 0);
	*state = p;
	return 0;
}

int
people_teardown(void **state)
{
	struct people *p = *state;

	vcred_put(p->root);
	vcred_put(p->owner);
	vcred_put(p->member);
	vcred_put(p->other);
	free(p);
	return 0;
}

struct vattr
file_of(mode_t mode)
{
	return (struct vattr){ .mode = mode, .uid = 1000, .gid = 1000 };
}
