/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_release.c -- the end of a connection, polite or not.
 */

#include <stdlib.h>

#include "etfsc_files.h"

#define BYE_MS 5000

/*
 * Clunk all that somebody may have an interest in, and the root last.  By the
 * time that is answered everything before it has been read, and only what
 * waits for something else may still be under way.
 */
static int
say_goodbye(struct etfsc *fs, int64_t deadline)
{
	struct etfsc_req bye = { .done = NULL };
	struct etfsc_file *f;
	int rc = 0, err;

	for (f = fs->files; f != NULL; f = f->next)
		etfsc_tclunk(fs, &f->clunk, f->fid);
	etfsc_tclunk(fs, &bye, fs->root);
	for (f = fs->files; f != NULL; f = f->next) {
		err = etfsc_wait_until(fs, &f->clunk, deadline);
		if (rc == 0)
			rc = err;
	}
	if (etfsc_wait_until(fs, &bye, deadline) != 0 && bye.pending) {
		etfsc_lose(fs, -ETIMEDOUT, "lost: no answer to the goodbye");
		etfsc_turn(fs, 0);
	}
	return rc;
}

/* Everything ends that has not; what completions add then ends, too. */
static void
end_all(struct etfsc *fs)
{
	etfsc_lose(fs, -ENOTCONN, "lost: released");
	while (fs->sent.first != NULL || fs->unsent.first != NULL)
		etfsc_turn(fs, 0);
}

static void
free_spare(struct etfsc *fs)
{
	struct etfsc_req *req;

	while ((req = fs->spare) != NULL) {
		fs->spare = req->next;
		free(req);
	}
}

static void
drop_at(struct etfsc *fs, int64_t deadline)
{
	int status;

	end_all(fs);
	while (fs->files != NULL)
		etfsc_file_free(fs->files);
	while (fs->dirs != NULL)
		etfsc_dir_free(fs->dirs);
	if (fs->pid != 0)
		etfsc_exec_join(fs->pid, deadline, &status);
	etfsc_tx_fini(&fs->tx);
	free(fs->rx.buf);
	free(fs->tags.slots);
	free(fs->fids.free);
	free(fs->cwd_name);
	free_spare(fs);
	free(fs);
}

/* With who is gone there is nothing to be waited for. */
static int
patience(const struct etfsc *fs)
{
	if (fs->lost)
		return 0;
	return fs->timeout_ms > 0 ? fs->timeout_ms : BYE_MS;
}

int
etfsc_release(struct etfsc *fs)
{
	int64_t deadline;
	int rc = 0;

	if (fs == NULL)
		return 0;
	deadline = etfsc_deadline(patience(fs));
	if (!fs->lost)
		rc = say_goodbye(fs, deadline);
	drop_at(fs, deadline);
	return rc;
}

void
etfsc_drop(struct etfsc *fs)
{
	if (fs != NULL)
		drop_at(fs, etfsc_now());
}
