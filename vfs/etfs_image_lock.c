/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_image_lock.c -- a part of a file that others are to keep away from.
 *
 * The lock belongs to the open file and goes with its last descriptor, be it by
 * the end of the server.  It keeps away those who ask for one: another etfsd,
 * QEMU, mkfs.
 *
 * Who holds a lock that is in the way is not easy to tell.  The kernel knows
 * the process only of the older kind of lock, which belongs to one.  Else it
 * shows with each descriptor of a process, in /proc/PID/fdinfo, the locks that
 * belong to what it is open on; we see that of the processes that are ours, or
 * of all if we are root.
 */

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "etfs_image.h"

#define PATH_SIZE 300 /* /proc/PID/fdinfo/ and a name */

/* How fdinfo shows the lock in the way, from the device on. */
struct shape {
	char text[128];
};

static int
shape_of(const struct flock *lk, int fd, struct shape *out)
{
	char end[32] = "EOF";
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	if (lk->l_len != 0)
		(void)snprintf(end, sizeof(end), "%lld",
		    (long long)(lk->l_start + lk->l_len - 1));
	(void)snprintf(out->text, sizeof(out->text),
	    " %02x:%02x:%llu %lld %s\n", major(st.st_dev), minor(st.st_dev),
	    (unsigned long long)st.st_ino, (long long)lk->l_start, end);
	return 0;
}

static bool
fdinfo_has(const char *path, const struct shape *shape)
{
	FILE *f = fopen(path, "re");
	bool found = false;
	char *line = NULL;
	size_t cap = 0;

	if (f == NULL)
		return false;
	while (!found && getline(&line, &cap, f) > 0)
		found = strncmp(line, "lock:", 5) == 0 &&
		    strstr(line, "OFDLCK") != NULL &&
		    strstr(line, shape->text) != NULL;
	free(line);
	(void)fclose(f);
	return found;
}

/* Does a descriptor of process pid hold the lock? */
static bool
process_holds(long pid, const struct shape *shape)
{
	char path[PATH_SIZE];
	struct dirent *e;
	bool found = false;
	DIR *d;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fdinfo", pid);
	if ((d = opendir(path)) == NULL)
		return false;
	while (!found && (e = readdir(d)) != NULL) {
		(void)snprintf(
		    path, sizeof(path), "/proc/%ld/fdinfo/%s", pid, e->d_name);
		found = e->d_name[0] != '.' && fdinfo_has(path, shape);
	}
	closedir(d);
	return found;
}

/* The number of the process, or 0. */
static long
find_holder(const struct shape *shape)
{
	struct dirent *e;
	long pid, found = 0;
	DIR *d;

	if ((d = opendir("/proc")) == NULL)
		return 0;
	while (found == 0 && (e = readdir(d)) != NULL) {
		pid = strtol(e->d_name, NULL, 10);
		if (pid > 0 && process_holds(pid, shape))
			found = pid;
	}
	closedir(d);
	return found;
}

/* A process says itself what it is called: anything. */
static void
name_of(long pid, char *name, size_t cap)
{
	char path[PATH_SIZE], *c;
	FILE *f;

	name[0] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	if ((f = fopen(path, "re")) == NULL)
		return;
	if (fgets(name, (int)cap, f) != NULL)
		name[strcspn(name, "\n")] = '\0';
	(void)fclose(f);
	for (c = name; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c))
			*c = '?';
}

static int
locked_by(int fd, const struct flock *wanted, struct etfs_why *why)
{
	struct flock lk = *wanted;
	struct shape shape;
	char name[32];
	long pid = 0;

	if (fcntl(fd, F_OFD_GETLK, &lk) == 0 && lk.l_type != F_UNLCK) {
		if (lk.l_pid > 0)
			pid = lk.l_pid;
		else if (shape_of(&lk, fd, &shape) == 0)
			pid = find_holder(&shape);
	}
	if (pid == 0)
		return etfs_because(
		    why, -EBUSY, "another process has locked it");
	name_of(pid, name, sizeof(name));
	return etfs_because(
	    why, -EBUSY, "process %ld (%s) has locked it", pid, name);
}

int
etfs_image_lock(
    int fd, const struct etfs_part *window, bool readonly, struct etfs_why *why)
{
	struct flock lk = {
		.l_type = readonly ? F_RDLCK : F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = (off_t)window->offset,
		.l_len = (off_t)window->size,
	};

	if (fcntl(fd, F_OFD_SETLK, &lk) == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return locked_by(fd, &lk, why);
	return etfs_because(
	    why, -errno, "it cannot be locked (%s)", strerror(errno));
}
