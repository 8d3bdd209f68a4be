/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * partimage.c -- disk images for the tests of partitions.
 */

#include "partimage.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Images.
 */

static ssize_t
image_read(void *ctx, void *buf, size_t len, uint64_t off)
{
	struct image *im = ctx;
	size_t n = len < im->most ? len : im->most, there = 0;

	im->reads++;
	assert_true(off <= im->src.size && len <= im->src.size - off);
	if (im->bad >= off && im->bad - off < len)
		return -EIO;
	if (off < im->len)
		there = n < im->len - off ? n : (size_t)(im->len - off);
	if (there > 0)
		memcpy(buf, im->bytes + off, there);
	memset((uint8_t *)buf + there, 0, n - there);
	return (ssize_t)n;
}

static void
image_init(struct image *im, uint8_t *bytes, size_t size)
{
	*im = (struct image){
		.src = { image_read, im, size, 512 },
		.bytes = bytes,
		.len = size,
		.bad = NOWHERE,
		.most = SIZE_MAX,
	};
}

void
image_make(struct image *im, size_t size)
{
	void *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_ptr_not_equal(bytes, MAP_FAILED);
	image_init(im, bytes, size);
}

/* A new file, of a name that does not end in a digit. */
static int
make_file(char *path, size_t cap, size_t size)
{
	int fd;

	(void)snprintf(path, cap, "/tmp/part.XXXXXX.img");
	fd = mkstemps(path, 4);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	return fd;
}

static FILE *
start(const char *path, const char *command)
{
	char *line;
	FILE *f;

	assert_true(
	    asprintf(&line, "PATH=$PATH:/usr/sbin:/sbin LC_ALL=C; F=%s; %s",
		path, command) > 0);
	f = popen(line, "r"); /* NOLINT: a command of ours */
	free(line);
	assert_non_null(f);
	return f;
}

static void
finish(FILE *f, const char *command)
{
	char line[512];

	while (fgets(line, sizeof(line), f) != NULL)
		;
	if (pclose(f) != 0)
		fail_msg("failed: %s", command);
}

void
image_made_by(struct image *im, size_t size, const char *command)
{
	char path[sizeof(im->path)];
	int fd = make_file(path, sizeof(path), size);
	void *bytes;

	finish(start(path, command), command);
	bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(bytes, MAP_FAILED);
	close(fd);
	unlink(path);
	image_init(im, bytes, size);
	memcpy(im->path, path, sizeof(path));
}

void
image_free(struct image *im)
{
	munmap(im->bytes, im->len);
}

/*
 * What others say.
 */

/* The next number in *s, which moves behind it; what is not one is skipped. */
static bool
next_number(const char **s, uint64_t *out)
{
	char *end;

	while (**s != '\0' && !isdigit((unsigned char)**s))
		(*s)++;
	if (**s == '\0')
		return false;
	*out = strtoull(*s, &end, 10);
	*s = end;
	return true;
}

/* Writes as little as it can, and leaves holes. */
static void
write_file(const struct image *im, char *path, size_t cap)
{
	static const uint8_t zeros[4096];
	int fd = make_file(path, cap, im->src.size);
	size_t off, n;

	for (off = 0; off < im->len; off += n) {
		n = im->len - off < sizeof(zeros) ? im->len - off
						  : sizeof(zeros);
		if (memcmp(im->bytes + off, zeros, n) != 0)
			assert_int_equal(
			    pwrite(fd, im->bytes + off, n, (off_t)off), n);
	}
	close(fd);
}

size_t
image_list(const struct image *im, const char *command, uint32_t sector,
    struct listed *out, size_t max)
{
	char path[64], line[512];
	uint64_t number, first, count;
	const char *s;
	size_t n = 0;
	FILE *f;

	write_file(im, path, sizeof(path));
	f = start(path, command);
	while (fgets(line, sizeof(line), f) != NULL) {
		s = line + strlen(path);
		if (strncmp(line, path, strlen(path)) != 0 ||
		    !next_number(&s, &number) || !next_number(&s, &first) ||
		    !next_number(&s, &count))
			continue;
		assert_true(n < max);
		out[n++] = (struct listed){ (unsigned int)number,
			first * sector, count * sector };
	}
	finish(f, command);
	unlink(path);
	return n;
}

size_t
image_parted(const struct image *im, struct listed *out, size_t max)
{
	static const char command[] = "parted -sm $F unit B print 2>/dev/null";
	char path[64], line[512];
	uint64_t number, first, last, size;
	const char *s;
	size_t n = 0;
	FILE *f;

	write_file(im, path, sizeof(path));
	f = start(path, command);
	while (fgets(line, sizeof(line), f) != NULL) {
		s = line;
		if (!isdigit((unsigned char)line[0]) ||
		    !next_number(&s, &number) || !next_number(&s, &first) ||
		    !next_number(&s, &last) || !next_number(&s, &size))
			continue;
		assert_true(n < max);
		out[n++] = (struct listed){ (unsigned int)number, first, size };
	}
	finish(f, command);
	unlink(path);
	return n;
}

/*
 * What we say.
 */

void
check_found(struct image *im, const char *spec, uint64_t offset, uint64_t size)
{
	struct etfs_part part;
	struct etfs_why why;
	int rc = etfs_part_find(&im->src, spec, &part, &why);

	if (rc != 0)
		fail_msg("%s: %d: %s", spec, rc, why.text);
	assert_string_equal(why.text, "");
	if (part.offset != offset || part.size != size)
		fail_msg("%s: at %llu, %llu bytes; not at %llu, %llu", spec,
		    (unsigned long long)part.offset,
		    (unsigned long long)part.size, (unsigned long long)offset,
		    (unsigned long long)size);
}

void
check_error(struct image *im, const char *spec, int rc, const char *words)
{
	struct etfs_part part = { 1, 2 };
	struct etfs_why why;

	assert_int_equal(etfs_part_find(&im->src, spec, &part, &why), rc);
	if (strstr(why.text, words) == NULL)
		fail_msg("%s: \"%s\", and not: %s", spec, why.text, words);
	assert_int_equal(part.offset, 1);
	assert_int_equal(part.size, 2);
}

void
check_refused(struct image *im, const char *spec, const char *words)
{
	check_error(im, spec, -EINVAL, words);
}

static const struct listed *
find_listed(const struct listed *list, size_t n, unsigned int number)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i].number == number)
			return &list[i];
	return NULL;
}

void
check_listed(struct image *im, const struct listed *list, size_t n,
    unsigned int extended, unsigned int max)
{
	const struct listed *l;
	unsigned int number;
	size_t found = 0;
	char spec[32];

	for (number = 1; number <= max; number++) {
		(void)snprintf(spec, sizeof(spec), "PART:%u", number);
		l = find_listed(list, n, number);
		if (l == NULL)
			check_refused(im, spec, "there is no partition");
		else if (number == extended)
			check_refused(im, spec, "extended");
		else
			check_found(im, spec, l->offset, l->size);
		found += l != NULL;
	}
	assert_int_equal(found, n);
}

/*
 * Tables.
 */

void
put16(uint8_t *p, uint16_t n)
{
	p[0] = (uint8_t)n;
	p[1] = (uint8_t)(n >> 8);
}

void
put32(uint8_t *p, uint32_t n)
{
	put16(p, (uint16_t)n);
	put16(p + 2, (uint16_t)(n >> 16));
}

void
put64(uint8_t *p, uint64_t n)
{
	put32(p, (uint32_t)n);
	put32(p + 4, (uint32_t)(n >> 32));
}

uint32_t
get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

uint64_t
get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

void
mbr_make(uint8_t *p)
{
	memset(p, 0, 512);
	p[510] = 0x55;
	p[511] = 0xaa;
}

void
mbr_slot(
    uint8_t *p, unsigned int n, uint8_t type, uint32_t first, uint32_t count)
{
	p += 446 + (size_t)(n - 1) * 16;
	p[4] = type;
	put32(p + 8, first);
	put32(p + 12, count);
}

/* By long division, as in the book. */
static uint32_t
remainder_of(const uint8_t *p, size_t len)
{
	uint32_t r = UINT32_MAX;
	size_t i;

	for (i = 0; i < len * 8; i++) {
		r ^= (uint32_t)(p[i / 8] >> i % 8) & 1;
		r = (r & 1) != 0 ? (r >> 1) ^ 0xedb88320 : r >> 1;
	}
	return r ^ UINT32_MAX;
}

void
gpt_sum(struct image *im, uint8_t *header, uint32_t sector)
{
	uint64_t at = get64(header + 72) * sector;
	uint64_t len = (uint64_t)get32(header + 80) * get32(header + 84);
	uint32_t size = get32(header + 12);

	if (at < im->len && len <= MIB && len <= im->len - at)
		put32(header + 88, remainder_of(im->bytes + at, (size_t)len));
	put32(header + 16, 0);
	if (size <= 512)
		put32(header + 16, remainder_of(header, size));
}

void
label_put16(const struct label_at *l, size_t off, uint16_t n)
{
	l->p[off + l->big] = (uint8_t)n;
	l->p[off + !l->big] = (uint8_t)(n >> 8);
}

void
label_put32(const struct label_at *l, size_t off, uint32_t n)
{
	label_put16(l, off, (uint16_t)(l->big ? n >> 16 : n));
	label_put16(l, off + 2, (uint16_t)(l->big ? n : n >> 16));
}

void
label_make(const struct label_at *l, uint32_t sector, uint16_t n)
{
	memset(l->p, 0, 148 + (size_t)n * 16);
	label_put32(l, 0, 0x82564557);
	label_put32(l, 132, 0x82564557);
	label_put32(l, 40, sector);
	label_put16(l, 138, n);
}

void
label_part(const struct label_at *l, char letter, uint8_t type, uint32_t offset,
    uint32_t size)
{
	size_t off = 148 + (size_t)(letter - 'a') * 16;

	label_put32(l, off, size);
	label_put32(l, off + 4, offset);
	l->p[off + 12] = type;
}

void
label_sum(const struct label_at *l)
{
	unsigned int n = l->big ? l->p[139] : l->p[138];
	uint8_t even = 0, odd = 0;
	size_t i;

	l->p[136] = l->p[137] = 0;
	for (i = 0; i < 148 + (size_t)n * 16; i += 2) {
		even ^= l->p[i];
		odd ^= l->p[i + 1];
	}
	l->p[136] = even;
	l->p[137] = odd;
}
