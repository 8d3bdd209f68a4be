/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_idmap.c -- the map of fids and tags, against an array that is slow but
 * cannot be wrong.
 */

#include "fixture.h"
#include "idmap.h"

#define IDS 512 /* numbers that the model has a place for */

/* What is in the map; every value is a place in here, and says which. */
struct model {
	bool there[IDS];
	size_t count;
	uint64_t random;
};

static char places[IDS];

/* Numbers of the model are spread, so that some meet in one slot. */
static uint32_t
id_of(unsigned int i, unsigned int spread)
{
	return (uint32_t)(i * spread);
}

static unsigned int
random_below(struct model *model, unsigned int n)
{
	model->random ^= model->random >> 12;
	model->random ^= model->random << 25;
	model->random ^= model->random >> 27;
	return (
	    unsigned int)((model->random * 0x2545f4914f6cdd1dULL >> 33) % n);
}

static void
add(struct idmap *map, uint32_t id, void *value)
{
	assert_int_equal(idmap_reserve(map), 0);
	idmap_add(map, id, value);
}

static void
compare(const struct idmap *map, const struct model *model, unsigned int spread)
{
	unsigned int i;

	assert_int_equal(map->count, model->count);
	for (i = 0; i < IDS; i++)
		assert_ptr_equal(idmap_find(map, id_of(i, spread)),
		    model->there[i] ? &places[i] : NULL);
}

static void
change(struct idmap *map, struct model *model, unsigned int i, uint32_t id)
{
	if (model->there[i]) {
		assert_ptr_equal(idmap_remove(map, id), &places[i]);
		model->count--;
	} else {
		assert_null(idmap_remove(map, id));
		add(map, id, &places[i]);
		model->count++;
	}
	model->there[i] = !model->there[i];
}

/* Few numbers, then many, then few: the map grows and shrinks as they go. */
static void
random_changes(unsigned int spread, uint64_t seed)
{
	struct idmap map = { 0 };
	struct model model = { .random = seed };
	unsigned int step, i, range = 16;

	for (step = 0; step < 4000; step++) {
		if (step % 500 == 0) {
			compare(&map, &model, spread);
			range = random_below(&model, IDS) + 1;
		}
		i = random_below(&model, range);
		change(&map, &model, i, id_of(i, spread));
	}
	for (i = 0; i < IDS; i++)
		if (model.there[i])
			change(&map, &model, i, id_of(i, spread));
	compare(&map, &model, spread);
	idmap_fini(&map);
}

static void
a_map_holds_what_was_put_in_it(void **state)
{
	static const unsigned int spreads[] = { 1, 2, 3, 64, 4096, 65536,
		1 << 20, 1 << 23, 0x10001, 0xfffffff };
	uint64_t seed;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spreads) / sizeof(spreads[0]); i++)
		for (seed = 1; seed <= 10; seed++)
			random_changes(spreads[i], seed);
}

/* Find numbers that all want the last slot: they go on at the first. */
static size_t
crowd(uint32_t *ids, size_t n)
{
	struct idmap map = { 0 };
	size_t found = 0;
	uint32_t id;

	for (id = 0; found < n; id++) {
		add(&map, id, places);
		if (map.slots[map.nslots - 1].value != NULL)
			ids[found++] = id;
		idmap_remove(&map, id);
	}
	idmap_fini(&map);
	return found;
}

/* Each of them, in each order of two: the others are still found. */
static void
removal_closes_holes_that_wrap_around(void **state)
{
	struct idmap map = { 0 };
	uint32_t ids[5];
	size_t n = crowd(ids, 5), first, second, i;

	(void)state;
	for (first = 0; first < n; first++) {
		for (second = 0; second < n; second++) {
			for (i = 0; i < n; i++)
				add(&map, ids[i], &places[i]);
			assert_int_equal(map.nslots, 8);
			assert_non_null(map.slots[0].value); /* it wraps */
			idmap_remove(&map, ids[first]);
			idmap_remove(&map, ids[second]);
			for (i = 0; i < n; i++)
				assert_ptr_equal(idmap_remove(&map, ids[i]),
				    i == first || i == second ? NULL
							      : &places[i]);
			assert_int_equal(map.count, 0);
		}
	}
	idmap_fini(&map);
}

static void
an_empty_map_has_nothing_and_costs_nothing(void **state)
{
	struct idmap map = { 0 };

	(void)state;
	assert_null(idmap_find(&map, 0));
	assert_null(idmap_remove(&map, 0));
	assert_null(map.slots);
	idmap_fini(&map);
}

static void
the_largest_numbers_are_numbers(void **state)
{
	struct idmap map = { 0 };

	(void)state;
	add(&map, UINT32_MAX, &places[0]);
	add(&map, 0, &places[1]);
	add(&map, UINT32_MAX - 1, &places[2]);
	assert_ptr_equal(idmap_find(&map, UINT32_MAX), &places[0]);
	assert_ptr_equal(idmap_find(&map, 0), &places[1]);
	assert_null(idmap_find(&map, 1));
	idmap_fini(&map);
}

/* One reservation is for one number, also right after the map has shrunk. */
static void
a_map_is_never_full(void **state)
{
	struct idmap map = { 0 };
	uint32_t id;

	(void)state;
	for (id = 0; id < 100000; id++) {
		add(&map, id, places);
		assert_true(map.count < map.nslots);
	}
	while (id-- > 0) {
		idmap_remove(&map, id);
		assert_int_equal(idmap_reserve(&map), 0);
		assert_true(map.count + 1 < map.nslots);
	}
	idmap_fini(&map);
}

static void
a_map_that_was_large_gives_its_memory_back(void **state)
{
	struct idmap map = { 0 };
	uint32_t id;

	(void)state;
	for (id = 0; id < 1000000; id++)
		add(&map, id, places);
	assert_in_range(map.nslots, 1000000, 4000000);
	for (id = 0; id < 1000000; id++)
		assert_non_null(idmap_remove(&map, id));
	assert_in_range(map.nslots, 8, 64);
	idmap_fini(&map);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_holds_what_was_put_in_it),
		cmocka_unit_test(removal_closes_holes_that_wrap_around),
		cmocka_unit_test(an_empty_map_has_nothing_and_costs_nothing),
		cmocka_unit_test(the_largest_numbers_are_numbers),
		cmocka_unit_test(a_map_is_never_full),
		cmocka_unit_test(a_map_that_was_large_gives_its_memory_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
