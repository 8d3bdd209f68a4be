/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_mapped.c -- what is kept on the host, to the byte.
 *
 * The bytes expected here are those that QEMU 7.2 has written, or has read,
 * when it was asked to do the same (tests/guest/mapped compares again).
 *
 * setxattr(2) is a function of this program, which the linker takes before the
 * C library's: it can be made to take longer than a tick of the host's clock.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "etfs_fixture.h"

typedef int setxattr_call(
    const char *, const char *, const void *, size_t, int);

static bool slow;

int
setxattr(const char *path, const char *name, const void *value, size_t len,
    int flags)
{
	setxattr_call *real = (setxattr_call *)dlsym(RTLD_NEXT, "setxattr");
	struct timespec tick = { .tv_nsec = 20000000 };

	if (slow)
		nanosleep(&tick, NULL);
	return real(path, name, value, len, flags);
}

static void
keep(const struct fixture *fx, const char *file, const char *name,
    const void *value, size_t len)
{
	char host[64];

	snprintf(host, sizeof(host), "user.virtfs.%s", name);
	assert_int_equal(setxattr(on_host(fx, file), host, value, len, 0), 0);
}

static struct vattr
attr_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}

static void
host_is(const struct fixture *fx, const char *file, mode_t mode, off_t size)
{
	struct stat st;

	assert_int_equal(lstat(on_host(fx, file), &st), 0);
	assert_int_equal(st.st_mode, mode);
	assert_int_equal(st.st_uid, geteuid());
	if (S_ISREG(mode))
		assert_int_equal(st.st_size, size);
}

static void
a_file_is_the_servers_and_says_whose_it_is(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 04751, NULL), 0);
	host_is(fx, "f", S_IFREG | 0600, 0);
	kept(fx, "f", "uid", "e8030000");
	kept(fx, "f", "gid", "e8030000");
	kept(fx, "f", "mode", "e9890000");
	kept(fx, "f", "rdev", NULL);
}

static void
a_directory_likewise(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_mkdir(&fx->other, fx->root, "d", 01777, &vn), 0);
	host_is(fx, "d", S_IFDIR | 0700, 0);
	kept(fx, "d", "uid", "e9030000");
	kept(fx, "d", "gid", "e9030000");
	kept(fx, "d", "mode", "ff430000");
	kept(fx, "d", "rdev", NULL);
	assert_int_equal(attr_of(fx, vn).mode, S_IFDIR | 01777);
	assert_true(vnode_is_dir(vn));
	vnode_put(vn);
}

static void
times_are_one(const struct vattr *attr)
{
	assert_int_equal(attr->mtime.tv_sec, attr->ctime.tv_sec);
	assert_int_equal(attr->mtime.tv_nsec, attr->ctime.tv_nsec);
}

/* However long it takes to keep what is kept. */
static void
what_is_new_has_one_time(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f, *d;
	struct vattr attr;

	slow = true;
	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, &f), 0);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0755, &d), 0);
	slow = false;
	attr = attr_of(fx, f);
	times_are_one(&attr);
	attr = attr_of(fx, d);
	times_are_one(&attr);
	vnode_put(f);
	vnode_put(d);
}

static void
a_link_is_a_file_with_its_target(void **state)
{
	struct fixture *fx = *state;
	char text[64];
	struct vnode *vn;

	assert_int_equal(
	    do_symlink(&fx->self, fx->root, "l", "some/target", &vn), 0);
	host_is(fx, "l", S_IFREG | 0600, 11);
	host_text(fx, "l", text, sizeof(text));
	assert_string_equal(text, "some/target");
	kept(fx, "l", "mode", "ffa10000");
	kept(fx, "l", "uid", "00000000");
	kept(fx, "l", "rdev", NULL);
	assert_int_equal(attr_of(fx, vn).mode, S_IFLNK | 0777);
	assert_int_equal(attr_of(fx, vn).size, 11);
	assert_int_equal(do_readlink(&fx->user, vn, text, sizeof(text)), 0);
	assert_string_equal(text, "some/target");
	vnode_put(vn);
}

static void
a_long_link_is_whole(void **state)
{
	struct fixture *fx = *state;
	char target[VFS_LINK_MAX + 1], text[VFS_LINK_MAX + 1];
	struct vnode *vn;

	memset(target, 'x', VFS_LINK_MAX);
	target[VFS_LINK_MAX] = '\0';
	assert_int_equal(do_symlink(&fx->user, fx->root, "l", target, &vn), 0);
	assert_int_equal(do_readlink(&fx->user, vn, text, sizeof(text)), 0);
	assert_string_equal(text, target);
	vnode_put(vn);
}

static void
a_device_is_an_empty_file_with_its_number(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b, *c;

	assert_int_equal(do_mknod(&fx->self, fx->root, "b", S_IFBLK | 0644,
			     makedev(259, 70000), &b),
	    0);
	assert_int_equal(do_mknod(&fx->self, fx->root, "c", S_IFCHR | 0644,
			     makedev(5, 300), &c),
	    0);
	host_is(fx, "b", S_IFREG | 0600, 0);
	host_is(fx, "c", S_IFREG | 0600, 0);
	kept(fx, "b", "mode", "a4610000");
	kept(fx, "b", "rdev", "7003111100000000");
	kept(fx, "c", "mode", "a4210000");
	kept(fx, "c", "rdev", "2c05100000000000");
	assert_int_equal(attr_of(fx, b).rdev, makedev(259, 70000));
	assert_int_equal(attr_of(fx, c).rdev, makedev(5, 300));
	assert_int_equal(attr_of(fx, c).mode, S_IFCHR | 0644);
	vnode_put(b);
	vnode_put(c);
}

static void
so_are_fifos_and_sockets(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "p", S_IFIFO | 0644, 0, NULL), 0);
	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "s", S_IFSOCK | 0, 0, NULL), 0);
	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "f", S_IFREG | 0644, 0, NULL), 0);
	host_is(fx, "p", S_IFREG | 0600, 0);
	kept(fx, "p", "mode", "a4110000");
	kept(fx, "p", "rdev", "0000000000000000");
	kept(fx, "s", "mode", "00c00000");
	kept(fx, "f", "mode", "a4810000");
}

static void
what_is_no_file_is_never_opened(void **state)
{
	struct fixture *fx = *state;
	static const mode_t types[] = { S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK };
	char name[2] = "a";
	struct vnode *vn;
	struct vfile file;
	size_t i;

	for (i = 0; i < 4; i++, name[0]++) {
		assert_int_equal(do_mknod(&fx->self, fx->root, name,
				     types[i] | 0666, makedev(1, 3), &vn),
		    0);
		assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), -ENXIO);
		assert_int_equal(
		    do_create(&fx->self, fx->root, name, O_RDWR, 0644, &file),
		    -ENXIO);
		assert_int_equal(do_truncate(&fx->self, vn, NULL, 5), -EINVAL);
		vnode_put(vn);
		host_is(fx, name, S_IFREG | 0600, 0);
	}
	assert_int_equal(do_symlink(&fx->self, fx->root, "l", "t", &vn), 0);
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), -ELOOP);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "l", O_RDWR, 0644, &file), -ELOOP);
	vnode_put(vn);
}

static void
changes_are_kept_and_the_host_stays_as_it_is(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->self, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1000, 2000), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 0400), 0);
	kept(fx, "f", "uid", "e8030000");
	kept(fx, "f", "gid", "d0070000");
	kept(fx, "f", "mode", "00810000");
	assert_int_equal(do_truncate(&fx->self, vn, NULL, 7), 0);
	host_is(fx, "f", S_IFREG | 0600, 7);
	vnode_put(vn);
	assert_int_equal(do_symlink(&fx->self, fx->root, "l", "t", &vn), 0);
	assert_int_equal(do_chown(&fx->self, vn, 5, 6), 0);
	kept(fx, "l", "uid", "05000000");
	kept(fx, "l", "gid", "06000000");
	kept(fx, "l", "mode", "ffa10000");
	vnode_put(vn);
}

static void
two_names_are_one_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "g"), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 0600), 0);
	again = walk(fx, "g");
	assert_ptr_equal(again, vn);
	assert_int_equal(attr_of(fx, again).nlink, 2);
	kept(fx, "g", "mode", "80810000");
	vnode_put(again);
	vnode_put(vn);
}

static void
what_has_no_name_is_still_a_file(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char c;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_unlink(&fx->user, fx->root, "f"), 0);
	assert_int_equal(do_chmod(&fx->user, file.vn, 0600), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), 1);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 1);
	assert_int_equal(attr_of(fx, file.vn).mode, S_IFREG | 0600);
	assert_int_equal(attr_of(fx, file.vn).nlink, 0);
	assert_int_equal(attr_of(fx, file.vn).uid, 1000);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
set_id_bits_go_when_others_write_or_cut(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0777, &vn), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 06777), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDWR | O_TRUNC, &file), 0);
	kept(fx, "f", "mode", "ff810000");
	assert_int_equal(do_chmod(&fx->user, vn, 06777), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), 1);
	kept(fx, "f", "mode", "ff8d0000");
	assert_int_equal(do_write(&fx->other, &file, 0, "x", 1), 1);
	kept(fx, "f", "mode", "ff810000");
	assert_int_equal(do_chmod(&fx->user, vn, 06777), 0);
	assert_int_equal(do_truncate(&fx->other, vn, NULL, 0), 0);
	kept(fx, "f", "mode", "ff810000");
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

/* The bit stays for root, where it means something else. */
static void
a_new_owner_takes_set_id_bits_away(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr both = {
		.mask = VSET_MODE | VSET_UID, .mode = 04755, .uid = 1001
	};
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0777, &vn), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 06755), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, VFS_NOID), 0);
	kept(fx, "f", "mode", "ed810000");
	kept(fx, "f", "gid", "e8030000");
	assert_int_equal(do_chmod(&fx->self, vn, 02644), 0);
	assert_int_equal(do_chown(&fx->self, vn, VFS_NOID, 0), 0);
	kept(fx, "f", "mode", "a4850000");
	kept(fx, "f", "uid", "e9030000");
	assert_int_equal(do_setattr(&fx->self, vn, NULL, &both), 0);
	kept(fx, "f", "mode", "ed890000");
	assert_int_equal(do_chown(&fx->self, vn, VFS_NOID, VFS_NOID), 0);
	kept(fx, "f", "uid", "e9030000");
	vnode_put(vn);
}

/* The host's clock may have ticks of some milliseconds: so until it moves. */
static void
moves_ctime(struct fixture *fx, struct vnode *vn, const struct vsetattr *sa)
{
	const struct timespec old = attr_of(fx, vn).ctime;
	struct timespec now = old;
	int i;

	for (i = 0; i < 1000 && memcmp(&now, &old, sizeof(now)) == 0; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
		assert_int_equal(do_setattr(&fx->self, vn, NULL, sa), 0);
		now = attr_of(fx, vn).ctime;
	}
	assert_memory_not_equal(&now, &old, sizeof(now));
}

static void
what_is_set_to_what_it_is_moves_the_ctime(void **state)
{
	struct fixture *fx = *state;
	struct vsetattr mode = { .mask = VSET_MODE, .mode = 0644 };
	struct vsetattr uid = { .mask = VSET_UID, .uid = 1000 };
	struct vsetattr gid = { .mask = VSET_GID, .gid = 1000 };
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, &vn), 0);
	moves_ctime(fx, vn, &mode);
	moves_ctime(fx, vn, &uid);
	moves_ctime(fx, vn, &gid);
	host_is(fx, "f", S_IFREG | 0600, 0);
	kept(fx, "f", "mode", "a4810000");
	vnode_put(vn);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0644, &vn), 0);
	moves_ctime(fx, vn, &mode);
	host_is(fx, "d", S_IFDIR | 0700, 0);
	vnode_put(vn);
}

static bool
see_type(void *ctx, const struct vdirent *entry)
{
	mode_t *types = ctx;

	if (entry->name.len == 1 && entry->name.s[0] >= 'a')
		types[entry->name.s[0] - 'a'] = entry->type;
	return true;
}

/* To know more would need a look at each file. */
static void
a_listing_does_not_say_what_it_does_not_know(void **state)
{
	struct fixture *fx = *state;
	mode_t types[3] = { 1, 1, 1 };
	struct vfile file;

	assert_int_equal(do_symlink(&fx->user, fx->root, "a", "t", NULL), 0);
	assert_int_equal(do_touch(&fx->user, fx->root, "b", 0600, NULL), 0);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "c", 0700, NULL), 0);
	assert_int_equal(do_open(&fx->user, fx->root, O_RDONLY, &file), 0);
	assert_int_equal(
	    do_readdir(&fx->user, &file, 0, fx->root, see_type, types), 0);
	assert_int_equal(types[0], 0);
	assert_int_equal(types[1], 0);
	assert_int_equal(types[2], S_IFDIR);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

/* As QEMU leaves it. */
static void
what_qemu_wrote_is_what_it_meant(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	char text[32];

	host_file(fx, "l", "some/target");
	keep(fx, "l", "uid", "\5\0\0\0", 4);
	keep(fx, "l", "gid", "\6\0\0\0", 4);
	keep(fx, "l", "mode", "\xff\xa1\0\0", 4);
	vn = walk(fx, "l");
	assert_int_equal(attr_of(fx, vn).mode, S_IFLNK | 0777);
	assert_int_equal(attr_of(fx, vn).uid, 5);
	assert_int_equal(attr_of(fx, vn).gid, 6);
	assert_int_equal(do_readlink(&fx->user, vn, text, sizeof(text)), 0);
	assert_string_equal(text, "some/target");
	vnode_put(vn);
	host_file(fx, "b", "");
	keep(fx, "b", "mode", "\xa4\x61\0\0", 4);
	keep(fx, "b", "rdev", "\x70\3\x11\x11\0\0\0\0", 8);
	vn = walk(fx, "b");
	assert_int_equal(attr_of(fx, vn).mode, S_IFBLK | 0644);
	assert_int_equal(attr_of(fx, vn).rdev, makedev(259, 70000));
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AS_MAPPED(a_file_is_the_servers_and_says_whose_it_is),
		AS_MAPPED(a_directory_likewise),
		AS_MAPPED(what_is_new_has_one_time),
		AS_MAPPED(a_link_is_a_file_with_its_target),
		AS_MAPPED(a_long_link_is_whole),
		AS_MAPPED(a_device_is_an_empty_file_with_its_number),
		AS_MAPPED(so_are_fifos_and_sockets),
		AS_MAPPED(what_is_no_file_is_never_opened),
		AS_MAPPED(changes_are_kept_and_the_host_stays_as_it_is),
		AS_MAPPED(two_names_are_one_file),
		AS_MAPPED(what_has_no_name_is_still_a_file),
		AS_MAPPED(set_id_bits_go_when_others_write_or_cut),
		AS_MAPPED(a_new_owner_takes_set_id_bits_away),
		AS_MAPPED(what_is_set_to_what_it_is_moves_the_ctime),
		AS_MAPPED(a_listing_does_not_say_what_it_does_not_know),
		AS_MAPPED(what_qemu_wrote_is_what_it_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
