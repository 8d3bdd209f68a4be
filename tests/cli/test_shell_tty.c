/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_shell_tty.c -- etfs shell, as somebody uses it who types.
 *
 * Nothing is typed before the prompt is there, or what the line before it was
 * to print: the terminal is only then as it should be.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "fake.h"
#include "local.h"
#include "temp.h"
#include "tty.h"

static const char *const shell[] = { "shell", NULL };

static void
begin(struct client *c, const char *home, struct tty *t)
{
	char line[64];

	tty_start(c, &(struct etfs_how){ 0 }, home, shell, t);
	tty_sees(t, "etfs:/> ");
	snprintf(line, sizeof(line), "cd %s\r", c->home);
	tty_type(t, line);
	snprintf(line, sizeof(line), "etfs:%s> ", c->home);
	tty_sees(t, line);
}

/* Type a line; see that, and the prompt. */
static void
says(struct tty *t, const char *line, const char *what)
{
	tty_type(t, line);
	tty_sees(t, what);
	tty_sees(t, "> ");
}

static void
a_line_can_be_edited(void **state)
{
	struct client *c = *state;
	char *home = temp_dir();
	struct tty t;

	client_put(c->fs, "f", "text\n");
	begin(c, home, &t);
	says(&t, "at f\001c\005\r", "\ntext\r\n");
	says(&t, "cat nothing\027f\r", "\ntext\r\n");
	says(&t, "cat \xc3\xa4\bf\r", "\ntext\r\n");
	says(&t, "cat 'f\r", "");
	tty_type(&t, "'\r");
	tty_sees(&t, "No such file");
	tty_sees(&t, "> ");
	tty_type(&t, "\004");
	assert_int_equal(tty_ends(&t), 1);
	temp_remove(home);
}

static void
history_is_kept_for_the_next_time(void **state)
{
	struct client *c = *state;
	char *home = temp_dir();
	char *file = temp_path(home, ".local/state/etfs/history"), *text;
	struct stat st;
	struct tty t;

	client_put(c->fs, "f", "text\n");
	begin(c, home, &t);
	says(&t, "cat f\r", "\ntext\r\n");
	says(&t, "\033[A\r", "\ntext\r\n");
	tty_type(&t, "exit\r");
	assert_int_equal(tty_ends(&t), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	text = temp_read(file, NULL);
	assert_non_null(strstr(text, "\ncat f\nexit\n"));
	free(text);
	begin(c, home, &t);
	says(&t, "\020\020\020\r", "\ntext\r\n");
	says(&t, "\022t f\r", "\ntext\r\n");
	tty_type(&t, "quit\r");
	assert_int_equal(tty_ends(&t), 0);
	free(file);
	temp_remove(home);
}

static void
nobody_minds_if_history_cannot_be_kept(void **state)
{
	struct client *c = *state;
	char *home = temp_dir();
	struct tty t;

	local_plant(local_path(home, ".local"), 1, 0);
	begin(c, home, &t);
	says(&t, "ls\r", "");
	tty_type(&t, "exit\r");
	assert_int_equal(tty_ends(&t), 0);
	assert_null(strstr(t.seen, "directory"));
	assert_int_equal(local_count(home), 1);
	temp_remove(home);
}

static void
names_are_completed(void **state)
{
	struct client *c = *state;
	char *home = temp_dir(), line[1024];
	struct tty t;

	ok(etfsc_mkdirs(c->fs, "dir/in", 0777));
	ok(etfsc_symlink(c->fs, "dir", "link"));
	client_put(c->fs, "dir/alpha", "one\n");
	client_put(c->fs, "dir/alphabet", "two\n");
	client_put(c->fs, "dir/in/it's \"a\" \\ b", "three\n");
	local_plant(local_path(home, "here"), 3, 0);
	begin(c, home, &t);
	says(&t, "cat di\tal\tb\t\r", "\ntwo\r\n");
	says(&t, "cat dir/in/i\t\r", "\nthree\r\n");
	says(&t, "cat 'dir/in/i\t\r", "\nthree\r\n");
	says(&t, "cat \"dir/in/i\t\r", "\nthree\r\n");
	says(&t, "cat lin\talphab\t\r", "\ntwo\r\n");
	says(&t, "readli\tlink\r", "\ndir\r\n");
	says(&t, "ls dir/al\t\t\r", "alpha  alphabet");
	says(&t, "stat --js\tdir/alpha\r", "\"size\"");
	snprintf(line, sizeof(line), "put %s/he\tdir/i\t\r", home);
	says(&t, line, "");
	snprintf(line, sizeof(line), "lcd %s\r", home);
	says(&t, line, "");
	says(&t, "get dir/alpha h\t\r", "");
	says(&t, "lls -l he\t\r", " 4 ");
	says(&t, "ls dir/in/h\t\r", "\ndir/in/here\r\n");
	tty_type(&t, "exit\r");
	assert_int_equal(tty_ends(&t), 0);
	temp_remove(home);
}

static void
an_interrupt_clears_the_line(void **state)
{
	struct client *c = *state;
	char *home = temp_dir();
	struct tty t;

	begin(c, home, &t);
	tty_type(&t, "exit 3\003");
	tty_sees(&t, "^C\r\n");
	tty_sees(&t, "> ");
	says(&t, "cat 'no\r", "");
	tty_type(&t, "\003");
	tty_sees(&t, "^C\r\n");
	tty_sees(&t, "> ");
	says(&t, "pwd\r", c->home);
	tty_type(&t, "\004");
	assert_int_equal(tty_ends(&t), 0);
	temp_remove(home);
}

static void
an_interrupt_ends_the_command(void **state)
{
	struct client *c = *state;
	char *home = temp_dir();
	struct tty t;

	client_put(c->fs, "f", "");
	begin(c, home, &t);
	tty_type(&t, "lock f\r");
	tty_sees(&t, "locked\r\n");
	tty_type(&t, "\003");
	tty_sees(&t, "^C");
	tty_sees(&t, "> ");
	says(&t, "pwd\r", c->home);
	tty_type(&t, "\004");
	assert_int_equal(tty_ends(&t), 0);
	temp_remove(home);
}

/* Says when somebody waits for a lock, and lets him. */
static void
serve_locks(struct fake *f)
{
	int *told = f->arg;
	struct p9_msg m;

	while (fake_get(f, &m)) {
		if (m.type == P9_Tlock)
			(void)!write(*told, "", 1);
		else
			fake_answer(f, &m);
	}
}

static void
an_interrupt_ends_what_waits_for_the_server(void **state)
{
	struct client *c = *state;
	struct fake *f = calloc(1, sizeof(*f));
	char *home = temp_dir(), byte;
	int told[2], fd;
	struct tty t;

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	f->serve = serve_locks;
	f->arg = &told[1];
	fd = etfs_fake_start(f);
	tty_start(c, &(struct etfs_how){ .address = f->addr }, home, shell, &t);
	close(fd);
	tty_sees(&t, "etfs:/> ");
	tty_type(&t, "lock f\r");
	assert_int_equal(read(told[0], &byte, 1), 1);
	tty_type(&t, "\003");
	tty_sees(&t, "^C\r\netfs:/> ");
	tty_type(&t, "\004");
	assert_int_equal(tty_ends(&t), 1);
	fake_stop(f);
	close(told[0]);
	close(told[1]);
	free(f);
	temp_remove(home);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_line_can_be_edited),
		client_test(history_is_kept_for_the_next_time),
		client_test(nobody_minds_if_history_cannot_be_kept),
		client_test(names_are_completed),
		client_test(an_interrupt_clears_the_line),
		client_test(an_interrupt_ends_the_command),
		client_test(an_interrupt_ends_what_waits_for_the_server),
	};

	return client_main("shell_tty", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
