/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine recognises the stand-in, also behind a proxy, and takes the round trips that each wire mode promises. */
#include "tests/crdb/drill.h"
#include "tests/support/check.h"

static void it_is_recognised(void **state)
{
	struct drill *drill = *state;
	static const char *const versions_told[] = {
		[STANDIN_2_2] = "2.2.0-alpha.20190211", [STANDIN_20_1] = "20.1.5", [STANDIN_26_2] = "26.2.0"};
	assert_int_equal(db_server(drill->rig->db), SERVER_COCKROACH);
	assert_string_equal(db_facts(drill->rig->db)->product, "CockroachDB");
	assert_string_equal(db_facts(drill->rig->db)->version, versions_told[drill_version(drill)]);
	assert_int_equal(db_facts(drill->rig->db)->pid != 0, drill_version(drill) == STANDIN_26_2);
}

/* A proxy hides crdb_version: version() tells, and the engine does as it should. */
static void it_is_recognised_behind_a_proxy(void **state)
{
	struct drill *drill = *state;
	db_close(drill->rig->db);
	drill->standin.shared->hide_version = true;
	rig_reconnect(drill->rig);
	it_is_recognised(state);
	drill_run_again(drill);
	assert_int_equal(drill->rig->result.protocol, PROTOCOL_SAVEPOINT);
	drill_check(drill, OUTCOME_COMMITTED, 1, "BSss|uuiRC|");
}

static void pipeline_takes_two_round_trips(void **state)
{
	struct drill *drill = *state;
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 1, "BSss|uuiRC|");
	assert_int_equal(drill->rig->result.protocol, PROTOCOL_SAVEPOINT);
	assert_int_equal(drill->rig->result.round_trips, 2);
	drill_run_again(drill);
}

static void step_is_one_statement_a_round_trip(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_STEP;
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 1, "B|S|s|s|u|u|i|R|C|");
	drill_run_again(drill);
}

static void oneshot_is_one_round_trip(void **state)
{
	struct drill *drill = *state;
	drill->rig->options.wire = WIRE_ONESHOT;
	drill_run(drill);
	drill_check(drill, OUTCOME_COMMITTED, 1, "BSmiRC|");
	drill_run_again(drill);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DRILL_EACH(it_is_recognised),
		DRILL_EACH(it_is_recognised_behind_a_proxy),
		DRILL_EACH(pipeline_takes_two_round_trips),
		DRILL_EACH(step_is_one_statement_a_round_trip),
		DRILL_EACH(oneshot_is_one_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
