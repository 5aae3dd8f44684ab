/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the ring: strings that are copied and make room for others, and texts that all events share. */
#include "event/ring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(strings_are_copied, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(a_text_is_kept_once, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(kept_texts_take_no_room, ring_begin, ring_end),
		cmocka_unit_test_setup_teardown(there_is_an_end_of_keeping, ring_begin, ring_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
