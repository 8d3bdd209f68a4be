/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_host_mounts.c -- what is mounted on the host below what is served.
 */

#include <sys/stat.h>

#include <fcntl.h>

#include "stage.h"

enum {
	DIR_FID = 2,
	FILE_FID,
	NEW_FID
};

static void
put_on_host(struct stage *s, const char *name, const char *text)
{
	int fd =
	    open(stage_path(s, name), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	ssize_t len = (ssize_t)strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)len), len);
	close(fd);
}

static void
other_mounts_are_entered(void **state)
{
	struct stage *s = *state;
	struct t9_list list;

	put_on_host(s, "mem/file", "in memory");
	t9_has(s->c, HOME, "mem/file", "in memory");
	t9_has(s->c, HOME, "mem/../mem/file", "in memory");
	t9_has(s->c, HOME, "a/f0", "content");
	t9_open(s->c, HOME, DIR_FID, "", P9_O_RDONLY);
	list = t9_readdir(s->c, DIR_FID, 0, 8000);
	assert_non_null(t9_list_find(&list, "mem"));
	t9_list_free(&list);
	stage_over(s);
}

static void
other_mounts_can_be_closed(void **state)
{
	static const char *const closed[] = { "mem", "a" };
	struct stage *s = *state;
	struct t9_list list;
	char shown[600];
	struct t9 *c;
	size_t i;

	stage_over(s);
	put_on_host(s, "disk/file", "on disk");
	snprintf(shown, sizeof(shown), "/t=%s,xdev=off", s->base);
	s->srv = WIRE_SERVER(s->w, "-e", shown);
	c = stage_client(s);
	t9_has(c, HOME, "disk/file", "on disk");
	for (i = 0; i < WIRE_COUNT(closed); i++)
		t9_fails(c, EXDEV, Twalk, .fid = HOME, .newfid = NEW_FID,
		    .wname = t9_names(closed[i]));
	t9_open(c, HOME, DIR_FID, "", P9_O_RDONLY);
	list = t9_readdir(c, DIR_FID, 0, 8000);
	assert_non_null(t9_list_find(&list, "mem"));
	t9_list_free(&list);
	stage_over(s);
}

/* One file, one qid; but what one mount forbids the other allows. */
static void
a_mount_that_is_read_only_is_so_for_its_own_names(void **state)
{
	struct stage *s = *state;
	struct t9 *c = s->c;
	p9_qid here, there;

	put_on_host(s, "disk/file", "content");
	mkdir(stage_path(s, "ro"), 0777);
	mounts_bind_readonly(stage_path(s, "ro"), s->disk);
	here = t9_walk(c, HOME, FILE_FID, "disk/file");
	there = t9_walk(c, HOME, NEW_FID, "ro/file");
	assert_int_equal(here.path, there.path);
	t9_fails(c, EROFS, Tlopen, .fid = NEW_FID, .flags = P9_O_RDWR);
	t9_ok(c, Tlopen, .fid = FILE_FID, .flags = P9_O_RDWR);
	t9_write(c, FILE_FID, 0, "changed", 7);
	t9_has(c, HOME, "ro/file", "changed");
	t9_fails(c, EROFS, Tsetattr, .fid = NEW_FID, .valid = P9_SETATTR_MODE,
	    .mode = 0600);
	t9_ok(c, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_MODE,
	    .mode = 0600);
	stage_over(s);
}

/* Nor do they keep each other out of a lock any less than one would. */
static void
locks_hold_by_whichever_mount(void **state)
{
	struct stage *s = *state;
	struct t9 *c = s->c;
	struct t9_range all = T9_ALL;

	put_on_host(s, "disk/file", "content");
	mkdir(stage_path(s, "ro"), 0777);
	mounts_bind_readonly(stage_path(s, "ro"), s->disk);
	t9_open(c, HOME, FILE_FID, "disk/file", P9_O_RDWR);
	t9_open(c, HOME, NEW_FID, "ro/file", P9_O_RDONLY);
	assert_int_equal(
	    t9_lock(c, FILE_FID, P9_LOCK_WRLCK, 1, all), P9_LOCK_SUCCESS);
	assert_int_equal(
	    t9_lock(c, NEW_FID, P9_LOCK_RDLCK, 2, all), P9_LOCK_BLOCKED);
	assert_int_equal(
	    t9_lock(c, FILE_FID, P9_LOCK_UNLCK, 1, all), P9_LOCK_SUCCESS);
	assert_int_equal(
	    t9_lock(c, NEW_FID, P9_LOCK_RDLCK, 2, all), P9_LOCK_SUCCESS);
	stage_over(s);
}

/* Files of the same number on different file systems. */
static void
two_file_systems_share_no_qid(void **state)
{
	struct stage *s = *state;
	struct t9_list list[2];
	p9_qid root[2];
	size_t i, j;

	mkdir(stage_path(s, "mem2"), 0777);
	mounts_tmpfs(stage_path(s, "mem2"), "mode=0777");
	put_on_host(s, "mem/file", "one");
	put_on_host(s, "mem2/file", "two");
	for (i = 0; i < 2; i++) {
		t9_open(
		    s->c, HOME, DIR_FID, i == 0 ? "mem" : "mem2", P9_O_RDONLY);
		list[i] = t9_readdir(s->c, DIR_FID, 0, 8000);
		t9_clunk(s->c, DIR_FID);
		root[i] = t9_walk(
		    s->c, HOME, DIR_FID, i == 0 ? "mem/file" : "mem2/file");
		t9_clunk(s->c, DIR_FID);
		assert_int_equal(
		    t9_list_find(&list[i], "file")->qid.path, root[i].path);
	}
	for (i = 0; i < list[0].n; i++)
		for (j = 0; j < list[1].n; j++)
			if (strcmp(list[0].e[i].name, "..") != 0)
				assert_int_not_equal(list[0].e[i].qid.path,
				    list[1].e[j].qid.path);
	t9_list_free(&list[0]);
	t9_list_free(&list[1]);
	stage_over(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		stage_test(other_mounts_are_entered),
		stage_test(other_mounts_can_be_closed),
		stage_test(a_mount_that_is_read_only_is_so_for_its_own_names),
		stage_test(locks_hold_by_whichever_mount),
		stage_test(two_file_systems_share_no_qid),
	};

	mounts_init();
	return wire_main(
	    "a host's mounts", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
