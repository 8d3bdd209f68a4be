/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tty.c -- a terminal: what is typed, and what is to be seen on it.
 */

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>

#include "tty.h"

#define PATIENCE 60000 /* ms; it has failed then */

void
tty_start(struct client *c, const struct etfs_how *how, const char *home,
    const char *const *args, struct tty *t)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 80 };

	memset(t, 0, sizeof(*t));
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		setenv("HOME", home, 1);
		setenv("TERM", "xterm", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		unsetenv("XDG_STATE_HOME");
		unsetenv("EDITRC");
		etfs_exec(c, how, args);
	}
}

void
tty_type(struct tty *t, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(write(t->fd, text, len), len);
}

/* A terminal says EIO when nobody is left at the other end. */
static bool
read_more(struct tty *t)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, PATIENCE) <= 0)
		fail_msg("nothing more comes after\n%s", t->seen);
	n = read(t->fd, t->seen + t->len, sizeof(t->seen) - 1 - t->len);
	if (n <= 0)
		return false;
	t->len += (size_t)n;
	t->seen[t->len] = '\0';
	return true;
}

void
tty_sees(struct tty *t, const char *text)
{
	const char *there;

	while ((there = strstr(t->seen + t->at, text)) == NULL)
		if (!read_more(t))
			fail_msg("it ends without \"%s\":\n%s", text,
			    t->seen + t->at);
	t->at = (size_t)(there - t->seen) + strlen(text);
}

int
tty_ends(struct tty *t)
{
	int status;

	while (read_more(t))
		;
	close(t->fd);
	assert_int_equal(waitpid(t->pid, &status, 0), t->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
