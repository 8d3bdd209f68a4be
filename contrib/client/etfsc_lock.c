/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_lock.c -- byte-range locks.
 *
 * Who waits asks again and again.  A good server holds each question for some
 * seconds, and answers as soon as the lock is free; with others we pause.
 */

#include <fcntl.h>

#include "etfsc_files.h"

#define HELD_MS 100 /* an answer that took so long has been held */
#define PAUSE_MS 50 /* at first; it doubles */
#define PAUSE_MAX_MS 1000

static int
lock(struct etfsc_file *file, const struct etfsc_lock *lk, bool wait)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tlock(file->fs, &req, file->fid, lk, wait);
	return etfsc_wait(file->fs, &req);
}

int
etfsc_lock(struct etfsc_file *file, const struct etfsc_lock *lk, bool wait)
{
	int pause = PAUSE_MS, rc;
	int64_t asked;

	for (;;) {
		asked = etfsc_now();
		rc = lock(file, lk, wait);
		if (rc != -EAGAIN || !wait)
			return rc;
		if (etfsc_now() - asked >= HELD_MS)
			continue;
		(void)poll(NULL, 0, pause);
		pause = pause < PAUSE_MAX_MS ? pause * 2 : pause;
	}
}

int
etfsc_unlock(struct etfsc_file *file, const struct etfsc_lock *lk)
{
	struct etfsc_lock none = *lk;

	none.type = F_UNLCK;
	return lock(file, &none, false);
}

int
etfsc_getlock(struct etfsc_file *file, struct etfsc_lock *lk)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_tgetlock(file->fs, &req, file->fid, lk);
	return etfsc_wait(file->fs, &req);
}
