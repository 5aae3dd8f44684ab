/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes from a key to the screen, and how much memory a program has. */
#include "tests/bench/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/bench/bench.h"

double times_since(uint64_t start_us)
{
	return (double)(clock_us() - start_us) / 1000;
}

static int times_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void times_print(const char *name, struct times *times, double limit, bool most)
{
	qsort(times->ms, times->n, sizeof *times->ms, times_compare);
	double median = times->ms[times->n / 2], last = times->ms[times->n * 99 / 100];
	printf("  %-34s median %7.1f ms   p99 %7.1f ms", name, median, last);
	if (limit > 0)
		printf("   at most %.0f: %s", limit, (most ? last : median) <= limit ? "ok" : "TOO LONG");
	printf("\n");
	times->n = 0;
}

void times_show(const char *name, struct times *times, double limit)
{
	times_print(name, times, limit, false);
}

void times_show_most(const char *name, struct times *times, double limit)
{
	times_print(name, times, limit, true);
}

void times_until(struct times *times, struct term *term, const char *keys, const char *text)
{
	uint64_t before = clock_us();
	term_type(term, keys);
	term_expect(term, text);
	times->ms[times->n++] = times_since(before);
}

/* The accounts stand below the title, the frame and the names of the columns. Two marks: the drawing has not come in
 * whole. */
static bool times_is_selected(struct term *term, void *arg)
{
	enum { FIRST = 3, ROWS = 7 };
	int marks = 0;
	long id = 0;
	for (int row = FIRST; row < FIRST + ROWS; row++) {
		const char *mark = strchr(term_row(term, row), '>');
		if (mark)
			id = strtol(mark + 1, NULL, 10);
		marks += mark != NULL;
	}
	return marks == 1 && id == *(int *)arg;
}

void times_expect_selected(struct term *term, int id)
{
	term_wait(term, times_is_selected, &id, "the account is selected");
}

void times_until_selected(struct times *times, struct term *term, const char *key, int id)
{
	uint64_t before = clock_us();
	term_type(term, key);
	times_expect_selected(term, id);
	times->ms[times->n++] = times_since(before);
}

double times_resident_mb(pid_t pid)
{
	char path[64], line[256];
	long kb = 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		if (sscanf(line, "VmRSS: %ld", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return (double)kb / 1024;
}
