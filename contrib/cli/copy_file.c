/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy_file.c -- files on their way from step to step, many at a time.
 */

#include "interrupt.h"
#include "job.h"

#define FILES 64U /* under way at a time */

/* clang-format off */
static const struct {
	int (*run)(struct job *j);
	enum job_step ok, failed;
} table[] = {
#define ROW(step, name, ok, failed) \
	[JOB_##step] = { job_##name, JOB_##ok, JOB_##failed }
	ROW(FIND, find,			STAT,		REMOVE),
	ROW(STAT, stat,			KIND,		REMOVE),
	ROW(KIND, kind,			HAVE,		REMOVE),
	ROW(HAVE, have,			HAVE_STAT,	OPEN),
	ROW(HAVE_STAT, have_stat,	HAVE_SAME,	OPEN),
	ROW(HAVE_SAME, have_same,	END,		OPEN),
	ROW(OPEN, open,			PART,		REMOVE),
	ROW(PART, part,			PART_STAT,	TWIN),
	ROW(PART_STAT, part_stat,	PART_FITS,	TWIN),
	ROW(PART_FITS, part_fits,	PART_OPEN,	TWIN),
	ROW(PART_OPEN, part_open,	TRIM,		TWIN),
	ROW(TRIM, trim,			DATA,		REMOVE),
	ROW(TWIN, twin,			CREATE,		REMOVE),
	ROW(CREATE, create,		STAMP,		CLEAR),
	ROW(CLEAR, clear,		CREATE,		REMOVE),
	ROW(STAMP, stamp,		DATA,		DATA),
	ROW(DATA, data,			SIZE,		REMOVE),
	ROW(SIZE, size,			VERIFY,		REMOVE),
	ROW(VERIFY, verify,		SET,		REMOVE),
	ROW(SET, set,			CLOSE,		SET_LESS),
	ROW(SET_LESS, set_less,		CLOSE,		SET_LEAST),
	ROW(SET_LEAST, set_less,	CLOSE,		REMOVE),
	ROW(CLOSE, close,		RENAME,		REMOVE),
	ROW(RENAME, rename,		END,		REMOVE),
	ROW(LINK_FIND, find,		LINK_STAT,	REMOVE),
	ROW(LINK_STAT, stat,		LINK_READ,	REMOVE),
	ROW(LINK_READ, link_read,	LINK_MAKE,	REMOVE),
	ROW(LINK_MAKE, link_make,	LINK_OPEN,	LINK_CLEAR),
	ROW(LINK_CLEAR, clear,		LINK_MAKE,	REMOVE),
	ROW(LINK_OPEN, link_open,	LINK_SET,	REMOVE),
	ROW(LINK_SET, link_set,		RENAME,		LINK_LESS),
	ROW(LINK_LESS, set_less,	RENAME,		LINK_LEAST),
	ROW(LINK_LEAST, set_less,	RENAME,		REMOVE),
#undef ROW
};
/* clang-format on */

static bool
is_interruption(int why)
{
	return why == -EINTR || why == -ECANCELED || why == -ENOTCONN ||
	    why == -ETIMEDOUT;
}

/* What can be gone on with is left. */
static bool
keeps_part(const struct job *j)
{
	return j->created && is_interruption(j->why) && partial_worth(&j->attr);
}

static bool
at_dst(const struct job *j)
{
	if (j->step == JOB_DATA || j->step == JOB_VERIFY)
		return j->flow.at_dst;
	return j->step >= JOB_TRIM && j->step != JOB_LINK_FIND &&
	    j->step != JOB_LINK_STAT && j->step != JOB_LINK_READ;
}

/* Whether it has its final name by now only the server would know. */
static bool
may_be_done(const struct job *j)
{
	return j->step == JOB_RENAME && j->cp->to->remote && keeps_part(j);
}

static void
report(struct job *j)
{
	struct copy *cp = j->cp;
	const struct copy_dir *dir = j->dir;

	if (j->why == FLOW_SHORT)
		copy_say(cp, dir->from_path, j->name,
		    "it has become shorter meanwhile");
	else if (j->why == FLOW_DIFFERS)
		copy_say(cp, dir->from_path, j->name, "the copy differs");
	else if (j->step == JOB_KIND && j->why == -EINVAL)
		copy_say(cp, dir->from_path, j->name, "not a regular file");
	else if (j->why != -EINTR && at_dst(j))
		copy_error(cp, dir->to_path, j->to, j->why);
	else if (j->why != -EINTR)
		copy_error(cp, dir->from_path, j->name, j->why);
	if (may_be_done(j))
		copy_say(cp, dir->to_path, j->to,
		    "this may be done, or left for --continue");
	else if (keeps_part(j))
		copy_say(
		    cp, dir->to_path, j->part, "this is left, for --continue");
}

/* Nobody minds if that does not go. */
static int
remove_part(struct job *j)
{
	if (!j->created || keeps_part(j))
		return 0;
	return j->cp->to->unlink(j->cp->c, &j->req, &j->dir->to, j->part);
}

static void
end(struct job *j)
{
	struct copy *cp = j->cp;

	place_drop(cp->c, &j->src);
	place_drop(cp->c, &j->dst);
	place_drop(cp->c, &j->have);
	cp->chunks -= j->chunks;
	cp->active--;
	*j->prev = j->next;
	if (j->next != NULL)
		j->next->prev = j->prev;
	if (j->why == 0)
		cp->progress.files++;
	copy_dir_put(j->dir);
	free(j->name);
	free(j->to);
	free(j);
}

static bool
has_failed(const struct job *j, int rc)
{
	return rc < 0 ||
	    (rc > 0 && (j->step == JOB_DATA || j->step == JOB_VERIFY));
}

static enum job_step
next_step(struct job *j, int rc)
{
	bool failed = has_failed(j, rc), given_up;
	enum job_step next = failed ? table[j->step].failed : table[j->step].ok;

	if (!failed && (j->step == JOB_CREATE || j->step == JOB_LINK_MAKE))
		j->created = true;
	j->rc = rc;
	given_up = interrupt_count > 0 && next != JOB_RENAME && next != JOB_END;
	if (next != JOB_REMOVE && !given_up)
		return next;
	j->why = failed && next == JOB_REMOVE ? rc : -EINTR;
	report(j);
	return JOB_REMOVE;
}

static void
step_done(struct etfsc_req *req, int rc)
{
	job_advance((struct job *)req, rc);
}

/* An old server does not know what these steps send: once more, in its words. */
static int
old_way(struct job *j, int rc)
{
	struct etfsc *fs = j->cp->c->fs;
	uint32_t dir = j->dir->to.fid;

	if ((rc != -EOPNOTSUPP && rc != -ENOSYS) || !j->cp->to->remote)
		return rc;
	switch (j->step) {
	case JOB_RENAME:
		return etfsc_renameat(fs, dir, j->part, dir, j->to);
	case JOB_CLEAR:
	case JOB_LINK_CLEAR:
	case JOB_REMOVE:
		return etfsc_unlinkat(fs, dir, j->part, 0);
	default:
		return rc;
	}
}

void
job_advance(struct job *j, int rc)
{
	while (rc != PLACE_PENDING) {
		rc = old_way(j, rc);
		if (j->step == JOB_REMOVE)
			j->step = JOB_END;
		else
			j->step = next_step(j, rc);
		if (j->step == JOB_END) {
			end(j);
			return;
		}
		j->req.done = step_done;
		rc = j->step == JOB_REMOVE ? remove_part(j)
					   : table[j->step].run(j);
	}
}

/* Would one of the two take away what the other makes? */
static bool
meet(const struct job *a, const struct job *b)
{
	return strcmp(a->dir->to_path, b->dir->to_path) == 0 &&
	    (strcmp(a->to, b->to) == 0 || strcmp(a->part, b->to) == 0 ||
		strcmp(a->to, b->part) == 0);
}

static bool
has_to_wait(const struct job *j)
{
	const struct job *other = j->cp->jobs;

	while (other != NULL && !meet(j, other))
		other = other->next;
	return other != NULL || j->cp->active >= FILES;
}

static struct job *
new_job(struct copy_dir *dir, const char *from, const char *to, bool link)
{
	struct job *j = calloc(1, sizeof(*j));

	if (j == NULL || (j->name = strdup(from)) == NULL ||
	    (j->to = strdup(to)) == NULL) {
		if (j != NULL)
			free(j->name);
		free(j);
		return NULL;
	}
	partial_name(to, j->part);
	j->src = j->dst = j->have = PLACE_NONE;
	j->cp = dir->cp;
	j->dir = dir;
	j->step = link ? JOB_LINK_FIND : JOB_FIND;
	j->req.done = step_done;
	return j;
}

static void
start(struct job *j)
{
	struct copy *cp = j->cp;

	j->next = cp->jobs;
	j->prev = &cp->jobs;
	if (j->next != NULL)
		j->next->prev = &j->next;
	cp->jobs = j;
	cp->active++;
	j->dir->refs++;
	if ((j->rc = table[j->step].run(j)) != PLACE_PENDING)
		job_advance(j, j->rc);
}

void
copy_file(struct copy_dir *dir, const char *from, const char *to, bool link)
{
	struct copy *cp = dir->cp;
	struct job *j = new_job(dir, from, to, link);

	if (j == NULL) {
		copy_error(cp, dir->from_path, from, -ENOMEM);
		return;
	}
	while (has_to_wait(j)) {
		etfsc_run(cp->c->fs, 200);
		progress_show(&cp->progress);
	}
	if (!cli_over(cp->c)) {
		start(j);
		return;
	}
	free(j->name);
	free(j->to);
	free(j);
}
