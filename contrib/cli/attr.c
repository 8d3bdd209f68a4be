/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attr.c -- attributes as text.
 */

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "attr.h"

static const struct {
	mode_t type;
	char letter;
	const char *name;
} types[] = {
	{ S_IFREG, '-', "regular file" },
	{ S_IFDIR, 'd', "directory" },
	{ S_IFLNK, 'l', "symbolic link" },
	{ S_IFCHR, 'c', "character special file" },
	{ S_IFBLK, 'b', "block special file" },
	{ S_IFIFO, 'p', "fifo" },
	{ S_IFSOCK, 's', "socket" },
	{ 0, '?', "weird file" },
};

static size_t
type_of(mode_t mode)
{
	size_t i = 0;

	while (types[i].type != 0 && types[i].type != (mode & S_IFMT))
		i++;
	return i;
}

const char *
attr_type(mode_t mode)
{
	return types[type_of(mode)].name;
}

void
attr_mode(mode_t mode, char buf[11])
{
	static const char bits[] = "rwxrwxrwx";
	int i;

	buf[0] = types[type_of(mode)].letter;
	for (i = 0; i < 9; i++)
		buf[1 + i] = (mode & (0400U >> i)) != 0 ? bits[i] : '-';
	if ((mode & S_ISUID) != 0)
		buf[3] = buf[3] == 'x' ? 's' : 'S';
	if ((mode & S_ISGID) != 0)
		buf[6] = buf[6] == 'x' ? 's' : 'S';
	if ((mode & S_ISVTX) != 0)
		buf[9] = buf[9] == 'x' ? 't' : 'T';
	buf[10] = '\0';
}

void
attr_user(uid_t uid, char buf[ATTR_NAME])
{
	const struct passwd *pw = getpwuid(uid);

	if (pw != NULL)
		snprintf(buf, ATTR_NAME, "%s", pw->pw_name);
	else
		snprintf(buf, ATTR_NAME, "%u", uid);
}

void
attr_group(gid_t gid, char buf[ATTR_NAME])
{
	const struct group *gr = getgrgid(gid);

	if (gr != NULL)
		snprintf(buf, ATTR_NAME, "%s", gr->gr_name);
	else
		snprintf(buf, ATTR_NAME, "%u", gid);
}

/* Rounded up, with a digit behind the point if there is one before it. */
void
attr_human(uint64_t bytes, char buf[16])
{
	static const char units[] = "KMGTPE";
	const char *u = units;
	uint64_t unit = 1024, tenths;

	if (bytes < 1024) {
		snprintf(buf, 16, "%u", (unsigned int)bytes);
		return;
	}
	while (u[1] != '\0' && bytes > unit * 1023) {
		unit *= 1024;
		u++;
	}
	tenths = bytes / unit * 10 + (bytes % unit * 10 + unit - 1) / unit;
	if (tenths < 100)
		snprintf(buf, 16, "%u.%u%c", (unsigned int)(tenths / 10),
		    (unsigned int)(tenths % 10), *u);
	else
		snprintf(
		    buf, 16, "%u%c", (unsigned int)((tenths + 9) / 10), *u);
}

static void
json_time(struct json *j, const char *key, const struct timespec *t)
{
	char day[48], buf[64];
	struct tm tm;

	if (gmtime_r(&t->tv_sec, &tm) == NULL)
		return;
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf, sizeof(buf), "%s.%09ldZ", day, t->tv_nsec);
	json_text(j, key, buf);
}

void
attr_json(struct json *j, const char *path, const struct etfsc_attr *a,
    const char *target)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", a->mode & 07777);
	json_open(j, NULL, '{');
	json_text(j, "path", path);
	json_text(j, "type", attr_type(a->mode));
	json_text(j, "mode", mode);
	json_number(j, "nlink", a->nlink);
	json_number(j, "uid", a->uid);
	json_number(j, "gid", a->gid);
	json_number(j, "size", a->size);
	json_number(j, "blocks", a->blocks);
	json_number(j, "blksize", a->blksize);
	json_number(j, "inode", a->qid.path);
	if (S_ISCHR(a->mode) || S_ISBLK(a->mode)) {
		json_number(j, "major", major(a->rdev));
		json_number(j, "minor", minor(a->rdev));
	}
	json_time(j, "atime", &a->atime);
	json_time(j, "mtime", &a->mtime);
	json_time(j, "ctime", &a->ctime);
	if ((a->valid & ETFSC_ATTR_BTIME) != 0)
		json_time(j, "btime", &a->btime);
	if (target != NULL)
		json_text(j, "target", target);
	json_close(j, '}');
}
