/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mode.c -- permissions as text: octal, or clauses as POSIX has them.
 */

#include <string.h>
#include <sys/stat.h>

#include "mode.h"

#define ALL (S_IRWXU | S_IRWXG | S_IRWXO)

mode_t
mode_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

static bool
octal(const char *text, mode_t *out)
{
	mode_t mode = 0;

	for (; *text >= '0' && *text <= '7' && mode < 010000; text++)
		mode = mode << 3 | (mode_t)(*text - '0');
	*out = mode;
	return *text == '\0' && mode < 010000;
}

/* The bits that a clause is about; 0: it names nobody. */
static mode_t
who(const char **text)
{
	mode_t bits = 0;

	for (;; (*text)++) {
		switch (**text) {
		case 'u':
			bits |= S_IRWXU | S_ISUID;
			break;
		case 'g':
			bits |= S_IRWXG | S_ISGID;
			break;
		case 'o':
			bits |= S_IRWXO | S_ISVTX;
			break;
		case 'a':
			bits |= 07777;
			break;
		default:
			return bits;
		}
	}
}

/* Of all users, those that the letter stands for. */
static bool
letter(char l, mode_t mode, mode_t *bits)
{
	switch (l) {
	case 'r':
		*bits |= 0444;
		return true;
	case 'w':
		*bits |= 0222;
		return true;
	case 'X':
		if (!S_ISDIR(mode) && (mode & 0111) == 0)
			return true;
		/* FALLTHROUGH */
	case 'x':
		*bits |= 0111;
		return true;
	case 's':
		*bits |= S_ISUID | S_ISGID;
		return true;
	case 't':
		*bits |= S_ISVTX;
		return true;
	default:
		return false;
	}
}

/* What one of u, g and o may do, for all; or the letters. */
static mode_t
permissions(const char **text, mode_t mode)
{
	mode_t bits = 0;
	const char *of = strchr("ogu", **text);

	if (of != NULL && *of != '\0') {
		(*text)++;
		return (mode >> (*of == 'o'          ? 0
					: *of == 'g' ? 3
						     : 6) &
			   7) *
		    0111;
	}
	while (letter(**text, mode, &bits))
		(*text)++;
	return bits;
}

/* A clause: "go+r-w". */
static bool
clause(const char **text, mode_t mask, mode_t *mode)
{
	mode_t whose = who(text), named = whose, bits;
	char op;

	if (whose == 0)
		whose = 07777 & ~(mask & ALL);
	if (**text != '+' && **text != '-' && **text != '=')
		return false;
	while (**text == '+' || **text == '-' || **text == '=') {
		op = *(*text)++;
		bits = permissions(text, *mode) & whose;
		if (op == '-')
			*mode &= ~bits;
		else if (op == '+')
			*mode |= bits;
		else
			*mode = (*mode & ~(named != 0 ? named : 07777)) | bits;
	}
	return true;
}

bool
mode_parse(const char *text, mode_t old, mode_t mask, mode_t *out)
{
	mode_t mode = old;

	if (*text >= '0' && *text <= '9')
		return octal(text, out);
	while (clause(&text, mask, &mode)) {
		if (*text == '\0') {
			*out = mode & 07777;
			return true;
		}
		if (*text++ != ',')
			return false;
	}
	return false;
}
