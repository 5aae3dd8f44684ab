/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports of real runs as spans of time: slices that nest for Perfetto, and OpenTelemetry's spans in the shape of OTLP. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

enum { TRACKS = 64, DEPTH = 8 };

static char dir[] = "/tmp/teller-spans.XXXXXX";
static char trace[64];

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	unlink(trace);
	return 0;
}

static void record(const char *first, const char *second)
{
	const char *const argv[] = {proc_teller(), "--seed", "7",  "--trace", trace, "--yes",
				    "-c",          first,    "-c", second,    NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* Without a server; the document is owned. */
static json_t *export_as(const char *format, const char *err)
{
	const char *const env[] = {"PGHOST=/nowhere", "PGPORT=1", NULL};
	const char *const argv[] = {proc_teller(), "trace", "export", trace, "--to", format, NULL};
	json_error_t why;
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, 0);
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

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

static json_int_t number_of(const json_t *object, const char *key)
{
	const json_t *number = json_object_get(object, key);
	if (!json_is_integer(number))
		fail_msg("%s is no number", key);
	return json_integer_value(number);
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

/* A thread: what is open on it, and how far its time has come. */
struct track {
	const char *name;
	const char *open[DEPTH];
	size_t nopen;
	json_int_t ts;
};

struct slices {
	struct track tracks[TRACKS];
	size_t begun, marks, arrows, heads;
};

static void take_slice(struct track *track, const json_t *event, const char *phase)
{
	json_int_t ts = number_of(event, "ts");
	assert_true(ts >= track->ts);
	track->ts = ts;
	if (phase[0] == 'B') {
		assert_true(track->nopen < DEPTH);
		track->open[track->nopen++] = text_of(event, "name");
		assert_true(text_of(event, "name")[0] != '\0');
	} else {
		assert_true(track->nopen > 0);
		track->nopen--;
	}
}

static void take_event(struct slices *slices, const json_t *event)
{
	const char *phase = text_of(event, "ph");
	bool process = strcmp(text_of(event, "name"), "process_name") == 0;
	assert_int_equal(number_of(event, "pid"), 1);
	json_int_t tid = process ? 0 : number_of(event, "tid");
	assert_true(tid >= 0 && tid < TRACKS);
	struct track *track = &slices->tracks[tid];
	assert_int_equal(strlen(phase), 1);
	if (strcmp(text_of(event, "name"), "thread_name") == 0)
		track->name = text_of(json_object_get(event, "args"), "name");
	else if (!process && phase[0] != 'M')
		assert_non_null(track->name); /* before it is used */
	slices->begun += phase[0] == 'B';
	slices->marks += phase[0] == 'i';
	slices->arrows += phase[0] == 's';
	slices->heads += phase[0] == 'f';
	if (phase[0] == 'B' || phase[0] == 'E')
		take_slice(track, event, phase);
	else if (!strchr("Misf", phase[0]))
		fail_msg("unknown phase %s", phase);
}

/* All that begins ends, in the order of a stack, and time goes on. */
static struct slices check_slices(const json_t *document)
{
	struct slices slices = {0};
	size_t i;
	json_t *event;
	json_array_foreach(json_object_get(document, "traceEvents"), i, event) take_event(&slices, event);
	for (size_t t = 0; t < TRACKS; t++)
		assert_int_equal(slices.tracks[t].nopen, 0);
	assert_int_equal(slices.arrows, slices.heads);
	return slices;
}

/* The first event of that phase and name behind `from`. */
static const json_t *find_event(const json_t *document, const char *phase, const char *name)
{
	size_t i;
	json_t *event;
	json_array_foreach(json_object_get(document, "traceEvents"), i, event)
	{
		if (strcmp(text_of(event, "ph"), phase) == 0 && strstr(text_of(event, "name"), name))
			return event;
	}
	fail_msg("there is no %s \"%s\"", phase, name);
	return NULL;
}

static size_t find_track(const struct slices *slices, const char *name)
{
	for (size_t t = 0; t < TRACKS; t++)
		if (slices->tracks[t].name && strncmp(slices->tracks[t].name, name, strlen(name)) == 0)
			return t;
	fail_msg("there is no track \"%s\"", name);
	return 0;
}

static void a_retry_as_slices(void **state)
{
	(void)state;
	static const char *const slices_of[] = {"transfer from 7001 to 7002",
						"attempt 1",
						"wait before attempt 2",
						"attempt 2",
						"UPDATE accounts SET balance = balance - 500 WHERE id = 7001",
						"COMMIT"};
	record("rival", "transfer 7001 7002 half");
	json_t *document = export_as("perfetto", NULL);
	struct slices slices = check_slices(document);
	size_t transfer = find_track(&slices, "transfer"), rival = find_track(&slices, "rival");
	assert_true(transfer != rival);
	json_int_t ts = 0;
	for (size_t i = 0; i < 4; i++) {
		const json_t *slice = find_event(document, "B", slices_of[i]);
		assert_int_equal(number_of(slice, "tid"), transfer);
		assert_true(number_of(slice, "ts") >= ts);
		ts = number_of(slice, "ts");
	}
	for (size_t i = 4; i < COUNT_OF(slices_of); i++)
		find_event(document, "B", slices_of[i]);
	const json_t *error = find_event(document, "i", "40001 serialization failure");
	assert_int_equal(number_of(error, "tid"), transfer);
	find_event(document, "i", "durable from here");
	find_event(document, "i", "SAVEPOINT cockroach_restart");
	assert_non_null(strstr(text_of(json_object_get(document, "otherData"), "trace of"), "PostgreSQL"));
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
	struct slices slices = check_slices(document);
	size_t other = find_track(&slices, "tests, pid ");
	assert_int_equal(slices.arrows, 1);
	assert_int_equal(number_of(find_event(document, "B", "holds account 7001"), "tid"), other);
	assert_int_equal(number_of(find_event(document, "s", "blocked by"), "tid"), other);
	assert_int_equal(number_of(find_event(document, "f", "blocked by"), "tid"), find_track(&slices, "transfer"));
	find_event(document, "B", "waits for tests, pid ");
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
	struct slices slices = check_slices(document);
	find_track(&slices, "transfer 3");
	for (size_t t = 0; t < TRACKS; t++)
		assert_true(!slices.tracks[t].name || !strstr(slices.tracks[t].name, "transfer 5"));
	assert_true(slices.begun > 60 * 8);
	json_decref(document);
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
	struct slices slices = check_slices(document);
	assert_true(find_track(&slices, "A") != find_track(&slices, "B"));
	find_event(document, "B", "transaction");
	json_decref(document);
}

/* ---- OpenTelemetry ---- */

static json_t *spans_of(const json_t *document)
{
	const json_t *resource = json_array_get(json_object_get(document, "resourceSpans"), 0);
	const json_t *attributes = json_object_get(json_object_get(resource, "resource"), "attributes");
	const json_t *scope = json_array_get(json_object_get(resource, "scopeSpans"), 0);
	const json_t *service = json_array_get(attributes, 0);
	assert_string_equal(text_of(service, "key"), "service.name");
	assert_string_equal(text_of(json_object_get(service, "value"), "stringValue"), "teller");
	assert_string_equal(text_of(json_object_get(scope, "scope"), "name"), "teller");
	return json_object_get(scope, "spans");
}

static const char *attribute(const json_t *span, const char *key)
{
	size_t i;
	json_t *one;
	json_array_foreach(json_object_get(span, "attributes"), i, one)
	{
		const json_t *value = json_object_get(one, "value");
		if (strcmp(text_of(one, "key"), key) == 0)
			return text_of(value, "stringValue")[0] ? text_of(value, "stringValue")
								: text_of(value, "intValue");
	}
	return "";
}

static void check_id(const json_t *object, const char *key, size_t digits)
{
	const char *id = text_of(object, key);
	if (strlen(id) != digits || strspn(id, "0123456789abcdef") != digits || strspn(id, "0") == digits)
		fail_msg("%s is \"%s\"", key, id);
}

static unsigned long long time_of(const json_t *object, const char *key)
{
	const char *text = text_of(object, key);
	if (!text[0] || strspn(text, "0123456789") != strlen(text))
		fail_msg("%s is \"%s\"", key, text);
	return strtoull(text, NULL, 10);
}

static const json_t *span_with(const json_t *spans, const char *id)
{
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span) if (strcmp(text_of(span, "spanId"), id) == 0) return span;
	fail_msg("there is no span %s", id);
	return NULL;
}

static void check_parent(const json_t *spans, const json_t *span)
{
	if (!json_object_get(span, "parentSpanId"))
		return;
	const json_t *parent = span_with(spans, text_of(span, "parentSpanId"));
	assert_string_equal(text_of(span, "traceId"), text_of(parent, "traceId"));
	assert_true(time_of(parent, "startTimeUnixNano") <= time_of(span, "startTimeUnixNano"));
	assert_true(time_of(parent, "endTimeUnixNano") >= time_of(span, "endTimeUnixNano"));
}

static void check_span(const json_t *spans, const json_t *span, size_t i)
{
	json_int_t kind = number_of(span, "kind");
	check_id(span, "traceId", 32);
	check_id(span, "spanId", 16);
	assert_true(json_array_get(spans, i) == span_with(spans, text_of(span, "spanId"))); /* no other has that id */
	assert_true(time_of(span, "startTimeUnixNano") <= time_of(span, "endTimeUnixNano"));
	assert_true(kind == 1 || kind == 3);
	assert_true(json_is_object(json_object_get(span, "status")));
	assert_true((kind == 3) == (attribute(span, "db.query.text")[0] != '\0'));
	if (kind == 3)
		assert_string_equal(attribute(span, "db.system.name"), "postgresql");
	check_parent(spans, span);
	json_t *event;
	json_array_foreach(json_object_get(span, "events"), i, event)
	{
		time_of(event, "timeUnixNano");
		assert_true(text_of(event, "name")[0] != '\0');
	}
}

static void check_spans(const json_t *spans)
{
	size_t i;
	json_t *span;
	assert_true(json_is_array(spans));
	json_array_foreach(spans, i, span) check_span(spans, span, i);
}

static const json_t *span_named(const json_t *spans, const char *name, const char *key, const char *value)
{
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span)
	{
		if (strcmp(text_of(span, "name"), name) == 0 && strcmp(attribute(span, key), value) == 0)
			return span;
	}
	fail_msg("there is no span %s with %s %s", name, key, value);
	return NULL;
}

static void a_retry_as_spans(void **state)
{
	(void)state;
	record("rival", "transfer 7001 7002 half");
	json_t *document = export_as("otlp", NULL), *spans = spans_of(document);
	check_spans(spans);
	const json_t *txn = span_named(spans, "transfer from 7001 to 7002", "teller.outcome", "COMMITTED");
	const json_t *retry = json_array_get(json_object_get(txn, "events"), 0);
	assert_null(json_object_get(txn, "parentSpanId"));
	assert_int_equal(number_of(json_object_get(txn, "status"), "code"), 1);
	assert_string_equal(text_of(retry, "name"), "retry");
	const json_t *failed = span_named(spans, "UPDATE", "db.response.status_code", "40001");
	assert_int_equal(number_of(json_object_get(failed, "status"), "code"), 2);
	assert_string_equal(attribute(failed, "error.type"), "40001");
	const json_t *attempt = span_with(spans, text_of(failed, "parentSpanId"));
	assert_string_equal(text_of(attempt, "name"), "attempt 1");
	assert_string_equal(text_of(attempt, "parentSpanId"), text_of(txn, "spanId"));
	json_decref(document);
}

static void an_unknown_commit_as_spans(void **state)
{
	(void)state;
	record("inject cut", "transfer 7001 7002 half");
	json_t *document = export_as("otlp", NULL), *spans = spans_of(document);
	check_spans(spans);
	const json_t *commit = span_named(spans, "COMMIT", "error.type", "no answer");
	assert_int_equal(number_of(json_object_get(commit, "status"), "code"), 2);
	span_named(spans, "settle", "teller.transaction", "1");
	json_decref(document);
	document = export_as("perfetto", NULL);
	check_slices(document);
	find_event(document, "B", "settle");
	json_decref(document);
}

/* ---- what is not whole, and what is hostile ---- */

/* Cut at any byte: what is whole is exported, and all that had begun ends with it. */
static void cut_anywhere(void **state)
{
	(void)state;
	char *text = NULL;
	record("rival", "transfer 7001 7002 half");
	size_t n = read_trace(&text), header = strcspn(text, "\n") + 1;
	size_t first = header + strcspn(text + header, "\n") + 1;
	for (size_t at = n - 2; at > first + 997; at -= 997) {
		write_trace(text, at);
		const char *said = text[at - 1] == '\n' ? NULL : "the last line is cut, and left out";
		json_t *slices = export_as("perfetto", said), *spans = export_as("otlp", said);
		check_slices(slices);
		check_spans(spans_of(spans));
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
	record("rival", "transfer 7001 7002 half");
	size_t n = read_trace(&text), header = strcspn(text, "\n") + 1;
	struct buf part = {0};
	buf_add(&part, text, header);
	const char *attempt = strstr(text, "\"kind\":\"attempt\"");
	assert_non_null(attempt);
	attempt += strcspn(attempt, "\n") + 1;
	buf_add(&part, attempt, n - (size_t)(attempt - text));
	write_trace(part.p, part.len);
	json_t *slices = export_as("perfetto", NULL), *spans = export_as("otlp", NULL);
	check_slices(slices);
	check_spans(spans_of(spans));
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
	check_slices(slices);
	json_t *spans = spans_of(document);
	size_t i;
	json_t *span;
	json_array_foreach(spans, i, span) check_parent(spans, span);
	json_decref(slices);
	json_decref(document);
	buf_free(&text);
}

static void no_password(void **state)
{
	(void)state;
	char lesson[80];
	snprintf(lesson, sizeof lesson, "%s/roles.spec", dir);
	FILE *file = fopen(lesson, "w");
	assert_non_null(file);
	fputs("session a\nstep one { SELECT 'sought' AS \"password 'Kw9Zx8\" }\npermutation one\n", file);
	assert_int_equal(fclose(file), 0);
	const char *const argv[] = {proc_teller(), "--trace", trace, "lab", "run", lesson, NULL};
	proc_free(proc_run(argv, NULL, NULL));
	unlink(lesson);
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
	assert_non_null(mkdtemp(dir));
	snprintf(trace, sizeof trace, "%s/trace", dir);
	return pg_own_database(state);
}

static int end(void **state)
{
	(void)state;
	unlink(trace);
	return rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_retry_as_slices, bank),
		cmocka_unit_test_setup(a_wait_as_slices, bank),
		cmocka_unit_test_setup(a_load_as_slices, bank),
		cmocka_unit_test_setup(a_lesson_as_slices, bank),
		cmocka_unit_test_setup(a_retry_as_spans, bank),
		cmocka_unit_test_setup(an_unknown_commit_as_spans, bank),
		cmocka_unit_test_setup(cut_anywhere, bank),
		cmocka_unit_test_setup(begun_in_the_middle, bank),
		cmocka_unit_test_setup(hostile, bank),
		cmocka_unit_test_setup(no_password, bank),
	};
	return cmocka_run_group_tests_name("trace/spans", tests, begin, end);
}
