/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_print.c -- a message as one line of text, for the trace.
 *
 * The strings come from a peer and the line goes to a terminal: a byte that is
 * not printable ASCII never gets through as it is.  What joins the parts of a
 * list is escaped inside them, so that a name cannot pass for two.
 */

#include <stdarg.h>
#include <stdio.h>

#include "p9_table.h"

/* The line so far.  len is what it would be if buf had no end. */
struct line {
	char *buf;
	size_t cap;
	size_t len;
};

static void print_fields(struct line *l, const struct p9_field *fields,
    const void *body, char is, char sep);

static void
add_char(struct line *l, char c)
{
	if (l->len < l->cap)
		l->buf[l->len] = c;
	l->len++;
}

__attribute__((format(printf, 2, 3))) static void
add(struct line *l, const char *fmt, ...)
{
	size_t left = l->len < l->cap ? l->cap - l->len : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(left > 0 ? l->buf + l->len : NULL, left, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
}

static void
add_hex(struct line *l, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";

	add_char(l, digits[byte >> 4]);
	add_char(l, digits[byte & 15]);
}

static void
add_escaped(struct line *l, char c)
{
	if (c < ' ' || c > '~' || c == '%' || c == '/' || c == ',') {
		add_char(l, '%');
		add_hex(l, (uint8_t)c);
	} else
		add_char(l, c);
}

static void
print_str(struct line *l, p9_str str)
{
	uint16_t i;

	for (i = 0; i < str.len; i++)
		add_escaped(l, str.s[i]);
}

/* A payload that is not in memory (p is NULL) has a length all the same. */
static void
print_data(struct line *l, const p9_data *data)
{
	uint32_t shown = data->len;
	uint32_t i;

	if (shown > P9_PRINT_DATA)
		shown = P9_PRINT_DATA;
	if (data->p == NULL)
		shown = 0;
	for (i = 0; i < shown; i++)
		add_hex(l, data->p[i]);
	if (shown < data->len)
		add(l, "..+%u", (unsigned int)(data->len - shown));
}

static void
print_qid(struct line *l, const p9_qid *qid)
{
	add(l, "%02x.%08x.%016llx", (unsigned int)qid->type,
	    (unsigned int)qid->version, (unsigned long long)qid->path);
}

static void
print_names(struct line *l, const p9_names *names)
{
	uint16_t i;

	for (i = 0; i < names->n && i < P9_MAXWELEM; i++) {
		if (i > 0)
			add_char(l, '/');
		print_str(l, names->name[i]);
	}
}

static void
print_qids(struct line *l, const p9_qids *qids)
{
	uint16_t i;

	for (i = 0; i < qids->n && i < P9_MAXWELEM; i++) {
		if (i > 0)
			add_char(l, ',');
		print_qid(l, &qids->qid[i]);
	}
}

static void
print_value(struct line *l, enum p9_wire wire, const void *from)
{
	switch (wire) {
	case P9_W_u8:
		add(l, "%u", (unsigned int)*(const p9_u8 *)from);
		break;
	case P9_W_u16:
		add(l, "%u", (unsigned int)*(const p9_u16 *)from);
		break;
	case P9_W_u32:
	case P9_W_u32opt:
		add(l, "%u", (unsigned int)*(const p9_u32 *)from);
		break;
	case P9_W_u64:
		add(l, "%llu", (unsigned long long)*(const p9_u64 *)from);
		break;
	case P9_W_str:
		print_str(l, *(const p9_str *)from);
		break;
	case P9_W_data:
		print_data(l, from);
		break;
	case P9_W_qid:
		print_qid(l, from);
		break;
	case P9_W_names:
		print_names(l, from);
		break;
	case P9_W_qids:
		print_qids(l, from);
		break;
	case P9_W_stat:
		print_fields(l, p9_stat_fields, from, ':', ',');
		break;
	case P9_W_stat2000:
		print_fields(l, p9_stat2000_fields, from, ':', ',');
		break;
	case P9_W_END:
		break;
	}
}

/* What is counted on the wire shows its count: "nwname=2 wname=usr/lib". */
static void
print_count(struct line *l, const struct p9_field *f, const void *from)
{
	uint16_t n;

	if (f->wire == P9_W_names)
		n = ((const p9_names *)from)->n;
	else if (f->wire == P9_W_qids)
		n = ((const p9_qids *)from)->n;
	else
		return;
	add(l, "n%s=%u ", f->name, (unsigned int)n);
}

static void
print_fields(struct line *l, const struct p9_field *f, const void *body,
    char is, char sep)
{
	const void *from;

	for (; f->wire != P9_W_END; f++) {
		from = (const char *)body + f->off;
		print_count(l, f, from);
		add(l, "%s%c", f->name, is);
		print_value(l, f->wire, from);
		if (f[1].wire != P9_W_END)
			add_char(l, sep);
	}
}

int
p9_print(const struct p9_msg *m, enum p9_dialect dialect, char *buf, size_t cap)
{
	const struct p9_desc *d = p9_desc(dialect, m->type);
	struct line l = { buf, cap, 0 };

	if (d != NULL)
		add(&l, "%s", p9_name(dialect, m->type));
	else
		add(&l, "%c%u", m->type & 1 ? 'R' : 'T', (unsigned int)m->type);
	add(&l, " tag=%u", (unsigned int)m->tag);
	if (d != NULL && d->fields->wire != P9_W_END) {
		add_char(&l, ' ');
		print_fields(&l, d->fields, &m->u, '=', ' ');
	}
	if (cap > 0)
		buf[l.len < cap ? l.len : cap - 1] = '\0';
	return (int)l.len;
}
