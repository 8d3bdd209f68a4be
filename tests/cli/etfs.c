/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs.c -- a child that is the etfs command, and what it says.
 */

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "etfs.h"
#include "fake.h"

#define MAX_ARGS 32

/* text with the test's directory in it, to be freed. */
static char *
expand(struct client *c, const char *text)
{
	size_t len = 0;
	char *out = NULL;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	for (; *text != '\0'; text++) {
		if (*text == '@')
			fputs(c->home, f);
		else
			fputc(*text, f);
	}
	fclose(f);
	return out;
}

void
etfs_exec(struct client *c, const struct etfs_how *how, const char *const *args)
{
	const char *program = getenv("ETFS"), *argv[MAX_ARGS] = { "etfs" };
	size_t n;

	for (n = 0; args[n] != NULL; n++)
		argv[n + 1] = expand(c, args[n]);
	if (program == NULL)
		program = "build/etfs";
	setenv("TZ", how->zone != NULL ? how->zone : "UTC", 1);
	if (how->address == NULL)
		setenv("ETFS_ADDR", c->srv->addr[0], 1);
	else if (how->address[0] != '\0')
		setenv("ETFS_ADDR", how->address, 1);
	else
		unsetenv("ETFS_ADDR");
	execv(program, (char **)argv);
	_exit(127);
}

static void
pipes(const struct etfs_how *how, int in[2], int out[2])
{
	struct winsize size = { .ws_col = (unsigned short)how->columns };

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	if (how->columns == 0) {
		assert_int_equal(pipe2(out, O_CLOEXEC), 0);
		return;
	}
	assert_int_equal(openpty(&out[0], &out[1], NULL, NULL, &size), 0);
	fcntl(out[0], F_SETFD, FD_CLOEXEC);
	fcntl(out[1], F_SETFD, FD_CLOEXEC);
}

static void
start(struct client *c, const struct etfs_how *how, const char *const *args,
    struct etfs_child *child, int err)
{
	int in[2], out[2];

	pipes(how, in, out);
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (child->pid == 0) {
		dup2(in[0], 0);
		dup2(how->out != 0 ? how->out : out[1], 1);
		dup2(err, 2);
		etfs_exec(c, how, args);
	}
	close(in[0]);
	close(out[1]);
	child->in = in[1];
	child->out = out[0];
}

void
etfs_start(struct client *c, const struct etfs_how *how,
    const char *const *args, struct etfs_child *child)
{
	start(c, how, args, child, 2);
}

int
etfs_ends(struct etfs_child *child)
{
	int status;

	if (child->in != -1)
		close(child->in);
	close(child->out);
	assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* A terminal says EIO when nobody is left at the other end. */
static char *
read_all(int fd, size_t *len)
{
	char *text = NULL, buf[65536];
	FILE *f = open_memstream(&text, len);
	ssize_t n;

	assert_non_null(f);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, (size_t)n, f);
	fclose(f);
	return text;
}

/* What it is given is short, or it reads while it writes nothing. */
static void
feed(const struct etfs_how *how, struct etfs_child *child)
{
	size_t len = how->inlen, done = 0;
	void (*old)(int) = signal(SIGPIPE, SIG_IGN); /* it may not want it */
	ssize_t n;

	if (len == 0 && how->in != NULL)
		len = strlen(how->in);
	while (done < len &&
	    (n = write(child->in, how->in + done, len - done)) > 0)
		done += (size_t)n;
	close(child->in);
	child->in = -1;
	signal(SIGPIPE, old);
}

void
etfs_run(struct client *c, const struct etfs_how *how, const char *const *args,
    struct etfs_said *said)
{
	int err = memfd_create("err", MFD_CLOEXEC);
	struct etfs_child child;
	size_t len;

	assert_true(err >= 0);
	start(c, how, args, &child, err);
	feed(how, &child);
	said->out = read_all(child.out, &said->outlen);
	said->status = etfs_ends(&child);
	lseek(err, 0, SEEK_SET);
	said->err = read_all(err, &len);
	close(err);
}

int
etfs_fake_start(struct fake *f)
{
	int fd;

	fake_start(f);
	assert_int_equal(sscanf(f->addr, "fd:%d", &fd), 1);
	fcntl(fd, F_SETFD, 0);
	return fd;
}

void
etfs_free(struct etfs_said *said)
{
	free(said->out);
	free(said->err);
}

static bool
differs(const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return false;
	print_error("%s is\n%s---, not\n%s---\n", what, got, want);
	return true;
}

/* Of a misuse, the synopsis is not compared: help is made of the same. */
void
etfs_expect(struct client *c, const struct etfs_how *how, const char *file,
    int line, int status, const char *out, const char *err,
    const char *const *args)
{
	char *want_out = expand(c, out), *want_err = expand(c, err), *usage;
	struct etfs_said said;
	bool bad;

	etfs_run(c, how, args, &said);
	usage = strstr(said.err, "usage: etfs ");
	if (status == 2 && usage != NULL)
		*usage = '\0';
	bad = differs("stdout", said.out, want_out);
	bad = differs("stderr", said.err, want_err) || bad;
	if (bad || said.status != status) {
		print_error("%s:%d: etfs %s: exits with %d\n", file, line,
		    args[0], said.status);
		fail();
	}
	free(want_out);
	free(want_err);
	etfs_free(&said);
}
