/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bytes.c -- what is in a file of the model: pages, and holes between them.
 */

#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct page *
find(const struct node *node, uint64_t at)
{
	struct page *page;

	for (page = node->pages; page != NULL && page->at != at;
	     page = page->next)
		;
	return page;
}

static struct page *
make(struct node *node, uint64_t at)
{
	struct page *page = calloc(1, sizeof(*page));

	if (page == NULL)
		abort();
	page->at = at;
	page->next = node->pages;
	node->pages = page;
	return page;
}

/* As much of n as is in the page of off. */
static size_t
piece(uint64_t off, size_t n)
{
	size_t left = WORLD_PAGE - (size_t)(off % WORLD_PAGE);

	return n < left ? n : left;
}

void
bytes_read(const struct node *node, uint64_t off, uint8_t *buf, size_t n)
{
	const struct page *page;
	size_t len;

	for (; n > 0; off += len, buf += len, n -= len) {
		len = piece(off, n);
		page = find(node, off / WORLD_PAGE);
		if (page == NULL)
			memset(buf, 0, len);
		else
			memcpy(buf, page->bytes + off % WORLD_PAGE, len);
	}
}

void
bytes_write(struct node *node, uint64_t off, const uint8_t *buf, size_t n)
{
	struct page *page;
	size_t len;

	for (; n > 0; off += len, buf += len, n -= len) {
		len = piece(off, n);
		page = find(node, off / WORLD_PAGE);
		if (page == NULL)
			page = make(node, off / WORLD_PAGE);
		memcpy(page->bytes + off % WORLD_PAGE, buf, len);
		if (node->size < off + len)
			node->size = off + len;
	}
}

/* What is cut off does not come back when the file grows. */
void
bytes_resize(struct node *node, uint64_t size)
{
	struct page **p = &node->pages, *page;

	while ((page = *p) != NULL) {
		if (page->at * WORLD_PAGE >= size) {
			*p = page->next;
			free(page);
			continue;
		}
		if (page->at == size / WORLD_PAGE)
			memset(page->bytes + size % WORLD_PAGE, 0,
			    WORLD_PAGE - size % WORLD_PAGE);
		p = &page->next;
	}
	node->size = size;
}
