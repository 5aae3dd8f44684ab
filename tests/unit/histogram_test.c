/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the histogram: every quantile beside a sorted list of the same values, off by less than 1 %. */
#include "base/histogram.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "tests/support/check.h"

enum { VALUES = 20000 };

static int smaller(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void check_quantile(const struct histogram *histogram, const uint64_t *sorted, double share)
{
	size_t at = (size_t)(share * VALUES);
	double exact = (double)sorted[at < VALUES ? at : VALUES - 1];
	double found = (double)histogram_quantile(histogram, share);
	if (found < exact * 0.99 - 1 || found > exact * 1.01 + 1)
		fail_msg("the quantile %g is %g, and %g was found", share, exact, found);
}

/* From single microseconds to days. */
static void quantiles_are_within_1_percent(void **state)
{
	(void)state;
	static const uint64_t scales[] = {50, 5000, 1000000, UINT64_C(100000000000)};
	struct histogram *histogram = NEW(struct histogram);
	uint64_t *values = mem_array(VALUES, sizeof *values);
	struct rng rng;
	rng_seed(&rng, 3);
	for (size_t s = 0; s < COUNT_OF(scales); s++) {
		histogram_clear(histogram);
		for (size_t i = 0; i < VALUES; i++)
			histogram_add(histogram, values[i] = rng_below(&rng, 1 + rng_below(&rng, scales[s])));
		qsort(values, VALUES, sizeof *values, smaller);
		for (unsigned percent = 1; percent <= 100; percent++)
			check_quantile(histogram, values, percent / 100.0);
		assert_int_equal(histogram->max, values[VALUES - 1]);
		assert_int_equal(histogram_quantile(histogram, 1), values[VALUES - 1]);
	}
	free(values);
	free(histogram);
}

static void nothing_and_one_value(void **state)
{
	(void)state;
	struct histogram *histogram = NEW(struct histogram);
	assert_int_equal(histogram_quantile(histogram, 0.5), 0);
	histogram_add(histogram, 1234567);
	assert_int_equal(histogram_quantile(histogram, 0), 1234567);
	assert_int_equal(histogram_quantile(histogram, 0.5), 1234567);
	histogram_clear(histogram);
	assert_int_equal(histogram->n, 0);
	histogram_add(histogram, 0);
	assert_int_equal(histogram_quantile(histogram, 0.99), 0);
	histogram_add(histogram, UINT64_MAX);
	assert_true(histogram_quantile(histogram, 1) > UINT64_C(1) << 41);
	free(histogram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_within_1_percent),
		cmocka_unit_test(nothing_and_one_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
