/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the ring: strings that are copied and make room for others, and texts that all events share. */
#include "event/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "tests/support/check.h"

enum { EVENTS = 64, BYTES = 1 << 18, LONG = 5000 };

static struct ring *ring;

static int ring_begin(void **state)
{
	(void)state;
	ring = ring_new(EVENTS, BYTES);
	return 0;
}

static int ring_end(void **state)
{
	(void)state;
	ring_free(ring);
	return 0;
}

static char *long_text(unsigned n)
{
	struct buf text = {0};
	buf_fmt(&text, "SELECT %u ", n);
	buf_fill(&text, 'x', LONG);
	return buf_take(&text);
}

static struct event appended(const char *sql, const char *params)
{
	struct event event = {.kind = EVENT_SENT, .sql = sql, .params = params}, out;
	assert_true(ring_get(ring, ring_append(ring, &event), &out));
	return out;
}

/* Whoever gave them may forget them. */
static void strings_are_copied(void **state)
{
	(void)state;
	char sql[] = "SELECT 1", params[] = "$1 = 7";
	struct event event = appended(sql, params);
	sql[0] = params[0] = '!';
	assert_string_equal(event.sql, "SELECT 1");
	assert_string_equal(event.params, "$1 = 7");
	assert_null(event.tag);
}

static void a_text_is_kept_once(void **state)
{
	(void)state;
	char again[] = "SELECT 1", other[] = "SELECT 2";
	const char *kept = ring_keep(ring, "SELECT 1");
	assert_ptr_equal(ring_keep(ring, again), kept);
	assert_ptr_not_equal(ring_keep(ring, other), kept);
	again[0] = other[0] = '!';
	assert_string_equal(kept, "SELECT 1");
	assert_ptr_equal(appended(kept, NULL).sql, kept);
	assert_ptr_not_equal(appended("SELECT 1", NULL).sql, kept);
}

/* The ring has bytes for so many of these texts: where they are copied, the oldest events make room. */
static void kept_texts_take_no_room(void **state)
{
	(void)state;
	char *text = long_text(1);
	const char *kept = ring_keep(ring, text);
	uint64_t from = ring_next(ring);
	for (size_t i = 0; i < EVENTS; i++)
		appended(kept, "$1 = 7");
	assert_int_equal(ring_first(ring), from);
	for (size_t i = 0; i < EVENTS; i++)
		appended(text, "$1 = 7");
	assert_true(ring_next(ring) - ring_first(ring) < EVENTS);
	free(text);
}

/* However many there are, an event has its text. */
static void there_is_an_end_of_keeping(void **state)
{
	(void)state;
	unsigned kept = 0, n = 0;
	for (; n < 1000; n++) {
		char *text = long_text(n);
		const char *there = ring_keep(ring, text);
		assert_string_equal(appended(there ? there : text, NULL).sql, text);
		kept += there != NULL;
		free(text);
	}
	assert_true(kept > 10 && kept < n);
	char huge[20000] = "";
	memset(huge, 'y', sizeof huge - 1);
	assert_null(ring_keep(ring, huge));
}

static void check_held(uint64_t number)
{
	char params[32];
	struct event out;
	snprintf(params, sizeof params, "$1 = %u", (unsigned)number);
	assert_true(ring_get(ring, number, &out));
	assert_int_equal(out.number, number);
	assert_string_equal(out.params, params);
}

static void append_up_to(uint64_t number)
{
	char params[32];
	while (ring_next(ring) <= number) {
		snprintf(params, sizeof params, "$1 = %u", (unsigned)ring_next(ring));
		appended("SELECT 1", params);
	}
}

/* However often it has gone round, and where some were taken back, those that are held are what they were. */
static void the_last_ones_are_held(void **state)
{
	(void)state;
	append_up_to(1000 * EVENTS + 7);
	for (uint64_t n = ring_first(ring); n < ring_next(ring); n++)
		check_held(n);
	uint64_t first = ring_first(ring), back = first + EVENTS / 2;
	assert_int_equal(ring_next(ring) - first, EVENTS);
	ring_rewind(ring, back);
	assert_int_equal(ring_next(ring), back);
	append_up_to(back + EVENTS / 4);
	assert_int_equal(ring_first(ring), first);
	for (uint64_t n = first; n < ring_next(ring); n++)
		check_held(n);
	ring_empty(ring, 5);
	append_up_to(5 + EVENTS);
	assert_int_equal(ring_first(ring), 6);
	check_held(6);
}

/* The time of an event is that of its moment, and a moment inside another begins a later one. */
static void events_of_a_moment_have_one_time(void **state)
{
	(void)state;
	ring_moment_begin(ring);
	uint64_t begun = appended("SELECT 1", NULL).wall_us;
	while (clock_wall_us() <= begun)
		;
	assert_int_equal(appended("SELECT 2", NULL).wall_us, begun);
	ring_moment_begin(ring);
	uint64_t later = appended("SELECT 3", NULL).wall_us;
	assert_true(later > begun);
	ring_moment_end(ring);
	assert_int_equal(appended("SELECT 4", NULL).wall_us, later);
	while (clock_wall_us() <= later)
		;
	ring_moment_end(ring);
	assert_true(appended("SELECT 5", NULL).wall_us > later);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(strings_are_copied, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(a_text_is_kept_once, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(kept_texts_take_no_room, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(the_last_ones_are_held, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(events_of_a_moment_have_one_time, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(there_is_an_end_of_keeping, ring_begin, ring_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
