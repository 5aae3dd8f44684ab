/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log-linear histogram of times: any quantile, off by less than 1 %, in a fixed 37 KB. */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdint.h>

/* Each power of two is cut into 128 parts, so that a part is at most 1/128 of its values wide. */
enum { HISTOGRAM_PARTS = 128, HISTOGRAM_POWERS = 36, HISTOGRAM_SIZE = HISTOGRAM_PARTS * HISTOGRAM_POWERS };

/* Zero-initialise. Values are counts of anything, of microseconds here; above 2^42 they are counted as that. */
struct histogram {
	uint64_t n, max, sum;
	uint64_t counts[HISTOGRAM_SIZE];
};

void histogram_add(struct histogram *histogram, uint64_t value);
void histogram_clear(struct histogram *histogram);
/* The value that `share` (0 to 1) of all do not exceed: the upper end of its part, but never more than the largest; 0
 * where there is none. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

#endif
