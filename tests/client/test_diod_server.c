/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_diod_server.c -- our library and mount.etfs with diod, another project's
 * server, which knows an earlier 9P2000.L: it has neither Trenameat nor
 * Tunlinkat, but what came before them, which the library uses then; and it
 * takes messages of 64 KiB.
 */

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "client.h"

/* A diod that has a directory of the run's as its only tree, and that. */
struct diod {
	struct client *c;
	char *dir;
	char addr[1024];
	struct etfsc *fs;
};

static void
set_up(struct diod *d, void **state)
{
	struct etfsc_options opt = { 0 };

	d->c = *state;
	d->dir = temp_dir();
	opt.aname = d->dir;
	snprintf(d->addr, sizeof(d->addr),
	    "exec:cd %s; exec diod -f -n -N -c /dev/null -r 0 -w 0 -e %s "
	    "-L %s/diod.log",
	    d->c->tmp, d->dir, d->c->tmp);
	if (etfsc_mount(d->addr, &opt, &d->fs) != 0)
		fail_msg("%s", etfsc_reason(d->fs));
}

static void
tear_down(struct diod *d)
{
	assert_null(etfsc_reason(d->fs));
	ok(etfsc_release(d->fs));
	temp_remove(d->dir);
}

/* Of a name there, on the host. */
static struct stat
host_stat(struct diod *d, const char *name)
{
	char *path = temp_path(d->dir, name);
	struct stat st = { 0 };

	assert_int_equal(lstat(path, &st), 0);
	free(path);
	return st;
}

static void
contents_are_written_and_read(void **state)
{
	enum {
		LEN = 3000000
	};
	uint8_t *data = malloc(LEN), *got = malloc(LEN);
	struct etfsc_file *file;
	struct diod d;

	set_up(&d, state);
	assert_int_equal(etfsc_msize(d.fs), 65536);
	client_pattern(data, LEN, 0);
	ok(etfsc_open(d.fs, "f", O_RDWR | O_CREAT | O_EXCL, 0640, &file));
	gives(LEN, etfsc_write(file, data, LEN, 0));
	gives(LEN, etfsc_read(file, got, LEN, 0));
	assert_memory_equal(got, data, LEN);
	gives(10, etfsc_read(file, got, 100, LEN - 10));
	ok(etfsc_fsync(file));
	ok(etfsc_ftruncate(file, 7));
	ok(etfsc_close(file));
	assert_int_equal(host_stat(&d, "f").st_size, 7);
	fails(EEXIST, etfsc_open(d.fs, "f", O_CREAT | O_EXCL, 0640, &file));
	fails(ENOENT, etfsc_open(d.fs, "no", O_RDONLY, 0, &file));
	tear_down(&d);
	free(data);
	free(got);
}

static void
all_kinds_of_files_are_made(void **state)
{
	struct etfsc_attr attr;
	struct diod d;
	char text[16];

	set_up(&d, state);
	ok(etfsc_mkdirs(d.fs, "a/b", 0755));
	client_put(d.fs, "a/b/f", "text");
	ok(etfsc_link(d.fs, "a/b/f", "a/g"));
	ok(etfsc_symlink(d.fs, "b/f", "a/l"));
	ok(etfsc_mkfifo(d.fs, "a/p", 0600));
	assert_int_equal(host_stat(&d, "a/g").st_nlink, 2);
	assert_true(S_ISFIFO(host_stat(&d, "a/p").st_mode));
	assert_true(S_ISLNK(host_stat(&d, "a/l").st_mode));
	gives(3, etfsc_readlink(d.fs, "a/l", text, sizeof(text)));
	gives(4, etfsc_read_path(d.fs, "a/l", text, sizeof(text), 0));
	ok(etfsc_chdir(d.fs, "a/b"));
	ok(etfsc_stat(d.fs, "../../a/l", &attr));
	assert_int_equal(attr.size, 4);
	assert_int_equal(attr.nlink, 2);
	tear_down(&d);
}

static void
attributes_are_set(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1000 },
		{ .tv_sec = 2000, .tv_nsec = 500 } };
	struct etfsc_statfs sf;
	struct etfsc_attr attr;
	struct diod d;
	struct stat st;

	set_up(&d, state);
	client_put(d.fs, "f", "0123456789");
	ok(etfsc_chmod(d.fs, "f", 0604));
	ok(etfsc_truncate(d.fs, "f", 4));
	ok(etfsc_utimes(d.fs, "f", times));
	ok(etfsc_stat(d.fs, "f", &attr));
	st = host_stat(&d, "f");
	assert_int_equal(st.st_mode, S_IFREG | 0604);
	assert_int_equal(attr.mode, st.st_mode);
	assert_int_equal(attr.uid, st.st_uid);
	assert_int_equal(attr.size, 4);
	assert_int_equal(attr.mtime.tv_sec, 2000);
	assert_int_equal(st.st_mtim.tv_sec, 2000);
	ok(etfsc_statfs(d.fs, "/", &sf));
	assert_true(sf.blocks > 0);
	tear_down(&d);
}

static void
directories_are_listed(void **state)
{
	enum {
		N = 2500
	};
	unsigned int seen[N] = { 0 }, i;
	struct etfsc_dirent entry;
	struct etfsc_dir *dir;
	struct diod d;
	char name[32];
	int rc;

	set_up(&d, state);
	for (i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "a-somewhat-longer-name-%u", i);
		ok(etfsc_mkdir(d.fs, name, 0755));
	}
	ok(etfsc_opendir(d.fs, "/", &dir));
	while ((rc = etfsc_readdir(dir, &entry)) == 1)
		if (sscanf(entry.name, "a-somewhat-longer-name-%u", &i) == 1)
			seen[i]++;
	ok(rc);
	ok(etfsc_closedir(dir));
	for (i = 0; i < N; i++)
		assert_int_equal(seen[i], 1);
	tear_down(&d);
}

static void
files_are_locked(void **state)
{
	struct etfsc_lock lk = { .type = F_WRLCK, .start = 5, .length = 10 };
	struct etfsc_file *file;
	struct diod d;

	set_up(&d, state);
	ok(etfsc_create(d.fs, "f", 0600, &file));
	ok(etfsc_lock(file, &lk, false));
	ok(etfsc_unlock(file, &lk));
	ok(etfsc_getlock(file, &lk));
	assert_int_equal(lk.type, F_UNLCK);
	ok(etfsc_close(file));
	tear_down(&d);
}

/* By Trename and Tremove, which do not know what a directory is. */
static void
names_are_changed_by_older_messages(void **state)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_attr attr;
	struct diod d;

	set_up(&d, state);
	client_put(d.fs, "f", "");
	ok(etfsc_mkdir(d.fs, "d", 0777));
	etfsc_trenameat(
	    d.fs, &req, etfsc_root(d.fs), "f", etfsc_root(d.fs), "g");
	fails(EOPNOTSUPP, etfsc_wait(d.fs, &req));
	ok(etfsc_rename(d.fs, "f", "d/g"));
	ok(etfsc_symlink(d.fs, "d", "l"));
	host_stat(&d, "d/g");
	client_put(d.fs, "h", "text");
	ok(etfsc_rename(d.fs, "h", "d/g"));
	assert_int_equal(host_stat(&d, "d/g").st_size, 4);
	fails(ENOENT, etfsc_rename(d.fs, "h", "i"));
	fails(EISDIR, etfsc_unlink(d.fs, "d"));
	fails(ENOTEMPTY, etfsc_rmdir(d.fs, "d"));
	fails(ENOTDIR, etfsc_rmdir(d.fs, "d/g"));
	fails(ENOENT, etfsc_unlink(d.fs, "h"));
	ok(etfsc_unlink(d.fs, "d/g"));
	ok(etfsc_unlink(d.fs, "l"));
	ok(etfsc_rmdir(d.fs, "d"));
	fails(ENOENT, etfsc_stat(d.fs, "d", &attr));
	tear_down(&d);
}

/* With -f: what a kernel would make of it, another test has to tell. */
static void
mount_etfs_finds_it(void **state)
{
	const char *program = getenv("MOUNT_ETFS");
	char command[2048];
	struct diod d;

	set_up(&d, state);
	snprintf(command, sizeof(command), "%s -f '%s' %s -o aname=%s",
	    program != NULL ? program : "build/mount.etfs", d.addr, d.dir,
	    d.dir);
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command),
	    "%s -f '%s' %s -o aname=/no 2>&1 | grep -q 'does not let\\|no such'",
	    program != NULL ? program : "build/mount.etfs", d.addr, d.dir);
	assert_int_equal(system(command), 0);
	tear_down(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(contents_are_written_and_read),
		client_test(all_kinds_of_files_are_made),
		client_test(attributes_are_set),
		client_test(directories_are_listed),
		client_test(files_are_locked),
		client_test(names_are_changed_by_older_messages),
		client_test(mount_etfs_finds_it),
	};

	return client_main("diod", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
