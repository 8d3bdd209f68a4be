/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_race.c -- names that are replaced by the other party while we use them:
 * they must never be missing, and what is found by them must be whole.
 */

#include <signal.h>
#include <sys/wait.h>

#include "posix.h"

/* As often as these are tried against each other; of two mounts each is slow. */
#define ROUNDS (there_fd == AT_FDCWD ? 100U : 20U)

/*
 * The other party stops between two steps: what a process was killed in, as a
 * name that was being made, a client that caches need not hear the end of.
 */
static volatile sig_atomic_t stopped;

static void
be_stopped(int sig)
{
	(void)sig;
	stopped = 1;
}

static pid_t
start(void (*run)(void *arg))
{
	must(signal(SIGTERM, be_stopped) != SIG_ERR);
	return beside(run, NULL);
}

/* It must still be at work. */
static void
stop(pid_t pid)
{
	int status;

	ok(kill(pid, SIGTERM));
	gives(pid, waitpid(pid, &status, 0));
	gives(0, status);
}

/* Until it is stopped, put new files in the place of "name". */
static void
replace_it(void *arg)
{
	unsigned int n;
	int fd;

	(void)arg;
	for (n = 0; !stopped; n++) {
		fd = openat(there_fd, "new", O_WRONLY | O_CREAT | O_EXCL, 0644);
		must(fd != -1);
		must(write(fd, n % 2 == 0 ? "even" : "odd.", 4) == 4);
		must(close(fd) == 0);
		must(renameat(there_fd, "new", there_fd, "name") == 0);
	}
}

static void
a_name_that_is_replaced_can_always_be_opened(void **state)
{
	unsigned int n, missing = 0, odd = 0;
	char buf[8];
	pid_t pid;
	int fd;

	(void)state;
	put("name", "old.");
	pid = start(replace_it);
	for (n = 0; n < ROUNDS; n++) {
		if ((fd = open("name", O_RDONLY)) == -1) {
			missing++;
			continue;
		}
		if (read(fd, buf, sizeof(buf)) != 4)
			odd++;
		close(fd);
	}
	stop(pid);
	gives(0, missing);
	gives(0, odd);
}

static void
a_name_that_is_replaced_is_always_there(void **state)
{
	unsigned int n, missing = 0, odd = 0;
	struct stat st;
	pid_t pid;

	(void)state;
	put("name", "old.");
	pid = start(replace_it);
	for (n = 0; n < ROUNDS; n++) {
		if (stat("name", &st) != 0 || access("name", R_OK) != 0)
			missing++;
		else if (!S_ISREG(st.st_mode) || st.st_size != 4)
			odd++;
	}
	stop(pid);
	gives(0, missing);
	gives(0, odd);
}

/* Until it is stopped, move a file between two names: one is always there. */
static void
move_to_and_fro(void *arg)
{
	(void)arg;
	while (!stopped) {
		must(linkat(there_fd, "a", there_fd, "b", 0) == 0);
		must(unlinkat(there_fd, "a", 0) == 0);
		must(linkat(there_fd, "b", there_fd, "a", 0) == 0);
		must(unlinkat(there_fd, "b", 0) == 0);
	}
}

static void
a_file_with_changing_names_stays_itself(void **state)
{
	unsigned int n, odd = 0;
	struct stat st;
	pid_t pid;
	ino_t ino;
	int fd;

	(void)state;
	put("a", "text");
	ino = look("a").st_ino;
	pid = start(move_to_and_fro);
	for (n = 0; n < ROUNDS; n++) {
		fd = open(n % 2 == 0 ? "a" : "b", O_RDONLY);
		if (fd == -1 && errno != ENOENT)
			odd++;
		if (fd == -1)
			continue;
		if (fstat(fd, &st) != 0 || st.st_ino != ino ||
		    st.st_nlink < 1 || st.st_nlink > 2 || st.st_size != 4)
			odd++;
		close(fd);
	}
	stop(pid);
	gives(0, odd);
}

const struct CMUnitTest posix_race[] = {
	cmocka_unit_test(a_name_that_is_replaced_can_always_be_opened),
	cmocka_unit_test(a_name_that_is_replaced_is_always_there),
	cmocka_unit_test(a_file_with_changing_names_stays_itself),
	{ 0 },
};
