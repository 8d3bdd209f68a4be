/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dir.h -- directories as fids, and what is in them.
 *
 * What works on whole trees goes by fid: a step down is one name, however deep
 * it is, and somebody who renames what is above does not disturb.
 */

#ifndef DIR_H
#define DIR_H

#include "cli.h"
#include "flight.h"

struct dir_entry {
	struct etfsc_req req; /* dir_attrs()'s own, as are the next two */
	struct dir_list *list;
	uint32_t fid;

	char *name;
	struct etfsc_qid qid;
	uint8_t type; /* DT_* */
	bool slash; /* to be printed behind it */
	int rc; /* 0: attr is filled in; else why not */
	struct etfsc_attr attr;
	char *target; /* of a link; NULL: not known */
};

struct dir_list {
	struct dir_entry *e; /* sorted by name, byte by byte */
	size_t n, cap;

	struct flight flight; /* dir_attrs()'s own, as are the next two */
	uint32_t dir;
	bool links;
};

/*
 * A fid of the directory that path leads to; of what is called name in it,
 * which has to be a directory, and no link to one.  To be given to
 * etfsc_forget().  0 or -errno.
 */
int dir_fid(struct cli *c, const char *path, uint32_t *fid);
int dir_enter(struct cli *c, uint32_t dir, const char *name, uint32_t *fid);

/* How names that begin with a dot are taken. */
enum dir_dots {
	DIR_ALL, /* "." and ".." too */
	DIR_FILES, /* all but these two */
	DIR_SHOWN, /* none that begins with a dot */
};

/*
 * Read all of it.  dir stays as it is.  *out is to be given to dir_free(), also
 * after a failure: 0 or -errno.
 */
int dir_read(
    struct cli *c, uint32_t dir, enum dir_dots dots, struct dir_list *out);
void dir_free(struct dir_list *list);

/* Fill in rc and attr of each, and target if links says so. */
void dir_attrs(struct cli *c, uint32_t dir, struct dir_list *list, bool links);

/* One more at the end; name is copied.  NULL: no memory. */
struct dir_entry *dir_add(struct dir_list *list, const char *name);
void dir_sort(struct dir_list *list);

/* Print its name. */
void dir_print(const struct dir_entry *e);

/* Is it a directory, and neither "." nor ".."? */
bool dir_below(const struct dir_entry *e);

#endif
