/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * complete.c -- what could come next on a line.
 *
 * It is found as a list of names, of which those that begin as the last word
 * does, behind its last slash, are kept.  What they have in common is inserted,
 * in the quotes that are open there.
 */

#include <sys/stat.h>

#include "columns.h"
#include "complete.h"
#include "place.h"
#include "utf8.h"
#include "words.h"

#define MANY 1000U

static bool
begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

/* What cannot be typed, or would disturb the line, is left out. */
static bool
is_text(const char *name)
{
	uint32_t code;
	size_t len;

	for (; *name != '\0'; name += len) {
		len = utf8_get(name, strlen(name), &code);
		if (len == 0 || code < ' ' || (code >= 0x7f && code < 0xa0))
			return false;
	}
	return true;
}

static void
add_commands(const char *word, struct dir_list *out)
{
	const struct cli_command *const *cmd;

	for (cmd = cli_commands; *cmd != NULL; cmd++)
		if (begins((*cmd)->name, word))
			dir_add(out, (*cmd)->name);
}

static void
add_options(const char *command, const char *word, struct dir_list *out)
{
	const struct cli_command *cmd = cli_find(command);
	const struct cli_option *o;
	char text[64];

	if (cmd == NULL)
		return;
	for (o = cmd->options; o != NULL && o->letter != 0; o++) {
		snprintf(text, sizeof(text), "-%c", o->letter);
		if (o->letter < CLI_LONG && begins(text, word))
			dir_add(out, text);
		snprintf(text, sizeof(text), "%s%s",
		    (cmd->flags & CLI_ONE_DASH) != 0 && o->arg != NULL ? "-"
								       : "--",
		    o->name != NULL ? o->name : "");
		if (o->name != NULL && begins(text, word))
			dir_add(out, text);
	}
	if (begins("--help", word))
		dir_add(out, "--help");
}

/* A link to a directory is one, too; only who is alone is looked at. */
static void
look_behind(struct cli *c, const struct place *place, const char *dir,
    struct dir_list *out)
{
	struct dir_entry *e = out->e;
	struct etfsc_attr attr;
	char *path;

	if (out->n != 1 || (e->qid.type & ETFSC_QTSYMLINK) == 0 ||
	    (path = cli_join(dir, e->name)) == NULL)
		return;
	e->slash = place->look(c, path, true, &attr) == 0 && S_ISDIR(attr.mode);
	free(path);
}

static void
add_files(struct cli *c, const struct place *place, const char *dir,
    const char *base, struct dir_list *out)
{
	struct place_file at = PLACE_NONE;
	struct dir_list all = { .n = 0 };
	struct dir_entry *e;
	size_t i;

	if (place->at(c, dir[0] != '\0' ? dir : ".", &at) == 0 &&
	    place->list(c, &at, &all) == 0)
		for (i = 0; i < all.n; i++) {
			if (!begins(all.e[i].name, base) ||
			    (all.e[i].name[0] == '.' && base[0] != '.') ||
			    !is_text(all.e[i].name) ||
			    (e = dir_add(out, all.e[i].name)) == NULL)
				continue;
			e->qid = all.e[i].qid;
			e->slash = (e->qid.type & ETFSC_QTDIR) != 0;
		}
	dir_free(&all);
	place_drop(c, &at);
	look_behind(c, place, dir, out);
}

/* Where operand n of a command is looked for, first and then. */
static void
choose(const char *command, size_t n, const struct place *in[2])
{
	bool put = strcmp(command, "put") == 0;

	in[0] = &place_remote;
	in[1] = NULL;
	if (strcmp(command, "lcd") == 0 || strcmp(command, "lls") == 0 ||
	    (put && n == 0))
		in[0] = &place_local;
	else if (put)
		in[1] = &place_local;
	else if (strcmp(command, "get") == 0 && n > 0) {
		in[0] = &place_local;
		in[1] = &place_remote;
	}
}

static size_t
operands(const struct words *w)
{
	size_t i, n = 0;

	for (i = 1; i + 1 < w->n; i++)
		n += w->v[i][0] != '-';
	return n;
}

static void
add_paths(struct cli *c, const struct words *w, const char *word,
    struct dir_list *out)
{
	const char *slash = strrchr(word, '/');
	char *dir =
	    strndup(word, slash != NULL ? (size_t)(slash + 1 - word) : 0);
	const struct place *in[2];
	size_t i;

	choose(w->v[0], operands(w), in);
	for (i = 0; dir != NULL && i < 2 && in[i] != NULL && out->n == 0; i++)
		if (in[i] != &place_remote || (c->fs != NULL && !c->lost))
			add_files(c, in[i], dir,
			    slash != NULL ? slash + 1 : word, out);
	free(dir);
}

/* How many bytes all have in common, whole characters. */
static size_t
common(const struct dir_list *list)
{
	const char *first = list->e[0].name;
	size_t len = strlen(first), i, n;

	for (i = 1; i < list->n; i++) {
		for (n = 0; n < len && list->e[i].name[n] == first[n]; n++)
			;
		len = n;
	}
	while (len > 0 && (first[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* The rest of what they have in common, and what ends the only one. */
static char *
rest(const struct dir_list *list, size_t typed, char quote)
{
	char *name = strndup(list->e[0].name, common(list)), *text, *out;
	char end[3] = { quote, ' ', '\0' };

	if (name == NULL)
		return NULL;
	text = strlen(name) >= typed ? words_quote(name + typed, quote) : NULL;
	free(name);
	if (text == NULL || list->n > 1)
		return text;
	if (asprintf(&out, "%s%s", text,
		list->e[0].slash    ? "/"
		    : quote != '\0' ? end
				    : " ") < 0)
		out = NULL;
	free(text);
	return out;
}

static void
show(const struct dir_list *list)
{
	putchar('\n');
	if (list->n > MANY)
		printf("%zu names\n", list->n);
	else
		columns_print(list, columns_width());
	fflush(stdout);
}

static void
find(struct cli *c, const struct words *w, const char *word,
    struct dir_list *out)
{
	if (w->n > 1 && word[0] == '-')
		add_options(w->v[0], word, out);
	else if (w->n <= 1 || strcmp(w->v[0], "help") == 0)
		add_commands(word, out);
	else
		add_paths(c, w, word, out);
	dir_sort(out);
}

/* A word that has not begun is an empty one. */
static int
split(const char *line, struct words *w)
{
	int rc = words_split(line, w);

	if (rc == 0 && !w->open) {
		if ((w->v[w->n] = strdup("")) == NULL)
			return -ENOMEM;
		w->n++;
	}
	return rc;
}

enum complete_end
complete_line(struct cli *c, const char *line, char **insert)
{
	enum complete_end end = COMPLETE_NOTHING;
	struct dir_list list = { .n = 0 };
	const char *word, *slash;
	struct words w;

	*insert = NULL;
	if (split(line, &w) == 0 && !w.comment && w.quote != '\\') {
		word = w.v[w.n - 1];
		slash = w.n > 1 ? strrchr(word, '/') : NULL;
		find(c, &w, word, &list);
		if (list.n > 0)
			*insert = rest(&list,
			    strlen(slash != NULL ? slash + 1 : word), w.quote);
	}
	if (*insert != NULL && (*insert)[0] != '\0') {
		end = COMPLETE_DONE;
	} else if (list.n > 1) {
		show(&list);
		end = COMPLETE_SHOWN;
	}
	words_free(&w);
	dir_free(&list);
	return end;
}
