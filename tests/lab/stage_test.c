/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage by hand: steps in any order, who waits for whom, cancels, lost sessions, and what is left behind. */
#include "lab/stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

static const char text[] = "setup { CREATE TABLE t (n int); INSERT INTO t VALUES (1); }\n"
			   "teardown { DROP TABLE t; }\n"
			   "session a\n"
			   "step hold { BEGIN; UPDATE t SET n = n + 1; }\n"
			   "step free { COMMIT; }\n"
			   "session b\n"
			   "step write { UPDATE t SET n = n + 10; }\n"
			   "step see { SELECT n FROM t; }\n"
			   "teardown { ROLLBACK; }\n"
			   "session c\n"
			   "step queue { UPDATE t SET n = n + 100; }\n"
			   "step quick { SELECT 'quick' AS q; }\n"
			   "step level { SHOW transaction_isolation; }\n"
			   "permutation hold write quick(write) free\n";

enum { HOLD, FREE, WRITE, SEE, QUEUE, QUICK, LEVEL };

struct scene {
	struct loop *loop;
	struct ring *ring;
	struct spec *spec;
	struct stage *stage;
	struct buf facts; /* one line each */
	const char *until;
	bool come;
	bool ended;
	size_t done, wanted; /* steps */
	bool enough;
	bool settled; /* when the step that lets others go on was done */
	int64_t asked;
};

/* ---- hearing ---- */

static void add_step(struct scene *s, const struct stage_record *record)
{
	if (record)
		buf_fmt(&s->facts, " %s", s->spec->steps[record->step].name);
}

static void add_waits(struct scene *s, const struct stage_record *record)
{
	for (size_t i = 0; i < record->nblockers; i++)
		buf_fmt(&s->facts, " %s",
			record->blockers[i] < 0 ? "other" : s->spec->sessions[record->blockers[i]].name);
}

static void add_words(struct scene *s, const struct stage_record *record)
{
	for (size_t i = 0; i < record->nwords; i++) {
		const struct stage_word *word = &record->words[i];
		if (word->kind == WORD_ROWS)
			buf_fmt(&s->facts, " %s", rows_cell(word->rows, 0, 0));
		else if (word->kind == WORD_ERROR)
			buf_fmt(&s->facts, " %s", word->sqlstate[0] ? word->sqlstate : "own");
		else
			buf_fmt(&s->facts, " [%s]", word->tag);
	}
}

static void on_asked(void *arg, const struct stage_word *word)
{
	struct scene *s = arg;
	s->asked = word->kind == WORD_ROWS ? atoll(rows_cell(word->rows, 0, 0)) : -1;
}

static void on_fact(void *arg, const struct stage_fact *fact)
{
	static const char *const names[] = {"starts",  "set-up",    "begun", "sent",  "said",    "waits",
					    "goes-on", "cancels",   "done",  "again", "outcome", "lost",
					    "played",  "torn-down", "ended", "failed"};
	struct scene *s = arg;
	size_t from = s->facts.len;
	if (fact->kind == FACT_ASKED)
		return;
	buf_str(&s->facts, names[fact->kind]);
	add_step(s, fact->record);
	if (fact->kind == FACT_WAITS)
		add_waits(s, fact->record);
	if (fact->kind == FACT_DONE)
		add_words(s, fact->record);
	if (fact->kind == FACT_ENDED && fact->text)
		buf_fmt(&s->facts, " but %s", fact->text);
	s->done += fact->kind == FACT_DONE;
	if (fact->kind == FACT_DONE && fact->record->step == FREE)
		s->settled = stage_settled(s->stage);
	s->enough = s->done >= s->wanted;
	s->ended = s->ended || fact->kind == FACT_ENDED;
	if (fact->kind == FACT_PLAYED)
		stage_ask(s->stage, "SELECT n FROM t", on_asked, s);
	if (strcmp(s->facts.p + from, s->until) == 0)
		s->come = true;
	buf_char(&s->facts, '\n');
}

/* Runs until that fact is told. */
static void until(struct scene *s, const char *fact)
{
	s->until = fact;
	s->come = false;
	loop_run_until(s->loop, &s->come);
	if (!s->come)
		fail_msg("no \"%s\" in:\n%s", fact, buf_text(&s->facts));
}

static void step(struct scene *s, size_t which)
{
	struct err err;
	if (stage_step(s->stage, which, &err))
		fail_msg("%s", err.text);
}

static void expect_facts(struct scene *s, const char *facts)
{
	assert_string_equal(buf_text(&s->facts), facts);
	buf_clear(&s->facts);
}

static void terminate(struct scene *s, size_t which)
{
	struct stage_lane lane;
	stage_lane(s->stage, which, &lane);
	pg_exec("SELECT pg_terminate_backend(%d)", lane.pid);
}

static enum lane_state state_of(struct scene *s, size_t which)
{
	struct stage_lane lane;
	stage_lane(s->stage, which, &lane);
	return lane.state;
}

static void expect_clean(void)
{
	assert_int_equal(pg_number("SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
}

/* ---- the scene ---- */

static int make(void **state)
{
	struct scene *s = NEW(struct scene);
	struct conninfo info = {0};
	struct stage_options options = {.limit_us = 20000000};
	struct err err;
	s->loop = loop_new();
	s->ring = ring_new(1000, 1 << 20);
	s->spec = spec_parse("scene", text, strlen(text), &err);
	if (!s->spec)
		fail_msg("%s", err.text);
	s->stage = stage_new(s->loop, s->ring, &info, s->spec, &options, on_fact, s);
	stage_begin(s->stage, s->spec->permutations);
	until(s, "begun");
	expect_facts(s, "starts\nset-up\nbegun\n");
	*state = s;
	return 0;
}

static int unmake(void **state)
{
	struct scene *s = *state;
	if (stage_state(s->stage) != STAGE_OFF) {
		stage_end(s->stage);
		until(s, "ended");
	}
	expect_clean();
	stage_free(s->stage);
	spec_free(s->spec);
	ring_free(s->ring);
	loop_free(s->loop);
	buf_free(&s->facts);
	free(s);
	return 0;
}

/* ---- the tests ---- */

static void a_wait_names_its_blockers(void **state)
{
	struct scene *s = *state;
	step(s, HOLD);
	until(s, "done hold [BEGIN] [UPDATE 1]");
	step(s, WRITE);
	until(s, "waits write a");
	assert_int_equal(state_of(s, 1), LANE_WAITING);
	step(s, QUEUE);
	until(s, "waits queue b");
	s->wanted = 4;
	s->enough = false;
	assert_true(stage_settled(s->stage));
	buf_clear(&s->facts);
	s->settled = true;
	step(s, FREE);
	assert_false(stage_settled(s->stage));
	loop_run_until(s->loop, &s->enough);
	/* What let them go on is told first, and who waited for whom is told behind him. */
	const char *free_at = strstr(s->facts.p, "done free [COMMIT]"),
		   *write_at = strstr(s->facts.p, "done write [UPDATE 1]"),
		   *queue_at = strstr(s->facts.p, "done queue [UPDATE 1]");
	if (!free_at || !write_at || !queue_at || free_at > write_at || write_at > queue_at)
		fail_msg("%s", s->facts.p);
	assert_false(s->settled);
	assert_true(stage_settled(s->stage));
	assert_true(stage_record(s->stage, 1)->waited);
	assert_false(stage_record(s->stage, 3)->waited);
}

static void a_session_that_has_not_done_is_refused_a_step(void **state)
{
	struct scene *s = *state;
	struct err err;
	step(s, HOLD);
	until(s, "done hold [BEGIN] [UPDATE 1]");
	step(s, WRITE);
	until(s, "waits write a");
	assert_int_equal(stage_step(s->stage, SEE, &err), ST_USAGE);
	assert_non_null(strstr(err.text, "session b has not done with step write yet"));
	step(s, QUICK);
	until(s, "done quick quick");
}

static void a_mark_holds_a_report_by_hand_too(void **state)
{
	struct scene *s = *state;
	struct err err;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(stage_next(s->stage, &err), ST_OK);
		until(s, i == 0 ? "done hold [BEGIN] [UPDATE 1]" : i == 1 ? "waits write a" : "waits quick");
	}
	assert_int_equal(state_of(s, 2), LANE_HELD);
	assert_int_equal(stage_turn(s->stage), 3);
	assert_int_equal(stage_next(s->stage, &err), ST_OK);
	until(s, "done quick quick");
	assert_int_equal(stage_next(s->stage, &err), ST_USAGE);
}

static void a_step_is_cancelled(void **state)
{
	struct scene *s = *state;
	step(s, HOLD);
	until(s, "done hold [BEGIN] [UPDATE 1]");
	step(s, WRITE);
	until(s, "waits write a");
	stage_cancel(s->stage, 1);
	until(s, "done write 57014");
	assert_true(stage_record(s->stage, 1)->cancelled);
	assert_int_equal(state_of(s, 1), LANE_IDLE);
}

static void a_session_that_dies_idle_is_told_at_once(void **state)
{
	struct scene *s = *state;
	struct err err;
	terminate(s, 1);
	until(s, "lost");
	assert_int_equal(state_of(s, 1), LANE_LOST);
	assert_int_equal(stage_step(s->stage, SEE, &err), ST_USAGE);
	assert_non_null(strstr(err.text, "session b has lost its connection: terminating connection"));
	step(s, QUICK);
	until(s, "done quick quick");
	stage_end(s->stage);
	until(s, "ended");
	expect_clean();
	stage_begin(s->stage, NULL);
	until(s, "begun");
	step(s, SEE);
	until(s, "done see 1");
}

static void a_session_that_dies_in_a_step_ends_it(void **state)
{
	struct scene *s = *state;
	step(s, HOLD);
	until(s, "done hold [BEGIN] [UPDATE 1]");
	step(s, WRITE);
	until(s, "waits write a");
	terminate(s, 1);
	until(s, "done write 57P01 own");
	assert_true(stage_record(s->stage, 1)->lost);
}

static void leaving_in_the_middle_tears_down(void **state)
{
	struct scene *s = *state;
	step(s, HOLD);
	until(s, "done hold [BEGIN] [UPDATE 1]");
	step(s, WRITE);
	until(s, "waits write a");
	stage_end(s->stage);
	until(s, "ended");
	expect_clean();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(state_of(s, i), LANE_OFF);
}

/* The set-up is cancelled, or was quicker than that: the teardown finds nothing, or takes it away. */
static void leaving_while_it_is_set_up_tears_down(void **state)
{
	struct scene *s = *state;
	stage_end(s->stage);
	until(s, "ended");
	stage_begin(s->stage, NULL);
	until(s, "starts");
	s->ended = false;
	stage_end(s->stage);
	loop_run_until(s->loop, &s->ended);
	expect_clean();
}

/* Nothing was set up, so nothing is torn down, and nothing is said to be left: what has that name is another's. */
static void leaving_before_it_is_set_up_touches_nothing(void **state)
{
	struct scene *s = *state;
	stage_end(s->stage);
	until(s, "ended");
	pg_exec("CREATE TABLE t (of_another int)");
	buf_clear(&s->facts);
	stage_begin(s->stage, NULL);
	stage_end(s->stage);
	until(s, "ended");
	expect_facts(s, "ended\n");
	pg_exec("DROP TABLE t");
}

static void without_the_control_connection_a_new_one_tears_down(void **state)
{
	struct scene *s = *state;
	pg_exec("SELECT pg_terminate_backend(%d)", stage_facts(s->stage)->pid);
	stage_end(s->stage);
	until(s, "ended");
	expect_clean();
}

/* Whether the step waits, nobody would ever say. */
static void without_the_control_connection_no_step_is_left_running(void **state)
{
	struct scene *s = *state;
	step(s, HOLD);
	until(s, "done hold [BEGIN] [UPDATE 1]");
	pg_exec("SELECT pg_terminate_backend(%d)", stage_facts(s->stage)->pid);
	step(s, WRITE);
	until(s, "failed");
	until(s, "ended");
	expect_clean();
}

static void what_cannot_be_torn_down_is_said(void **state)
{
	struct scene *s = *state;
	char *schema = pg_value("SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 't'");
	pg_exec("DROP TABLE %s.t", schema);
	free(schema);
	stage_end(s->stage);
	until(s, "ended but table \"t\" does not exist");
}

static void the_rest_plays_by_itself_and_is_asked_before_the_teardown(void **state)
{
	struct scene *s = *state;
	struct err err;
	assert_int_equal(stage_next(s->stage, &err), ST_OK);
	stage_play(s->stage);
	until(s, "ended");
	assert_int_equal(s->asked, 12);
	expect_facts(s, "sent hold\ndone hold [BEGIN] [UPDATE 1]\nsent write\nwaits write a\nsent quick\nwaits quick\n"
			"sent free\ndone free [COMMIT]\ndone write [UPDATE 1]\ndone quick quick\nplayed\n"
			"said\ntorn-down\ntorn-down\nended\n");
}

static void show_isolation(struct scene *s, const char *level, const char *shown)
{
	stage_end(s->stage);
	until(s, "ended");
	stage_isolation(s->stage, level);
	stage_begin(s->stage, NULL);
	until(s, "begun");
	step(s, LEVEL);
	until(s, shown);
}

/* It is set for the sessions, and taken back, over the connections that are there. */
static void transactions_have_the_isolation_that_is_asked_for(void **state)
{
	struct scene *s = *state;
	show_isolation(s, "REPEATABLE READ", "done level repeatable read");
	show_isolation(s, "SERIALIZABLE", "done level serializable");
	show_isolation(s, NULL, "done level read committed");
	show_isolation(s, "REPEATABLE READ", "done level repeatable read");
	stage_end(s->stage);
	until(s, "ended");
	stage_isolation(s->stage, "SNAPSHOT");
	stage_begin(s->stage, NULL);
	until(s, "failed");
	until(s, "ended");
}

static int database(void **state)
{
	(void)state;
	pg_fresh_database("lab_stage", NULL);
	return 0;
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_wait_names_its_blockers),
		SCENE(a_session_that_has_not_done_is_refused_a_step),
		SCENE(a_mark_holds_a_report_by_hand_too),
		SCENE(a_step_is_cancelled),
		SCENE(a_session_that_dies_idle_is_told_at_once),
		SCENE(a_session_that_dies_in_a_step_ends_it),
		SCENE(leaving_in_the_middle_tears_down),
		SCENE(leaving_while_it_is_set_up_tears_down),
		SCENE(leaving_before_it_is_set_up_touches_nothing),
		SCENE(without_the_control_connection_a_new_one_tears_down),
		SCENE(without_the_control_connection_no_step_is_left_running),
		SCENE(what_cannot_be_torn_down_is_said),
		SCENE(transactions_have_the_isolation_that_is_asked_for),
		SCENE(the_rest_plays_by_itself_and_is_asked_before_the_teardown),
	};
	return cmocka_run_group_tests(tests, database, NULL);
}
