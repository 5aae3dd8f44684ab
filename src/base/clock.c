/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time: a monotonic one to measure with, the wall's to show. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static uint64_t clock_now_us(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

uint64_t clock_us(void)
{
	return clock_now_us(CLOCK_MONOTONIC);
}

uint64_t clock_wall_us(void)
{
	return clock_now_us(CLOCK_REALTIME);
}

void clock_show(char out[16], uint64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / 1000000u);
	struct tm tm;
	localtime_r(&seconds, &tm);
	snprintf(out, 16, "%02d:%02d:%02d.%03d", tm.tm_hour % 24, tm.tm_min % 60, tm.tm_sec % 61,
		 (int)(wall_us / 1000u % 1000u));
}

void clock_show_date(char out[32], uint64_t wall_us)
{
	time_t seconds = (time_t)(wall_us / 1000000u);
	struct tm tm;
	localtime_r(&seconds, &tm);
	size_t n = strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(out + n, 32 - n, ",%03d", (int)(wall_us / 1000u % 1000u));
}
