/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_stat.c -- stat: all that there is to know about files, in the layout of
 * stat(1).  There is no device that a file is on: an inode number says it all.
 */

#include <getopt.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "attr.h"

static const struct cli_option options[] = {
	{ 'L', "dereference", NULL, "what a link leads to" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

static void
print_time(const char *name, const struct timespec *t)
{
	char day[64], zone[16];
	struct tm tm;

	if (localtime_r(&t->tv_sec, &tm) == NULL ||
	    strftime(day, sizeof(day), "%Y-%m-%d %H:%M:%S", &tm) == 0) {
		printf("%s: %" PRId64 ".%09ld\n", name, (int64_t)t->tv_sec,
		    t->tv_nsec);
		return;
	}
	strftime(zone, sizeof(zone), "%z", &tm);
	printf("%s: %s.%09ld %s\n", name, day, t->tv_nsec, zone);
}

static void
print_name(const char *path, const char *target)
{
	fputs("  File: ", stdout);
	cli_text(stdout, path);
	if (target != NULL) {
		fputs(" -> ", stdout);
		cli_text(stdout, target);
	}
	putchar('\n');
}

static void
print(const char *path, const struct etfsc_attr *a, const char *target)
{
	char mode[11], user[ATTR_NAME], group[ATTR_NAME];
	const char *type = attr_type(a->mode);

	if (S_ISREG(a->mode) && a->size == 0)
		type = "regular empty file";
	attr_mode(a->mode, mode);
	attr_user(a->uid, user);
	attr_group(a->gid, group);
	print_name(path, target);
	printf("  Size: %-15" PRIu64 "\tBlocks: %-10" PRIu64
	       " IO Block: %-6" PRIu64 " %s\n",
	    a->size, a->blocks, a->blksize, type);
	printf("Inode: %-15" PRIu64 "\tLinks: %" PRIu64, a->qid.path, a->nlink);
	if (S_ISCHR(a->mode) || S_ISBLK(a->mode))
		printf(
		    "     Device type: %u,%u", major(a->rdev), minor(a->rdev));
	printf("\nAccess: (%04o/%s)  Uid: (%5u/%8s)   Gid: (%5u/%8s)\n",
	    a->mode & 07777, mode, a->uid, user, a->gid, group);
	print_time("Access", &a->atime);
	print_time("Modify", &a->mtime);
	print_time("Change", &a->ctime);
	if ((a->valid & ETFSC_ATTR_BTIME) != 0)
		print_time(" Birth", &a->btime);
	else
		printf(" Birth: -\n");
}

static void
show(struct cli *c, const char *path, bool follow, struct json *j)
{
	struct etfsc_attr attr;
	char buf[4096], *target = NULL;
	ssize_t len;
	int rc = follow ? etfsc_stat(c->fs, path, &attr)
			: etfsc_lstat(c->fs, path, &attr);

	if (rc != 0) {
		cli_error(c, path, rc);
		return;
	}
	if (S_ISLNK(attr.mode) &&
	    (len = etfsc_readlink(c->fs, path, buf, sizeof(buf) - 1)) >= 0) {
		buf[len] = '\0';
		target = buf;
	}
	if (j != NULL)
		attr_json(j, path, &attr, target);
	else
		print(path, &attr, target);
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct json j = { .out = stdout };
	bool follow = false, json = false;
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		follow = follow || letter == 'L';
		json = json || letter == CLI_JSON;
	}
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	if (json)
		json_open(&j, NULL, '[');
	for (; optind < argc; optind++)
		show(c, argv[optind], follow, json ? &j : NULL);
	if (json)
		json_close(&j, ']');
	return c->status;
}

const struct cli_command cmd_stat = {
	.name = "stat",
	.operands = "PATH ...",
	.help = "print all that there is to know about files",
	.options = options,
	.run = run,
};
