/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The backoff: between which bounds each wait is, and the sentences that name them. */
#include "tests/support/check.h"

#include "txn/backoff.h"

enum { DRAWS = 2000 };

static const struct txn_options usual = {.backoff_base_ms = 20, .backoff_cap_ms = 100};

/* All of DRAWS waits are in least .. most, and both ends are met. */
static void check_waits(const struct txn_options *options, unsigned n, unsigned again, uint64_t least, uint64_t most)
{
	struct rng rng;
	uint64_t shortest = UINT64_MAX, longest = 0;
	rng_seed(&rng, 7);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t wait = backoff_ms(options, &rng, n, again);
		shortest = wait < shortest ? wait : shortest;
		longest = wait > longest ? wait : longest;
	}
	assert_int_equal(shortest, least);
	assert_int_equal(longest, most);
}

static void each_wait_is_up_to_twice_the_one_before(void **state)
{
	(void)state;
	check_waits(&usual, 1, 0, 1, 20);
	check_waits(&usual, 2, 0, 1, 40);
	check_waits(&usual, 3, 0, 1, 80);
	check_waits(&usual, 4, 0, 1, 100);
	check_waits(&usual, 4000000000U, 0, 1, 100);
}

static void a_server_in_trouble_is_given_time(void **state)
{
	(void)state;
	const struct txn_options none = {0};
	check_waits(&none, 3, 0, 0, 0);
	check_waits(&none, 3, 1, 50, 50);
	check_waits(&none, 3, 2, 100, 100);
	check_waits(&none, 3, 4000000000U, 2000, 2000);
	check_waits(&usual, 4, 1, 50, 100);
}

static void both_bounds_are_named(void **state)
{
	(void)state;
	struct buf text = {0};
	backoff_explain(&text, &usual);
	assert_string_equal(buf_text(&text), "waits of up to 20 ms, then twice that, to 100 ms");
	buf_clear(&text);
	backoff_summary(&text, &usual);
	assert_string_equal(buf_text(&text), "waits 20 to 100 ms");
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wait_is_up_to_twice_the_one_before),
		cmocka_unit_test(a_server_in_trouble_is_given_time),
		cmocka_unit_test(both_bounds_are_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
