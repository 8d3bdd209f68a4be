/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proc.c -- reading /proc.
 *
 * The scheduler's own account of a thread is exact, where the kernel keeps it;
 * stat counts in hundredths of seconds.
 */

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc.h"

pid_t
proc_peer(int fd)
{
	struct ucred cred = { .pid = 0 };
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return 0;
	return cred.pid;
}

/* What stands in a file of that process, as a string; false: nothing. */
static bool
slurp(const char *path, char *buf, size_t cap)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (f == NULL)
		return false;
	n = fread(buf, 1, cap - 1, f);
	fclose(f);
	buf[n] = '\0';
	return n > 0;
}

static bool
thread_cpu(pid_t pid, const char *tid, uint64_t *ns)
{
	char path[300], text[128];

	snprintf(
	    path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, tid);
	if (!slurp(path, text, sizeof(text)))
		return false;
	*ns += strtoull(text, NULL, 10);
	return true;
}

static bool
threads_cpu(pid_t pid, uint64_t *ns)
{
	const struct dirent *e;
	char path[64];
	bool some = false;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	if ((d = opendir(path)) == NULL)
		return false;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && thread_cpu(pid, e->d_name, ns))
			some = true;
	closedir(d);
	return some;
}

/* The 14th and 15th field; the second is in parentheses. */
static bool
ticks_cpu(pid_t pid, uint64_t *ns)
{
	char path[64], text[1024], *p;
	uint64_t ticks;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (!slurp(path, text, sizeof(text)) ||
	    (p = strrchr(text, ')')) == NULL)
		return false;
	for (i = 0; i < 12 && p != NULL; i++)
		p = strchr(p + 1, ' ');
	if (p == NULL)
		return false;
	ticks = strtoull(p, &p, 10);
	ticks += strtoull(p, NULL, 10);
	*ns = ticks * 1000000000U / (uint64_t)sysconf(_SC_CLK_TCK);
	return true;
}

bool
proc_cpu(pid_t pid, uint64_t *ns)
{
	*ns = 0;
	return pid > 0 && (threads_cpu(pid, ns) || ticks_cpu(pid, ns));
}

/* statm is not exact on a machine with several processors. */
uint64_t
proc_rss(pid_t pid)
{
	char path[64], text[2048], *p;

	if (pid <= 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	if (slurp(path, text, sizeof(text)) &&
	    (p = strstr(text, "\nRss:")) != NULL)
		return strtoull(p + 5, NULL, 10) * 1024;
	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	if (!slurp(path, text, sizeof(text)) || (p = strchr(text, ' ')) == NULL)
		return 0;
	return strtoull(p, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

unsigned int
proc_threads(pid_t pid)
{
	char path[64], text[4096], *p;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	if (pid <= 0 || !slurp(path, text, sizeof(text)) ||
	    (p = strstr(text, "\nThreads:")) == NULL)
		return 0;
	return (unsigned int)strtoul(p + 9, NULL, 10);
}
