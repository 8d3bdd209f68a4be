/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * complete.h -- what could come next on a line: names of commands, options,
 * names of files on the server, or on this machine.
 */

#ifndef COMPLETE_H
#define COMPLETE_H

#include "cli.h"

enum complete_end {
	COMPLETE_NOTHING,
	COMPLETE_DONE, /* there is something to insert */
	COMPLETE_SHOWN, /* what there is has been printed */
};

/*
 * line is what stands before the cursor.  *insert is what to put there, to be
 * freed, or NULL.
 */
enum complete_end complete_line(struct cli *c, const char *line, char **insert);

#endif
