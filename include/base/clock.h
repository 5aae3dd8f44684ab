/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time: a monotonic one to measure with, the wall's to show. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

uint64_t clock_us(void);      /* monotonic, microseconds */
uint64_t clock_wall_us(void); /* since 1970, microseconds */

/* "10:41:07.304" of a wall time, in the local zone. */
void clock_show(char out[16], uint64_t wall_us);

/* "2020-10-11 16:49:48,096", as Python's logging writes it. */
void clock_show_date(char out[32], uint64_t wall_us);

#endif
