/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request_reply.c -- how a request is answered: where its reply goes, and what
 * is in it.
 */

#include <errno.h>

#include "log.h"
#include "request_internal.h"

#define ERROR_FRAME 11 /* Rlerror */

int
request_reserve(struct request *r, size_t len)
{
	struct transport *t = r->session->transport;

	return t->ops->reserve(
	    t, p9_payload_offset(P9_DIALECT_L, P9_Rread) + len, &r->room);
}

void
request_unreserve(struct request *r)
{
	struct transport *t = r->session->transport;

	t->ops->drop(t, &r->room);
	r->room.p = NULL;
}

uint8_t *
request_payload(struct request *r)
{
	return r->room.p + p9_payload_offset(P9_DIALECT_L, P9_Rread);
}

static void
trace(const struct session *s, const char *direction, const struct p9_msg *m)
{
	char line[1024];

	p9_print(m, P9_DIALECT_L, line, sizeof(line));
	log_msg(LOG_TRACE, "%s %s %s", s->name, direction, line);
}

/*
 * Encode out where there is room for it, and send it off; with it what lies at
 * payload, unless that is NULL.
 */
static void
send_message(struct session *s, struct room *room, const struct p9_msg *out,
    const struct vextent *payload)
{
	struct transport *t = s->transport;
	int len;

	if (s->loop->server->trace)
		trace(s, "<-", out);
	len = (payload != NULL ? p9_encode_head : p9_encode)(
	    out, P9_DIALECT_L, room->p, room->cap);
	if (len > 0 && payload != NULL) {
		t->ops->send_file(t, room, (size_t)len, payload);
		return;
	}
	if (len > 0) {
		t->ops->send(t, room, (size_t)len);
		return;
	}
	/* Our bug; and a client that waits for ever is worse than one lost. */
	log_msg(LOG_ERROR, "%s: cannot encode reply %u: %d", s->name,
	    (unsigned int)out->type, len);
	t->ops->drop(t, room);
	t->ops->fail(t);
}

static void
error_message(struct p9_msg *out, uint16_t tag, int rc)
{
	out->type = P9_Rlerror;
	out->tag = tag;
	out->u.Rlerror.ecode = p9_errno_to_wire(-rc);
}

int
request_refuse(struct session *s, const struct p9_msg *in, int rc)
{
	struct transport *t = s->transport;
	struct p9_msg out;
	struct room room;

	error_message(&out, in->tag, rc);
	if (t->ops->reserve(t, ERROR_FRAME, &room) != 0)
		return -EPROTO;
	send_message(s, &room, &out, NULL);
	return 0;
}

/* The largest reply without a payload is an Rgetattr, an Rwalk of 16 names or
 * an Rreadlink; those with one have reserved their room early. */
static size_t
reply_size(const struct p9_msg *out)
{
	switch (out->type) {
	case P9_Rlerror:
		return ERROR_FRAME;
	case P9_Rgetlock:
	case P9_Rversion:
		return 512;
	default:
		return 256;
	}
}

static void
reply(struct request *r, int rc)
{
	struct transport *t = r->session->transport;
	struct p9_msg out;

	if (rc < 0) {
		error_message(&out, r->in.tag, rc);
	} else {
		out.type = (p9_u8)(r->in.type + 1);
		out.tag = r->in.tag;
		if (r->h->reply != NULL)
			r->h->reply(r, &out);
	}
	if (r->room.p == NULL &&
	    t->ops->reserve(t, reply_size(&out), &r->room) != 0) {
		log_msg(
		    LOG_ERROR, "%s: no memory for a reply", r->session->name);
		r->room.p = NULL;
		t->ops->fail(t);
		return;
	}
	send_message(r->session, &r->room, &out,
	    r->on_host && rc == 0 ? &r->extent : NULL);
	r->room.p = NULL;
}

/* Must the client hear of the result? */
static bool
is_answered(const struct request *r, int rc)
{
	enum session_state state = r->session->state;

	if (r->internal || state == SESSION_ENDING || state == SESSION_ENDED)
		return false;
	if (state == SESSION_RESETTING && r->in.type != P9_Tversion)
		return false;
	return rc != -ECANCELED || !r->flushed;
}

void
request_answer(struct request *r, int rc)
{
	if (is_answered(r, rc))
		reply(r, rc);
}
