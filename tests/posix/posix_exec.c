/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_exec.c -- execve(2) of what lies here, ETXTBSY among others.
 *
 * The program is this one: with the variable below in its environment it does
 * nothing but tell its effective user, and wait for its standard input to end.
 */

#include <sys/auxv.h>
#include <sys/sendfile.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <link.h>

#include "file.h"

#define AS_PROGRAM "POSIX_CHECK_PROGRAM"
#define STATUS 42

static void __attribute__((constructor)) be_program(void)
{
	char uid[16], c;
	int n;

	if (getenv(AS_PROGRAM) == NULL)
		return;
	n = snprintf(uid, sizeof(uid), "%u\n", geteuid());
	if (write(STDOUT_FILENO, uid, (size_t)n) != n ||
	    read(STDIN_FILENO, &c, 1) != 0)
		_exit(1);
	_exit(STATUS);
}

/* So much of this program's file is needed to run it: no debugger is. */
static off_t
program_size(void)
{
	const ElfW(Phdr) *p = (const void *)getauxval(AT_PHDR);
	unsigned long n = getauxval(AT_PHNUM);
	off_t size = 0;

	for (; n > 0; n--, p++)
		if ((off_t)(p->p_offset + p->p_filesz) > size)
			size = (off_t)(p->p_offset + p->p_filesz);
	return size;
}

/* A program at path, of that mode. */
static void
put_program(const char *path, mode_t mode)
{
	int in = opens(open("/proc/self/exe", O_RDONLY));
	int out = opens(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0700));
	off_t size = program_size(), sent = 0;
	ssize_t n = 1;

	while (sent < size && n > 0)
		n = sendfile(out, in, &sent, (size_t)(size - sent));
	gives(size, sent);
	ok(fchmod(out, mode));
	ok(close(in));
	ok(close(out));
}

struct program {
	const char *path; /* or NULL: fd */
	int fd;
	uid_t uid; /* who runs it, if not root */
	pid_t pid;
	int to, from;
};

static void __attribute__((noreturn))
exec_program(const struct program *p, int in, int out)
{
	char *argv[] = { (char[]){ "program" }, NULL };
	char *envp[] = { (char[]){ AS_PROGRAM "=yes" }, NULL };

	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	if (p->uid != 0)
		as(p->uid);
	if (p->path != NULL)
		execve(p->path, argv, envp);
	else
		fexecve(p->fd, argv, envp);
	_exit(errno);
}

/* Start it.  What it says is its effective user; -1: exec has failed. */
static int
begin(struct program *p)
{
	int to[2], from[2];
	char said[16];
	ssize_t n;

	ok(pipe2(to, O_CLOEXEC));
	ok(pipe2(from, O_CLOEXEC));
	if ((p->pid = fork()) == 0)
		exec_program(p, to[0], from[1]);
	ok(close(to[0]));
	ok(close(from[1]));
	p->to = to[1];
	p->from = from[0];
	n = read(p->from, said, sizeof(said) - 1);
	said[n > 0 ? n : 0] = '\0';
	return n > 0 ? (int)strtol(said, NULL, 10) : -1;
}

/* Its exit status, which is exec's errno if that has failed. */
static int
end(struct program *p)
{
	int status;

	ok(close(p->to));
	ok(close(p->from));
	gives(p->pid, waitpid(p->pid, &status, 0));
	yes(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
is_refused(int err, const char *path, uid_t uid)
{
	struct program p = { .path = path, .uid = uid };
	int said = begin(&p);

	gives(err, end(&p));
	gives(-1, said);
}

static void
runs(const char *path, uid_t uid)
{
	struct program p = { .path = path, .uid = uid };
	int said = begin(&p);

	gives(STATUS, end(&p));
	gives(uid, said);
}

static void
a_program_runs(void **state)
{
	(void)state;
	put_program("f", 0755);
	runs("f", 0);
	runs("./f", 0);
	ok(symlink("f", "l"));
	runs("l", 0);
	ok(link("f", "g"));
	runs("g", 0);
}

static void
a_user_runs_a_program(void **state)
{
	(void)state;
	put_program("f", 0755);
	runs("f", USER);
	ok(chown("f", USER, USER));
	ok(chmod("f", 0500));
	runs("f", USER);
	is_refused(EACCES, "f", OTHER);
	ok(chmod("f", 0677));
	is_refused(EACCES, "f", USER);
}

/* To run it one need not read it, but the kernel must. */
static void
a_program_that_cannot_be_read_runs(void **state)
{
	(void)state;
	put_program("f", 0711);
	runs("f", USER);
}

static void
what_is_no_program_does_not_run(void **state)
{
	(void)state;
	put_program("f", 0644);
	is_refused(EACCES, "f", 0);
	ok(chmod("f", 0666));
	is_refused(EACCES, "f", 0);
	put("text", "no program\n");
	ok(chmod("text", 0755));
	is_refused(ENOEXEC, "text", 0);
	put("empty", "");
	ok(chmod("empty", 0755));
	is_refused(ENOEXEC, "empty", 0);
	ok(mkdir("d", 0755));
	is_refused(EACCES, "d", 0);
	is_refused(ENOENT, "none", 0);
	is_refused(ENOTDIR, "f/g", 0);
	ok(symlink("self", "self"));
	is_refused(ELOOP, "self", 0);
	ok(mkfifo("p", 0777));
	is_refused(EACCES, "p", 0);
}

static void
a_script_is_run_by_its_interpreter(void **state)
{
	(void)state;
	put_program("f", 0755);
	put("s", "#!f\n");
	ok(chmod("s", 0755));
	runs("s", 0);
	runs("s", USER);
	put("s", "#!./f with an argument\n");
	runs("s", 0);
	put("s", "#!none\n");
	is_refused(ENOENT, "s", 0);
	ok(chmod("f", 0644));
	put("s", "#!f\n");
	is_refused(EACCES, "s", 0);
	put("s", "#!s\n");
	is_refused(ELOOP, "s", 0);
}

static void
what_is_being_written_does_not_run(void **state)
{
	int fd;

	(void)state;
	put_program("f", 0755);
	fd = opens(open("f", O_WRONLY));
	is_refused(ETXTBSY, "f", 0);
	ok(close(fd));
	runs("f", 0);
	fd = opens(open("f", O_RDWR | O_APPEND));
	is_refused(ETXTBSY, "f", 0);
	ok(close(fd));
	fd = opens(open("f", O_RDONLY));
	runs("f", 0);
	ok(close(fd));
}

static void
what_runs_is_not_written(void **state)
{
	struct program p = { .path = "f" };

	(void)state;
	put_program("f", 0755);
	gives(0, begin(&p));
	fails(ETXTBSY, open("f", O_WRONLY));
	fails(ETXTBSY, open("f", O_RDWR));
	fails(ETXTBSY, open("f", O_WRONLY | O_TRUNC));
	fails(ETXTBSY, open("f", O_RDONLY | O_TRUNC));
	fails(ETXTBSY, creat("f", 0755));
	fails(ETXTBSY, truncate("f", 0));
	ok(close(opens(open("f", O_RDONLY))));
	gives(STATUS, end(&p));
	ok(close(opens(open("f", O_RDWR))));
	ok(truncate("f", 0));
}

static void
what_runs_may_be_renamed_and_removed(void **state)
{
	struct program p = { .path = "f" };

	(void)state;
	put_program("f", 0755);
	gives(0, begin(&p));
	ok(rename("f", "g"));
	ok(chmod("g", 0644));
	ok(unlink("g"));
	put("f", "new");
	gives(STATUS, end(&p));
	text("new", contents("f"));
}

static void
a_descriptor_is_run(void **state)
{
	struct program p = { 0 };

	(void)state;
	put_program("f", 0755);
	p.fd = opens(open("f", O_RDONLY));
	gives(0, begin(&p));
	gives(STATUS, end(&p));
	ok(unlink("f"));
	gives(0, begin(&p));
	gives(STATUS, end(&p));
	ok(close(p.fd));
	put_program("f", 0755);
	p.fd = opens(open("f", O_PATH));
	gives(0, begin(&p));
	gives(STATUS, end(&p));
	ok(close(p.fd));
}

/* Unless it is mounted so that nobody becomes another. */
static void
setuid_makes_one_the_owner(void **state)
{
	struct program p = { .path = "f", .uid = USER };
	struct statvfs fs;

	(void)state;
	put_program("f", 0755);
	ok(chown("f", OTHER, OTHER));
	ok(chmod("f", 04755));
	ok(statvfs("f", &fs));
	gives((fs.f_flag & ST_NOSUID) != 0 ? USER : OTHER, begin(&p));
	gives(STATUS, end(&p));
}

const struct CMUnitTest posix_exec[] = {
	cmocka_unit_test(a_program_runs),
	cmocka_unit_test(a_user_runs_a_program),
	cmocka_unit_test(a_program_that_cannot_be_read_runs),
	cmocka_unit_test(what_is_no_program_does_not_run),
	cmocka_unit_test(a_script_is_run_by_its_interpreter),
	cmocka_unit_test(what_is_being_written_does_not_run),
	cmocka_unit_test(what_runs_is_not_written),
	cmocka_unit_test(what_runs_may_be_renamed_and_removed),
	cmocka_unit_test(a_descriptor_is_run),
	cmocka_unit_test(setuid_makes_one_the_owner),
	{ 0 },
};
