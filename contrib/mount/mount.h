/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mount.h -- mount.etfs: what mount(8) runs for a file system of type etfs.
 *
 *	main.c		the command line, and what happens in which order
 *	spec.c		where the server is, and who connects to it
 *	options.c	what is behind -o
 *	reach.c		is there a server that lets us in?
 *	kernel.c	its modules, and mount(2)
 *
 * The process has one thread, does one mount and exits.
 */

#ifndef MOUNT_H
#define MOUNT_H

#include <stdbool.h>
#include <stdio.h>

#include "etfsc_internal.h"

/* Exit statuses, as mount(8) has them. */
#define MOUNT_OK 0
#define MOUNT_USAGE 1
#define MOUNT_SYSTEM 2
#define MOUNT_FAILED 32

/* Say "mount.etfs: ..." in one line on stderr; returns status. */
int mount_complain(int status, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Who connects: the kernel, by TCP or to a Unix socket, or this program. */
enum carrier {
	CARRIER_TCP,
	CARRIER_UNIX,
	CARRIER_FD
};

struct spec {
	const char *text; /* as it was given: the caller's */
	char *address; /* for etfsc_dial() */
	char *aname; /* behind the address; NULL: nothing was */
	struct etfsc_address at;
	enum carrier carrier;
	const char *source; /* for mount(2) */
};

/*
 * ADDR[:/aname], into a zeroed out, to be freed with spec_fini() also after a
 * failure.  Returns 0 or an exit status, with the reason told.
 */
int spec_parse(const char *text, struct spec *out);
void spec_fini(struct spec *spec);

struct options {
	unsigned long flags; /* MS_* */
	bool privport; /* unless told not to, where there are such ports */
	char *rest; /* for the kernel, a comma before each; to be freed */
};

/* Add what is behind one -o.  Returns 0 or an exit status, with the reason. */
int options_add(struct options *o, const char *text);

/* The value of an option in rest, to be freed, or NULL. */
char *options_value(const struct options *o, const char *name);

/* The flags, by name, with a comma behind each. */
void options_print_flags(const struct options *o, FILE *to);

/*
 * What mount(2) gets: what spec says, the defaults for all that o leaves open,
 * and o; to be freed, NULL if there is no memory.  fd is the text that stands
 * for the descriptor of CARRIER_FD.
 */
char *options_data(
    const struct options *o, const struct spec *spec, const char *fd);

/*
 * Connect, agree on a version and attach, as the kernel will.  *fd is the
 * connection that the kernel is to use, of CARRIER_FD, or -1.  Returns 0 or an
 * exit status, with the reason told.
 */
int reach_server(const struct spec *spec, const struct options *o, int *fd);

/* Each returns 0 or an exit status, with the reason told. */
int kernel_prepare(void);
int kernel_mount(const struct spec *spec, const char *dir, unsigned long flags,
    const char *data);
int kernel_remount(const char *dir, unsigned long flags);

#endif
