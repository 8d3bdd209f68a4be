/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c -- mount.etfs: the command line, and what happens in which order.
 *
 * Everything that can be wrong is looked at before mount(2), the cheapest
 * first.
 */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mount.h"

#define DATA_MAX 4095 /* bytes that mount(2) takes */

struct job {
	const char *text, *dir;
	struct spec spec;
	struct options opt;
	bool fake, print, verbose;
};

int
mount_complain(int status, const char *fmt, ...)
{
	va_list ap;

	fputs("mount.etfs: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

static int
usage(FILE *to, int status)
{
	fputs("usage: mount -t etfs ADDR[:/TREE] DIR [-fv] [-o OPTIONS]\n"
	      "       mount.etfs ADDR[:/TREE] DIR [-fnsv] [-o OPTIONS] "
	      "[--print]\n"
	      "\n"
	      "ADDR is tcp:HOST:PORT, unix:PATH, vsock:CID:PORT, fd:N or "
	      "exec:COMMAND.\n"
	      "\n"
	      "  -f       ask the server, but do not mount\n"
	      "  -o       options of mount(8), and of 9p in the kernel\n"
	      "  -v       show the command that would do it without this "
	      "program\n"
	      "  --print  only show it\n"
	      "  -n, -s   nothing: for mount(8)\n",
	    to);
	return status;
}

/* *done: there is nothing more to do. */
static int
parse_switches(int argc, char **argv, struct job *job, bool *done)
{
	static const struct option longs[] = {
		{ "print", no_argument, NULL, 'P' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c, status;

	while ((c = getopt_long(argc, argv, "fhno:st:v", longs, NULL)) != -1) {
		if (c == 'P')
			job->print = true;
		else if (c == 'f')
			job->fake = true;
		else if (c == 'v')
			job->verbose = true;
		else if (c == 'h' && (*done = true))
			return usage(stdout, MOUNT_OK);
		else if (c == '?')
			return usage(stderr, MOUNT_USAGE);
		else if (c == 'o' &&
		    (status = options_add(&job->opt, optarg)) != 0)
			return status;
	}
	if (argc - optind != 2)
		return usage(stderr, MOUNT_USAGE);
	job->text = argv[optind];
	job->dir = argv[optind + 1];
	return 0;
}

/* Commas part options, and there is no other way to write one. */
static int
check_tree(const struct job *job)
{
	char *twice;

	if (job->spec.aname == NULL)
		return 0;
	if (strchr(job->spec.aname, ',') != NULL)
		return mount_complain(MOUNT_USAGE,
		    "%s: the kernel takes no tree with a comma in its name",
		    job->spec.aname);
	if ((twice = options_value(&job->opt, "aname")) != NULL) {
		free(twice);
		return mount_complain(MOUNT_USAGE,
		    "option aname: the tree is in %s already", job->text);
	}
	return 0;
}

static int
check_dir(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return mount_complain(
		    MOUNT_FAILED, "%s: %s", dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return mount_complain(
		    MOUNT_FAILED, "%s: it is not a directory", dir);
	return 0;
}

/* As a shell takes it for one word. */
static void
print_word(const char *s)
{
	static const char special[] = " \t\n\\'\"`$&|;<>(){}[]*?!#~%";

	if (s[strcspn(s, special)] == '\0') {
		fputs(s, stdout);
		return;
	}
	for (putchar('\''); *s != '\0'; s++)
		if (*s == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*s);
	putchar('\'');
}

static int
print_command(const struct job *job)
{
	char *data = options_data(&job->opt, &job->spec, "N");

	if (data == NULL)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	printf("mount -t 9p -o ");
	options_print_flags(&job->opt, stdout);
	print_word(data);
	putchar(' ');
	print_word(job->spec.source);
	putchar(' ');
	print_word(job->dir);
	printf("%s\n",
	    job->spec.carrier == CARRIER_FD
		? " # N: a descriptor that is connected"
		: "");
	free(data);
	return fflush(stdout) == 0 ? MOUNT_OK : MOUNT_SYSTEM;
}

static int
mount_over(const struct job *job, int fd)
{
	char number[16], *data;
	int status;

	snprintf(number, sizeof(number), "%d", fd);
	if ((data = options_data(&job->opt, &job->spec, number)) == NULL)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	if (strlen(data) > DATA_MAX)
		status =
		    mount_complain(MOUNT_USAGE, "the options are too long");
	else
		status =
		    kernel_mount(&job->spec, job->dir, job->opt.flags, data);
	free(data);
	return status;
}

static int
mount_it(const struct job *job)
{
	int fd, status;

	if ((status = check_dir(job->dir)) != 0)
		return status;
	if (!job->fake && (status = kernel_prepare()) != 0)
		return status;
	if ((status = reach_server(&job->spec, &job->opt, &fd)) != 0)
		return status;
	if (!job->fake)
		status = mount_over(job, fd);
	if (fd >= 0)
		close(fd);
	return status;
}

static int
run(struct job *job)
{
	int status;

	if ((status = spec_parse(job->text, &job->spec)) != 0 ||
	    (status = check_tree(job)) != 0)
		return status;
	if (job->print || job->verbose)
		if ((status = print_command(job)) != 0 || job->print)
			return status;
	if (!job->fake && geteuid() != 0)
		return mount_complain(MOUNT_USAGE, "only root can mount");
	if (job->opt.flags & MS_REMOUNT)
		return kernel_remount(job->dir, job->opt.flags);
	return mount_it(job);
}

int
main(int argc, char **argv)
{
	struct job job = { .opt.privport = true };
	bool done = false;
	int status;

	if ((status = parse_switches(argc, argv, &job, &done)) == 0 && !done)
		status = run(&job);
	spec_fini(&job.spec);
	free(job.opt.rest);
	return status;
}
