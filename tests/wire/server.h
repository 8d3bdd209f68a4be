/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.h -- a server process, from its start to what it leaves behind.
 *
 * The binary is $ETFSD, or build/etfsd.  Everything it says is kept.  A server
 * that ends must end well: by exit, with the status that is due, without a word
 * from a sanitizer, and with its socket files removed.
 */

#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#define SERVER_ADDRS 8
#define SERVER_ARGS 48

struct server {
	pid_t pid; /* 0 once it has ended */
	char *dir; /* for its log and whatever a test needs */
	size_t naddrs;
	char addr[SERVER_ADDRS][256]; /* for t9_dial, as it announced them */
	char *sockets[SERVER_ADDRS]; /* files that it has to remove */
	struct server *next;
};

/* How it is to be started; zero is the usual. */
struct server_how {
	const char *args[SERVER_ARGS]; /* without the program's name */
	size_t listeners; /* how many to wait for until it is ready */
	int in, out; /* stdin and stdout, or 0: /dev/null, a file */
	int fds[4]; /* to be inherited as 3 and on, until a 0 */
	bool activated; /* say so in LISTEN_FDS */
	uid_t uid; /* run as, if not 0 */
	rlim_t descriptors; /* that it may have, if not 0: ulimit -n */
};

const char *server_binary(void);

/* Start it and wait until it listens; server_spawn does not wait. */
struct server *server_start(const struct server_how *how);
struct server *server_spawn(const struct server_how *how);
void server_await_listeners(struct server *s, size_t n);

/*
 * SIGTERM, and everything must be well.  server_ends is for one that ends by
 * itself, or was told to: it must exit with that status.  Both free it.
 */
void server_stop(struct server *s);
void server_ends(struct server *s, int status);
int server_wait(struct server *s); /* only its wait status, as waitpid(2) */
void server_free(struct server *s);
void server_kill_all_but(struct server *keep); /* after a failure */

/*
 * Run one that has nothing to serve until it ends; returns its exit status,
 * and in *said what it had to say, to be freed.  Is that one line?
 */
int server_run(const char *const *args, char **said);
bool server_one_line(const char *said);

/* What it has said so far on stderr, or on both; to be freed. */
char *server_log(struct server *s);
char *server_said(struct server *s);
size_t server_log_lines(struct server *s);

/* What it uses. */
size_t server_fds(struct server *s);
size_t server_rss(struct server *s); /* bytes */
long server_ticks(struct server *s); /* CPU time, in clock ticks */
bool server_sanitized(struct server *s);

#endif
