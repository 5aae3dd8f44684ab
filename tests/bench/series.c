/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rounds in turns, and the numbers in their middle. */
#include <stdlib.h>
#include <sys/resource.h>

#include "tests/bench/bench.h"
#include "tests/support/pg.h"

void series_add(struct series *series, double value)
{
	if (series->n < ROUNDS_MAX)
		series->values[series->n++] = value;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double median_of(double *values, unsigned n)
{
	qsort(values, n, sizeof *values, compare);
	if (n == 0)
		return 0;
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double series_median(const struct series *series)
{
	struct series sorted = *series;
	return median_of(sorted.values, sorted.n);
}

double series_ratio(const struct series *a, const struct series *b)
{
	struct series ratios = {.n = a->n < b->n ? a->n : b->n};
	for (unsigned i = 0; i < ratios.n; i++)
		ratios.values[i] = a->values[i] / b->values[i];
	return median_of(ratios.values, ratios.n);
}

static double cpu_us(int who)
{
	struct rusage usage;
	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

double cpu_self_us(void)
{
	return cpu_us(RUSAGE_SELF);
}

double cpu_children_us(void)
{
	return cpu_us(RUSAGE_CHILDREN);
}

/* Nobody inherits the dead rows of those before. */
void contest(struct contestant *contestants, size_t n, unsigned rounds)
{
	for (unsigned round = 0; round < rounds; round++)
		for (size_t i = 0; i < n; i++) {
			if (!contestants[i].run)
				continue;
			pg_exec("VACUUM accounts, plain.accounts");
			series_add(&contestants[i].series, contestants[i].run(&contestants[i]));
		}
}
