/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.h -- what cases about the contents of files have in common.
 */

#ifndef FILE_H
#define FILE_H

#include "posix.h"

/* put(), and the descriptor, O_RDWR. */
#define put_open(path, contents) file_put_open(HERE, path, contents)
int file_put_open(
    const char *file, int line, const char *path, const char *contents);

/* What fstat(2) tells, and the size of a path. */
#define fstat_of(fd) file_fstat(HERE, fd)
#define size_of(path) (look(path).st_size)
struct stat file_fstat(const char *file, int line, int fd);

/* Up to len bytes of fd at an offset, as text; good until the next. */
const char *text_at(int fd, off_t at, size_t len);

/* Are len bytes of fd at an offset all c? */
bool is_all(int fd, off_t at, size_t len, char c);

/* Bytes that know their place, the first being that at an offset. */
void fill(char *buf, size_t len, size_t at);
bool is_filled(const char *buf, size_t len, size_t at);

/* Are len bytes of fd at an offset such? */
bool has_filled(int fd, off_t at, size_t len);

/*
 * Which times of path does the call move, of "a", "m" and "c"?  The former two
 * are set to long ago before, and the clock has moved on.
 */
#define moves(path, times, call)                                               \
	do {                                                                   \
		struct stat before_ = file_aged(HERE, path);                   \
		call;                                                          \
		text(times, file_moved(HERE, &before_, path));                 \
	} while (0)
struct stat file_aged(const char *file, int line, const char *path);
const char *file_moved(
    const char *file, int line, const struct stat *before, const char *path);

#endif
