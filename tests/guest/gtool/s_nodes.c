/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_nodes.c -- steps: FIFOs, sockets and device nodes.
 *
 * They live in the guest: the server keeps their names, types and modes, and
 * is never asked to open one.
 */

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "gtool.h"

static void
fifos(void)
{
	char buf[16] = "";
	int in, out;
	pid_t pid;

	DO(mkfifo("p", 0640));
	DO(mkfifo("p", 0640));
	DO(mkfifo("no/p", 0640));
	show("p");
	DO(open("p", O_WRONLY | O_NONBLOCK));
	in = DO(open("p", O_RDONLY | O_NONBLOCK));
	out = DO(open("p", O_WRONLY));
	DO(write(out, "through", 7));
	DO(read(in, buf, sizeof(buf)));
	note("%s", buf);
	DO(rename("p", "q"));
	DO(write(out, "renamed", 7));
	DO(read(in, buf, sizeof(buf)));
	note("%s", buf);
	DO(unlink("q"));
	DO(write(out, "removed", 7));
	DO(read(in, buf, sizeof(buf)));
	note("%s", buf);
	DO(close(out));
	DO(read(in, buf, sizeof(buf)));
	DO(close(in));

	/* Two processes meet. */
	DO(mkfifo("p", 0644));
	fflush(stdout);
	if ((pid = fork()) == 0) {
		out = open("p", O_WRONLY);
		_exit(write(out, "met", 3) == 3 ? 0 : 1);
	}
	in = DO(open("p", O_RDONLY));
	DO(read(in, buf, sizeof(buf)));
	note("%.3s", buf);
	waitpid(pid, NULL, 0);
	DO(ftruncate(in, 0));
	DO(chmod("p", 0600));
	DO(chown("p", 5, 6));
	DO(truncate("p", 0));
	dump();
}

static void
sockets(void)
{
	struct sockaddr_un name = { AF_UNIX, "s" };
	const struct sockaddr *sa = (const struct sockaddr *)&name;
	char buf[8] = "";
	int server, client, conn;

	server = DO(socket(AF_UNIX, SOCK_STREAM, 0));
	DO(bind(server, sa, sizeof(name)));
	show("s");
	DO(listen(server, 1));
	client = DO(socket(AF_UNIX, SOCK_STREAM, 0));
	DO(bind(client, sa, sizeof(name)));
	DO(connect(client, sa, sizeof(name)));
	conn = DO(accept(server, NULL, NULL));
	DO(write(client, "hello", 5));
	DO(read(conn, buf, sizeof(buf)));
	note("%s", buf);
	DO(open("s", O_RDWR));
	DO(close(conn));
	DO(close(client));
	DO(rename("s", "t"));
	strcpy(name.sun_path, "t");
	client = DO(socket(AF_UNIX, SOCK_STREAM, 0));
	DO(connect(client, sa, sizeof(name)));
	DO(close(client));
	DO(close(server));
	client = DO(socket(AF_UNIX, SOCK_STREAM, 0));
	DO(connect(client, sa, sizeof(name)));
	dump();
	DO(unlink("t"));
	DO(connect(client, sa, sizeof(name)));
}

static void
device_nodes(void)
{
	char c = 'x';
	int fd;

	DO(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	DO(mknod("zero", S_IFCHR | 0444, makedev(1, 5)));
	DO(mknod("block", S_IFBLK | 0660, makedev(7, 200)));
	DO(mknod("big", S_IFCHR | 0600, makedev(4095, 1048575)));
	DO(mknod("wide", S_IFBLK | 0600, makedev(259, 70000)));
	DO(mknod("none", S_IFCHR, makedev(0, 0)));
	DO(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
	dump();
	fd = DO(open("null", O_RDWR));
	DO(write(fd, "gone", 4));
	DO(read(fd, &c, 1));
	DO(close(fd));
	fd = DO(open("zero", O_RDONLY));
	DO(read(fd, &c, 1));
	note("%d", c);
	DO(close(fd));
	DO(open("big", O_RDONLY));
	DO(rename("null", "zero"));
	DO(link("zero", "null2"));
	dump();
}

static void
mknod_makes_plain_files_too(void)
{
	DO(mknod("f", S_IFREG | 0604, 0));
	DO(mknod("g", 0640, 0));
	DO(mknod("s", S_IFSOCK | 0600, 0));
	DO(mknod("p", S_IFIFO | 0666, 0));
	DO(mknod("d", S_IFDIR | 0755, 0));
	DO(mknod("l", S_IFLNK | 0755, 0));
	DO(mknod("x", 0170000, 0));
	DO(put("f", "text"));
	dump();
}

static void
users_make_no_devices(void)
{
	DO(chmod(".", 0777));
	AS(1000, 1000, 0)
	{
		DO(mknod("c", S_IFCHR | 0666, makedev(1, 3)));
		DO(mknod("b", S_IFBLK | 0666, makedev(1, 3)));
		DO(mknod("p", S_IFIFO | 0666, 0));
		DO(mknod("s", S_IFSOCK | 0666, 0));
		DO(mknod("f", S_IFREG | 0666, 0));
		dump();
	}
}

const struct topic nodes_group[] = {
	TOPIC(fifos),
	TOPIC(sockets),
	TOPIC(device_nodes),
	TOPIC(mknod_makes_plain_files_too),
	TOPIC(users_make_no_devices),
	TOPIC_END,
};
