/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_internal.h -- what the files of the library share; see etfsc.h for
 * what others see.
 *
 *	address, dial, tcp, socket, exec
 *				from an address to a connected descriptor
 *	mount, release		a connection's begin and end
 *	req			the life of a request
 *	stop			giving up all of them
 *	engine			driving all that are in flight
 *	tx, rx, reply		bytes out, bytes in, replies to results
 *	tags, fid		numbers
 *	msg_*			one call for each message
 *	path, parent, cwd	from a path to a fid
 *	the rest		the calls by path
 *
 * A function declared here is hidden in the shared library.
 */

#ifndef ETFSC_INTERNAL_H
#define ETFSC_INTERNAL_H

#include <errno.h>
#include <string.h>

#include "etfsc.h"
#include "p9.h"

#define ETFSC_MSIZE P9_MAX_MSIZE /* asked for, if nobody says else */
#define ETFSC_IOHDRSZ 24U /* room for what comes before a payload */
#define ETFSC_REASON 256
#define ETFSC_CONNECT_MS 30000

/* Milliseconds on a clock that only goes forward; ETFSC_NEVER is no limit. */
#define ETFSC_NEVER INT64_MAX
int64_t etfsc_now(void);
int64_t etfsc_deadline(int ms); /* below 0: never */
int etfsc_left(int64_t deadline); /* for poll(2): -1 is never */

/*
 * Reasons: a text of at most ETFSC_REASON bytes, without what a terminal would
 * obey.  Returns rc, the -errno that goes with it.  buf NULL is fine.
 */
int etfsc_explain(char *buf, int rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Addresses, taken apart. */
enum etfsc_kind {
	ETFSC_TCP,
	ETFSC_UNIX,
	ETFSC_VSOCK,
	ETFSC_FD,
	ETFSC_EXEC,
};

struct etfsc_address {
	enum etfsc_kind kind;
	char *buf; /* what name points into */
	const char *name; /* tcp: host, or ""; unix: path; exec: command */
	uint32_t cid, port;
	int fd;
};

int etfsc_address_parse(
    const char *text, struct etfsc_address *out, char *reason);
void etfsc_address_fini(struct etfsc_address *addr);

/* As etfsc_dial(); reason has ETFSC_REASON bytes. */
int64_t etfsc_connect_deadline(
    enum etfsc_kind kind, const struct etfsc_options *opt);
int etfsc_connect(const struct etfsc_address *addr, bool privport,
    int64_t deadline, struct etfsc_link *out, char *reason);
int etfsc_connect_tcp(const struct etfsc_address *addr, bool privport,
    int64_t deadline, char *reason);
/* connect(2) until deadline; 0 or -errno. */
struct sockaddr;
int etfsc_connect_socket(
    int fd, const struct sockaddr *sa, unsigned int len, int64_t deadline);

/*
 * Commands.  spawn: one end of a socket, whose other end is the command's
 * standard input and output.  join: wait until it has exited, or kill it at the
 * deadline; *status is as of waitpid(2).
 */
int etfsc_exec_spawn(const char *command, struct etfsc_link *out);
void etfsc_exec_join(pid_t pid, int64_t deadline, int *status);

/*
 * What is to be sent: heads, encoded back to back in buf, and payloads, which
 * stay where they are.
 */
struct etfsc_piece {
	const uint8_t *p; /* a payload; NULL: a run of heads */
	size_t off; /* in buf */
	size_t len;
};

struct etfsc_tx {
	uint8_t *buf;
	size_t len, cap;
	struct etfsc_piece *pieces; /* npieces of them, from first on */
	size_t first, npieces, pieces_cap;
	uint64_t queued, gone; /* bytes, ever */
};

int etfsc_tx_init(struct etfsc_tx *tx);
void etfsc_tx_fini(struct etfsc_tx *tx);
/*
 * Queue m, a frame of at most msize bytes, with data behind it if m has a
 * payload.  0, -EMSGSIZE, -ENOMEM.
 */
int etfsc_tx_put(struct etfsc_tx *tx, const struct p9_msg *m, uint32_t msize,
    const void *data);
/* As much as goes now: 0 or -errno. */
int etfsc_tx_send(struct etfsc_tx *tx, int fd, bool is_socket);

/*
 * What has come: bytes start..end of buf are not yet handled.  into is the
 * request whose payload is on its way, of which left bytes at dst are to come.
 */
struct etfsc_rx {
	uint8_t *buf;
	size_t start, end;
	struct etfsc_req *into;
	uint8_t *dst;
	size_t left;
	size_t most; /* by one call */
};

int etfsc_rx_init(struct etfsc_rx *rx);
/* Take what is there, and end what it answers. */
void etfsc_rx_take(struct etfsc *fs);
/* The same with what has been taken before: we may be in a completion. */
void etfsc_rx_handle(struct etfsc *fs);

/* A request by its tag. */
struct etfsc_tag {
	struct etfsc_req *req; /* NULL: free, or held by a flush */
	uint16_t next; /* while it is free */
};

struct etfsc_tags {
	struct etfsc_tag *slots;
	size_t n, cap;
	uint16_t free; /* the first; P9_NOTAG: none */
};

int etfsc_tag_get(struct etfsc_tags *tags, struct etfsc_req *req);
void etfsc_tag_put(struct etfsc_tags *tags, uint16_t tag);

/* Fids: below next all have been in use, and free[] are not any more. */
struct etfsc_fids {
	uint32_t *free;
	size_t nfree, cap;
	uint32_t next;
};

uint32_t etfsc_fid_get(struct etfsc_fids *fids); /* or ETFSC_NOFID */
void etfsc_fid_put(struct etfsc_fids *fids, uint32_t fid);

/* Requests in the order in which they came. */
struct etfsc_queue {
	struct etfsc_req *first, **last;
};

struct etfsc {
	int fd; /* -1: closed */
	pid_t pid; /* of a command, or 0 */
	bool is_socket;
	bool lost;
	int why; /* if it is: the -errno of reason */
	char reason[ETFSC_REASON];
	uint32_t msize;
	int timeout_ms; /* 0: none */
	int stop_fd; /* -1: none */
	bool no_renameat, no_unlinkat; /* it does not know these messages */
	unsigned int stops; /* that it has told of; above 0: we are to stop */
	struct etfsc_tx tx;
	struct etfsc_rx rx;
	struct etfsc_tags tags;
	struct etfsc_fids fids;
	struct etfsc_queue sent; /* wait for their replies */
	struct etfsc_queue unsent; /* have failed, and do not know it yet */
	struct etfsc_req *version; /* has no tag */
	size_t npending; /* without our own */
	uint64_t nended; /* so far, without our own */
	struct etfsc_req *spare; /* of our own, for what nobody waits for */
	uint32_t root, cwd; /* the same until somebody changes directory */
	struct etfsc_qid root_qid, cwd_qid; /* as they were walked to */
	char *cwd_name; /* from the root: "/a/b"; NULL: "/" */
	struct etfsc_file *files; /* all that are open */
	struct etfsc_dir *dirs;
};

/* flags of a request. */
#define ETFSC_OURS 0x01 /* goes back to fs->spare */
#define ETFSC_NEWFID 0x02 /* out2 is the number that it makes */
#define ETFSC_OLDFID 0x04 /* fid is free when it has ended */
#define ETFSC_SENT 0x08
#define ETFSC_FLUSHED 0x10
#define ETFSC_LATE 0x20 /* its time has passed once */

/*
 * The connection is no good any more; the first to say so gives the reason.
 * Returns rc.
 */
int etfsc_lose(struct etfsc *fs, int rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, because the server broke the rules. */
void etfsc_breach(struct etfsc *fs, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same, because of err, or if that is 0 because the server has closed. */
void etfsc_hung_up(struct etfsc *fs, int err);

/*
 * A request's life.  prepare: it becomes pending, with nothing said yet.
 * submit: send m, the type of which is req's; data is its payload.  refuse: it
 * ends with rc, but later.  end: it ends now.  own: one of ours, prepared, of
 * which nobody is told; or NULL.
 */
void etfsc_req_prepare(struct etfsc *fs, struct etfsc_req *req, uint8_t type);
void etfsc_req_submit(struct etfsc *fs, struct etfsc_req *req, struct p9_msg *m,
    const void *data);
void etfsc_req_refuse(struct etfsc *fs, struct etfsc_req *req, int rc);
void etfsc_req_end(struct etfsc *fs, struct etfsc_req *req, int rc);
struct etfsc_req *etfsc_req_own(struct etfsc *fs, uint8_t type);
/* The request that waits for a reply of that tag, or NULL. */
struct etfsc_req *etfsc_req_find(struct etfsc *fs, uint16_t tag);
/* Take a number for *newfid; false: req has been refused. */
bool etfsc_req_newfid(
    struct etfsc *fs, struct etfsc_req *req, uint32_t *newfid);
/* A string for its message, of max bytes at most; false: it is refused. */
bool etfsc_req_str(struct etfsc *fs, struct etfsc_req *req, const char *s,
    size_t max, p9_str *out);

/* There is something to be read from stop_fd. */
void etfsc_stop(struct etfsc *fs);

/* End those whose time has passed; when does the next one's, or never? */
void etfsc_expire(struct etfsc *fs);
int64_t etfsc_expiry(const struct etfsc *fs);

/*
 * Send, wait for something to come, take it, and end what can be ended.  1: go
 * on; 0: deadline has passed; -EINTR: a signal has come.  A deadline of 0: do
 * not wait.
 */
int etfsc_turn(struct etfsc *fs, int64_t deadline);
/* Until req has ended, or deadline: then -ETIMEDOUT, and it has not. */
int etfsc_wait_until(struct etfsc *fs, struct etfsc_req *req, int64_t deadline);

/*
 * Replies.  fits: is m one to req, with no more payload than was asked for?
 * answer: give m to req, which ends.  Both tell of a breach, and then req does
 * not end.
 */
bool etfsc_reply_fits(
    struct etfsc *fs, const struct etfsc_req *req, const struct p9_msg *m);
void etfsc_reply_answer(
    struct etfsc *fs, struct etfsc_req *req, const struct p9_msg *m);

/* Rversion, for who submits a Tversion. */
struct etfsc_version {
	uint32_t msize;
	char text[32];
};
void etfsc_tversion(struct etfsc *fs, struct etfsc_req *req, uint32_t msize,
    struct etfsc_version *out);
/* Twalk with names that are slices of a path. */
void etfsc_walk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t *newfid, const p9_names *names, struct etfsc_qid *qid);

#endif
