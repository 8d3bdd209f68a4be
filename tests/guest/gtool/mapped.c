/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapped.c -- files of all kinds, made, changed and described.
 *
 * For the comparison with QEMU's security model mapped-xattr: what two servers
 * did with the same requests is alike if they describe it alike, and if on the
 * host, where this program runs as well, the bytes are.
 *
 * Not done: a user's write to a set-id file, from which we take these bits and
 * QEMU does not.
 */

#include <ftw.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "gtool.h"

#define OBJ(tag, perm) tag, 0, perm, 0, 0xff, 0xff, 0xff, 0xff
#define USER_1000(perm) 2, 0, perm, 0, 0xe8, 3, 0, 0
#define SIZE_MAX_VALUE 65536

static const unsigned char acl[] = { 2, 0, 0, 0, OBJ(1, 7), USER_1000(6),
	OBJ(4, 5), OBJ(16, 7), OBJ(32, 1) };

static void
make_specials(void)
{
	DO(mknod("char", S_IFCHR | 0640, makedev(5, 300)));
	DO(mknod("block", S_IFBLK | 0604, makedev(259, 70000)));
	DO(mknod("fifo", S_IFIFO | 0666, 0));
	DO(mknod("socket", S_IFSOCK | 0, 0));
	DO(mknod("regular", S_IFREG | 0644, 0));
	DO(symlink("some/where", "link"));
	DO(symlink("/", "s"));
}

static void
make_files(void)
{
	DO(put("file", "text"));
	DO(put("setid", "#!"));
	DO(chmod("setid", 06755));
	DO(put("nothing", "secret"));
	DO(chmod("nothing", 0));
	DO(put("gone", ""));
	DO(unlink("gone"));
	DO(put("noted", "text"));
	DO(lsetxattr("noted", "user.note", "value", 5, 0));
	DO(lsetxattr("noted", "user.virtfs", "value", 5, 0));
	DO(put("acl", "text"));
	DO(lsetxattr("acl", "system.posix_acl_access", acl, sizeof(acl), 0));
}

static void
make_dirs(void)
{
	DO(mkdir("dir", 0755));
	DO(mkdir("dir/below", 0700));
	DO(mkdir("sticky", 0777));
	DO(chmod("sticky", 01777));
	DO(mkdir("setgid", 0755));
	DO(chown("setgid", 0, 2000));
	DO(chmod("setgid", 02775));
	DO(mkdir("setgid/below", 0755));
	DO(put("setgid/file", "text"));
	DO(mkdir("default", 0755));
	DO(lsetxattr(
	    "default", "system.posix_acl_default", acl, sizeof(acl), 0));
	DO(put("default/file", "text"));
	DO(mkdir("default/below", 0777));
}

static void
make_as_user(void)
{
	DO(mkdir("users", 0777));
	DO(chmod("users", 0777));
	AS(1000, 1000, 0)
	{
		DO(put("users/file", "text"));
		DO(mkdir("users/dir", 02750));
		DO(symlink("file", "users/link"));
		DO(mknod("users/fifo", S_IFIFO | 0600, 0));
		DO(put_more("users/file", "text"));
		DO(chmod("users/file", 02710));
		DO(lsetxattr("users/file", "user.note", "value", 5, 0));
	}
}

/* Which the other server has made. */
static void
change(void)
{
	DO(chown("file", 1000, 2000));
	DO(chmod("file", 0751));
	DO(put_more("file", " more"));
	DO(lchown("link", 5, 6));
	DO(chown("char", 7, 8));
	DO(chmod("char", 0600));
	DO(link("file", "dir/hard"));
	DO(link("fifo", "dir/pipe"));
	DO(rename("socket", "dir/socket"));
	DO(rename("link", "s"));
	DO(truncate("regular", 1000));
	DO(lremovexattr("noted", "user.note"));
	DO(chmod("acl", 0710));
	DO(lremovexattr("default", "system.posix_acl_default"));
	DO(rmdir("users/dir"));
	DO(unlink("block"));
	DO(chown("setgid/below", 1000, -1U));
}

/* Names come in the order of the file system, which differs. */
static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
show_value(const char *path, const char *name)
{
	static unsigned char value[SIZE_MAX_VALUE];
	ssize_t n = lgetxattr(path, name, value, sizeof(value)), i;

	printf("\t%s ", name);
	for (i = 0; i < n; i++)
		printf("%02x", value[i]);
	printf("%s\n", n < 0 ? err_name(errno) : "");
}

static void
show_xattrs(const char *path)
{
	static char list[SIZE_MAX_VALUE];
	const char *names[100];
	ssize_t n = llistxattr(path, list, sizeof(list));
	const char *p = list;
	size_t i, count = 0;

	if (n < 0)
		printf("\t%s\n", err_name(errno));
	for (; n > 0 && p < list + n && count < nitems(names);
	     p += strlen(p) + 1)
		names[count++] = p;
	qsort(names, count, sizeof(names[0]), by_name);
	for (i = 0; i < count; i++)
		show_value(path, names[i]);
}

static void
show_contents(const char *path, const struct stat *st)
{
	char text[64];
	ssize_t n = 0, i;
	int fd;

	if (S_ISLNK(st->st_mode)) {
		n = readlink(path, text, sizeof(text));
	} else if (S_ISREG(st->st_mode)) {
		if ((fd = open(path, O_RDONLY)) < 0) {
			n = -1;
		} else {
			n = read(fd, text, sizeof(text));
			close(fd);
		}
	} else {
		return;
	}
	printf("\t");
	for (i = 0; i < n; i++)
		printf(
		    text[i] >= ' ' && text[i] <= '~' ? "%c" : "\\%o", text[i]);
	printf("%s\n", n < 0 ? err_name(errno) : "");
}

static char *paths[1000];
static size_t npaths;

static int
remember(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	if (npaths == nitems(paths) || (paths[npaths++] = strdup(path)) == NULL)
		return -1;
	return 0;
}

static void
show_one(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		printf("%s: %s\n", path, err_name(errno));
		return;
	}
	printf("%s: %06o %u:%u", path, st.st_mode, st.st_uid, st.st_gid);
	if (!S_ISDIR(st.st_mode))
		printf(" links %u size %lld", (unsigned int)st.st_nlink,
		    (long long)st.st_size);
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
		printf(" number %u:%u", major(st.st_rdev), minor(st.st_rdev));
	printf("\n");
	show_contents(path, &st);
	show_xattrs(path);
}

static int
show_all(void)
{
	size_t i;

	if (nftw(".", remember, 16, FTW_PHYS) != 0) {
		printf("cannot list: %s\n", err_name(errno));
		return 1;
	}
	qsort(paths, npaths, sizeof(paths[0]), by_name);
	for (i = 0; i < npaths; i++)
		show_one(paths[i]);
	return 0;
}

int
cmd_mapped(int argc, char **argv)
{
	umask(022);
	if (argc != 3 || chdir(argv[2]) != 0) {
		fprintf(stderr, "gtool mapped: cannot use the directory\n");
		return 2;
	}
	if (strcmp(argv[1], "show") == 0)
		return show_all();
	if (strcmp(argv[1], "change") == 0) {
		change();
		return 0;
	}
	make_specials();
	make_files();
	make_dirs();
	make_as_user();
	return 0;
}
