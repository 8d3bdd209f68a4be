/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan.c -- see plan.h.
 */

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plan.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* of all below */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static struct plan {
	bool held;
	unsigned long came; /* so many so far */
	unsigned long tickets; /* the first so many of them need not wait */
	unsigned long waiting;
	int error;
	unsigned long fail_from, fail_to; /* of those that came; to: not */
	size_t most; /* bytes; 0: no limit */
} plans[NOPS];

static const char *const names[] = {
#define X(op) #op,
	PLAN_OPS(X)
#undef X
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EIO", EIO },
	{ "ENOSPC", ENOSPC },
	{ "EDQUOT", EDQUOT },
	{ "ENOTCONN", ENOTCONN },
	{ "ENFILE", ENFILE },
	{ "EMFILE", EMFILE },
	{ "EROFS", EROFS },
	{ "ESTALE", ESTALE },
	{ "ETIMEDOUT", ETIMEDOUT },
	{ "ENOMEM", ENOMEM },
	{ "EINTR", EINTR },
	{ "EAGAIN", EAGAIN },
	{ "EUCLEAN", EUCLEAN },
};

static bool
has_to_wait(const struct plan *p, unsigned long number)
{
	return p->held && number > p->tickets;
}

int
plan_meet(enum plan_op op)
{
	struct plan *p = &plans[op];
	unsigned long number;
	int rc = 0;

	pthread_mutex_lock(&mutex);
	number = ++p->came;
	p->waiting++;
	pthread_cond_broadcast(&changed);
	while (has_to_wait(p, number))
		pthread_cond_wait(&changed, &mutex);
	p->waiting--;
	if (number >= p->fail_from && number < p->fail_to)
		rc = -p->error;
	pthread_mutex_unlock(&mutex);
	return rc;
}

size_t
plan_size(enum plan_op op, size_t size)
{
	size_t most;

	pthread_mutex_lock(&mutex);
	most = plans[op].most;
	pthread_mutex_unlock(&mutex);
	return most != 0 && most < size ? most : size;
}

static int
error_number(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (strcmp(errors[i].name, name) == 0)
			return errors[i].number;
	return 0;
}

/* What is held begins to wait with the next that comes. */
static void
hold(struct plan *p)
{
	if (!p->held)
		p->tickets = p->came;
	p->held = true;
}

static void
fail(struct plan *p, int error, unsigned long from, unsigned long n)
{
	p->error = error;
	p->fail_from = p->came + from;
	p->fail_to = n != 0 ? p->fail_from + n : (unsigned long)-1;
}

static bool
obey(struct plan *p, const char *what, const char *error, unsigned long n,
    unsigned long times)
{
	if (strcmp(what, "hold") == 0)
		hold(p);
	else if (strcmp(what, "let") == 0)
		p->tickets += n;
	else if (strcmp(what, "release") == 0)
		p->held = false;
	else if (strcmp(what, "short") == 0)
		p->most = n;
	else if (strcmp(what, "fail") == 0 && error_number(error) != 0)
		fail(p, error_number(error), n, times);
	else if (strcmp(what, "await") == 0)
		while (p->waiting < n)
			pthread_cond_wait(&changed, &mutex);
	else
		return strcmp(what, "count") == 0;
	pthread_cond_broadcast(&changed);
	return true;
}

static struct plan *
find(const char *name)
{
	size_t i;

	for (i = 0; i < NOPS; i++)
		if (strcmp(names[i], name) == 0)
			return &plans[i];
	return NULL;
}

/* "what OP [ERRNO] [N [N]]" */
static void
command(int fd, const char *line)
{
	char what[16], name[16], error[16] = "";
	unsigned long n = 0, times = 0, came = 0;
	struct plan *p;
	bool good;

	if (strcmp(line, "die") == 0)
		(void)kill(getpid(), SIGKILL);
	good = sscanf(line, "%15s %15s %15[A-Z]%lu%lu", what, name, error, &n,
		   &times) >= 2;
	if (good && error[0] == '\0')
		(void)sscanf(line, "%*s %*s %lu", &n);
	p = good ? find(name) : NULL;
	if (p != NULL) {
		pthread_mutex_lock(&mutex);
		good = obey(p, what, error, n, times);
		came = p->came;
		pthread_mutex_unlock(&mutex);
	}
	dprintf(fd, good && p != NULL ? "ok %lu\n" : "not understood\n", came);
}

void
plan_serve(int fd)
{
	char line[256], *end;
	size_t len = 0;
	ssize_t n;

	dprintf(fd, "ok 0\n");
	while ((n = read(fd, line + len, sizeof(line) - 1 - len)) > 0) {
		len += (size_t)n;
		line[len] = '\0';
		if ((end = strchr(line, '\n')) == NULL)
			continue;
		*end = '\0'; /* one at a time: the answer is awaited */
		command(fd, line);
		len = 0;
	}
}
