/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.c -- see session.h.
 *
 * Ending and resetting are the same two steps, taken whenever something ended:
 * while requests are pending, wait; while fids are left, clunk them.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "request.h"
#include "session.h"
#include "stale.h"
#include "wait.h"

#define CLUNKS_AT_ONCE 1024 /* others want the loop as well */
#define REFUSED_TOLD 10 /* requests of one client that are none */

void
session_init(struct session *s, struct sloop *loop, struct transport *transport,
    const struct origin *from, const char *name)
{
	*s = (struct session){
		.loop = loop,
		.transport = transport,
		.name = name,
		.from = *from,
		.client = atomic_fetch_add(&loop->server->next_client, 1),
		.state = SESSION_UP,
		.msize = loop->server->limits.msize,
		.locks = { 0, loop->server->limits.locks },
	};
	list_init(&s->all);
	list_init(&s->swept);
	list_init(&s->pending);
	list_init(&s->ready);
}

void
session_fini(struct session *s)
{
	idmap_fini(&s->fids);
	idmap_fini(&s->tags);
	free(s->removed);
}

bool
session_ready(const struct session *s)
{
	const struct limits *limits = &s->loop->server->limits;

	return s->state == SESSION_UP &&
	    s->npending - s->nwaits < limits->requests &&
	    s->held < limits->queued;
}

/* A client could fill the log with them. */
static void
tell_of_refused(struct session *s, const struct p9_msg *in, int rc)
{
	if (s->nrefused == REFUSED_TOLD)
		return;
	s->nrefused++;
	log_msg(LOG_INFO, "%s: %s, type %u tag %u%s", s->name,
	    rc == -EBADMSG ? "malformed request" : "unknown request",
	    (unsigned int)in->type, (unsigned int)in->tag,
	    s->nrefused == REFUSED_TOLD ? "; more are not told" : "");
}

static int
refuse_frame(struct session *s, const struct p9_msg *in, int rc)
{
	tell_of_refused(s, in, rc);
	return request_refuse(s, in, rc == -EBADMSG ? -EINVAL : rc);
}

static void
trace_request(const struct session *s, const struct p9_msg *in)
{
	char line[1024];

	p9_print(in, P9_DIALECT_L, line, sizeof(line));
	log_msg(LOG_TRACE, "%s -> %s", s->name, line);
}

/* What no answer would help: see design of the protocol's edges. */
static int
check_order(struct session *s, const struct p9_msg *in)
{
	if (!s->versioned && in->type != P9_Tversion) {
		log_msg(LOG_WARN, "%s: request before Tversion, type %u",
		    s->name, (unsigned int)in->type);
		return -EPROTO;
	}
	if (s->tags.count > 0 && idmap_find(&s->tags, in->tag) != NULL) {
		log_msg(LOG_WARN, "%s: tag %u is in use", s->name,
		    (unsigned int)in->tag);
		return -EPROTO;
	}
	return 0;
}

int
session_frame(struct session *s, struct buf *buf, const uint8_t *p, size_t len)
{
	struct request *r = request_new(s);
	int decoded, rc;

	if (r == NULL || idmap_reserve(&s->tags) != 0) {
		log_msg(LOG_ERROR, "%s: no memory for a request", s->name);
		if (r != NULL)
			pool_give(s->loop->pool, POOL_REQUEST, r);
		return -EPROTO;
	}
	decoded = p9_decode_request(&r->in, P9_DIALECT_L, p, len);
	rc = check_order(s, &r->in);
	if (rc == 0 && decoded != 0)
		rc = refuse_frame(s, &r->in, decoded);
	if (rc != 0 || decoded != 0) {
		pool_give(s->loop->pool, POOL_REQUEST, r);
		return rc;
	}
	if (s->loop->server->trace)
		trace_request(s, &r->in);
	r->buf = buf;
	r->frame_len = len;
	request_start(r);
	request_run_ready(s);
	return 0;
}

static void
hurry_all(struct session *s)
{
	struct list *l;

	for (l = s->pending.next; l != &s->pending; l = l->next)
		request_hurry(container_of(l, struct request, link));
	request_run_ready(s);
}

/* Clunk some fids as their client would have.  Are there more? */
static bool
clunk_some(struct session *s)
{
	struct request *r;
	struct fid *fid;
	int n;

	for (n = 0; n < CLUNKS_AT_ONCE; n++) {
		if (list_empty(&s->all))
			return false;
		if ((r = request_new(s)) == NULL)
			return true; /* when there is memory again */
		fid = container_of(s->all.next, struct fid, link);
		r->internal = true;
		r->in.type = P9_Tclunk;
		r->in.u.Tclunk.fid = fid->num;
		request_start(r);
	}
	return true;
}

/* Requests of before, not counting the Tversion that waits for them. */
static bool
is_quiet(const struct session *s)
{
	return s->npending == (s->version != NULL ? 1 : 0);
}

static void
finish_reset(struct session *s)
{
	struct request *r = s->version;

	s->state = SESSION_UP;
	s->version = NULL;
	request_finish(r, r->h->run(r));
}

/* Go on with ending or resetting.  true: there is more to do at once. */
static bool
go_on(struct session *s)
{
	if (!is_quiet(s))
		return false;
	if (s->fids.count > 0 && clunk_some(s))
		return true;
	if (s->fids.count > 0 || !is_quiet(s))
		return false;
	if (s->state == SESSION_RESETTING)
		finish_reset(s);
	else
		s->state = SESSION_ENDED;
	return false;
}

void
session_end(struct session *s)
{
	if (s->state == SESSION_ENDING || s->state == SESSION_ENDED)
		return;
	s->state = SESSION_ENDING;
	stale_stop(s);
	hurry_all(s);
}

/* The client left while its Tversion was waiting. */
static void
drop_version(struct session *s)
{
	struct request *r = s->version;

	s->version = NULL;
	request_finish(r, -ECANCELED);
}

int
session_reset(struct session *s, struct request *r)
{
	s->state = SESSION_RESETTING;
	s->version = r;
	stale_stop(s);
	request_pend(r);
	hurry_all(s);
	s->transport->ops->wake(s->transport);
	return VFS_PENDING;
}

void
session_stop(struct session *s)
{
	s->stopping = true;
	wait_hurry(s, NULL);
}

void
session_request_ended(struct session *s)
{
	s->transport->ops->wake(s->transport);
}

bool
session_step(struct session *s)
{
	if (s->state == SESSION_UP)
		return stale_step(s);
	if (s->state == SESSION_ENDED)
		return false;
	if (s->state == SESSION_ENDING && s->version != NULL && is_quiet(s))
		drop_version(s);
	return go_on(s);
}
