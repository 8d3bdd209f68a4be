/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_helper.c -- mount.etfs, as far as it goes without a kernel that mounts:
 * what it makes of its arguments, and what it says when something is wrong.
 * It is $MOUNT_ETFS, or build/mount.etfs.
 */

#include <sys/stat.h>
#include <sys/wait.h>

#include "client.h"

#define DEFAULTS "version=9p2000.L,access=client,msize=1048576,cache=none"
#define BY_FD "mount -t 9p -o trans=fd,rfdno=N,wfdno=N," DEFAULTS " "
#define HANDED " # N: a descriptor that is connected\n"

/* Behind the program's name, for sh; it has to exit and say so. */
static void
expect(int line, struct client *c, const char *args, int status,
    const char *said, bool whole)
{
	const char *program = getenv("MOUNT_ETFS");
	char command[2048], *out = temp_path(c->tmp, "said"), *got;
	int rc;

	snprintf(command, sizeof(command), "%s %s >%s 2>&1",
	    program != NULL ? program : "build/mount.etfs", args, out);
	rc = WEXITSTATUS(system(command));
	got = temp_read(out, NULL);
	if (rc != status ||
	    (whole ? strcmp(got, said) != 0 : strstr(got, said) == NULL))
		fail_msg("line %d: %s: exit status %d, and it says: %s", line,
		    args, rc, got);
	free(got);
	free(out);
}
#define prints(args, said) expect(__LINE__, *state, args, 0, said, true)
#define fails_with(status, args, said)                                         \
	expect(__LINE__, *state, args, status, "mount.etfs: " said "\n", true)

static void
an_ipv4_address_is_left_to_the_kernel(void **state)
{
	prints("--print tcp:127.0.0.1:5640 /mnt",
	    "mount -t 9p -o trans=tcp,port=5640,privport," DEFAULTS
	    " 127.0.0.1 /mnt\n");
	prints("--print tcp:127.0.0.1:1:/a/b /mnt -o noprivport",
	    "mount -t 9p -o trans=tcp,port=1," DEFAULTS
	    ",aname=/a/b 127.0.0.1 /mnt\n");
}

static void
a_unix_socket_is_left_to_the_kernel(void **state)
{
	prints("--print unix:/run/s /mnt",
	    "mount -t 9p -o trans=unix," DEFAULTS " /run/s /mnt\n");
	prints("--print unix:s:/a:/b /mnt",
	    "mount -t 9p -o trans=unix," DEFAULTS ",aname=/a:/b s /mnt\n");
	prints("--print 'unix:/a\\:/b\\,c:/t' '/m n'",
	    "mount -t 9p -o trans=unix," DEFAULTS ",aname=/t /a:/b,c '/m n'\n");
}

static void
what_the_kernel_cannot_connect_to_it_is_handed(void **state)
{
	prints("--print tcp:host:1 /mnt", BY_FD "tcp:host:1 /mnt" HANDED);
	prints("--print 'tcp:[::1]:1' /mnt", BY_FD "'tcp:[::1]:1' /mnt" HANDED);
	prints("--print vsock:2:1 /mnt", BY_FD "vsock:2:1 /mnt" HANDED);
	prints("--print fd:0 /mnt", BY_FD "fd:0 /mnt" HANDED);
	prints("--print 'exec:it'\\''s a:/b' /mnt",
	    BY_FD "'exec:it'\\''s a:/b' /mnt" HANDED);
}

static void
options_go_where_they_belong(void **state)
{
	prints("--print unix:s /mnt -o ro,nosuid,noatime,noexec,exec,x-y.z,"
	       "_netdev,defaults,posixacl -o uname=me,rw",
	    "mount -t 9p -o nosuid,noatime,trans=unix," DEFAULTS
	    ",posixacl,uname=me s /mnt\n");
	prints("--print unix:s /mnt -n -s -o "
	       "msize=8192,access=any,cache=mmap,version=9p2000.L,aname=/x",
	    "mount -t 9p -o trans=unix,msize=8192,access=any,cache=mmap,"
	    "version=9p2000.L,aname=/x s /mnt\n");
	prints("--print unix:s /mnt -o cachetag=x,xcache=y",
	    "mount -t 9p -o trans=unix," DEFAULTS
	    ",cachetag=x,xcache=y s /mnt\n");
}

static void
arguments_that_make_no_sense_are_told(void **state)
{
	expect(__LINE__, *state, "", 1, "usage: mount -t etfs", false);
	expect(__LINE__, *state, "unix:s", 1, "usage: mount", false);
	expect(__LINE__, *state, "-x unix:s /mnt", 1, "usage: mount", false);
	expect(__LINE__, *state, "--help", 0, "usage: mount", false);
	fails_with(1, "--print host:/x /mnt",
	    "address: host:/x: it has to begin with tcp:, unix:, vsock:, fd: or "
	    "exec:");
	fails_with(1, "--print tcp:host /mnt",
	    "address: tcp:host: it has to be tcp:HOST:PORT");
	fails_with(1, "--print unix:s /mnt -o trans=tcp",
	    "option trans=tcp: the address tells that");
	fails_with(1, "--print unix:s /mnt -o port=1",
	    "option port=1: the address tells that");
	fails_with(1, "--print unix:s /mnt -o version=9p2000",
	    "option version=9p2000: it is always 9p2000.L");
	fails_with(1, "--print unix:s:/a /mnt -o aname=/b",
	    "option aname: the tree is in unix:s:/a already");
	fails_with(1, "--print unix:s:/a,b /mnt",
	    "/a,b: the kernel takes no tree with a comma in its name");
}

/* The directory is there; -f does all but the mount. */
static void
with_server(struct client *c, int line, const char *more, const char *options,
    int status, const char *said)
{
	char args[1024], want[1024];

	snprintf(args, sizeof(args), "-f %s%s %s %s", c->srv->addr[0], more,
	    c->tmp, options);
	snprintf(want, sizeof(want), said, c->srv->addr[0], more);
	expect(line, c, args, status, want, true);
}

static void
a_server_that_answers_is_good(void **state)
{
	struct client *c = *state;
	char args[1024];

	with_server(c, __LINE__, "", "", 0, "");
	ok(etfsc_mkdir(c->fs, "dir", 0777));
	snprintf(args, sizeof(args), ":%s/dir", c->home);
	with_server(c, __LINE__, args, "", 0, "");
	snprintf(args, sizeof(args), "-o aname=%s/dir", c->home);
	with_server(c, __LINE__, "", args, 0, "");
	snprintf(args, sizeof(args), "-f 'exec:%s -l stdio 2>&-' %s",
	    server_binary(), c->tmp);
	prints(args, "");
}

static void
a_tree_that_is_not_there_is_told(void **state)
{
	with_server(*state, __LINE__, ":/no/such", "", 32,
	    "mount.etfs: %s%s: attach: /no/such: No such file or directory: "
	    "the server has no such tree\n");
}

/*
 * The same as somebody who is not root, for whom there is a copy: the program
 * may be where others cannot look.
 */
static void
expect_user(
    int line, struct client *c, const char *args, int status, const char *said)
{
	const char *program = getenv("MOUNT_ETFS");
	char command[1024], *copy = temp_path(c->tmp, "copy"), *was = NULL;

	chmod(c->tmp, 0755);
	snprintf(command, sizeof(command), "cp %s %s && chmod 755 %s",
	    program != NULL ? program : "build/mount.etfs", copy, copy);
	assert_int_equal(system(command), 0);
	if (program != NULL)
		was = strdup(program);
	snprintf(command, sizeof(command), "%s %s",
	    wire_root() ? "setpriv --reuid 1 --clear-groups" : "", copy);
	setenv("MOUNT_ETFS", command, 1);
	expect(line, c, args, status, said, true);
	if (was != NULL)
		setenv("MOUNT_ETFS", was, 1);
	else
		unsetenv("MOUNT_ETFS");
	free(was);
	free(copy);
}

static void
who_is_not_let_in_is_told(void **state)
{
	struct client *c = *state;
	char args[1024], want[1024];

	ok(etfsc_mkdir(c->fs, "secret", 0));
	chmod(c->srv->sockets[0], 0);
	snprintf(args, sizeof(args), "-f %s /", c->srv->addr[0]);
	snprintf(want, sizeof(want),
	    "mount.etfs: %s: connect: %s: Permission denied: no permission to "
	    "connect\n",
	    c->srv->addr[0], c->srv->addr[0]);
	expect_user(__LINE__, c, args, 32, want);
	chmod(c->srv->sockets[0], 0666);
	snprintf(args, sizeof(args), "-f %s:%s/secret/x /", c->srv->addr[0],
	    c->home);
	snprintf(want, sizeof(want),
	    "mount.etfs: %s:%s/secret/x: attach: %s/secret/x: Permission "
	    "denied: the server does not let this user in\n",
	    c->srv->addr[0], c->home, c->home);
	expect_user(__LINE__, c, args, 32, want);
}

static void
no_server_is_told(void **state)
{
	fails_with(32, "-f tcp:127.0.0.1:1 /tmp",
	    "tcp:127.0.0.1:1: connect: 127.0.0.1, port 1: Connection "
	    "refused: no server listens there");
	fails_with(32, "-f unix:/no/such /tmp",
	    "unix:/no/such: connect: unix:/no/such: No such file or "
	    "directory: there is no such socket");
	fails_with(32, "-f exec:cat /tmp",
	    "exec:cat: protocol: the server sent Tversion to Tversion, which "
	    "makes no sense: that "
	    "is no 9P server");
	expect(__LINE__, *state, "-f 'exec:exit 3' /tmp", 32,
	    "mount.etfs: the command ended with exit status 3\n", false);
	fails_with(
	    32, "-f fd:77 /tmp", "fd:77: connect: fd:77: Bad file descriptor");
}

static void
a_server_of_another_version_is_told(void **state)
{
	/* Rversion: unknown, with an msize of 8192. */
	expect(__LINE__, *state,
	    "-f 'exec:printf \"\\24\\0\\0\\0e\\377\\377\\0\\40\\0\\0\\7\\0"
	    "unknown\"; cat >/dev/null' /tmp",
	    32, "version: the server does not speak 9P2000.L: a server", false);
}

static void
a_place_that_is_no_directory_is_told(void **state)
{
	fails_with(32, "-f unix:/s /no/such",
	    "/no/such: No such file or "
	    "directory");
	fails_with(
	    32, "-f unix:/s /dev/null", "/dev/null: it is not a directory");
}

/* Of another directory, by a short name that exists only meanwhile. */
static void
a_long_path_of_a_socket_is_found(void **state)
{
	struct client *c = *state;
	char deep[512], args[1100], *dir = temp_path(c->tmp, "d");

	mkdir(dir, 0755);
	snprintf(deep, sizeof(deep), "%s/%0150d", dir, 0);
	mkdir(deep, 0755);
	snprintf(args, sizeof(args), "%s/socket", deep);
	assert_int_equal(symlink(c->srv->sockets[0], args), 0);
	snprintf(args, sizeof(args), "-f unix:%s/socket:/no %s", deep, c->tmp);
	expect(__LINE__, c, args, 32,
	    ": /no: No such file or directory: the server has no", false);
	snprintf(args, sizeof(args), "-f unix:%s/socket %s", deep, c->tmp);
	prints(args, "");
	free(dir);
}

static void
only_root_is_told_that_it_can_mount(void **state)
{
	expect_user(__LINE__, *state, "unix:/s /", 1,
	    "mount.etfs: only root can mount\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(an_ipv4_address_is_left_to_the_kernel),
		client_test(a_unix_socket_is_left_to_the_kernel),
		client_test(what_the_kernel_cannot_connect_to_it_is_handed),
		client_test(options_go_where_they_belong),
		client_test(arguments_that_make_no_sense_are_told),
		client_test(a_server_that_answers_is_good),
		client_test(a_tree_that_is_not_there_is_told),
		client_test(who_is_not_let_in_is_told),
		client_test(no_server_is_told),
		client_test(a_server_of_another_version_is_told),
		client_test(a_place_that_is_no_directory_is_told),
		client_test(a_long_path_of_a_socket_is_found),
		client_test(only_root_is_told_that_it_can_mount),
	};

	return client_main("helper", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
