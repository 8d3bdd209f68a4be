/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_tests.c -- see fd_tests.h.
 */

#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "fd_tests.h"

#define FILES 300
#define CROWD (4 * FD_LIMIT)
#define DEEP 200

static int
setup(void **state, bool tmpfs, enum etfs_identity identity)
{
	struct etfs_config cfg = { .identity = identity };
	struct fixture *fx;
	int rc = etfs_setup(state, tmpfs, cfg);

	fx = *state;
	if (rc == 0)
		vfs_limit_descriptors(fx->vfs, FD_LIMIT);
	return rc;
}

int
fd_disk_setup(void **state)
{
	return setup(state, false, ETFS_SELF);
}

int
fd_tmpfs_setup(void **state)
{
	return setup(state, true, ETFS_SELF);
}

int
fd_disk_mapped_setup(void **state)
{
	return setup(state, false, ETFS_MAPPED);
}

/* Two rounds: the hand passes once over what was used a moment ago. */
void
send_away(struct fixture *fx)
{
	struct vnode *crowd[CROWD];
	char name[32];
	int i, round;

	mkdir(on_host(fx, "crowd"), 0777);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < CROWD; i++) {
			snprintf(name, sizeof(name), "crowd/%d", i);
			host_file(fx, name, "");
			crowd[i] = walk(fx, name);
		}
		for (i = 0; i < CROWD; i++)
			vnode_put(crowd[i]);
	}
}

int
content(struct fixture *fx, struct vnode *vn, char *buf, size_t cap)
{
	struct vfile file;
	ssize_t n;
	int rc;

	if ((rc = do_open(&fx->self, vn, O_RDONLY, &file)) != 0)
		return rc;
	n = do_read(&fx->self, &file, 0, buf, cap - 1);
	buf[n > 0 ? n : 0] = '\0';
	rc = do_close(&fx->self, &file);
	return n < 0 ? (int)n : rc;
}

static void
holds(struct fixture *fx, struct vnode *vn, const char *text)
{
	char buf[64] = "";

	assert_int_equal(content(fx, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, text);
}

static nlink_t
links(struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr.nlink;
}

static void
make_file(struct fixture *fx, const char *name, const char *text)
{
	struct vfile file;
	ssize_t len = (ssize_t)strlen(text);

	assert_int_equal(do_create(&fx->self, fx->root, name, O_WRONLY | O_EXCL,
			     0644, &file),
	    0);
	assert_int_equal(do_write(&fx->self, &file, 0, text, (size_t)len), len);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Names as dN/fM, in ten directories. */
static struct vnode **
make_and_walk(struct fixture *fx)
{
	struct vnode **vn = calloc(FILES, sizeof(vn[0])), *dir;
	char name[32];
	int i;

	assert_non_null(vn);
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "d%d", i % 10);
		if (i < 10)
			assert_int_equal(
			    do_mkdir(&fx->self, fx->root, name, 0777, NULL), 0);
		dir = walk(fx, name);
		snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(
		    do_touch(&fx->self, dir, name, 0644, &vn[i]), 0);
		vnode_put(dir);
	}
	return vn;
}

static void
put_all(struct vnode **vn)
{
	int i;

	for (i = 0; i < FILES; i++)
		vnode_put(vn[i]);
	free(vn);
}

static void
use(struct fixture *fx, struct vnode *vn, int i)
{
	char text[32], buf[32] = "";
	struct vfile file;
	struct vattr attr;
	ssize_t len;

	len = snprintf(text, sizeof(text), "this is %d", i);
	assert_int_equal(do_open(&fx->self, vn, O_WRONLY, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, text, (size_t)len), len);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_chmod(&fx->self, vn, (mode_t)(0600 + i % 8)), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.mode, S_IFREG | (0600 + i % 8));
	assert_int_equal(attr.size, len);
	assert_int_equal(do_truncate(&fx->self, vn, NULL, 4), 0);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, "this");
}

void
files_beyond_the_limit_work(void **state)
{
	struct fixture *fx = *state;
	struct vnode **vn = make_and_walk(fx), *again;
	char name[32];
	int i;

	for (i = 0; i < FILES; i++)
		use(fx, vn[i], i);
	for (i = FILES - 1; i >= 0; i--) {
		snprintf(name, sizeof(name), "d%d/f%d", i % 10, i);
		again = walk(fx, name);
		assert_ptr_equal(again, vn[i]);
		vnode_put(again);
	}
	put_all(vn);
}

void
descriptors_stay_few(void **state)
{
	struct fixture *fx = *state;
	int before = count_fds();
	struct vnode **vn = make_and_walk(fx);

	assert_true(count_fds() <= before + FD_LIMIT);
	put_all(vn);
	assert_true(count_fds() <= before);
}

void
a_file_is_found_after_a_client_renamed_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *dir;

	make_file(fx, "f", "text");
	vn = walk(fx, "f");
	send_away(fx);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	holds(fx, vn, "text");
	send_away(fx);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &dir), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "g", dir, "h"), 0);
	send_away(fx);
	holds(fx, vn, "text");
	vnode_put(dir);
	vnode_put(vn);
}

void
a_file_is_found_after_the_host_renamed_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	make_file(fx, "f", "text");
	vn = walk(fx, "f");
	send_away(fx);
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "g")), 0);
	make_file(fx, "f", "another");
	holds(fx, vn, "text");
	vnode_put(vn);
}

void
a_file_is_found_after_its_directories_were_renamed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *a;

	mkdir(on_host(fx, "a"), 0777);
	mkdir(on_host(fx, "a/b"), 0777);
	mkdir(on_host(fx, "x"), 0777);
	make_file(fx, "f", "text");
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "a/b/f")), 0);
	vn = walk(fx, "a/b/f");
	send_away(fx);
	a = walk(fx, "a");
	assert_int_equal(do_rename(&fx->self, a, "b", fx->root, "c"), 0);
	vnode_put(a);
	send_away(fx);
	holds(fx, vn, "text");
	send_away(fx);
	assert_int_equal(rename(on_host(fx, "c"), on_host(fx, "d")), 0);
	holds(fx, vn, "text");
	vnode_put(vn);
}

void
a_deep_file_is_found(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = vnode_get(fx->root), *next, *vn;
	int i;

	for (i = 0; i < DEEP; i++) {
		assert_int_equal(
		    do_mkdir(&fx->self, dir, "deeper", 0777, &next), 0);
		vnode_put(dir);
		dir = next;
	}
	assert_int_equal(do_symlink(&fx->self, dir, "s", "to", &vn), 0);
	vnode_put(dir);
	send_away(fx);
	assert_int_equal(links(fx, vn), 1);
	vnode_put(vn);
}

void
a_removed_file_lives_on(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f, *d;

	make_file(fx, "f", "text");
	f = walk(fx, "f");
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &d), 0);
	send_away(fx);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	send_away(fx);
	holds(fx, f, "text");
	assert_int_equal(links(fx, f), 0);
	assert_int_equal(do_chmod(&fx->self, f, 0600), 0);
	assert_int_equal(links(fx, d), 0);
	vnode_put(f);
	vnode_put(d);
}

void
a_replaced_file_lives_on(void **state)
{
	struct fixture *fx = *state;
	struct vnode *old, *new;

	make_file(fx, "f", "old");
	make_file(fx, "g", "new");
	old = walk(fx, "f");
	new = walk(fx, "g");
	send_away(fx);
	assert_int_equal(do_rename(&fx->self, fx->root, "g", fx->root, "f"), 0);
	send_away(fx);
	holds(fx, old, "old");
	holds(fx, new, "new");
	vnode_put(old);
	vnode_put(new);
}

void
a_file_lives_on_by_its_other_name(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	make_file(fx, "f", "text");
	vn = walk(fx, "f");
	send_away(fx);
	assert_int_equal(do_link(&fx->self, fx->root, vn, "g"), 0);
	send_away(fx);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	send_away(fx);
	holds(fx, vn, "text");
	assert_int_equal(links(fx, vn), 1);
	vnode_put(vn);
}

void
what_the_host_removed_is_stale(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;
	struct vattr attr;
	char buf[8];

	make_file(fx, "f", "text");
	vn = walk(fx, "f");
	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), -ESTALE);
	assert_int_equal(content(fx, vn, buf, sizeof(buf)), -ESTALE);
	assert_int_equal(do_chmod(&fx->self, vn, 0600), -ESTALE);
	make_file(fx, "f", "new");
	assert_int_equal(do_getattr(&fx->self, vn, &attr), -ESTALE);
	again = walk(fx, "f");
	holds(fx, again, "new");
	vnode_put(again);
	vnode_put(vn);
}

/* Make files until one has that number, if this file system gives it again. */
static bool
make_with_number(struct fixture *fx, ino_t ino)
{
	struct stat st;
	char name[32];
	int i;

	for (i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "try%d", i);
		host_file(fx, name, "younger");
		assert_int_equal(stat(on_host(fx, name), &st), 0);
		if (st.st_ino == ino) {
			assert_int_equal(
			    rename(on_host(fx, name), on_host(fx, "younger")),
			    0);
			return true;
		}
	}
	host_file(fx, "younger", "younger");
	return false;
}

void
a_younger_file_of_the_same_number_is_another(void **state)
{
	struct fixture *fx = *state;
	struct vnode *old, *young;
	struct vattr attr;
	struct stat st;

	make_file(fx, "f", "text");
	old = walk(fx, "f");
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	if (make_with_number(fx, st.st_ino))
		print_message("the number was given again\n");
	young = walk(fx, "younger");
	assert_ptr_not_equal(old, young);
	holds(fx, young, "younger");
	assert_int_equal(do_getattr(&fx->self, old, &attr), -ESTALE);
	send_away(fx);
	holds(fx, young, "younger");
	assert_int_equal(do_getattr(&fx->self, old, &attr), -ESTALE);
	vnode_put(old);
	vnode_put(young);
}

void
a_file_is_replaced_by_another_name_of_itself(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	make_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(do_link(&fx->self, fx->root, vn, "g"), 0);
	send_away(fx);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	send_away(fx);
	holds(fx, vn, "text");
	vnode_put(vn);
}

void
links_are_found_again(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f, *g;

	make_file(fx, "f", "text");
	f = walk(fx, "f");
	assert_int_equal(do_link(&fx->self, fx->root, f, "g"), 0);
	send_away(fx);
	g = walk(fx, "g");
	assert_ptr_equal(f, g);
	send_away(fx);
	assert_int_equal(unlink(on_host(fx, "f")), 0);
	holds(fx, g, "text");
	vnode_put(f);
	vnode_put(g);
}

void
every_kind_of_file_is_found_again(void **state)
{
	static const mode_t types[] = { S_IFIFO, S_IFSOCK, S_IFREG };
	struct fixture *fx = *state;
	struct vnode *vn[5];
	struct vattr attr;
	char buf[16];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(buf, sizeof(buf), "n%zu", i);
		assert_int_equal(do_mknod(&fx->self, fx->root, buf,
				     types[i] | 0640, 0, &vn[i]),
		    0);
	}
	assert_int_equal(
	    do_symlink(&fx->self, fx->root, "s", "target", &vn[3]), 0);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0750, &vn[4]), 0);
	send_away(fx);
	for (i = 0; i < 3; i++) {
		assert_int_equal(do_getattr(&fx->self, vn[i], &attr), 0);
		assert_int_equal(attr.mode, types[i] | 0640);
	}
	assert_int_equal(do_readlink(&fx->self, vn[3], buf, sizeof(buf)), 0);
	assert_string_equal(buf, "target");
	assert_int_equal(do_getattr(&fx->self, vn[4], &attr), 0);
	assert_int_equal(attr.mode, S_IFDIR | 0750);
	for (i = 0; i < 5; i++)
		vnode_put(vn[i]);
}

/* To open by handle or by name does not wait there either. */
void
everything_on_tmpfs_is_still_answered_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vnode **vn = make_and_walk(fx);
	struct vattr attr;
	int i;

	for (i = 0; i < FILES; i++)
		assert_int_equal(do_getattr(&now, vn[i], &attr), 0);
	put_all(vn);
}

/* The vfs would let the mount have many more than the process has. */
void
a_process_without_descriptors_gives_some_up(void **state)
{
	struct fixture *fx = *state;
	struct rlimit old, few;
	struct vnode **vn;
	int i;

	vfs_limit_descriptors(fx->vfs, 100000);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)count_fds() + 40;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	vn = make_and_walk(fx);
	for (i = 0; i < FILES; i++)
		use(fx, vn[i], i);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	put_all(vn);
}

struct swapper {
	pthread_t thread;
	char dir[128], link[128];
	_Atomic bool stop;
};

static void *
swap(void *arg)
{
	struct swapper *s = arg;

	while (!s->stop)
		(void)renameat2(
		    AT_FDCWD, s->dir, AT_FDCWD, s->link, RENAME_EXCHANGE);
	return NULL;
}

/*
 * The host makes a directory a link to one outside, and back, all the time,
 * while a file in it is looked for.
 */
void
nothing_outside_is_taken_for_a_file(void **state)
{
	struct fixture *fx = *state;
	struct swapper s = { .stop = false };
	char outside[64], buf[16], path[128];
	struct vnode *vn;
	int i, rc, found = 0;

	make_outside(outside, sizeof(outside));
	snprintf(path, sizeof(path), "%s/f", outside);
	assert_int_equal(symlink("outside", path), 0);
	snprintf(s.dir, sizeof(s.dir), "%s", on_host(fx, "d"));
	snprintf(s.link, sizeof(s.link), "%s", on_host(fx, "l"));
	mkdir(s.dir, 0777);
	assert_int_equal(symlink(outside, s.link), 0);
	host_file(fx, "d/f", "inside");
	vn = walk(fx, "d/f");
	assert_int_equal(pthread_create(&s.thread, NULL, swap, &s), 0);
	for (i = 0; i < 300 || found == 0; i++) {
		send_away(fx);
		rc = content(fx, vn, buf, sizeof(buf));
		assert_true(rc == 0 || rc == -ESTALE);
		found += rc == 0;
		if (rc == 0)
			assert_string_equal(buf, "inside");
	}
	s.stop = true;
	pthread_join(s.thread, NULL);
	vnode_put(vn);
	remove_tree(outside);
}

#define THREADS 4
#define ROUNDS 400
#define SHARED 40

struct user {
	struct fixture *fx;
	struct vnode **vn;
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	unsigned int seed;
	int bad; /* answers that cannot be */
};

/* Somebody else may have removed it, but not behind the mount's back. */
static void
one_round(struct user *u, const struct who *who)
{
	int i = rand_r(&u->seed) % SHARED;
	struct vnode *vn = u->vn[i], *found;
	struct vattr attr;
	char name[16];
	int rc;

	snprintf(name, sizeof(name), "s%d", i);
	switch (rand_r(&u->seed) % 8) {
	case 0:
		rc = do_unlink(who, u->fx->root, name);
		u->bad += rc != 0 && rc != -ENOENT;
		break;
	case 1:
		rc = do_link(who, u->fx->root, vn, name);
		u->bad += rc != 0 && rc != -EEXIST && rc != -ENOENT;
		break;
	case 2:
		rc = do_rename(who, u->fx->root, name, u->fx->root, "moved");
		u->bad += rc != 0 && rc != -ENOENT;
		break;
	case 3:
		rc = do_walk(who, u->fx->root, name, &found);
		u->bad += rc != 0 && rc != -ENOENT;
		if (rc == 0)
			vnode_put(found);
		break;
	default:
		rc = do_getattr(who, vn, &attr);
		u->bad += rc != 0 || attr.path != vnode_qid(vn).path;
	}
}

static void *
use_them(void *arg)
{
	struct user *u = arg;
	struct who who = { &u->loop, u->fx->self.cred };
	int i;

	for (i = 0; i < ROUNDS; i++)
		one_round(u, &who);
	return NULL;
}

/* Loops are made and closed while nobody else is about descriptors. */
static void
begin(struct user *u, struct fixture *fx, struct vnode **vn, unsigned int seed)
{
	*u = (struct user){ .fx = fx, .vn = vn, .seed = seed };
	assert_int_equal(uv_loop_init(&u->uv), 0);
	assert_int_equal(vloop_init(&u->loop, &u->uv), 0);
}

static void
end(struct user *u)
{
	vloop_fini(&u->loop);
	uv_run(&u->uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&u->uv), 0);
	assert_int_equal(u->bad, 0);
}

void
threads_share_a_few_descriptors(void **state)
{
	struct fixture *fx = *state;
	struct user users[THREADS];
	struct vnode *vn[SHARED];
	char name[16];
	int i;

	for (i = 0; i < SHARED; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		make_file(fx, name, "text");
		vn[i] = walk(fx, name);
	}
	for (i = 0; i < THREADS; i++)
		begin(&users[i], fx, vn, (unsigned int)i);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&users[i].thread, NULL, use_them, &users[i]),
		    0);
	for (i = 0; i < THREADS; i++)
		pthread_join(users[i].thread, NULL);
	for (i = 0; i < THREADS; i++)
		end(&users[i]);
	for (i = 0; i < SHARED; i++) {
		holds(fx, vn[i], "text");
		vnode_put(vn[i]);
	}
}
