/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * long.c -- one line for each entry, in columns as wide as they have to be.
 */

#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "attr.h"
#include "long.h"

#define HALF_A_YEAR (365 * 86400 / 2)

/* What the last ones were called: most files have the owner of the one before. */
struct names {
	bool known;
	uid_t uid;
	gid_t gid;
	char user[ATTR_NAME], group[ATTR_NAME];
};

struct widths {
	int nlink, user, group, size;
};

static void
find_names(struct names *n, const struct etfsc_attr *a)
{
	if (!n->known || n->uid != a->uid)
		attr_user(a->uid, n->user);
	if (!n->known || n->gid != a->gid)
		attr_group(a->gid, n->group);
	n->known = true;
	n->uid = a->uid;
	n->gid = a->gid;
}

static int
size_text(const struct etfsc_attr *a, char buf[32])
{
	if (S_ISCHR(a->mode) || S_ISBLK(a->mode))
		return snprintf(
		    buf, 32, "%u, %u", major(a->rdev), minor(a->rdev));
	return snprintf(buf, 32, "%" PRIu64, a->size);
}

static void
widen(int *width, int len)
{
	if (len > *width)
		*width = len;
}

static uint64_t
measure(const struct dir_list *list, struct names *n, struct widths *w)
{
	const struct dir_entry *e;
	uint64_t blocks = 0;
	char buf[32];

	for (e = list->e; e < list->e + list->n; e++) {
		if (e->rc != 0)
			continue;
		find_names(n, &e->attr);
		blocks += e->attr.blocks;
		widen(&w->nlink,
		    snprintf(buf, sizeof(buf), "%" PRIu64, e->attr.nlink));
		widen(&w->user, (int)strlen(n->user));
		widen(&w->group, (int)strlen(n->group));
		widen(&w->size, size_text(&e->attr, buf));
	}
	return blocks;
}

/* What is old, or to come, has its year. */
static void
time_text(time_t t, time_t now, char buf[64])
{
	bool recent = t <= now && t > now - HALF_A_YEAR;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(buf, 64, recent ? "%b %e %H:%M" : "%b %e  %Y", &tm) == 0)
		snprintf(buf, 64, "%12" PRId64, (int64_t)t);
}

static void
print(const struct dir_entry *e, const struct names *n, const struct widths *w,
    time_t now)
{
	char mode[11], size[32], when[64];

	attr_mode(e->attr.mode, mode);
	size_text(&e->attr, size);
	time_text(e->attr.mtime.tv_sec, now, when);
	printf("%s %*" PRIu64 " %-*s %-*s %*s %s ", mode, w->nlink,
	    e->attr.nlink, w->user, n->user, w->group, n->group, w->size, size,
	    when);
	dir_print(e);
	if (e->target != NULL) {
		fputs(" -> ", stdout);
		cli_text(stdout, e->target);
	}
	putchar('\n');
}

void
long_print(const struct dir_list *list, bool total)
{
	struct names names = { .known = false };
	struct widths widths = { 0, 0, 0, 0 };
	time_t now = time(NULL);
	uint64_t blocks = measure(list, &names, &widths);
	const struct dir_entry *e;

	if (total)
		printf("total %" PRIu64 "\n", (blocks + 1) / 2);
	for (e = list->e; e < list->e + list->n; e++) {
		if (e->rc != 0)
			continue;
		find_names(&names, &e->attr);
		print(e, &names, &widths, now);
	}
}
