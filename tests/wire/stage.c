/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stage.c -- see stage.h.
 */

#include <sys/stat.h>

#include <fcntl.h>

#include "stage.h"

static struct stage stage;

const char *
stage_path(struct stage *s, const char *name)
{
	static char paths[4][512];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", s->base, name);
	return path;
}

static char *
make_dir(struct stage *s, const char *name)
{
	char *dir = temp_path(s->base, name);

	assert_int_equal(mkdir(dir, 0777), 0);
	return dir;
}

static struct held *
mount_held(struct stage *s, const char *name)
{
	char *dir = make_dir(s, name);
	struct held *h = mounts_held(dir);
	char path[512];
	int i, fd;

	for (i = 0; i < STAGE_FILES; i++) {
		snprintf(path, sizeof(path), "%s/f%d", h->back, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, "content", 7), 7);
		close(fd);
	}
	free(dir);
	return h;
}

int
stage_setup(void **state)
{
	struct stage *s = &stage;
	struct wire *w = *state;
	char shown[600];

	*s = (struct stage){ .w = w };
	if (wire_setup(state) != 0)
		return -1;
	*state = s;
	s->base = temp_dir();
	s->disk = make_dir(s, "disk");
	s->mem = make_dir(s, "mem");
	mounts_tmpfs(s->mem, "mode=0777");
	s->a = mount_held(s, "a");
	s->b = mount_held(s, "b");
	snprintf(shown, sizeof(shown), "/t=%s", s->base);
	s->srv = WIRE_SERVER(w, "-e", shown, "--workers", "32");
	s->c = stage_client(s);
	return 0;
}

/* What a server waits for has to end before the server can. */
int
stage_teardown(void **state)
{
	struct stage *s = *state;

	mounts_undo();
	*state = s->w;
	wire_teardown(state);
	free(s->disk);
	free(s->mem);
	temp_remove(s->base);
	return 0;
}

void
stage_over(struct stage *s)
{
	t9_free_all();
	server_stop(s->srv);
	s->srv = NULL;
}

struct t9 *
stage_client(struct stage *s)
{
	struct t9 *c = wire_session_with(s->srv, WIRE_MSIZE);

	t9_walk(c, ROOT, HOME, "t");
	return c;
}

void
stage_open_all(struct t9 *c, const char *dir, uint32_t first)
{
	char path[64];
	uint32_t i;

	for (i = 0; i < STAGE_FILES; i++) {
		snprintf(path, sizeof(path), "%s/f%u", dir, i);
		t9_open(c, HOME, first + i, path, P9_O_RDWR);
	}
}

void
stage_read_all(struct t9 *c, uint32_t first, uint16_t tags[STAGE_FILES])
{
	uint32_t i;

	t9_cork(c);
	for (i = 0; i < STAGE_FILES; i++)
		tags[i] =
		    t9_send(c, T9_MSG(Tread, .fid = first + i, .count = 7));
	t9_uncork(c);
}
