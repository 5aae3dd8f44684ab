/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of what the log and the transfer pane make of events: lines, statements on their way, filters, attempts. */
#include <string.h>

#include "tests/support/check.h"
#include "ui/attempts.h"
#include "ui/logline.h"
#include "ui/loglist.h"

static struct ring *ring;

static int make_ring(void **state)
{
	(void)state;
	ring = ring_new(64, 65536);
	return 0;
}

static int free_ring(void **state)
{
	(void)state;
	ring_free(ring);
	return 0;
}

static uint64_t add(struct event event)
{
	if (!event.session)
		event.session = SESSION_TRANSFER;
	if (event.kind != EVENT_BLOCKED)
		event.rows = -1;
	return ring_append(ring, &event);
}

static struct loglist list_of(void)
{
	return (struct loglist){.ring = ring};
}

static void check_lines(const struct loglist *list, const uint64_t *numbers, size_t n)
{
	assert_int_equal(loglist_count(list), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(loglist_event(list, i), numbers[i]);
}

/* Two statements in one round trip: each line is replaced by that of its answer, what is on its way stands last. */
static void answers_take_the_place_of_statements(void **state)
{
	(void)state;
	struct loglist list = list_of();
	add((struct event){.kind = EVENT_SENT, .txn = 1});
	add((struct event){.kind = EVENT_SENT, .txn = 1});
	assert_true(loglist_read(&list));
	check_lines(&list, (uint64_t[]){1, 2}, 2);
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .tag = "BEGIN"});
	assert_true(loglist_read(&list));
	check_lines(&list, (uint64_t[]){3, 2}, 2);
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .tag = "SELECT 1"});
	loglist_read(&list);
	check_lines(&list, (uint64_t[]){3, 4}, 2);
	assert_false(loglist_read(&list));
	loglist_free(&list);
}

static void a_lost_connection_answers_nothing(void **state)
{
	(void)state;
	struct loglist list = list_of();
	add((struct event){.kind = EVENT_SENT, .txn = 1});
	add((struct event){.kind = EVENT_SENT, .session = SESSION_RIVAL});
	add((struct event){.kind = EVENT_LOST, .message = "gone"});
	loglist_read(&list);
	check_lines(&list, (uint64_t[]){3, 2}, 2);
	loglist_free(&list);
}

static void filters(void **state)
{
	(void)state;
	struct loglist list = list_of();
	add((struct event){.kind = EVENT_RESULT, .session = SESSION_BROWSE, .tag = "SELECT 8"});
	add((struct event){.kind = EVENT_RESULT, .session = SESSION_BROWSE, .message = "no", .sqlstate = "42P01"});
	add((struct event){.kind = EVENT_RESULT, .tag = "BEGIN"});
	add((struct event){.kind = EVENT_OUTCOME, .outcome = OUTCOME_COMMITTED});
	add((struct event){.kind = EVENT_OUTCOME, .outcome = OUTCOME_REJECTED});
	loglist_read(&list);
	check_lines(&list, (uint64_t[]){2, 3, 4, 5}, 4);
	loglist_filter(&list, true, false);
	check_lines(&list, (uint64_t[]){2, 5}, 2);
	loglist_filter(&list, false, true);
	check_lines(&list, (uint64_t[]){1, 2, 3, 4, 5}, 5);
	loglist_free(&list);
}

/* From a demonstration's beginning on: only what is answered from then on, though it was sent before. */
static void cleared(void **state)
{
	(void)state;
	struct loglist list = list_of();
	add((struct event){.kind = EVENT_SENT, .txn = 1});
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .tag = "BEGIN"});
	add((struct event){.kind = EVENT_SENT, .txn = 1});
	loglist_read(&list);
	check_lines(&list, (uint64_t[]){2, 3}, 2);
	loglist_since(&list, ring_next(ring));
	check_lines(&list, (uint64_t[]){3}, 1);
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .message = "no", .sqlstate = "40001"});
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .tag = "ROLLBACK"});
	loglist_read(&list);
	check_lines(&list, (uint64_t[]){4, 5}, 2);
	loglist_filter(&list, true, false);
	check_lines(&list, (uint64_t[]){4}, 1);
	loglist_filter(&list, false, false);
	loglist_since(&list, 0);
	check_lines(&list, (uint64_t[]){2, 4, 5}, 3);
	loglist_free(&list);
}

/* What the rival does between read and write belongs to the story; how it puts its unit back does not. */
static void asides(void **state)
{
	(void)state;
	struct loglist list = list_of();
	add((struct event){.kind = EVENT_TXN, .txn = 1});
	add((struct event){.kind = EVENT_TXN, .txn = 2, .session = SESSION_RIVAL});
	add((struct event){.kind = EVENT_RESULT, .txn = 2, .session = SESSION_RIVAL, .tag = "UPDATE 1"});
	add((struct event){.kind = EVENT_OUTCOME, .txn = 1, .outcome = OUTCOME_COMMITTED});
	add((struct event){.kind = EVENT_TXN, .txn = 3, .session = SESSION_RIVAL});
	add((struct event){.kind = EVENT_RESULT, .txn = 3, .session = SESSION_RIVAL, .tag = "UPDATE 1"});
	add((struct event){.kind = EVENT_OUTCOME, .txn = 3, .session = SESSION_RIVAL, .outcome = OUTCOME_COMMITTED});
	loglist_read(&list);
	check_lines(&list, (uint64_t[]){1, 2, 3, 4, 7}, 5);
	loglist_filter(&list, false, true);
	assert_int_equal(loglist_count(&list), 7);
	loglist_free(&list);
}

static void old_lines_fall_out(void **state)
{
	(void)state;
	struct loglist list = list_of();
	for (int i = 0; i < 50; i++)
		add((struct event){.kind = EVENT_RESULT, .tag = "SELECT 1"});
	loglist_read(&list);
	for (int i = 0; i < 50; i++)
		add((struct event){.kind = EVENT_RESULT, .tag = "SELECT 1"});
	loglist_read(&list);
	assert_int_equal(loglist_count(&list), 64);
	assert_int_equal(loglist_event(&list, 0), 37);
	assert_int_equal(list.dropped, 36);
	assert_int_equal(list.cursor.skipped, 0);
	for (int i = 0; i < 100; i++)
		add((struct event){.kind = EVENT_RESULT, .tag = "SELECT 1"});
	loglist_read(&list);
	assert_int_equal(list.cursor.skipped, 36);
	assert_int_equal(loglist_count(&list), 64);
	loglist_free(&list);
}

static void a_retry_as_steps(void **state)
{
	(void)state;
	struct attempts attempts = {0};
	add((struct event){.kind = EVENT_TXN, .txn = 3, .message = "transfer"});
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 3, .attempt = 1, .limit = 10});
	add((struct event){.kind = EVENT_SENT, .txn = 3});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.in_flight, 1);
	add((struct event){.kind = EVENT_RESULT, .txn = 3, .verb = VERB_UPDATE, .sqlstate = "40001", .message = "no"});
	add((struct event){.kind = EVENT_RESULT, .txn = 3, .verb = VERB_ROLLBACK, .tag = "ROLLBACK"});
	add((struct event){.kind = EVENT_BACKOFF, .txn = 3, .attempt = 2, .wait_us = 23000});
	assert_true(attempts_read(&attempts, ring));
	assert_true(attempts_waiting(&attempts));
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 3, .attempt = 2, .limit = 10});
	add((struct event){.kind = EVENT_RESULT, .txn = 3, .verb = VERB_COMMIT, .tag = "COMMIT", .durable = true});
	add((struct event){.kind = EVENT_OUTCOME, .txn = 3, .attempt = 2, .outcome = OUTCOME_COMMITTED});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.n, 3);
	assert_true(attempts.steps[0].failed);
	assert_string_equal(attempts.steps[0].sqlstate, "40001");
	assert_int_equal(attempts.steps[0].verb, VERB_UPDATE);
	assert_int_equal(attempts.steps[1].took_us, 23000);
	assert_true(attempts.steps[2].durable);
	assert_false(attempts.steps[2].failed);
	assert_int_equal(attempts.outcome, OUTCOME_COMMITTED);
	assert_int_equal(attempts.made, 2);
}

static void other_transactions_are_not_ours(void **state)
{
	(void)state;
	struct attempts attempts = {0};
	add((struct event){.kind = EVENT_TXN, .txn = 1});
	add((struct event){.kind = EVENT_TXN, .txn = 2, .session = SESSION_RIVAL});
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 2, .session = SESSION_RIVAL, .attempt = 1});
	add((struct event){.kind = EVENT_LEVER, .session = SESSION_RIVAL, .message = "moved one"});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.txn, 1);
	assert_int_equal(attempts.n, 1);
	assert_int_equal(attempts.steps[0].kind, STEP_LEVER);
	add((struct event){.kind = EVENT_TXN, .txn = 4});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.txn, 4);
	assert_int_equal(attempts.n, 0);
}

/* The rival stands above the failure that it led to, and the wait below it. */
static void a_story_in_its_order(void **state)
{
	(void)state;
	static const enum step_kind kinds[] = {STEP_LEVER, STEP_ATTEMPT, STEP_WAIT, STEP_ATTEMPT};
	struct attempts attempts = {0};
	add((struct event){.kind = EVENT_TXN, .txn = 1});
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 1, .attempt = 1, .limit = 10});
	add((struct event){.kind = EVENT_LEVER, .session = SESSION_RIVAL, .message = "the rival moves"});
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .verb = VERB_UPDATE, .sqlstate = "40001"});
	add((struct event){.kind = EVENT_BACKOFF, .txn = 1, .attempt = 2, .wait_us = 5});
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 1, .attempt = 2, .limit = 10});
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .durable = true});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(attempts.steps[i].kind, kinds[i]);
	assert_true(attempts.steps[1].failed);
	assert_true(attempts.steps[3].durable);
}

/* What it waited for is told while it waits; how long it did belongs to the attempt, though the next has begun. */
static void a_wait_belongs_to_its_attempt(void **state)
{
	(void)state;
	struct attempts attempts = {0};
	add((struct event){.kind = EVENT_TXN, .txn = 1});
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 1, .attempt = 1, .limit = 10});
	add((struct event){.kind = EVENT_BLOCKED, .txn = 1, .attempt = 1, .rows = 1, .holder = {.name = "psql"}});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.blocked, 3);
	add((struct event){.kind = EVENT_BLOCKED, .txn = 2, .attempt = 1, .rows = 1}); /* another session's */
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.blocked, 3);
	add((struct event){.kind = EVENT_RESULT, .txn = 1, .verb = VERB_UPDATE, .sqlstate = "40001"});
	add((struct event){.kind = EVENT_ATTEMPT, .txn = 1, .attempt = 2, .limit = 10});
	add((struct event){.kind = EVENT_BLOCKED, .txn = 1, .attempt = 1, .rows = 0, .wait_us = 5000});
	attempts_read(&attempts, ring);
	assert_int_equal(attempts.blocked, 0);
	assert_int_equal(attempts.steps[0].waited_us, 5000);
	assert_int_equal(attempts.steps[1].waited_us, 0);
}

static void many_attempts_keep_the_latest(void **state)
{
	(void)state;
	struct attempts attempts = {0};
	add((struct event){.kind = EVENT_TXN, .txn = 1});
	for (unsigned i = 1; i <= 200; i++) {
		add((struct event){.kind = EVENT_ATTEMPT, .txn = 1, .attempt = i, .limit = 200});
		attempts_read(&attempts, ring);
	}
	assert_int_equal(attempts.n, STEPS_MAX);
	assert_int_equal(attempts.steps[STEPS_MAX - 1].number, 200);
}

/* A log that is not on the screen has no width yet, and is searched all the same. */
static void a_line_is_searched_at_any_width(void **state)
{
	(void)state;
	struct event event = {.kind = EVENT_RESULT, .session = SESSION_TRANSFER, .rows = -1, .tag = "SELECT 1"};
	for (int w = 0; w < 40; w++) {
		assert_true(logline_holds(&event, w, 0, "SELECT"));
		assert_false(logline_holds(&event, w, 0, "nowhere"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(answers_take_the_place_of_statements, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(a_lost_connection_answers_nothing, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(filters, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(cleared, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(asides, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(old_lines_fall_out, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(a_retry_as_steps, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(other_transactions_are_not_ours, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(a_story_in_its_order, make_ring, free_ring),
		cmocka_unit_test(a_line_is_searched_at_any_width),
		cmocka_unit_test_setup_teardown(a_wait_belongs_to_its_attempt, make_ring, free_ring),
		cmocka_unit_test_setup_teardown(many_attempts_keep_the_latest, make_ring, free_ring),
	};
	return cmocka_run_group_tests_name("ui/log", tests, NULL, NULL);
}
