/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_names.c -- steps: names that are long, odd or special, and deep paths.
 */

#include <dirent.h>
#include <limits.h>

#include "gtool.h"

static char name255[256], name256[257];

static void
long_names(void)
{
	memset(name255, 'n', 255);
	memset(name256, 'n', 256);

	DO(put(name255, "long"));
	DO(put(name256, "too long"));
	DO(open(name256, O_RDONLY));
	DO(mkdir(name255, 0755));
	DO(mkdir(name256, 0755));
	DO(symlink("x", name256));
	DO(mkfifo(name256, 0644));
	DO(link(name255, name256));
	DO(rename(name255, name256));
	DO(unlink(name256));
	DO(rmdir(name256));
	dump();
	name255[0] = 'm';
	DO(mkdir(name255, 0755));
	DO(chdir(name255));
	DO(mkdir(name255, 0755));
	DO(put("f", "x"));
	DO(rename("f", name255));
	DO(chdir(".."));
	dump();
}

static void
long_paths(void)
{
	char path[5000];

	memset(path, '/', sizeof(path));
	path[0] = '.';
	path[4095] = '\0';
	DO(mkdir("d", 0755));
	DO(open(path, O_RDONLY | O_DIRECTORY));
	path[4095] = '/';
	path[4096] = '\0';
	DO(open(path, O_RDONLY | O_DIRECTORY));
	DO(mkdir(path, 0755));
}

static void
odd_names(void)
{
	static const char *const names[] = { " ", "new\nline", "tab\t",
		"back\\slash", "-rf", "...", "..a", ".a", "a.", "*", "\"q\"",
		"\xff\xfe", "caf\xc3\xa9", "cafe\xcc\x81", "~", "\x7f", "\x01",
		"CASE", "case", "%s%n", "a:b", "con", "system", "lost+found" };
	size_t i;

	for (i = 0; i < nitems(names); i++)
		DO(put(names[i], names[i]));
	dump();
	for (i = 0; i < nitems(names); i += 2)
		DO(rename(names[i], names[i + 1]));
	dump();
}

static void
dots(void)
{
	DO(mkdir("d", 0755));
	DO(mkdir("d/e", 0755));
	DO(mkdir(".", 0755));
	DO(mkdir("..", 0755));
	DO(mkdir("d/.", 0755));
	DO(mkdir("d/e/..", 0755));
	DO(mkdir("", 0755));
	DO(mkdir("/", 0755));
	DO(rmdir("."));
	DO(rmdir("d/."));
	DO(rmdir("d/e/.."));
	DO(rmdir("d/e/."));
	DO(unlink("."));
	DO(unlink("d/."));
	DO(unlink("d/.."));
	DO(rename(".", "x"));
	DO(rename("d/.", "x"));
	DO(rename("d/e/..", "x"));
	DO(rename("d/e", "d/."));
	DO(rename("d/e", "d/.."));
	DO(link("d", "."));
	DO(symlink("d", "d/e/."));
	DO(symlink("d", ".."));
	DO(open(".", O_WRONLY | O_CREAT, 0644));
	DO(open("d/..", O_WRONLY | O_CREAT | O_EXCL, 0644));
	dump();
}

static void
slashes_at_the_end(void)
{
	DO(put("f", "x"));
	DO(mkdir("d/", 0755));
	DO(mkdir("e///", 0755));
	DO(rename("d/", "d2/"));
	DO(rename("d2", "d3/"));
	DO(rename("f", "f2/"));
	DO(rename("f/", "f2"));
	DO(unlink("f/"));
	DO(unlink("d3/"));
	DO(link("f", "g/"));
	DO(symlink("f", "l/"));
	DO(symlink("d3", "l"));
	DO(rmdir("l/"));
	DO(unlink("l/"));
	DO(rmdir("l"));
	DO(mkfifo("p/", 0644));
	DO(rmdir("e/"));
	dump();
}

static void
deep_paths(void)
{
	char path[1024] = "d", step[8];
	char cwd[PATH_MAX];
	int i;

	DO(mkdir("d", 0755));
	for (i = 0; i < 45; i++) {
		snprintf(step, sizeof(step), "/d%d", i);
		strcat(path, step);
		if (mkdir(path, 0755) == -1)
			note("mkdir %s: %s", path, err_name(errno));
	}
	DO(chdir(path));
	DO(put("f", "deep"));
	note("cwd: %s",
	    getcwd(cwd, sizeof(cwd)) != NULL ? strstr(cwd, "/d/")
					     : err_name(errno));
	DO(chdir("../../../../../../../../../../../../../../../../../../.."));
	note("cwd: %s",
	    getcwd(cwd, sizeof(cwd)) != NULL ? strstr(cwd, "/d/")
					     : err_name(errno));
	for (i = 0; i < 28; i++)
		if (chdir("..") == -1)
			note("chdir: %s", err_name(errno));
	strcat(path, "/f");
	show(path);
	DO(rename("d/d0", "d/e0"));
	show(path);
	path[3] = 'e';
	show(path);
	path[strlen(path) - 1] = 'g';
	show(path);
	DO(open(path, O_RDONLY));
}

const struct topic names_group[] = {
	TOPIC(long_names),
	TOPIC(long_paths),
	TOPIC(odd_names),
	TOPIC(dots),
	TOPIC(slashes_at_the_end),
	TOPIC(deep_paths),
	TOPIC_END,
};
