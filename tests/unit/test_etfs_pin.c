/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_pin.c -- files that have just been made: until something else is
 * needed, the descriptor they were made by is all that they take; whatever
 * becomes of their names, and of that.
 *
 * openat(2) is a function of this program, which the linker takes before the C
 * library's, so that something can happen as soon as a file has been made.
 */

#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>

#include "etfs_fixture.h"

typedef int openat_call(int, const char *, int, ...);

static void (*meanwhile)(const struct fixture *fx);
static const struct fixture *meanwhile_fx;

int
openat(int dir, const char *name, int flags, ...)
{
	openat_call *real = (openat_call *)dlsym(RTLD_NEXT, "openat");
	void (*then)(const struct fixture *fx) = meanwhile;
	mode_t mode;
	va_list ap;
	int fd;

	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	fd = real(dir, name, flags, mode);
	if (then != NULL && (flags & O_CREAT)) {
		meanwhile = NULL;
		then(meanwhile_fx);
	}
	return fd;
}

static void
create(struct fixture *fx, struct vfile *file)
{
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0644, file), 0);
	assert_int_equal(do_write(&fx->self, file, 0, "text", 4), 4);
}

/* Is it what create() made, by so many names? */
static void
expect_new(struct fixture *fx, struct vnode *vn, uint64_t nlink)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.size, 4);
	assert_int_equal(attr.nlink, nlink);
}

static void
it_takes_one_descriptor(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();
	struct vfile file;

	create(fx, &file);
	assert_int_equal(count_fds(), fds + 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(count_fds(), fds);
}

static void
there_is_another_when_it_is_asked_for(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();
	struct vfile file;

	create(fx, &file);
	expect_new(fx, file.vn, 1);
	assert_int_equal(count_fds(), fds + 2);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(count_fds(), fds);
}

static void
a_walk_brings_another(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();
	struct vfile file;
	struct vnode *vn;

	create(fx, &file);
	vn = walk(fx, "f");
	assert_ptr_equal(vn, file.vn);
	assert_int_equal(count_fds(), fds + 2);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(count_fds(), fds + 1);
	expect_new(fx, vn, 1);
	vnode_put(vn);
	assert_int_equal(count_fds(), fds);
}

/* -EAGAIN while it is: a lease for reading is only had where nobody writes. */
static int
is_open_for_writing(const struct fixture *fx, const char *name)
{
	int fd = open(on_host(fx, name), O_RDONLY | O_CLOEXEC), rc;

	assert_true(fd >= 0);
	rc = fcntl(fd, F_SETLEASE, F_RDLCK) != 0 ? -errno : 0;
	assert_int_equal(close(fd), 0);
	return rc;
}

static void
who_has_it_yet_does_not_keep_it_open(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();
	struct vfile file;
	struct vnode *vn;

	create(fx, &file);
	vn = vnode_get(file.vn);
	assert_int_equal(is_open_for_writing(fx, "f"), -EAGAIN);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(is_open_for_writing(fx, "f"), 0);
	assert_int_equal(count_fds(), fds + 1);
	expect_new(fx, vn, 1);
	vnode_put(vn);
	assert_int_equal(count_fds(), fds);
}

static void
it_is_there_without_its_name(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	create(fx, &file);
	vn = vnode_get(file.vn);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	expect_new(fx, vn, 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	expect_new(fx, vn, 0);
	vnode_put(vn);
}

static void
it_loses_its_name_before_it_is_asked_for(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	create(fx, &file);
	vn = vnode_get(file.vn);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	expect_new(fx, vn, 0);
	vnode_put(vn);
}

static void
take_it_away(const struct fixture *fx)
{
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "away")), 0);
}

static void
put_another_there(const struct fixture *fx)
{
	take_it_away(fx);
	host_file(fx, "f", "not ours");
}

/* The vnode that create gives is of the file that it has opened. */
static void
create_while(struct fixture *fx, void (*call)(const struct fixture *fx))
{
	struct vfile file;
	char buf[32];

	meanwhile = call;
	meanwhile_fx = fx;
	create(fx, &file);
	assert_null(meanwhile);
	expect_new(fx, file.vn, 1);
	host_text(fx, "away", buf, sizeof(buf));
	assert_string_equal(buf, "text");
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
what_was_just_made_may_be_renamed(void **state)
{
	create_while(*state, take_it_away);
}

static void
what_was_just_made_may_be_replaced(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vattr attr;

	create_while(fx, put_another_there);
	vn = walk(fx, "f");
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.size, 8);
	vnode_put(vn);
}

/* Another of its clients is faster: it has the file, and so its vnode. */
static struct vnode *found;

static void
find_it(const struct fixture *fx)
{
	assert_int_equal(do_walk(&fx->self, fx->root, "f", &found), 0);
}

static void
what_was_just_made_may_be_found(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();
	struct vfile file;

	meanwhile = find_it;
	meanwhile_fx = fx;
	create(fx, &file);
	assert_ptr_equal(found, file.vn);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(count_fds(), fds + 1);
	expect_new(fx, found, 1);
	vnode_put(found);
	assert_int_equal(count_fds(), fds);
}

/* Close file, whose vnode somebody has, when no descriptor is to be had. */
static void
close_without_another(struct fixture *fx, struct vfile *file)
{
	struct rlimit old, none;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(do_close(&fx->self, file), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void
it_is_found_again_if_there_was_none(void **state)
{
	struct fixture *fx = *state;
	int fds = count_fds();
	struct vfile file;
	struct vnode *vn;

	create(fx, &file);
	vn = vnode_get(file.vn);
	close_without_another(fx, &file);
	assert_int_equal(count_fds(), fds);
	expect_new(fx, vn, 1);
	vnode_put(vn);
}

static void
or_is_gone_if_it_has_no_name(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vattr attr;
	struct vnode *vn;

	create(fx, &file);
	vn = vnode_get(file.vn);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	close_without_another(fx, &file);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), -ESTALE);
	vnode_put(vn);
	create(fx, &file); /* be it of the same number */
	expect_new(fx, file.vn, 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(it_takes_one_descriptor),
		ON_BOTH(there_is_another_when_it_is_asked_for),
		ON_BOTH(a_walk_brings_another),
		ON_BOTH(who_has_it_yet_does_not_keep_it_open),
		ON_BOTH(it_is_there_without_its_name),
		ON_BOTH(it_loses_its_name_before_it_is_asked_for),
		ON_BOTH(what_was_just_made_may_be_renamed),
		ON_BOTH(what_was_just_made_may_be_replaced),
		ON_BOTH(what_was_just_made_may_be_found),
		ON_BOTH(it_is_found_again_if_there_was_none),
		ON_BOTH(or_is_gone_if_it_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
