/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fd_tests.h -- what holds of a mount that may have only a few descriptors, by
 * whatever means it finds its files again: by handle, or by name.
 */

#ifndef FD_TESTS_H
#define FD_TESTS_H

#include "fd_fixture.h"

/* fd_many_tests.c: more files than descriptors. */
void files_beyond_the_limit_work(void **state);
void descriptors_stay_few(void **state);
void everything_on_tmpfs_is_still_answered_now(void **state);
void a_process_without_descriptors_gives_some_up(void **state);
void threads_share_a_few_descriptors(void **state);

/* fd_found_tests.c: files that have moved meanwhile. */
void a_file_is_found_after_a_client_renamed_it(void **state);
void a_file_is_found_after_the_host_renamed_it(void **state);
void a_file_is_found_after_its_directories_were_renamed(void **state);
void a_deep_file_is_found(void **state);
void links_are_found_again(void **state);
void every_kind_of_file_is_found_again(void **state);
void nothing_outside_is_taken_for_a_file(void **state);

/* fd_gone_tests.c: files whose name goes. */
void a_removed_file_lives_on(void **state);
void a_replaced_file_lives_on(void **state);
void a_file_lives_on_by_its_other_name(void **state);
void a_file_is_replaced_by_another_name_of_itself(void **state);
void what_the_host_removed_is_stale(void **state);
void a_younger_file_of_the_same_number_is_another(void **state);

#define FD_TESTS(setup, name)                                                  \
	FD_TEST(files_beyond_the_limit_work, setup, name),                     \
	    FD_TEST(descriptors_stay_few, setup, name),                        \
	    FD_TEST(a_file_is_found_after_a_client_renamed_it, setup, name),   \
	    FD_TEST(a_file_is_found_after_the_host_renamed_it, setup, name),   \
	    FD_TEST(a_file_is_found_after_its_directories_were_renamed, setup, \
		name),                                                         \
	    FD_TEST(a_deep_file_is_found, setup, name),                        \
	    FD_TEST(a_removed_file_lives_on, setup, name),                     \
	    FD_TEST(a_replaced_file_lives_on, setup, name),                    \
	    FD_TEST(a_file_lives_on_by_its_other_name, setup, name),           \
	    FD_TEST(what_the_host_removed_is_stale, setup, name),              \
	    FD_TEST(                                                           \
		a_younger_file_of_the_same_number_is_another, setup, name),    \
	    FD_TEST(                                                           \
		a_file_is_replaced_by_another_name_of_itself, setup, name),    \
	    FD_TEST(links_are_found_again, setup, name),                       \
	    FD_TEST(every_kind_of_file_is_found_again, setup, name),           \
	    FD_TEST(a_process_without_descriptors_gives_some_up, setup, name), \
	    FD_TEST(nothing_outside_is_taken_for_a_file, setup, name),         \
	    FD_TEST(threads_share_a_few_descriptors, setup, name)

#define FD_TEST(test, setup, name)                                             \
	{                                                                      \
#test " (" name ")", test, setup, etfs_teardown, NULL          \
	}

#endif
