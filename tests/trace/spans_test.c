/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports of real runs as spans of time: slices that nest for Perfetto, and OpenTelemetry's spans in the shape of OTLP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/trace/recorded.h"
#include "tests/trace/spans.h"

static const char *trace;

/* Without a server; the document is owned. */
static json_t *export_as(const char *format, const char *err)
{
	json_error_t why;
	struct proc *proc = recorded_export(format);
	if (err)
		proc_expect_err(proc, err);
	for (const char *p = buf_text(&proc->out); *p; p++)
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	assert_null(strchr(buf_text(&proc->out), '<'));
	assert_null(strstr(buf_text(&proc->out), "\xe2\x80\xae"));
	json_t *document = json_loads(buf_text(&proc->out), JSON_REJECT_DUPLICATES, &why);
	if (!document)
		fail_msg("no JSON: %s, line %d", why.text, why.line);
	proc_free(proc);
	return document;
}

static size_t read_trace(char **text)
{
	FILE *file = fopen(trace, "r");
	assert_non_null(file);
	*text = mem_array(1 << 20, 1);
	size_t n = fread(*text, 1, (1 << 20) - 1, file);
	fclose(file);
	return n;
}

static void write_trace(const char *text, size_t n)
{
	FILE *file = fopen(trace, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

/* ---- slices ---- */

static void a_retry_as_slices(void **state)
{
	(void)state;
	static const char *const slices_of[] = {"transfer from 7001 to 7002",
						"attempt 1",
						"wait before attempt 2",
						"attempt 2",
						"UPDATE accounts SET balance = balance - 500 WHERE id = 7001",
						"COMMIT"};
	recorded_run("rival", "transfer 7001 7002 half");
	json_t *document = export_as("perfetto", NULL);
	struct slices slices = spans_check_slices(document);
	size_t transfer = spans_find_track(&slices, "transfer"), rival = spans_find_track(&slices, "rival");
	assert_true(transfer != rival);
	json_int_t ts = 0;
	for (size_t i = 0; i < 4; i++) {
		const json_t *slice = spans_find_event(document, "B", slices_of[i]);
		assert_int_equal(spans_number(slice, "tid"), transfer);
		assert_true(spans_number(slice, "ts") >= ts);
		ts = spans_number(slice, "ts");
	}
	for (size_t i = 4; i < COUNT_OF(slices_of); i++)
		spans_find_event(document, "B", slices_of[i]);
	const json_t *error = spans_find_event(document, "i", "40001 serialization failure");
	assert_int_equal(spans_number(error, "tid"), transfer);
	spans_find_event(document, "i", "durable from here");
	spans_find_event(document, "i", "SAVEPOINT cockroach_restart");
	assert_non_null(strstr(spans_text(json_object_get(document, "otherData"), "trace of"), "PostgreSQL"));
	json_decref(document);
}

/* Whom a statement waits for has a track of its own, and an arrow from there. */
static void a_wait_as_slices(void **state)
{
	(void)state;
	struct pg_session *holder = pg_open();
	const char *const argv[] = {proc_teller(), "--trace", trace, "transfer", "7001", "7002", "1", "--yes", NULL};
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7001");
	struct proc *proc = proc_start(argv, NULL, NULL);
	proc_wait_output(proc, "waits for");
	pg_run(holder, "ROLLBACK");
	proc_wait(proc);
	proc_expect_status(proc, 0);
	json_t *document = export_as("perfetto", NULL);
	struct slices slices = spans_check_slices(document);
	size_t other = spans_find_track(&slices, "tests, pid ");
	assert_int_equal(slices.arrows, 1);
	assert_int_equal(spans_number(spans_find_event(document, "B", "holds account 7001"), "tid"), other);
	assert_int_equal(spans_number(spans_find_event(document, "s", "blocked by"), "tid"), other);
	assert_int_equal(spans_number(spans_find_event(document, "f", "blocked by"), "tid"),
			 spans_find_track(&slices, "transfer"));
	spans_find_event(document, "B", "waits for tests, pid ");
	json_decref(document);
	proc_free(proc);
	pg_close(holder);
}

/* Several transfers of one session at the same time are beside each other. */
static void a_load_as_slices(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--trace", trace, "--yes",  "load", "--workers",
				    "3",           "--count", "60",  "--time", "0",    NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	json_t *document = export_as("perfetto", NULL);
	struct slices slices = spans_check_slices(document);
	spans_find_track(&slices, "transfer 3");
	for (size_t t = 0; t < SPANS_TRACKS; t++)
		assert_true(!slices.tracks[t].name || !strstr(slices.tracks[t].name, "transfer 5"));
	assert_true(slices.begun > 60 * 8);
	json_decref(document);
}

/* The transactions that say which lesson they are of. */
static int lesson_slices(const json_t *document)
{
	size_t i;
	json_t *event;
	int n = 0;
	json_array_foreach(json_object_get(document, "traceEvents"), i, event)
	{
		const char *lesson = spans_text(json_object_get(event, "args"), "lesson");
		n += strcmp(spans_text(event, "name"), "transaction") == 0 &&
		     strcmp(lesson, "Two people move half of the same balance") == 0;
	}
	return n;
}

/* A lesson's sessions have no engine: BEGIN and COMMIT are their transactions. */
static void a_lesson_as_slices(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--trace", trace, "lab", "run", "lost-update", NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
	json_t *document = export_as("perfetto", NULL);
	struct slices slices = spans_check_slices(document);
	assert_true(spans_find_track(&slices, "A") != spans_find_track(&slices, "B"));
	assert_int_equal(lesson_slices(document), 5); /* one of them begun again */
	json_decref(document);
}

/* ---- OpenTelemetry ---- */

static void a_retry_as_spans(void **state)
{
	(void)state;
	recorded_run("rival", "transfer 7001 7002 half");
	json_t *document = export_as("otlp", NULL), *spans = spans_of(document);
	spans_check(spans);
	const json_t *txn = spans_named(spans, "transfer from 7001 to 7002", "teller.outcome", "COMMITTED");
	const json_t *retry = json_array_get(json_object_get(txn, "events"), 0);
	assert_null(json_object_get(txn, "parentSpanId"));
	assert_int_equal(spans_number(json_object_get(txn, "status"), "code"), 1);
	assert_string_equal(spans_text(retry, "name"), "retry");
	const json_t *failed = spans_named(spans, "UPDATE", "db.response.status_code", "40001");
	assert_int_equal(spans_number(json_object_get(failed, "status"), "code"), 2);
	assert_string_equal(spans_attribute(failed, "error.type"), "40001");
	const json_t *attempt = spans_with(spans, spans_text(failed, "parentSpanId"));
	assert_string_equal(spans_text(attempt, "name"), "attempt 1");
	assert_string_equal(spans_text(attempt, "parentSpanId"), spans_text(txn, "spanId"));
	json_decref(document);
}

static void an_unknown_commit_as_spans(void **state)
{
	(void)state;
	recorded_run("inject cut", "transfer 7001 7002 half");
	json_t *document = export_as("otlp", NULL), *spans = spans_of(document);
	spans_check(spans);
	const json_t *commit = spans_named(spans, "COMMIT", "error.type", "no answer");
	assert_int_equal(spans_number(json_object_get(commit, "status"), "code"), 2);
	spans_named(spans, "settle", "teller.transaction", "1");
	json_decref(document);
	document = export_as("perfetto", NULL);
	spans_check_slices(document);
	spans_find_event(document, "B", "settle");
	json_decref(document);
}

/* ---- what is not whole, and what is hostile ---- */

/* Cut at any byte: what is whole is exported, and all that had begun ends with it. */
static void cut_anywhere(void **state)
{
	(void)state;
	char *text = NULL;
	recorded_run("rival", "transfer 7001 7002 half");
	size_t n = read_trace(&text), header = strcspn(text, "\n") + 1;
	size_t first = header + strcspn(text + header, "\n") + 1;
	for (size_t at = n - 2; at > first + 997; at -= 997) {
		write_trace(text, at);
		bool whole = text[at - 1] == '\n' || text[at] == '\n';
		const char *said = whole ? NULL : "the last line is cut, and left out";
		json_t *slices = export_as("perfetto", said), *spans = export_as("otlp", said);
		spans_check_slices(slices);
		spans_check(spans_of(spans));
		json_decref(slices);
		json_decref(spans);
	}
	free(text);
}

/* The middle of a transaction: its beginning was never written. */
static void begun_in_the_middle(void **state)
{
	(void)state;
	char *text = NULL;
	recorded_run("rival", "transfer 7001 7002 half");
	size_t n = read_trace(&text), header = strcspn(text, "\n") + 1;
	struct buf part = {0};
	buf_add(&part, text, header);
	const char *attempt = strstr(text, "\"kind\":\"attempt\"");
	assert_non_null(attempt);
	attempt += strcspn(attempt, "\n") + 1;
	buf_add(&part, attempt, n - (size_t)(attempt - text));
	write_trace(part.p, part.len);
	json_t *slices = export_as("perfetto", NULL), *spans = export_as("otlp", NULL);
	spans_check_slices(slices);
	spans_check(spans_of(spans));
	json_decref(slices);
	json_decref(spans);
	buf_free(&part);
	free(text);
}

static void hostile_event(struct buf *text, const char *kind, int number, const char *more)
{
	static const char *const texts[] = {"lane",        "sql",         "params",       "values",
					    "tag",         "message",     "detail",       "sqlstate",
					    "holder_name", "holder_user", "holder_state", "holder_holds"};
	buf_fmt(text, "{\"kind\":\"%s\",\"session\":\"lane\",\"seat\":%d,\"number\":%d,\"txn\":%d%s", kind, number % 3,
		number, number % 5, more);
	for (size_t k = 0; k < COUNT_OF(texts); k++)
		buf_fmt(text, ",\"%s\":\"\\u001b[31m\\u009b\\u202e\\\"</script>\\r\\n{}];%zu\"", texts[k], k);
	buf_str(text, "}\n");
}

/* In every text of every kind, in orders that no run has; and texts of 10 kB. */
static void hostile(void **state)
{
	(void)state;
	static const char *const kinds[] = {"sent", "blocked",   "result",  "attempt", "attempt",
					    "txn",  "connected", "backoff", "outcome", "settle",
					    "lost", "lever",     "notice",  "txn",     "blocked"};
	static const char *const more[] = {
		",\"wall_us\":9223372036854775807,\"duration_us\":9223372036854775807,\"rows\":1",
		",\"wall_us\":5,\"wait_us\":9223372036854775807,\"rows\":-9,\"verb\":\"begin\"",
		",\"wall_us\":1795976595000000,\"rows\":1,\"holder_pid\":7,\"verb\":\"savepoint\"",
		",\"unanswered\":true,\"skipped\":true,\"attempt\":4000000000",
	};
	struct buf text = {0};
	buf_str(&text, "{\"teller_trace\":1,\"teller\":\"\\u001b[2J</script>\",\"server\":\"\\u009b31m\"}\n");
	for (int i = 0; i < 900; i++)
		hostile_event(&text, kinds[(size_t)i * 7 % COUNT_OF(kinds)], i + 1,
			      more[(size_t)i / 3 % COUNT_OF(more)]);
	buf_str(&text, "{\"kind\":\"result\",\"number\":901,\"session\":\"browse\",\"sql\":\"SELECT '");
	buf_fill(&text, '<', 10 << 10);
	buf_str(&text, "'\"}\n");
	write_trace(text.p, text.len);
	json_t *slices = export_as("perfetto", NULL), *document = export_as("otlp", NULL);
	spans_check_slices(slices);
	json_t *spans = spans_of(document);
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span) spans_check_parent(spans, span);
	json_decref(slices);
	json_decref(document);
	buf_free(&text);
}

static void no_password(void **state)
{
	(void)state;
	const char *lesson = recorded_file("roles.spec");
	FILE *file = fopen(lesson, "w");
	assert_non_null(file);
	fputs("session a\nstep one { SELECT 'sought' AS \"password 'Kw9Zx8\" }\npermutation one\n", file);
	assert_int_equal(fclose(file), 0);
	const char *const argv[] = {proc_teller(), "--trace", trace, "lab", "run", lesson, NULL};
	proc_free(proc_run(argv, NULL, NULL));
	static const char *const formats[] = {"perfetto", "otlp"};
	for (size_t i = 0; i < COUNT_OF(formats); i++) {
		json_t *document = export_as(formats[i], NULL);
		char *text = json_dumps(document, 0);
		if (!strstr(text, "sought") || strstr(text, "Kw9"))
			fail_msg("%s", text);
		free(text);
		json_decref(document);
	}
}

static int begin(void **state)
{
	int status = recorded_begin(state);
	trace = recorded_file("trace");
	return status;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_retry_as_slices, recorded_bank),
		cmocka_unit_test_setup(a_wait_as_slices, recorded_bank),
		cmocka_unit_test_setup(a_load_as_slices, recorded_bank),
		cmocka_unit_test_setup(a_lesson_as_slices, recorded_bank),
		cmocka_unit_test_setup(a_retry_as_spans, recorded_bank),
		cmocka_unit_test_setup(an_unknown_commit_as_spans, recorded_bank),
		cmocka_unit_test_setup(cut_anywhere, recorded_bank),
		cmocka_unit_test_setup(begun_in_the_middle, recorded_bank),
		cmocka_unit_test_setup(hostile, recorded_bank),
		cmocka_unit_test_setup(no_password, recorded_bank),
	};
	return cmocka_run_group_tests_name("trace/spans", tests, begin, recorded_end);
}
