/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_raw.c -- raw: messages as somebody has written them, and what the server
 * makes of them.  Nothing is sent but these: a session begins with a Tversion.
 */

#include <ctype.h>
#include <getopt.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"
#include "p9.h"

#define MAX_FRAME (1U << 20)

struct raw {
	struct cli *c;
	int fd;
	uint8_t *frame; /* MAX_FRAME bytes */
};

/* Blanks are skipped; the bytes, or -1: no hex, or too much. */
static ssize_t
parse(const char *hex, uint8_t *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;
	const char *d;

	for (; *hex != '\0'; hex++) {
		if (isspace((unsigned char)*hex))
			continue;
		d = strchr(digits, tolower((unsigned char)*hex));
		if (d == NULL || n / 2 == MAX_FRAME)
			return -1;
		out[n / 2] = (uint8_t)((n % 2 != 0 ? out[n / 2] << 4 : 0) |
		    (d - digits));
		n++;
	}
	return n % 2 != 0 ? -1 : (ssize_t)(n / 2);
}

static int
send_all(struct raw *r, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = send(r->fd, r->frame + done, len - done, MSG_NOSIGNAL);
		if (n < 0 && errno == ENOTSOCK)
			n = write(r->fd, r->frame + done, len - done);
		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* Exactly len bytes, or -errno. */
static int
receive(struct raw *r, uint8_t *to, size_t len)
{
	int ms = r->c->opt.timeout_ms > 0 ? r->c->opt.timeout_ms : -1;
	struct pollfd p[2] = { { .fd = r->fd, .events = POLLIN },
		{ .fd = interrupt_fd(), .events = POLLIN } };
	ssize_t n;
	int ready;

	while (len > 0) {
		if ((ready = poll(p, 2, ms)) == 0)
			return -ETIMEDOUT;
		if (ready > 0 && p[1].revents != 0)
			return -ECANCELED;
		n = ready > 0 ? read(r->fd, to, len) : -1;
		if (n == 0)
			return -ENOTCONN;
		if (n < 0 && errno != EINTR)
			return -errno;
		to += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int
print_reply(struct raw *r)
{
	char line[8192];
	struct p9_msg m;
	int64_t size;
	int rc;

	if ((rc = receive(r, r->frame, 4)) != 0)
		return rc;
	if ((size = p9_frame_size(r->frame, 4, MAX_FRAME)) < 0)
		return (int)size;
	if ((rc = receive(r, r->frame + 4, (size_t)size - 4)) != 0)
		return rc;
	rc = p9_decode(&m, P9_DIALECT_L, r->frame, (size_t)size);
	if (rc != 0)
		return rc;
	p9_print(&m, P9_DIALECT_L, line, sizeof(line));
	printf("%s\n", line);
	fflush(stdout);
	return 0;
}

static int
exchange(struct raw *r, const char *hex)
{
	ssize_t len = parse(hex, r->frame);
	int rc;

	if (len < 0)
		return cli_usage(r->c, "not hex: %s", hex);
	if ((rc = send_all(r, (size_t)len)) == 0)
		rc = print_reply(r);
	if (rc == -ENOTCONN)
		return cli_fail(r->c, "the server has hung up");
	return rc != 0 ? cli_error(r->c, NULL, rc) : 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct raw r = { .c = c };
	struct etfsc_link link;
	char reason[256];

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 1, argc))
		return c->status;
	if (c->address == NULL)
		return cli_usage(c, "no server: use -a, or set ETFS_ADDR");
	if (c->shell != NULL && strncmp(c->address, "fd:", 3) == 0)
		return cli_fail(c, "%s: cannot be opened here", c->address);
	if ((r.frame = malloc(MAX_FRAME)) == NULL)
		return cli_error(c, NULL, -ENOMEM);
	if (etfsc_dial(c->address, &c->opt, &link, reason, sizeof(reason)) !=
	    0) {
		free(r.frame);
		return cli_fail(c, "%s", reason);
	}
	r.fd = link.fd;
	while (c->status == 0 && optind < argc)
		exchange(&r, argv[optind++]);
	free(r.frame);
	close(link.fd);
	if (link.pid > 0)
		waitpid(link.pid, NULL, 0);
	return c->status;
}

const struct cli_command cmd_raw = {
	.name = "raw",
	.operands = "HEX ...",
	.help = "send messages, and print the reply to each",
	.flags = CLI_ALONE,
	.run = run,
};
