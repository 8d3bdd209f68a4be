/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_shell.c -- etfs shell, as a script uses it.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "etfs.h"
#include "fake.h"
#include "local.h"
#include "temp.h"

/* What the shell says to that, and exits with. */
static void
script(struct client *c, const char *in, int status, const char *out,
    const char *err, int line, const char *const *args)
{
	char text[4096];

	snprintf(text, sizeof(text), "cd %s\n%s", c->home, in);
	etfs_expect(c, &(struct etfs_how){ .in = text }, __FILE__, line, status,
	    out, err, args);
}
#define SHELL(in, status, out, err)                                            \
	script(*state, in, status, out, err, __LINE__,                         \
	    (const char *const[]){ "shell", NULL })
#define SHELL_E(in, status, out, err)                                          \
	script(*state, in, status, out, err, __LINE__,                         \
	    (const char *const[]){ "shell", "-e", NULL })

static void
commands_run_in_the_current_directory(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "text\n");
	SHELL("pwd\n"
	      "mkdir d\n"
	      "cp f d/g\n"
	      "cd d\n"
	      "pwd\n"
	      "ls\n"
	      "ls -d ../f .\n"
	      "cat g ../f\n"
	      "find\n"
	      "cd ..\n"
	      "cd -\n"
	      "cd\n"
	      "pwd",
	    0, "@\n@/d\ng\n.\n../f\ntext\ntext\n.\n./g\n@/d\n/\n", "");
}

static void
options_do_not_stay(void **state)
{
	struct client *c = *state;

	client_put(c->fs, ".f", "1\n2\n3\n");
	SHELL("ls -a1\n"
	      "ls\n"
	      "head -n 1 .f\n"
	      "head .f\n"
	      "ls -a -- .\n",
	    0, ".\n..\n.f\n1\n1\n2\n3\n.\n..\n.f\n", "");
}

static void
words_are_those_of_sh(void **state)
{
	SHELL("touch 'a b' a\\'b \"a\\\"b\\\\\\c\" a\"\"b'#'c # no more\n"
	      "touch 'two\n"
	      "lines' and\\\n"
	      "one # this, too, ends with a '\n"
	      "# \"\n"
	      "\n"
	      "  \ttouch\t-c '' $x *\n"
	      "ls \\\n"
	      "\n",
	    0, "a b\na\"b\\\\c\na'b\nab#c\nandone\ntwo\nlines\n", "");
}

static void
an_error_does_not_end_it(void **state)
{
	SHELL("cat no\n"
	      "frob\n"
	      "ls -?\n"
	      "shell\n"
	      "pwd\n",
	    0, "@\n",
	    "etfs: cat: no: No such file or directory\n"
	    "etfs: shell: frob: no such command; see help\n"
	    "etfs: ls: -?: no such option\n"
	    "usage: etfs ls [-adlRp1] [--json] [PATH ...]\n"
	    "etfs: shell: this is one already\n");
}

static void
but_with_e_it_does(void **state)
{
	SHELL_E("pwd\ncat no\npwd\n", 1, "@\n",
	    "etfs: cat: no: No such file or directory\n");
	SHELL_E("pwd\n", 0, "@\n", "");
}

static void
it_exits_as_the_last_command(void **state)
{
	SHELL("cat no\n", 1, "", "etfs: cat: no: No such file or directory\n");
	SHELL("cat no\nexit\n", 1, "",
	    "etfs: cat: no: No such file or directory\n");
	SHELL("quit 7\npwd\n", 7, "", "");
	SHELL("exit x\npwd\n", 0, "@\n",
	    "etfs: exit: no exit status: x\nusage: exit [STATUS]\n");
	SHELL("frob", 2, "", "etfs: shell: frob: no such command; see help\n");
	SHELL("ls 'x\n", 2, "", "etfs: shell: a quote is not closed\n");
}

static void
a_command_reads_what_stands_behind_it(void **state)
{
	struct client *c = *state;

	SHELL("write f\nthis\npwd\n", 0, "", "");
	prints(c, "this\npwd\n", "cat", "@/f");
}

static void
this_machine_has_a_directory_too(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir(), text[2048], want[2048];

	assert_int_equal(mkdir(local_path(dir, "d"), 0777), 0);
	local_plant(local_path(dir, "d/f"), 10, 0);
	snprintf(text, sizeof(text),
	    "lcd %s\nlls -p\nlcd d\nlpwd\nput f g\nget g h\nls\nlcd no\n", dir);
	snprintf(want, sizeof(want), "d/\n%s/d\ng\n", dir);
	SHELL(text, 1, want, "etfs: lcd: no: No such file or directory\n");
	local_is(local_path(dir, "d/h"), 10, 0);
	client_put(c->fs, "k", "");
	temp_remove(dir);
}

static void
help_has_what_makes_sense_there(void **state)
{
	struct client *c = *state;
	struct etfs_said said;

	SHELL("cd --help\n", 0,
	    "usage: cd [DIR]\nchange the directory on the server.\n\n"
	    "  -h, --help               this\n",
	    "");
	refuses(c, "etfs: cd: only in etfs shell\n", "cd", "d");
	etfs_run(c, &(struct etfs_how){ .address = "", .in = "help\n" },
	    (const char *const[]){ "shell", NULL }, &said);
	assert_non_null(strstr(said.out, "\nlcd "));
	etfs_free(&said);
	etfs_run(c, &(struct etfs_how){ .address = "" },
	    (const char *const[]){ "help", NULL }, &said);
	assert_null(strstr(said.out, "\nlcd "));
	assert_non_null(strstr(said.out, "\nshell "));
	etfs_free(&said);
}

/* The first one goes to its end, and the last one can be read again. */
static void
open_connects_again(void **state)
{
	struct client *c = *state;
	char text[1024];

	SHELL("open\npwd\nopen unix:/no/server\npwd\n", 0, "@\n@\n",
	    "etfs: open: connect: unix:/no/server: No such file or "
	    "directory\n");
	snprintf(text, sizeof(text), "ls\nopen %s\npwd\nopen fd:0\nopen\npwd\n",
	    c->srv->addr[0]);
	etfs_expect(c, &(struct etfs_how){ .address = "", .in = text },
	    __FILE__, __LINE__, 0, "/\n/\n",
	    "etfs: ls: not connected; see open\n"
	    "etfs: open: fd:0: cannot be opened here\n",
	    (const char *const[]){ "shell", NULL });
	refuses(c,
	    "etfs: shell: connect: unix:/no: No such file or directory\n", "-a",
	    "unix:/no", "shell");
}

/* A server that hangs up on the first request for attributes. */
static void
serve_once(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m) && m.type != P9_Tgetattr)
		fake_answer(f, &m);
}

static void
a_lost_connection_is_told_once(void **state)
{
	struct client *c = *state;
	struct fake *f = calloc(1, sizeof(*f));
	char text[1024], want[1024];
	int fd;

	f->serve = serve_once;
	fd = etfs_fake_start(f);
	snprintf(want, sizeof(want),
	    "etfs: stat: lost: the server closed the connection\n"
	    "etfs: ls: not connected; see open\n"
	    "etfs: pwd: not connected; see open\n"
	    "etfs: open: %s: cannot be opened here\n",
	    f->addr);
	snprintf(text, sizeof(text),
	    "pwd\nstat /f /g\nls\npwd\nopen\nopen %s\nls -d /\n",
	    c->srv->addr[0]);
	etfs_expect(c, &(struct etfs_how){ .address = f->addr, .in = text },
	    __FILE__, __LINE__, 0, "/\n/\n", want,
	    (const char *const[]){ "shell", NULL });
	close(fd);
	fake_stop(f);
	free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(commands_run_in_the_current_directory),
		client_test(options_do_not_stay),
		client_test(words_are_those_of_sh),
		client_test(an_error_does_not_end_it),
		client_test(but_with_e_it_does),
		client_test(it_exits_as_the_last_command),
		client_test(a_command_reads_what_stands_behind_it),
		client_test(this_machine_has_a_directory_too),
		client_test(help_has_what_makes_sense_there),
		client_test(open_connects_again),
		client_test(a_lost_connection_is_told_once),
	};

	return client_main("shell", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
