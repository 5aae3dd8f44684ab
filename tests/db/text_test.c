/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of texts of several statements: every result in order, notices and notifications among them, and the end of a
 * session. */
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"

#include <stdlib.h>
#include <string.h>

#include "db/db.h"

/* What came, one word or line after another, in the order in which it came. */
struct scene {
	struct loop *loop;
	struct ring *ring;
	struct db *db;
	struct buf heard;
	bool done;
};

static void on_connected(void *arg, const struct err *err)
{
	struct scene *s = arg;
	if (err)
		fail_msg("%s", err->text);
	s->done = true;
}

static void on_answer(void *arg, size_t index, const struct answer *answer)
{
	struct scene *s = arg;
	buf_fmt(&s->heard, "%zu ", index);
	if (!answer->ok)
		buf_fmt(&s->heard, "%s|%s|%s", answer->sqlstate, answer->severity, answer->text);
	else if (answer->rows)
		buf_fmt(&s->heard, "%s=%s\n", answer->rows->names[0], rows_cell(answer->rows, 0, 0));
	else
		buf_fmt(&s->heard, "%s\n", answer->tag);
}

static void on_idle(void *arg)
{
	struct scene *s = arg;
	buf_str(&s->heard, "idle\n");
	s->done = true;
}

static void on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct scene *s = arg;
	buf_fmt(&s->heard, "lost after %zu: %s", answered, why->text[0] ? why->text : why->message);
	s->done = true;
}

static void on_idle_lost(void *arg, const struct answer *why)
{
	on_lost(arg, 0, why);
}

static void on_notice(void *arg, const struct db_notice *notice)
{
	struct scene *s = arg;
	buf_fmt(&s->heard, "%s|%s", notice->sqlstate, notice->text);
}

static void on_notify(void *arg, const struct db_notification *n)
{
	struct scene *s = arg;
	buf_fmt(&s->heard, "%s(%s) %s\n", n->channel, n->payload, n->pid == db_facts(s->db)->pid ? "own" : "other");
}

static void send_text(struct scene *s, const char *sql)
{
	struct db_context context = {0};
	struct db_reply reply = {on_answer, on_idle, on_lost, s, NULL};
	buf_clear(&s->heard);
	s->done = false;
	db_send_text(s->db, sql, &context, &reply);
	loop_run_until(s->loop, &s->done);
}

static void send_one(struct scene *s, const char *sql)
{
	struct db_context context = {0};
	struct db_reply reply = {on_answer, on_idle, on_lost, s, NULL};
	struct statement statement = {.sql = sql};
	buf_clear(&s->heard);
	s->done = false;
	db_send(s->db, &statement, 1, &context, &reply);
	loop_run_until(s->loop, &s->done);
}

static int make(void **state)
{
	struct scene *s = NEW(struct scene);
	struct conninfo info = {0};
	s->loop = loop_new();
	s->ring = ring_new(1000, 1 << 20);
	s->db = db_new(s->loop, s->ring, SESSION_LANE + 1, "ann", NULL);
	db_on_notice(s->db, on_notice, s);
	db_on_notify(s->db, on_notify, s);
	db_on_lost(s->db, on_idle_lost, s);
	db_connect(s->db, &info, 5000, on_connected, s);
	loop_run_until(s->loop, &s->done);
	buf_clear(&s->heard);
	*state = s;
	return 0;
}

static int unmake(void **state)
{
	struct scene *s = *state;
	db_free(s->db);
	ring_free(s->ring);
	loop_free(s->loop);
	buf_free(&s->heard);
	free(s);
	return 0;
}

/* A notice comes as soon as libpq has read it, which may be just before the result that it follows. */
static void every_result_comes_in_order(void **state)
{
	struct scene *s = *state;
	send_text(s, "BEGIN; SELECT 7 AS n; DO $$BEGIN RAISE NOTICE 'hear'; END$$; SELECT 'x' AS y; COMMIT");
	assert_string_equal(s->heard.p, "0 BEGIN\n00000|NOTICE:  hear\n1 n=7\n2 DO\n3 y=x\n4 COMMIT\nidle\n");
}

static void an_error_ends_the_text(void **state)
{
	struct scene *s = *state;
	send_text(s, "SELECT 1 AS a; SELECT 1/0; SELECT 2");
	assert_string_equal(s->heard.p, "0 a=1\n1 22012|ERROR|ERROR:  division by zero\nidle\n");
	send_text(s, "");
	assert_string_equal(s->heard.p, "0 \nidle\n");
}

static void rows_before_an_error_are_no_answer(void **state)
{
	struct scene *s = *state;
	send_text(s, "SELECT 1 / (3 - i) AS q FROM generate_series(1, 5) AS i");
	assert_string_equal(s->heard.p, "0 22012|ERROR|ERROR:  division by zero\nidle\n");
}

/* The statement is cancelled, and what came of it is not kept; the session goes on. */
static void more_than_memory_should_hold_is_refused(void **state)
{
	static const char refused[] =
		"0 54000|ERROR|ERROR:  an answer of more than 32 MB: ask for less, or for a count\n"
		"idle\n";
	struct scene *s = *state;
	send_text(s, "SELECT repeat('x', 1000) AS a FROM generate_series(1, 10000000)");
	assert_string_equal(s->heard.p, refused);
	send_text(s, "SELECT repeat('x', 40000000) AS a");
	assert_string_equal(s->heard.p, refused);
	send_text(s, "SELECT repeat('x', 3) AS a");
	assert_string_equal(s->heard.p, "0 a=xxx\nidle\n");
}

static void pipelines_go_before_and_after(void **state)
{
	struct scene *s = *state;
	send_one(s, "SELECT 1 AS a");
	assert_string_equal(s->heard.p, "0 a=1\nidle\n");
	send_text(s, "SELECT 2 AS b");
	assert_string_equal(s->heard.p, "0 b=2\nidle\n");
	send_one(s, "SELECT 1 AS a");
	assert_string_equal(s->heard.p, "0 a=1\nidle\n");
}

static void notifications_are_heard(void **state)
{
	struct scene *s = *state;
	send_text(s, "LISTEN bell");
	send_text(s, "NOTIFY bell, 'own'");
	assert_string_equal(s->heard.p, "0 NOTIFY\nbell(own) own\nidle\n");
	s->done = false;
	pg_exec("NOTIFY bell, 'far'");
	while (!strstr(buf_text(&s->heard), "far"))
		send_text(s, "SELECT 1 AS a");
	assert_non_null(strstr(s->heard.p, "bell(far) other\n"));
}

static void the_last_words_of_a_session_are_an_answer(void **state)
{
	struct scene *s = *state;
	send_text(s, "SELECT pg_terminate_backend(pg_backend_pid())");
	assert_string_equal(s->heard.p, "0 57P01|FATAL|FATAL:  terminating connection due to administrator command\n"
					"lost after 1: server closed the connection unexpectedly\n"
					"\tThis probably means the server terminated abnormally\n"
					"\tbefore or while processing the request.\n");
	assert_int_equal(db_state(s->db), DB_DOWN);
}

static void an_idle_session_is_heard_to_end(void **state)
{
	struct scene *s = *state;
	send_text(s, "SELECT 1 AS a");
	buf_clear(&s->heard);
	s->done = false;
	pg_exec("SELECT pg_terminate_backend(%d)", db_facts(s->db)->pid);
	loop_run_until(s->loop, &s->done);
	assert_string_equal(s->heard.p, "57P01|FATAL:  terminating connection due to administrator command\n"
					"lost after 0: server closed the connection unexpectedly\n"
					"\tThis probably means the server terminated abnormally\n"
					"\tbefore or while processing the request.\n");
}

static void copy_ends_the_connection(void **state)
{
	struct scene *s = *state;
	send_text(s, "COPY (SELECT 1) TO STDOUT");
	assert_int_equal(db_state(s->db), DB_DOWN);
	assert_non_null(strstr(s->heard.p, "COPY from or to the client has no place here"));
}

/* The log shows the text once, with its last result, under the lane's name. */
static void a_text_is_one_statement_of_the_log(void **state)
{
	struct scene *s = *state;
	struct event event;
	struct cursor cursor = {.next = ring_next(s->ring)};
	send_text(s, "BEGIN; SELECT 7 AS n; COMMIT");
	assert_true(cursor_read(&cursor, s->ring, &event));
	assert_int_equal(event.kind, EVENT_SENT);
	assert_int_equal(event.session, SESSION_LANE + 1);
	assert_string_equal(event.lane, "ann");
	assert_true(cursor_read(&cursor, s->ring, &event));
	assert_int_equal(event.kind, EVENT_RESULT);
	assert_string_equal(event.tag, "COMMIT");
	assert_false(cursor_read(&cursor, s->ring, &event));
}

static int database(void **state)
{
	(void)state;
	pg_fresh_database("db_text", NULL);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_result_comes_in_order, make, unmake),
		cmocka_unit_test_setup_teardown(an_error_ends_the_text, make, unmake),
		cmocka_unit_test_setup_teardown(rows_before_an_error_are_no_answer, make, unmake),
		cmocka_unit_test_setup_teardown(more_than_memory_should_hold_is_refused, make, unmake),
		cmocka_unit_test_setup_teardown(pipelines_go_before_and_after, make, unmake),
		cmocka_unit_test_setup_teardown(notifications_are_heard, make, unmake),
		cmocka_unit_test_setup_teardown(the_last_words_of_a_session_are_an_answer, make, unmake),
		cmocka_unit_test_setup_teardown(an_idle_session_is_heard_to_end, make, unmake),
		cmocka_unit_test_setup_teardown(copy_ends_the_connection, make, unmake),
		cmocka_unit_test_setup_teardown(a_text_is_one_statement_of_the_log, make, unmake),
	};
	return cmocka_run_group_tests(tests, database, NULL);
}
