/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_perm.c -- steps: who may do what, and what happens to setuid and setgid.
 *
 * The users: 1000 with group 1000, which the server knows as a member of
 * group 2000 (the rig sees to that), and 1001, of whom it has never heard.
 */

#include <sys/wait.h>

#include "gtool.h"

static void
reading_and_writing_need_the_bits(void)
{
	DO(put("r600", "x"));
	DO(chmod("r600", 0600));
	DO(put("r644", "x"));
	DO(put("r666", "x"));
	DO(chmod("r666", 0666));
	DO(put("r000", "x"));
	DO(chmod("r000", 0));
	DO(put("w222", "x"));
	DO(chmod("w222", 0222));
	AS(1000, 1000, 0)
	{
		DO(open("r600", O_RDONLY));
		DO(open("r600", O_WRONLY));
		DO(close(DO(open("r644", O_RDONLY))));
		DO(open("r644", O_WRONLY));
		DO(open("r644", O_RDWR));
		DO(open("r644", O_RDONLY | O_TRUNC));
		DO(truncate("r644", 0));
		DO(put("r666", "user"));
		DO(put_more("r666", " more"));
		DO(truncate("r666", 4));
		DO(open("w222", O_RDONLY));
		DO(open("w222", O_RDWR));
		DO(close(DO(open("w222", O_WRONLY))));
		DO(put("w222", "blind"));
		DO(access("r600", R_OK));
		DO(access("r644", R_OK | W_OK));
		DO(access("r644", R_OK));
		DO(access("r644", X_OK));
		DO(access("r600", F_OK));
		DO(open("r000", O_PATH));
	}
	/* Root may. */
	DO(put("r000", "root"));
	show("r000");
	DO(access("r000", R_OK | W_OK));
	DO(access("r000", X_OK));
	dump();
}

static void
directories_need_the_bits(void)
{
	DO(mkdir("d700", 0700));
	DO(put("d700/f", "x"));
	DO(mkdir("d711", 0711));
	DO(put("d711/f", "x"));
	DO(mkdir("d744", 0744));
	DO(put("d744/f", "x"));
	DO(mkdir("d755", 0755));
	DO(put("d755/f", "x"));
	DO(mkdir("d773", 0773));
	DO(chmod("d773", 0773));
	DO(put("d773/f", "x"));
	AS(1000, 1000, 0)
	{
		DO(access("d700/f", F_OK));
		DO(open("d700", O_RDONLY));
		DO(chdir("d700"));
		DO(open("d711", O_RDONLY));
		DO(access("d711/f", R_OK));
		DO(access("d744/f", F_OK));
		DO(close(DO(open("d744", O_RDONLY))));
		DO(put("d755/g", "x"));
		DO(mkdir("d755/e", 0755));
		DO(unlink("d755/f"));
		DO(rename("d755/f", "d755/g"));
		DO(symlink("x", "d755/l"));
		DO(link("d755/f", "d773/l"));
		DO(mkfifo("d755/p", 0644));
		DO(open("d773", O_RDONLY));
		DO(put("d773/g", "x"));
		DO(unlink("d773/f"));
		DO(unlink("d773/missing"));
		DO(unlink("d755/missing"));
		DO(mkdir("d773/e", 0));
		DO(mkdir("d773/e/below", 0755));
		DO(access("d773/e/missing", F_OK));
		DO(rmdir("d773/e"));
		DO(chmod("d755", 0777));
		DO(rmdir("d700"));
	}
	DO(chmod("d755", 0));
	DO(put("d755/root", "x"));
	DO(chmod("d755", 0755));
	dump();
}

static void
new_files_belong_to_their_maker(void)
{
	int fd;

	DO(chmod(".", 0777));
	AS(1000, 1000, 0)
	{
		DO(put("f", "x"));
		DO(mkdir("d", 0700));
		DO(symlink("f", "l"));
		DO(mkfifo("p", 0600));
		fd = DO(open("r", O_RDWR | O_CREAT, 0400));
		DO(write(fd, "mine", 4));
		DO(close(fd));
		DO(open("r", O_RDWR));
		DO(put("d/f", "below"));
		fd = DO(open("n", O_RDWR | O_CREAT, 0));
		DO(write(fd, "none", 4));
		show_text(fd, 0, 8);
		DO(fchmod(fd, 0600));
		DO(close(fd));
	}
	AS(1001, 2001, 0)
	{
		DO(put("g", "x"));
		DO(open("d/f", O_RDONLY));
		DO(rename("f", "h"));
		DO(unlink("g"));
	}
	dump();
}

static void
only_owners_change_attributes(void)
{
	struct timespec when[2] = { { 1000000000, 0 }, { 1100000000, 0 } };

	DO(chmod(".", 0777));
	DO(put("roots", "x"));
	DO(chmod("roots", 0666));
	AS(1000, 1000, 2000)
	{
		DO(put("mine", "x"));
		DO(chmod("roots", 0777));
		DO(chown("roots", 1000, 1000));
		DO(utimensat(AT_FDCWD, "roots", when, 0));
		DO(utimensat(AT_FDCWD, "roots", NULL, 0));
		DO(chmod("mine", 0751));
		DO(chown("mine", 0, (gid_t)-1));
		DO(chown("mine", 1001, (gid_t)-1));
		DO(chown("mine", (uid_t)-1, 1000));
		DO(chown("mine", 1000, 1000));
		DO(chown("mine", (uid_t)-1, 0));
		DO(chown("mine", (uid_t)-1, 2000));
		DO(utimensat(AT_FDCWD, "mine", when, 0));
	}
	DO(chmod("roots", 0644));
	AS(1000, 1000, 0)
	{
		DO(utimensat(AT_FDCWD, "roots", NULL, 0));
	}
	dump();
}

static void
a_group_of_many(void)
{
	DO(mkdir("d", 0770));
	DO(chown("d", 0, 2000));
	DO(put("f", "group"));
	DO(chmod("f", 0660));
	DO(chown("f", 0, 2000));
	DO(put("not", "group"));
	DO(chmod("not", 0606));
	DO(chown("not", 0, 2000));
	AS(1000, 1000, 2000)
	{
		DO(put_more("f", " member"));
		DO(put("d/new", "x"));
		DO(open("not", O_RDONLY));
	}
	AS(1001, 1001, 0)
	{
		DO(open("f", O_RDONLY));
		DO(put("d/other", "x"));
		DO(close(DO(open("not", O_RDONLY))));
	}
	AS(1000, 1000, 0)
	{
		DO(open("f", O_RDONLY));
	}
	dump();
}

static void
the_sticky_bit_protects(void)
{
	DO(mkdir("tmp", 0777));
	DO(chmod("tmp", 01777));
	DO(put("tmp/roots", "x"));
	DO(chmod("tmp/roots", 0666));
	DO(mkdir("tmp/rootsdir", 0777));
	AS(1000, 1000, 0)
	{
		DO(put("tmp/users", "x"));
		DO(mkdir("tmp/dir", 0777));
		DO(unlink("tmp/roots"));
		DO(rmdir("tmp/rootsdir"));
		DO(put("tmp/roots", "written"));
	}
	AS(1001, 1001, 0)
	{
		DO(unlink("tmp/users"));
		DO(rmdir("tmp/dir"));
		DO(rename("tmp/users", "tmp/z"));
	}
	AS(1000, 1000, 0)
	{
		DO(unlink("tmp/users"));
		DO(rmdir("tmp/dir"));
	}
	DO(chown("tmp", 1001, 0));
	AS(1001, 1001, 0)
	{
		DO(unlink("tmp/roots"));
	}
	DO(rmdir("tmp/rootsdir"));
	dump();
}

static void
setgid_directories_pass_their_group_on(void)
{
	int fd;

	DO(mkdir("d", 0777));
	DO(chown("d", 0, 2000));
	DO(chmod("d", 02777));
	show("d");
	DO(put("d/roots", "x"));
	DO(mkdir("d/rootsdir", 0755));
	AS(1000, 1000, 0)
	{
		DO(put("d/f", "x"));
		DO(mkdir("d/e", 0755));
		DO(put("d/e/g", "x"));
		DO(symlink("x", "d/l"));
		DO(mkfifo("d/p", 0644));
		fd = DO(open("d/set", O_WRONLY | O_CREAT, 02775));
		DO(close(fd));
	}
	AS(1001, 1001, 0)
	{
		fd = DO(open("d/set2", O_WRONLY | O_CREAT, 02775));
		DO(close(fd));
		DO(mkdir("d/e2", 0755));
	}
	dump();
}

static void
chmod_may_drop_setgid(void)
{
	DO(chmod(".", 0777));
	AS(1000, 1000, 0)
	{
		DO(put("f", "x"));
		DO(mkdir("d", 0755));
		DO(chmod("f", 06755));
		DO(chmod("d", 02755));
		show("f");
		show("d");
	}
	DO(chown("f", 1000, 3000));
	DO(chown("d", 1000, 3000));
	AS(1000, 1000, 0)
	{
		DO(chmod("f", 06755));
		DO(chmod("d", 03755));
		show("f");
		show("d");
	}
	DO(chmod("f", 06755));
	dump();
}

/* Make f a setuid program that anyone may write to. */
static void
suid(mode_t mode)
{
	DO(put("f", "#!/bin/sh\n"));
	DO(chown("f", 1001, 1001));
	DO(chmod("f", mode));
}

static void
writing_clears_setuid(void)
{
	int fd;

	suid(06777);
	AS(1000, 1000, 0)
	{
		fd = DO(open("f", O_WRONLY));
		show("f");
		DO(write(fd, "x", 1));
		DO(close(fd));
		show("f");
	}
	suid(06767); /* no group execution: setgid means something else */
	AS(1000, 1000, 0)
	{
		fd = DO(open("f", O_WRONLY | O_APPEND));
		DO(write(fd, "x", 1));
		DO(close(fd));
		show("f");
	}
	suid(06777);
	AS(1000, 1000, 0)
	{
		DO(truncate("f", 3));
		show("f");
	}
	suid(06777);
	AS(1000, 1000, 0)
	{
		fd = DO(open("f", O_WRONLY | O_TRUNC));
		DO(close(fd));
		show("f");
	}
	suid(06777);
	AS(1001, 1001, 0)
	{
		DO(put_more("f", "owner"));
		show("f");
	}
	suid(06777);
	DO(put_more("f", "root"));
	show("f");
	suid(06777);
	DO(truncate("f", 1));
	show("f");
}

static void
chown_clears_setuid(void)
{
	suid(06777);
	DO(chown("f", 1000, 1000));
	show("f");
	suid(06767);
	DO(chown("f", 1000, 1000));
	show("f");
	suid(06777);
	AS(1001, 1001, 0)
	{
		DO(chown("f", 1001, 1001));
		show("f");
	}
	suid(06777);
	DO(chown("f", (uid_t)-1, 1000));
	show("f");
	DO(mkdir("d", 0755));
	DO(chmod("d", 06755));
	DO(chown("d", 1, 2));
	show("d");
}

static void
programs_need_the_x(void)
{
	int status, i;
	pid_t pid;

	DO(put("f", "#!/bin/sh\nexit 3\n"));
	for (i = 0; i < 4; i++) {
		static const mode_t modes[] = { 0644, 0755, 0754, 0111 };

		chmod("f", modes[i]);
		AS(1000, 1000, 0)
		{
			fflush(stdout);
			if ((pid = fork()) == 0) {
				close(STDERR_FILENO);
				execl("./f", "f", (char *)NULL);
				_exit(errno);
			}
			waitpid(pid, &status, 0);
			note("mode %o: %d", modes[i], WEXITSTATUS(status));
		}
	}
}

static void
links_to_foreign_files(void)
{
	DO(chmod(".", 0777));
	DO(put("f", "x"));
	DO(chmod("f", 0600));
	DO(put("g", "x"));
	AS(1000, 1000, 0)
	{
		DO(link("f", "f2"));
		DO(link("g", "g2"));
		DO(unlink("g"));
		DO(rename("f", "h"));
	}
	dump();
}

const struct topic perm_group[] = {
	TOPIC(reading_and_writing_need_the_bits),
	TOPIC(directories_need_the_bits),
	TOPIC(new_files_belong_to_their_maker),
	TOPIC(only_owners_change_attributes),
	TOPIC(a_group_of_many),
	TOPIC(the_sticky_bit_protects),
	TOPIC(setgid_directories_pass_their_group_on),
	TOPIC(chmod_may_drop_setgid),
	TOPIC(writing_clears_setuid),
	TOPIC(chown_clears_setuid),
	TOPIC(programs_need_the_x),
	TOPIC(links_to_foreign_files),
	TOPIC_END,
};
