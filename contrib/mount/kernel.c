/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kernel.c -- the kernel's modules, and mount(2).
 */

#include <spawn.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount.h"

#define NO_9P                                                                  \
	"this kernel cannot mount 9p: its module 9p is missing "               \
	"(kernels for clouds often come without)"

static bool
has_9p(void)
{
	FILE *f = fopen("/proc/filesystems", "re");
	bool found = false;
	char line[128];

	if (f == NULL)
		return true; /* mount(2) will tell */
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = strcmp(line, "nodev\t9p\n") == 0;
	fclose(f);
	return found;
}

/* Whether that went well shows afterwards: it may be built in. */
static void
load(char *module)
{
	char program[] = "/sbin/modprobe", quiet[] = "-q";
	char *argv[] = { program, quiet, module, NULL };
	pid_t pid;

	if (posix_spawn(&pid, program, NULL, NULL, argv, environ) != 0)
		return;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int
kernel_prepare(void)
{
	char transport[] = "9pnet_fd", fs[] = "9p";

	load(transport);
	if (has_9p())
		return 0;
	load(fs);
	return has_9p() ? 0 : mount_complain(MOUNT_FAILED, NO_9P);
}

static int
refused(const struct spec *spec, const char *dir, int err)
{
	switch (err) {
	case ENODEV:
		return mount_complain(MOUNT_FAILED, NO_9P);
	case EINVAL:
		return mount_complain(MOUNT_FAILED,
		    "%s: the kernel does not take these options, or its "
		    "module 9pnet_fd is missing: dmesg may tell",
		    spec->text);
	case EBUSY:
		return mount_complain(
		    MOUNT_FAILED, "%s: it is in use, or mounted already", dir);
	case EPERM:
	case EACCES:
		return mount_complain(
		    MOUNT_FAILED, "%s: no permission to mount", dir);
	case EREMOTEIO:
		return mount_complain(MOUNT_FAILED,
		    "%s: kernel and server agree on no version", spec->text);
	default:
		return mount_complain(MOUNT_FAILED, "%s on %s: %s", spec->text,
		    dir, strerror(err));
	}
}

int
kernel_mount(const struct spec *spec, const char *dir, unsigned long flags,
    const char *data)
{
	if (mount(spec->source, dir, "9p", flags, data) != 0)
		return refused(spec, dir, errno);
	return 0;
}

int
kernel_remount(const char *dir, unsigned long flags)
{
	if (mount("none", dir, NULL, flags, NULL) != 0)
		return mount_complain(MOUNT_FAILED,
		    "%s: it cannot be mounted anew: %s", dir, strerror(errno));
	return 0;
}
