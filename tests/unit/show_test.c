/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of events as text, and of JSON strings. */
#include "base/mem.h"
#include "event/show.h"

#include <string.h>

#include "event/json.h"
#include "tests/support/check.h"

static void check_statement(const char *sql, const char *params, const char *expected)
{
	struct buf out = {0};
	show_statement(&out, sql, params);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void parameters_are_put_in(void **state)
{
	(void)state;
	check_statement("UPDATE accounts SET balance = balance - $1 WHERE id = $2", "$1 = 625, $2 = 104",
			"UPDATE accounts SET balance = balance - 625 WHERE id = 104");
	check_statement("SELECT $1, $2, $3", "$1 = O'Hara, b, $2 = NULL, $3 = -1.50",
			"SELECT 'O''Hara, b', NULL, -1.50");
	check_statement("SELECT $10", "$1 = 1", "SELECT $10");
	check_statement("SELECT '$1', $1", "$1 = 7", "SELECT '$1', 7");
	check_statement("SELECT 1,\n\t  2", NULL, "SELECT 1, 2");
	check_statement("SELECT $1", "$1 = \x1b]0;x\a", "SELECT '\\x1b]0;x\\x07'");
	check_statement("SELECT $1", "$1 = ", "SELECT ''");
	check_statement("", NULL, "");
	check_statement("SELECT $", "$1 = 1", "SELECT $");
	check_statement("SELECT 'a\n b',\n  1", NULL, "SELECT 'a\\n b', 1");
	check_statement("SELECT 1, -- it's one\n  2", NULL, "SELECT 1, -- it's one 2");
}

static void check_line(const struct event *event, const char *who, const char *what, const char *result, char sign)
{
	struct show_line line = {0};
	show_line(&line, event);
	assert_string_equal(buf_text(&line.who), who);
	assert_string_equal(buf_text(&line.what), what);
	assert_string_equal(buf_text(&line.result), result);
	assert_int_equal(line.sign, sign);
	show_line_free(&line);
}

static struct event result_of(enum verb verb, const char *sql, const char *tag, int64_t rows)
{
	return (struct event){.kind = EVENT_RESULT,
			      .session = SESSION_TRANSFER,
			      .txn = 1,
			      .attempt = 2,
			      .verb = verb,
			      .sql = sql,
			      .tag = tag,
			      .rows = rows};
}

static void answers_in_short(void **state)
{
	(void)state;
	struct event begin = result_of(VERB_BEGIN, "BEGIN", "BEGIN", -1);
	check_line(&begin, "T1.2", "BEGIN", "ok", ' ');
	struct event update = result_of(VERB_UPDATE, "UPDATE a", "UPDATE 1", 1);
	check_line(&update, "T1.2", "UPDATE a", "1 row", ' ');
	struct event read = result_of(VERB_SELECT, "SELECT a", "SELECT 1", 1);
	read.values = "1250";
	check_line(&read, "T1.2", "SELECT a", "1250", ' ');
	read.rows = 2;
	read.values = "104, 1250; 107, 310";
	check_line(&read, "T1.2", "SELECT a", "104, 1250; 107, 310", ' ');
	read.rows = 200;
	check_line(&read, "T1.2", "SELECT a", "104, 1250; 107, 310 (200 rows)", ' ');
	struct event back = result_of(VERB_ROLLBACK_TO, "ROLLBACK TO SAVEPOINT cockroach_restart", "ROLLBACK", -1);
	check_line(&back, "T1.2", "ROLLBACK TO SAVEPOINT cockroach_restart", "ok", '<');
}

/* What a server says of another session is as hostile as anything else. */
static void whom_it_waits_for(void **state)
{
	(void)state;
	struct event event = {.kind = EVENT_BLOCKED,
			      .session = SESSION_TRANSFER,
			      .txn = 1,
			      .attempt = 1,
			      .rows = 1,
			      .wait_us = 1200000,
			      .message = "",
			      .holder = {.pid = 4711,
					 .name = "psql",
					 .user = "ada",
					 .state = "idle in transaction",
					 .state_us = 5000000,
					 .holds = "holds account 104"}};
	check_line(&event, "T1.1", "waits for psql, pid 4711, ada: idle in transaction 5 s, holds account 104",
		   "waited 1.2 s", '~');
	struct buf later = {0};
	show_holder(&later, &event, 3000000);
	assert_string_equal(later.p, "psql, pid 4711, ada: idle in transaction 8 s, holds account 104");
	buf_free(&later);
	event.holder = (struct event_holder){.name = "\x1b]0;owned\a", .user = "", .state = "a\nb", .holds = ""};
	event.rows = 3;
	event.message = "which waits for \x9b"
			"31m";
	check_line(&event, "T1.1", "waits for \\x1b]0;owned\\x07: a\\nb; and for 2 more; which waits for \\x9b31m",
		   "waited 1.2 s", '~');
	event = (struct event){.kind = EVENT_BLOCKED, .session = SESSION_TRANSFER, .wait_us = 1200000};
	check_line(&event, "T", "waits no more", "waited 1.2 s", '~');
}

static void a_commit_shows_its_tag(void **state)
{
	(void)state;
	struct event commit = result_of(VERB_COMMIT, "COMMIT", "COMMIT", -1);
	commit.durable = true;
	check_line(&commit, "T1.2", "COMMIT", "COMMIT", '*');
	commit.durable = false;
	commit.tag = "ROLLBACK";
	check_line(&commit, "T1.2", "COMMIT", "ROLLBACK", ' ');
	struct event release = result_of(VERB_RELEASE, "RELEASE", "RELEASE", -1);
	check_line(&release, "T1.2", "RELEASE", "ok", ' ');
	release.tag = "COMMIT"; /* CockroachDB */
	release.durable = true;
	check_line(&release, "T1.2", "RELEASE", "COMMIT", '*');
}

static void errors_have_names(void **state)
{
	(void)state;
	struct event event = result_of(VERB_UPDATE, "UPDATE a", NULL, -1);
	event.message = "could not serialize access due to concurrent update";
	memcpy(event.sqlstate, "40001", 6);
	check_line(&event, "T1.2", "UPDATE a", "40001 serialization failure", 'x');
	memcpy(event.sqlstate, "99999", 6);
	check_line(&event, "T1.2", "UPDATE a", "99999 could not serialize access due to concurrent update", 'x');
	event.skipped = true;
	event.sqlstate[0] = '\0';
	event.message = NULL;
	check_line(&event, "T1.2", "UPDATE a", "not run", ' ');
}

static void facts_in_words(void **state)
{
	(void)state;
	struct event wait = {.kind = EVENT_BACKOFF,
			     .session = SESSION_TRANSFER,
			     .txn = 3,
			     .attempt = 2,
			     .limit = 10,
			     .wait_us = 23000};
	check_line(&wait, "T3.2", "attempt 2 of 10 starts in 23 ms", "wait 23 ms", '~');
	struct event outcome = {.kind = EVENT_OUTCOME,
				.session = SESSION_RIVAL,
				.txn = 4,
				.attempt = 1,
				.outcome = OUTCOME_GAVE_UP,
				.message = "why"};
	check_line(&outcome, "R4.1", "1 attempt: why", "GAVE UP", 'x');
	struct event notice = {.kind = EVENT_NOTICE, .session = SESSION_BROWSE, .message = "a\nb"};
	check_line(&notice, "B", "notice: a b", "", ' ');
}

static void the_plain_line_marks_what_is_durable(void **state)
{
	(void)state;
	struct buf out = {0};
	struct event commit = result_of(VERB_COMMIT, "COMMIT", "COMMIT", -1);
	commit.durable = true;
	commit.duration_us = 1234;
	show_plain(&out, &commit);
	assert_non_null(strstr(out.p, "T1.2"));
	assert_non_null(strstr(out.p, "<- durable from here"));
	assert_non_null(strstr(out.p, "1.23 ms"));
	assert_null(strchr(out.p, '\n'));
	buf_free(&out);
}

/* A round trip's time stands once, at the first answer of it, and fits its column however long it took. */
static void times_of_a_round_trip(void **state)
{
	(void)state;
	static const struct {
		unsigned statement;
		uint64_t us;
		const char *ms;
	} all[] = {
		{1, 18480, "18.48"},       {2, 3, ""},
		{3, 430, "0.43"},          {1, 3, "0.00"},
		{1, 9999990, "9999.99"},   {1, 10377120, "10.3 s"},
		{1, 3600000000, "3600 s"},
	};
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		struct show_line line = {0};
		struct event event = result_of(VERB_SELECT, "SELECT 1", "SELECT 1", 1);
		event.statement = all[i].statement;
		event.duration_us = all[i].us;
		show_line(&line, &event);
		assert_string_equal(buf_text(&line.ms), all[i].ms);
		show_line_free(&line);
	}
}

static void the_full_text_has_everything(void **state)
{
	(void)state;
	struct buf out = {0};
	struct event event = result_of(VERB_UPDATE, "UPDATE a SET b = $1", NULL, -1);
	event.params = "$1 = 5";
	event.message = "no";
	event.detail = "DETAIL: one\nHINT: two\x1b";
	memcpy(event.sqlstate, "40001", 6);
	show_full(&out, &event);
	assert_non_null(strstr(out.p, "UPDATE a SET b = 5\n"));
	assert_non_null(strstr(out.p, "UPDATE a SET b = $1\n"));
	assert_non_null(strstr(out.p, "DETAIL: one\n"));
	assert_non_null(strstr(out.p, "HINT: two\\x1b\n"));
	assert_non_null(strstr(out.p, "40001"));
	buf_free(&out);
}

static void check_json(const char *s, size_t n, const char *expected)
{
	struct buf out = {0};
	json_add_string(&out, s, n);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void json_strings(void **state)
{
	(void)state;
	check_json("9007199254740993", 16, "\"9007199254740993\"");
	check_json("a\"b\\\n\x1b", 6, "\"a\\\"b\\\\\\n\\u001B\"");
	check_json("\xff", 1, "\"\\udcff\"");
	check_json("M\xfc\x80ller", 7, "\"M\\udcfc\\udc80ller\"");
	check_json("\xed\xb3\xbf", 3, "\"\\udced\\udcb3\\udcbf\"");
	check_json("\xe6\x9d\xb1", 3, "\"\xe6\x9d\xb1\"");
	check_json("", 0, "\"\"");
	check_json(NULL, 0, "null");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_are_put_in),
		cmocka_unit_test(answers_in_short),
		cmocka_unit_test(whom_it_waits_for),
		cmocka_unit_test(a_commit_shows_its_tag),
		cmocka_unit_test(errors_have_names),
		cmocka_unit_test(facts_in_words),
		cmocka_unit_test(the_plain_line_marks_what_is_durable),
		cmocka_unit_test(times_of_a_round_trip),
		cmocka_unit_test(the_full_text_has_everything),
		cmocka_unit_test(json_strings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
