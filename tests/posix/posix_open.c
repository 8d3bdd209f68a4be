/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_open.c -- open(2), openat(2), creat(2), close(2): what flags do.
 */

#include "file.h"

static void
creat_makes_an_empty_file(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	fd = opens(open("f", O_WRONLY | O_CREAT, 0640));
	st = look("f");
	yes(S_ISREG(st.st_mode));
	gives(0640, st.st_mode & 07777);
	gives(0, st.st_size);
	gives(1, st.st_nlink);
	gives(geteuid(), st.st_uid);
	gives(getegid(), st.st_gid);
	gives(4, write(fd, "text", 4));
	ok(close(fd));
	fd = opens(creat("f", 0600));
	gives(0, size_of("f"));
	gives(0640, mode_of("f"));
	fails(EBADF, read(fd, &st, 1));
	ok(close(fd));
	fd = opens(openat(AT_FDCWD, "g", O_RDWR | O_CREAT, 0600));
	gives(0600, mode_of("g"));
	ok(close(fd));
}

static void
the_umask_takes_bits_away(void **state)
{
	static const mode_t masks[] = { 0, 022, 027, 077, 0777 };
	mode_t old = umask(0);
	size_t i;

	(void)state;
	for (i = 0; i < nitems(masks); i++) {
		umask(masks[i]);
		ok(close(opens(creat("f", 0777))));
		gives(0777 & ~masks[i], mode_of("f"));
		ok(unlink("f"));
		ok(close(opens(open("f", O_RDWR | O_CREAT, 0666))));
		gives(0666 & ~masks[i], mode_of("f"));
		ok(unlink("f"));
	}
	umask(0);
	ok(close(opens(creat("f", 06755))));
	gives(06755, mode_of("f"));
	umask(old);
}

static void
what_is_there_is_opened_as_it_is(void **state)
{
	(void)state;
	put("f", "text");
	ok(chmod("f", 0604));
	ok(close(opens(open("f", O_RDWR | O_CREAT, 0777))));
	gives(0604, mode_of("f"));
	text("text", contents("f"));
	ok(symlink("f", "to_f"));
	ok(close(opens(open("to_f", O_RDWR | O_CREAT, 0777))));
	text("text", contents("f"));
	ok(symlink("new", "to_new"));
	fails(ENOENT, open("to_new", O_RDWR));
	ok(close(opens(open("to_new", O_RDWR | O_CREAT, 0611))));
	gives(0611, mode_of("new"));
	yes(S_ISLNK(look("to_new").st_mode));
}

static void
excl_makes_or_fails(void **state)
{
	static const char *const there[] = { "f", "d", "p", "l", "void", ".",
		".." };
	size_t i;

	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	ok(mkfifo("p", 0644));
	ok(symlink("f", "l"));
	ok(symlink("nothing", "void"));
	for (i = 0; i < nitems(there); i++) {
		fails(EEXIST, open(there[i], O_RDWR | O_CREAT | O_EXCL, 0644));
		fails(EEXIST,
		    open(there[i], O_RDWR | O_CREAT | O_EXCL | O_TRUNC, 0644));
	}
	text("text", contents("f"));
	yes(!exists("nothing"));
	ok(close(opens(open("new", O_RDWR | O_CREAT | O_EXCL, 0644))));
	fails(EEXIST, open("new", O_RDWR | O_CREAT | O_EXCL, 0644));
	ok(unlink("new"));
	ok(close(opens(open("new", O_RDONLY | O_CREAT | O_EXCL, 0))));
}

static void
trunc_empties_a_file(void **state)
{
	static const int modes[] = { O_WRONLY, O_RDWR };
	size_t i;
	int fd, other;

	(void)state;
	for (i = 0; i < 2; i++) {
		put("f", "text");
		other = opens(open("f", O_RDONLY));
		fd = opens(open("f", modes[i] | O_TRUNC));
		gives(0, fstat_of(fd).st_size);
		gives(0, size_of("f"));
		gives(0, read(other, &(char){ 0 }, 1));
		gives(0644, mode_of("f"));
		gives(0, lseek(fd, 0, SEEK_CUR));
		ok(close(fd));
		ok(close(other));
	}
	put("f", "text");
	ok(close(opens(open("f", O_WRONLY | O_TRUNC | O_CREAT, 0600))));
	gives(0, size_of("f"));
	ok(mkfifo("p", 0644));
	ok(close(opens(open("p", O_RDWR | O_TRUNC))));
	ok(mkdir("d", 0755));
	fails(EISDIR, open("d", O_RDONLY | O_TRUNC));
	fails(ENOENT, open("none", O_WRONLY | O_TRUNC));
}

static void
trunc_needs_write_permission(void **state)
{
	(void)state;
	put("f", "text");
	as(USER);
	fails(EACCES, open("f", O_WRONLY | O_TRUNC));
	fails(EACCES, open("f", O_RDWR | O_TRUNC));
	fails(EACCES, open("f", O_RDONLY | O_TRUNC));
	fails(EACCES, creat("f", 0644));
	as(0);
	text("text", contents("f"));
	ok(chmod("f", 0222));
	as(USER);
	fails(EACCES, open("f", O_RDWR | O_TRUNC));
	gives(4, size_of("f"));
	ok(close(opens(open("f", O_WRONLY | O_TRUNC))));
	as(0);
	gives(0, size_of("f"));
}

static void
append_writes_at_the_end(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "0123");
	other = opens(open("f", O_RDWR | O_APPEND));
	gives(O_APPEND, fcntl(other, F_GETFL) & O_APPEND);
	gives(0, lseek(other, 0, SEEK_CUR));
	gives(2, write(other, "45", 2));
	gives(6, lseek(other, 0, SEEK_CUR));
	text("012345", contents("f"));
	gives(1, lseek(other, 1, SEEK_SET));
	gives(2, read(other, &(char[2]){ 0 }, 2));
	gives(1, write(other, "6", 1));
	text("0123456", contents("f"));
	/* Whoever made it longer, and however. */
	gives(1, pwrite(fd, "7", 1, 7));
	gives(1, write(other, "8", 1));
	text("012345678", contents("f"));
	ok(ftruncate(fd, 2));
	gives(1, write(other, "x", 1));
	text("01x", contents("f"));
	ok(ftruncate(fd, 5));
	gives(1, write(other, "y", 1));
	gives(6, size_of("f"));
	text("y", text_at(fd, 5, 1));
	ok(close(other));
	ok(close(fd));
	fd = opens(open("new", O_WRONLY | O_APPEND | O_CREAT, 0644));
	gives(1, write(fd, "a", 1));
	gives(0, lseek(fd, 0, SEEK_SET));
	gives(1, write(fd, "b", 1));
	text("ab", contents("new"));
	ok(close(fd));
}

/* Linux appends then, too; POSIX would have it at the offset. */
static void
pwrite_appends_too(void **state)
{
	int fd;

	(void)state;
	put("f", "0123");
	fd = opens(open("f", O_RDWR | O_APPEND));
	gives(1, pwrite(fd, "4", 1, 0));
	text("01234", contents("f"));
	gives(0, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
}

static void
append_can_be_set_later(void **state)
{
	int fd = put_open("f", "0123");

	(void)state;
	ok(fcntl(fd, F_SETFL, O_APPEND));
	gives(O_APPEND, fcntl(fd, F_GETFL) & O_APPEND);
	gives(1, write(fd, "4", 1));
	text("01234", contents("f"));
	ok(close(fd));
}

static void
append_can_be_taken_away(void **state)
{
	int fd;

	(void)state;
	put("f", "0123");
	fd = opens(open("f", O_RDWR | O_APPEND));
	ok(fcntl(fd, F_SETFL, 0));
	gives(0, fcntl(fd, F_GETFL) & O_APPEND);
	gives(1, write(fd, "x", 1));
	text("x123", contents("f"));
	ok(close(fd));
}

static void
nofollow_refuses_links(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	put("d/f", "text");
	ok(symlink("f", "l"));
	ok(symlink("d", "ld"));
	ok(symlink("nothing", "void"));
	fails(ELOOP, open("l", O_RDONLY | O_NOFOLLOW));
	fails(ELOOP, open("l", O_WRONLY | O_NOFOLLOW | O_TRUNC));
	fails(ELOOP, open("l", O_RDWR | O_CREAT | O_NOFOLLOW, 0644));
	fails(ELOOP, open("void", O_RDWR | O_CREAT | O_NOFOLLOW, 0644));
	fails(ELOOP, open("ld", O_RDONLY | O_NOFOLLOW));
	ok(close(opens(open("f", O_RDONLY | O_NOFOLLOW))));
	ok(close(opens(open("d", O_RDONLY | O_NOFOLLOW))));
	ok(close(opens(open("ld/f", O_RDONLY | O_NOFOLLOW))));
	ok(close(opens(open("new", O_RDWR | O_CREAT | O_NOFOLLOW, 0644))));
	text("text", contents("f"));
	fd = opens(open("l", O_PATH | O_NOFOLLOW));
	yes(S_ISLNK(fstat_of(fd).st_mode));
	gives(1, readlinkat(fd, "", (char[8]){ 0 }, 8));
	ok(close(fd));
}

static void
directory_wants_a_directory(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkfifo("p", 0644));
	ok(mkdir("d", 0755));
	ok(symlink("d", "ld"));
	ok(symlink("f", "l"));
	fails(ENOTDIR, open("f", O_RDONLY | O_DIRECTORY));
	fails(ENOTDIR, open("p", O_RDONLY | O_DIRECTORY));
	fails(ENOTDIR, open("l", O_RDONLY | O_DIRECTORY));
	fails(ENOENT, open("none", O_RDONLY | O_DIRECTORY));
	fails(ENOTDIR, open("ld", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	ok(close(opens(open("d", O_RDONLY | O_DIRECTORY))));
	ok(close(opens(open("ld", O_RDONLY | O_DIRECTORY))));
	ok(close(opens(open(".", O_RDONLY | O_DIRECTORY))));
	ok(close(opens(open("..", O_PATH | O_DIRECTORY))));
}

static void
directories_are_only_read(void **state)
{
	(void)state;
	ok(mkdir("d", 0777));
	fails(EISDIR, open("d", O_WRONLY));
	fails(EISDIR, open("d", O_RDWR));
	fails(EISDIR, open("d", O_RDWR | O_APPEND));
	fails(EISDIR, open("d", O_RDWR | O_CREAT, 0644));
	fails(EISDIR, open("d", O_RDONLY | O_CREAT, 0644));
	fails(EISDIR, open("d", O_WRONLY | O_DIRECTORY));
	fails(EISDIR, open("new/", O_RDWR | O_CREAT, 0644));
	fails(EISDIR, creat(".", 0644));
	yes(!exists("new"));
}

static void
cloexec_is_of_the_descriptor(void **state)
{
	int fd, other;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY | O_CLOEXEC));
	gives(FD_CLOEXEC, fcntl(fd, F_GETFD));
	gives(O_RDONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
	other = opens(dup(fd));
	gives(0, fcntl(other, F_GETFD));
	ok(close(other));
	other = opens(fcntl(fd, F_DUPFD_CLOEXEC, 100));
	yes(other >= 100);
	gives(FD_CLOEXEC, fcntl(other, F_GETFD));
	ok(close(other));
	ok(close(fd));
	fd = opens(open("f", O_RDWR));
	gives(0, fcntl(fd, F_GETFD));
	gives(O_RDWR, fcntl(fd, F_GETFL) & O_ACCMODE);
	ok(close(fd));
	fd = opens(open("f", O_WRONLY));
	gives(O_WRONLY, fcntl(fd, F_GETFL) & O_ACCMODE);
	ok(close(fd));
}

static void
the_lowest_descriptor_is_taken(void **state)
{
	int a, b;

	(void)state;
	put("f", "text");
	a = opens(open("f", O_RDONLY));
	b = opens(open("f", O_RDONLY));
	yes(b > a);
	ok(close(a));
	gives(a, open("f", O_RDONLY));
	ok(close(a));
	ok(close(b));
	fails(EBADF, close(a));
	fails(EBADF, close(b));
	fails(EBADF, close(-1));
	fails(EBADF, fcntl(a, F_GETFD));
}

static void
synchronous_writes_are_writes(void **state)
{
	static const int flags[] = { O_SYNC, O_DSYNC, O_SYNC | O_APPEND,
		O_DSYNC | O_TRUNC };
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < nitems(flags); i++) {
		fd = opens(open("f", O_RDWR | O_CREAT | flags[i], 0644));
		gives(flags[i] & O_SYNC, fcntl(fd, F_GETFL) & O_SYNC);
		gives(4, write(fd, "text", 4));
		text("text", text_at(fd, 0, 4));
		ok(close(fd));
	}
	gives(4, size_of("f"));
}

const struct CMUnitTest posix_open[] = {
	cmocka_unit_test(creat_makes_an_empty_file),
	cmocka_unit_test(the_umask_takes_bits_away),
	cmocka_unit_test(what_is_there_is_opened_as_it_is),
	cmocka_unit_test(excl_makes_or_fails),
	cmocka_unit_test(trunc_empties_a_file),
	cmocka_unit_test(trunc_needs_write_permission),
	cmocka_unit_test(append_writes_at_the_end),
	cmocka_unit_test(pwrite_appends_too),
	cmocka_unit_test(append_can_be_set_later),
	cmocka_unit_test(append_can_be_taken_away),
	cmocka_unit_test(nofollow_refuses_links),
	cmocka_unit_test(directory_wants_a_directory),
	cmocka_unit_test(directories_are_only_read),
	cmocka_unit_test(cloexec_is_of_the_descriptor),
	cmocka_unit_test(the_lowest_descriptor_is_taken),
	cmocka_unit_test(synchronous_writes_are_writes),
	{ 0 },
};
