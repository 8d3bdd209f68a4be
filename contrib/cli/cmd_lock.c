/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_lock.c -- lock: bytes of a file, for as long as a command runs, or until
 * there is no more standard input.
 *
 * Meanwhile the connection is watched: a lock is gone with it, and it would not
 * do to find that out at the end.
 */

#include <getopt.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"

static const struct cli_option options[] = {
	{ 's', "shared", NULL, "others may have a shared lock, too" },
	{ 'n', "nonblock", NULL, "fail if somebody else has it" },
	{ 'o', "offset", "BYTES", "where it begins [0]" },
	{ 'l', "length", "BYTES", "how long it is; 0, to the end [0]" },
	{ 0, NULL, NULL, NULL },
};

struct hold {
	struct cli *c;
	bool shared, now;
	struct etfsc_lock lk;
};

/*
 * Wait until fd, or other, has something to say; false: the connection is lost.
 */
static bool
await(struct cli *c, int fd, int other)
{
	struct pollfd p[3];
	int timeout;

	for (;;) {
		p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
		p[2] = (struct pollfd){ .fd = other, .events = POLLIN };
		etfsc_pollfd(c->fs, &p[1], &timeout);
		p[1].events |= POLLIN;
		if (poll(p, 3, timeout) > 0 &&
		    (p[0].revents != 0 || p[2].revents != 0))
			return true;
		etfsc_run(c->fs, 0);
		if (etfsc_reason(c->fs) != NULL)
			return false;
	}
}

static int
lost(struct cli *c)
{
	return cli_error(c, NULL, -ENOTCONN);
}

/* Whoever started this knows from the line that the lock is there. */
static int
until_end_of_input(struct cli *c)
{
	char buf[4096];

	printf("locked\n");
	fflush(stdout);
	do {
		if (!await(c, STDIN_FILENO, interrupt_fd()))
			return lost(c);
	} while (interrupt_read(STDIN_FILENO, buf, sizeof(buf)) > 0);
	return 0;
}

/* Its status, as a shell has it. */
static int
until_exit(struct cli *c, char **argv)
{
	pid_t pid;
	int fd, status = 0;
	bool held = true;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		execvp(argv[0], argv);
		status = errno;
		cli_error(c, argv[0], -status);
		_exit(status == ENOENT ? 127 : 126);
	}
	if (pid < 0)
		return cli_error(c, argv[0], -errno);
	if ((fd = (int)syscall(SYS_pidfd_open, pid, 0)) >= 0) {
		if (!(held = await(c, fd, -1)))
			lost(c);
		close(fd);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!held)
		return c->status;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
hold(struct hold *h, const char *path, char **argv)
{
	struct etfsc_file *file;
	int status = 0, rc;

	h->lk.type = h->shared ? F_RDLCK : F_WRLCK;
	rc =
	    etfsc_open(h->c->fs, path, h->shared ? O_RDONLY : O_RDWR, 0, &file);
	if (rc != 0)
		return cli_error(h->c, path, rc);
	if ((rc = etfsc_lock(file, &h->lk, !h->now)) != 0)
		cli_error(h->c, path, rc);
	else if (argv[0] != NULL)
		status = until_exit(h->c, argv);
	else
		status = until_end_of_input(h->c);
	etfsc_close(file);
	return rc != 0 ? h->c->status : status;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct hold h = { .c = c };
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		h.shared = h.shared || letter == 's';
		h.now = h.now || letter == 'n';
		if ((letter == 'o' || letter == 'l') &&
		    !cli_number(optarg, INT64_MAX,
			letter == 'o' ? &h.lk.start : &h.lk.length))
			return cli_usage(c, "no number of bytes: %s", optarg);
	}
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	return hold(&h, argv[optind], argv + optind + 1);
}

const struct cli_command cmd_lock = {
	.name = "lock",
	.operands = "FILE [COMMAND ...]",
	.help = "hold a lock while COMMAND runs, or input comes",
	.options = options,
	.flags = CLI_ORDERED,
	.run = run,
};
