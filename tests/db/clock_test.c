/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of how long statements are said to have taken: all of a round trip, from before it is sent. */
#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/rig.h"

#include <stdlib.h>

enum { STATEMENTS = 4000 };

struct trip {
	uint64_t told_us; /* the durations of all answers */
	uint64_t last_us; /* when the last one came */
	bool done;
};

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct trip *trip = arg;
	assert_true(answer->ok);
	trip->told_us += answer->duration_us;
	trip->last_us = clock_us();
}

static void on_idle(void *arg)
{
	struct trip *trip = arg;
	trip->done = true;
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	(void)arg;
	fail_msg("lost after %zu: %s", answered, why->message);
}

/* Sending so many takes a while, and the server answers meanwhile. */
static void sending_is_part_of_it(void **state)
{
	struct rig *rig = *state;
	struct trip trip = {0};
	struct statement *statements = mem_array(STATEMENTS, sizeof *statements);
	for (size_t i = 0; i < STATEMENTS; i++)
		statements[i] = (struct statement){.sql = "SELECT 1", .verb = VERB_SELECT, .once = true};
	struct db_context context = {0};
	struct db_reply reply = {on_answer, on_idle, on_lost, &trip, NULL};
	uint64_t before_us = clock_us();
	db_send(rig->db, statements, STATEMENTS, &context, &reply);
	uint64_t sent_us = clock_us();
	loop_run_until(rig->loop, &trip.done);
	free(statements);
	uint64_t took_us = trip.last_us - before_us;
	assert_true(trip.told_us <= took_us);
	assert_true(took_us - trip.told_us < (sent_us - before_us) / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sending_is_part_of_it, rig_setup, rig_teardown),
	};
	return cmocka_run_group_tests(tests, pg_own_database, NULL);
}
