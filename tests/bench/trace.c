/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Traces: what recording costs a load, in turns with and without it; and how soon a trace of a million events is open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/times.h"
#include "tests/load/loaded.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

enum {
	TRACE_ROUNDS = 7,
	TRACE_TRANSFERS = 48000,
	TRACE_MANY = 55000 /* a million events */,
	TRACE_OPENED = 5,
	TRACE_LONG_MS = 180000
};

/* The trace lies on the disk of the server's data, which is written without fsync: they share the page cache and the
 * processors. */
static char trace_path[512];

struct traced {
	const char *way;
	struct series rate[2], cpu_us[2]; /* without, with */
	uint64_t bytes, events;
};

static double trace_load(const char *way, unsigned transfers, bool traced)
{
	char count[16];
	snprintf(count, sizeof count, "%u", transfers);
	const char *const words[] = {"--count", count, "--way", way, traced ? "--trace" : NULL, trace_path, NULL};
	pg_exec("VACUUM accounts");
	struct proc *proc = loaded_start(words);
	(void)proc_ended(proc, TRACE_LONG_MS);
	proc_wait(proc);
	proc_expect_status(proc, 0);
	char *rate = loaded_text(proc, "a_second");
	double a_second = strtod(rate, NULL);
	free(rate);
	proc_free(proc);
	return a_second;
}

/* Lines that begin as an event does. */
static void trace_count(struct traced *traced)
{
	char *line = NULL;
	size_t size = 0;
	FILE *file = fopen(trace_path, "r");
	if (!file)
		fail_msg("there is no trace %s", trace_path);
	traced->bytes = traced->events = 0;
	for (ssize_t n; (n = getline(&line, &size, file)) > 0; traced->bytes += (uint64_t)n)
		traced->events += line[0] == '[' || strncmp(line, "{\"number\"", 9) == 0;
	free(line);
	fclose(file);
}

static void trace_turns(struct traced *traced)
{
	for (int round = 0; round < TRACE_ROUNDS; round++)
		for (int with = 0; with < 2; with++) {
			double before = cpu_children_us();
			series_add(&traced->rate[with], trace_load(traced->way, TRACE_TRANSFERS, with));
			series_add(&traced->cpu_us[with], (cpu_children_us() - before) / TRACE_TRANSFERS);
		}
	trace_count(traced);
	printf("  %-12s %6.0f /s without, %6.0f /s with: %4.2f   client's CPU %3.0f us, %3.0f us   "
	       "%4.1f events a transfer, %3.0f bytes each\n",
	       traced->way, series_median(&traced->rate[0]), series_median(&traced->rate[1]),
	       series_ratio(&traced->rate[1], &traced->rate[0]), series_median(&traced->cpu_us[0]),
	       series_median(&traced->cpu_us[1]), (double)traced->events / TRACE_TRANSFERS,
	       (double)traced->bytes / (double)traced->events);
}

/* How many stops a recording has, as its title says: its events, and each second of a load. */
static unsigned long long trace_stops(struct term *term)
{
	const char *of = strstr(term_row(term, 0), "event 1 of ");
	return strtoull(of + strlen("event 1 of "), NULL, 10);
}

/* From the start of the program until the first event is on the screen, and then to the last one. */
static void trace_open_many(void)
{
	static struct times open, end;
	struct traced many = {.way = "read-write"};
	double resident_mb = 0;
	char last[64];
	trace_load(many.way, TRACE_MANY, true);
	trace_count(&many);
	for (int i = 0; i < TRACE_OPENED; i++) {
		uint64_t before = clock_us();
		struct term *term = term_start((const char *const[]){proc_teller(), "trace", "play", trace_path, NULL},
					       NULL, 24, 80);
		term_expect(term, "event 1 of ");
		open.ms[open.n++] = times_since(before);
		snprintf(last, sizeof last, "event %llu of ", trace_stops(term));
		times_until(&end, term, "<End>", last);
		resident_mb = times_resident_mb(term_pid(term));
		term_type(term, "q");
		term_expect_exit(term, 0);
		term_free(term);
	}
	printf("A trace of %.2f million events, %.0f MB, played: %.0f MB resident (wanted: at most 40)\n",
	       (double)many.events / 1e6, (double)many.bytes / 1e6, resident_mb);
	times_show("open, until its first event", &open, 300);
	times_show("to its last event", &end, 300);
}

void measure_trace(void)
{
	struct traced ways[] = {{.way = "read-write"}, {.way = "oneshot"}};
	snprintf(trace_path, sizeof trace_path, "%s/bench.trace", bench_env("TMPDIR"));
	printf("Traces of a load by 8 workers (wanted: 0.95)\n");
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		trace_turns(&ways[i]);
	trace_open_many();
	unlink(trace_path);
}
