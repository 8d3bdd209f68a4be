/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step_print.c -- a step as a line.
 *
 *	1: rename a/b -> 2:/c		party 1; from the directory in its slot 2
 *	0: chmod [3] 0644		party 0; the file in its slot 3
 */

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "step.h"

struct text {
	char *buf;
	size_t cap, len;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->buf + t->len, t->cap - t->len, format, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < t->cap - t->len ? (size_t)n
						      : t->cap - t->len - 1;
}

const char *
step_op_name(enum op op)
{
	static const char *const texts[] = { [OP_OPEN] = "open",
		[OP_CLOSE] = "close",
		[OP_READ] = "read",
		[OP_WRITE] = "write",
		[OP_READDIR] = "readdir",
		[OP_FSYNC] = "fsync",
		[OP_STAT] = "stat",
		[OP_CHMOD] = "chmod",
		[OP_CHOWN] = "chown",
		[OP_UTIMES] = "utimes",
		[OP_TRUNCATE] = "truncate",
		[OP_GETXATTR] = "getxattr",
		[OP_SETXATTR] = "setxattr",
		[OP_REMOVEXATTR] = "removexattr",
		[OP_LISTXATTR] = "listxattr",
		[OP_READLINK] = "readlink",
		[OP_MKDIR] = "mkdir",
		[OP_MKFIFO] = "mkfifo",
		[OP_SYMLINK] = "symlink",
		[OP_LINK] = "link",
		[OP_RENAME] = "rename",
		[OP_UNLINK] = "unlink",
		[OP_RMDIR] = "rmdir",
		[OP_STATFS] = "statfs",
		[OP_LOCK] = "lock" };

	return texts[op];
}

void
step_path(const struct place *p, char *buf, size_t cap)
{
	struct text t = { buf, cap, 0 };
	unsigned int i;

	for (i = 0; i < p->n; i++)
		add(&t, i == 0 ? "%s" : "/%s", step_name(p->names[i]));
	if (p->n == 0)
		add(&t, ".");
}

static void
add_place(struct text *t, const struct place *p)
{
	unsigned int i;

	if (p->base != STEP_ROOT)
		add(t, " %d:", p->base);
	else
		add(t, " ");
	if (p->n == 0)
		add(t, ".");
	for (i = 0; i < p->n; i++) {
		const char *name = step_name(p->names[i]);

		if (strlen(name) > 8)
			add(t, "%s<%c*%zu>", i == 0 ? "" : "/", name[0],
			    strlen(name));
		else
			add(t, "%s%s", i == 0 ? "" : "/", name);
	}
}

static void
add_open_flags(struct text *t, int flags)
{
	static const struct {
		int flag;
		const char *name;
	} all[] = { { O_CREAT, "CREAT" }, { O_EXCL, "EXCL" },
		{ O_TRUNC, "TRUNC" }, { O_APPEND, "APPEND" },
		{ O_DIRECTORY, "DIRECTORY" }, { O_NOFOLLOW, "NOFOLLOW" } };
	static const char *const access[] = { "RDONLY", "WRONLY", "RDWR" };
	size_t i;

	add(t, " %s", access[flags & O_ACCMODE]);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (flags & all[i].flag)
			add(t, "|%s", all[i].name);
}

static void
add_time(struct text *t, const struct timespec *ts)
{
	if (ts->tv_nsec == UTIME_NOW || ts->tv_nsec == UTIME_OMIT)
		add(t, ts->tv_nsec == UTIME_NOW ? " now" : " omit");
	else
		add(t, " %lld.%09ld", (long long)ts->tv_sec, ts->tv_nsec);
}

static void
add_arguments(struct text *t, const struct step *s)
{
	static const char *const locks[] = { "read", "write", "unlock" };
	static const char *const sets[] = { "", " create", " replace" };

	switch (s->op) {
	case OP_OPEN:
		add(t, " -> [%d]", s->slot);
		add_open_flags(t, s->flags);
		if (s->flags & O_CREAT)
			add(t, " %04o", s->mode);
		break;
	case OP_LOCK:
		add(t, " %s", locks[s->flags]);
		/* fallthrough */
	case OP_READ:
	case OP_WRITE:
		add(t, " %u bytes at %llu", s->len, (unsigned long long)s->off);
		break;
	case OP_TRUNCATE:
		add(t, " %llu", (unsigned long long)s->off);
		break;
	case OP_CHMOD:
	case OP_MKDIR:
	case OP_MKFIFO:
		add(t, " %04o", s->mode);
		break;
	case OP_CHOWN:
		add(t, " %d:%d", (int)s->uid, (int)s->gid);
		break;
	case OP_UTIMES:
		add_time(t, &s->times[0]);
		add_time(t, &s->times[1]);
		break;
	case OP_SETXATTR:
		add(t, " %s %u bytes%s", step_xattr(s->which), s->len % 200,
		    sets[s->flags]);
		break;
	case OP_GETXATTR:
	case OP_REMOVEXATTR:
		add(t, " %s", step_xattr(s->which));
		break;
	case OP_SYMLINK:
		add(t, " to %s", step_target(s->which));
		break;
	case OP_LINK:
	case OP_RENAME:
		add(t, " ->");
		add_place(t, &s->to);
		break;
	default:
		break;
	}
}

void
step_print(const struct step *s, char *buf, size_t cap)
{
	struct text t = { buf, cap, 0 };

	add(&t, "%u: %s", s->party, step_op_name(s->op));
	if (s->slot == STEP_ROOT || s->op == OP_OPEN)
		add_place(&t, &s->at);
	else
		add(&t, " [%d]", s->slot);
	add_arguments(&t, s);
	if (s->way & (WAY_OTHER | WAY_SINGLY | WAY_OLD))
		add(&t, " (%s%s%s)", s->way & WAY_OTHER ? "o" : "",
		    s->way & WAY_SINGLY ? "s" : "",
		    s->way & WAY_OLD ? "r" : "");
}
