/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as lists: a trace of them is shown, exported and played as the same one of objects; damage, and any place in it. */
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/trace/recorded.h"

static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", "DATABASE_URL=", NULL};

static int bank(void **state)
{
	(void)state;
	pg_bank(5);
	return 0;
}

static void write_file(const char *to, const char *text, size_t n)
{
	FILE *file = fopen(to, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static void read_file(struct buf *text, const char *from)
{
	char piece[4096];
	FILE *file = fopen(from, "r");
	assert_non_null(file);
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(text, piece, n);
	fclose(file);
}

/* ---- the same trace as objects, by what the header says of lists ---- */

enum { FORMS = 2000 };

struct expander {
	json_t *forms[FORMS], *base;
	size_t lists;
};

/* A list's members by their names: numbers first, then texts. */
static json_t *expand_list(struct expander *expander, const json_t *list)
{
	static const char *const numbers[] = {"form", "number", "wall_us", "txn", "duration_us", "wait_us"};
	static const char *const texts[] = {"params", "values", "message", "detail"};
	size_t form = (size_t)json_integer_value(json_array_get(list, 0)), i = 1, text = 0;
	assert_true(form < FORMS && expander->forms[form]);
	json_t *event = json_deep_copy(expander->forms[form]);
	for (; json_is_integer(json_array_get(list, i)); i++) {
		json_int_t from = i < 3 ? json_integer_value(json_object_get(expander->base, numbers[i])) : 0;
		json_object_set_new(event, numbers[i],
				    json_integer(from + json_integer_value(json_array_get(list, i))));
	}
	for (; i < json_array_size(list); i++, text++)
		if (!json_is_null(json_array_get(list, i)))
			json_object_set(event, texts[text], json_array_get(list, i));
	expander->lists++;
	return event;
}

/* The line, or what stands for it; NULL: nothing does. */
static json_t *expand_line(struct expander *expander, json_t *line)
{
	const char *state = json_string_value(json_object_get(line, "state"));
	if (json_object_get(line, "teller_trace"))
		json_object_set_new(line, "teller_trace", json_integer(2));
	if (json_is_array(line))
		return expand_list(expander, line);
	if (state && strcmp(state, "base") == 0) {
		json_decref(expander->base);
		expander->base = json_incref(line);
		return NULL;
	}
	if (!state || strcmp(state, "form") != 0)
		return json_incref(line);
	json_int_t number = json_integer_value(json_object_get(line, "form"));
	assert_true(number > 0 && number < FORMS);
	json_object_del(line, "form");
	json_object_del(line, "state");
	json_decref(expander->forms[number]);
	expander->forms[number] = json_incref(line);
	return NULL;
}

static int expand_add(const char *bytes, size_t n, void *out)
{
	buf_add(out, bytes, n);
	return 0;
}

/* How many lists there were. */
static size_t expand(const char *from, const char *to)
{
	struct expander expander = {.lists = 0};
	struct buf text = {0}, out = {0};
	read_file(&text, from);
	for (const char *line = text.p; *line; line += strcspn(line, "\n") + 1) {
		json_t *is = json_loadb(line, strcspn(line, "\n"), 0, NULL), *stands = NULL;
		assert_non_null(is);
		stands = expand_line(&expander, is);
		if (stands) {
			json_dump_callback(stands, expand_add, &out, JSON_COMPACT);
			buf_char(&out, '\n');
		}
		json_decref(stands);
		json_decref(is);
	}
	write_file(to, out.p, out.len);
	for (size_t i = 0; i < FORMS; i++)
		json_decref(expander.forms[i]);
	json_decref(expander.base);
	buf_free(&text);
	buf_free(&out);
	return expander.lists;
}

static void record(const char *option, const char *first, const char *second)
{
	const char *const argv[] = {proc_teller(), "--seed", "7",   "--trace", recorded_trace(), "--yes",
				    option,        "-c",     first, "-c",      second,           NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* Of both files; what is said names the file, and may differ. */
static void same_output(const char *const words[], const char *last)
{
	struct proc *proc[2];
	for (size_t i = 0; i < 2; i++) {
		const char *const argv[] = {
			proc_teller(), "--plain", "trace", words[0], i ? recorded_file("objects") : recorded_trace(),
			words[1],      words[2],  last,    NULL};
		proc[i] = proc_run(argv, nowhere, NULL);
		proc_expect_status(proc[i], 0);
	}
	assert_true(proc[0]->out.len > 1000);
	assert_string_equal(proc[0]->out.p, proc[1]->out.p);
	proc_free(proc[0]);
	proc_free(proc[1]);
}

static void same_in_all(void)
{
	static const char *const formats[] = {"md", "html", "svg", "mermaid", "perfetto", "otlp", "cast"};
	same_output((const char *const[]){"show", NULL, NULL}, NULL);
	same_output((const char *const[]){"play", "--speed", "1000"}, NULL);
	for (size_t i = 0; i < COUNT_OF(formats); i++)
		same_output((const char *const[]){"export", "--to", formats[i]}, NULL);
	same_output((const char *const[]){"export", "--to", "md"}, "--from=20");
}

/* Events like one that was before are lists, in a transfer that is not the first one. */
static void transfers(void **state)
{
	(void)state;
	record("--trace-values=yes", "transfer 7001 7002 1", "transfer 7001 7002 half");
	assert_true(expand(recorded_trace(), recorded_file("objects")) > 15);
	same_in_all();
}

/* The first of each are objects, with all that they have in themselves. */
static void one_of_each(void **state)
{
	(void)state;
	record("--trace-values=yes", "inject 1", "transfer 7001 7002 half");
	assert_true(expand(recorded_trace(), recorded_file("objects")) < 30);
	same_in_all();
}

static void without_values(void **state)
{
	(void)state;
	record("--trace-values=no", "transfer 7001 7002 1", "transfer 7001 7002 half");
	assert_true(expand(recorded_trace(), recorded_file("objects")) > 15);
	same_in_all();
}

/* Many of few forms, of many transactions at once, with conflicts; more than one base. */
static void a_load(void **state)
{
	(void)state;
	record("--trace-values=yes", "load --count 60 --time 0 --hot 4", "transfer 7001 7002 1");
	assert_true(expand(recorded_trace(), recorded_file("objects")) > 600);
	same_in_all();
}

/* Lanes with names, waits, deadlocks: and those who are waited for, who are objects. */
static void lessons(void **state)
{
	(void)state;
	record("--trace-values=yes", "lab run deadlock", "lab run write-skew");
	assert_true(expand(recorded_trace(), recorded_file("objects")) > 10);
	same_in_all();
}

/* ---- older ones ---- */

/* By the words of older versions: the text of a statement in each of its lines (1), or by a number (2). */
static void of_older_formats(void **state)
{
	(void)state;
	static const char *const kept[][5] = {
		{"assets/traces/rival.trace", "47",
		 "UPDATE accounts SET balance = balance - 625 WHERE id = 104  [40001 ",
		 "R3.1  COMMIT  <- durable from here", "[COMMITTED] 27.81 ms"},
		{"tests/trace/format2.trace", "22",
		 "T1501.1 UPDATE accounts SET balance = balance - 1 WHERE id = 679880999",
		 "T1500.1 COMMIT  <- durable from here", "[COMMITTED] 0.36 ms"},
	};
	for (size_t i = 0; i < COUNT_OF(kept); i++) {
		const char *const argv[] = {proc_teller(), "trace", "show", kept[i][0], NULL};
		struct proc *shown = proc_run(argv, nowhere, NULL);
		char lines[24];
		size_t n = 0;
		proc_expect_status(shown, 0);
		for (size_t k = 2; k < 5; k++)
			proc_expect_out(shown, kept[i][k]);
		for (const char *p = shown->out.p; (p = strchr(p, '\n')) != NULL; p++)
			n++;
		snprintf(lines, sizeof lines, "%zu", n);
		assert_string_equal(lines, kept[i][1]);
		proc_free(shown);
	}
}

/* ---- small ---- */

/* A transfer of a load takes at most 60 bytes an event, with its parameters and the rows it read. */
static void bytes_of_an_event(void **state)
{
	(void)state;
	struct buf text = {0};
	size_t bytes = 0, lists = 0;
	record("--trace-values=yes", "load --count 200 --time 0", "load --count 1 --time 0");
	read_file(&text, recorded_trace());
	for (const char *line = text.p; *line; line += strcspn(line, "\n") + 1) {
		bytes += *line == '[' || strncmp(line, "{\"state\":\"base\"", 15) == 0 ? strcspn(line, "\n") + 1 : 0;
		lists += *line == '[';
	}
	if (lists < 2000 || bytes / lists > 60)
		fail_msg("%zu bytes of %zu events", bytes, lists);
	buf_free(&text);
}

/* ---- from any place ---- */

#define HEADER "{\"teller_trace\":3,\"teller\":\"0.1.0\",\"values\":true}\n"
#define FORM "{\"state\":\"form\",\"form\":1,\"kind\":\"lever\",\"session\":\"none\",\"rows\":-1}\n"
#define BASE "{\"state\":\"base\",\"number\":1,\"wall_us\":1795975056000000}\n"

/* A second from one to the next; the bases do not stand where the index has its places. */
static void write_levers(int n)
{
	struct buf text = {0};
	int base = 0;
	buf_str(&text, HEADER FORM);
	for (int i = 1; i <= n; i++) {
		if (i % 100 == 1) {
			base = i;
			buf_fmt(&text, "{\"state\":\"base\",\"number\":%d,\"wall_us\":%d000000}\n", i, 1795975056 + i);
		}
		buf_fmt(&text, "[1,%d,%ld,0,null,null,\"lever %d\"]\n", i - base, (i - base) * 1000000L, i);
	}
	write_file(recorded_trace(), text.p, text.len);
	buf_free(&text);
}

static void entered_anywhere(void **state)
{
	static const int stops[] = {700, 257, 256, 101, 1, 1000, 999, 512, 513, 600};
	const char *const argv[] = {proc_teller(), "trace", "play", recorded_trace(), NULL};
	const time_t begin = 1795975056;
	write_levers(1000);
	struct term *term = term_start(argv, nowhere, 24, 80);
	*state = term;
	term_expect(term, "event ");
	for (size_t i = 0; i < COUNT_OF(stops); i++) {
		char line[64], lever[64], title[64], clock[32];
		time_t at = begin + stops[i];
		struct tm tm;
		snprintf(line, sizeof line, ":play %d\r", stops[i]);
		strftime(clock, sizeof clock, "%H:%M:%S.000", localtime_r(&at, &tm));
		snprintf(title, sizeof title, "event %d of 1000  %s", stops[i], clock);
		snprintf(lever, sizeof lever, "! lever %d ", stops[i]);
		term_type(term, line);
		term_expect(term, title);
		term_expect(term, lever);
	}
	console_quit(term);
}

/* ---- what nobody writes so ---- */

static struct proc *show(const char *lines, int status)
{
	const char *const argv[] = {proc_teller(), "trace", "show", recorded_trace(), NULL};
	struct buf text = {0};
	buf_str(&text, HEADER FORM BASE);
	buf_str(&text, lines);
	write_file(recorded_trace(), text.p, text.len);
	buf_free(&text);
	struct proc *proc = proc_run(argv, nowhere, NULL);
	proc_expect_status(proc, status);
	return proc;
}

static void is_no_event(const char *line)
{
	struct buf lines = {0};
	buf_fmt(&lines, "%s\n[1,0,0,0,null,null,\"after it\"]\n", line);
	struct proc *proc = show(lines.p, 1);
	proc_expect_out(proc, "after it\n");
	proc_expect_err(proc, ": 1 line is no event and left out, first line 4");
	proc_free(proc);
	buf_free(&lines);
}

static void lists_that_are_none(void **state)
{
	(void)state;
	static const char *const lists[] = {
		"[]",
		"[1]",
		"[1,2,3]",
		"[0,0,0,0]",
		"[2,0,0,0]",
		"[-1,0,0,0]",
		"[1025,0,0,0]",
		"[9223372036854775807,0,0,0]",
		"[99999999999999999999,0,0,0]",
		"[\"1\",0,0,0]",
		"[1.0,0,0,0]",
		"[1,0,0,null]",
		"[1,0,\"0\",0]",
		"[1,0,0,0,true]",
		"[1,0,0,0,1,2,3]",
		"[1,0,0,0,null,null,null,null,null]",
		"[1,0,0,0,null,5]",
		"[1,0,0,0,[]]",
		"[1,0,0,0,{}]",
		"[[1,0,0,0]]",
		"[1,0,0,0,null,null,\"\xff\"]",
		"[1,0,0,0,null,null,\"half",
		"[1,0,0,0]]",
		"[1,0,0,0] [1,0,0,0]",
	};
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		is_no_event(lists[i]);
}

/* Sums stay within what a number and a time may be, and what is below 0 is 0. */
static void numbers_out_of_range(void **state)
{
	(void)state;
	static const char *const lists[] = {
		"[1,9223372036854775807,9223372036854775807,9223372036854775807,9223372036854775807,"
		"9223372036854775807,null,null,\"most\"]",
		"[1,-9223372036854775808,-9223372036854775808,-9223372036854775808,-9223372036854775808,"
		"-9223372036854775808,null,null,\"least\"]",
		"{\"state\":\"base\",\"number\":9223372036854775807,\"wall_us\":9223372036854775807}",
		"[1,9223372036854775807,9223372036854775807,4294967296,null,null,\"more\"]",
		"{\"state\":\"base\",\"number\":-5,\"wall_us\":-5}",
		"[1,-1,-1,-1,null,null,\"less\"]",
		"{\"state\":\"base\",\"number\":\"1\",\"wall_us\":1e9}",
		"[1,1,1,1,null,null,\"last\"]",
	};
	struct buf lines = {0};
	for (size_t i = 0; i < COUNT_OF(lists); i++)
		buf_fmt(&lines, "%s\n", lists[i]);
	struct proc *proc = show(lines.p, 0);
	proc_expect_out(proc, "23:59:59.000 ! -4294967295 most\n");
	proc_expect_out(proc, "00:00:00.000 ! -     least\n");
	proc_expect_out(proc, "23:59:59.000 ! -4294967295 more\n");
	proc_expect_out(proc, "00:00:00.000 ! -     less\n");
	proc_expect_out(proc, "00:00:00.000 ! -1    last\n");
	proc_free(proc);
	buf_free(&lines);
}

/* Forms that are none leave those of the same number as they are; a later one takes its place. */
static void forms_that_are_none(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"{\"state\":\"form\",\"form\":1}",
		"{\"state\":\"form\",\"form\":1,\"kind\":\"later\",\"session\":\"none\"}",
		"{\"state\":\"form\",\"form\":0,\"kind\":\"lever\",\"session\":\"none\"}",
		"{\"state\":\"form\",\"form\":1025,\"kind\":\"lever\",\"session\":\"none\"}",
		"{\"state\":\"form\",\"form\":-1,\"kind\":\"lever\",\"session\":\"none\"}",
		"[1,1,0,0,null,null,\"the first\"]",
		"{\"state\":\"form\",\"form\":1,\"kind\":\"notice\",\"session\":\"none\",\"message\":\"of a form\"}",
		"[1,2,0,0,null,null,\"the second\"]",
		"{\"state\":\"form\",\"form\":1,\"kind\":\"result\",\"session\":\"lab\",\"sql\":7}",
		"[1,3,0,0]",
		"{\"state\":\"text\",\"number\":7,\"is\":\"SELECT 7\"}",
		"[1,4,0,0]",
	};
	struct buf text = {0};
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		buf_fmt(&text, "%s\n", lines[i]);
	buf_str(&text, "{\"state\":\"form\",\"form\":2,\"kind\":\"result\",\"session\":\"lab\",\"tag\":\"");
	buf_fill(&text, 't', 100000);
	buf_str(&text, "\",\"sql\":\"SELECT 8\"}\n[2,5,0,0]\n");
	struct proc *proc = show(text.p, 1);
	proc_expect_out(proc, "the first\n");
	proc_expect_out(proc, "the second\n");
	proc_expect_out(proc, "SELECT 7");
	proc_expect_out(proc, "SELECT 8");
	assert_null(strstr(proc->out.p, "of a form"));
	assert_null(strstr(proc->out.p, "ttt"));
	proc_expect_err(proc, ": 1 line is no event and left out, first line 13");
	proc_free(proc);
	buf_free(&text);
}

/* Harmless in what is shown, in every place where a text may stand. */
static void hostile_texts(void **state)
{
	(void)state;
	struct proc *proc = show("{\"state\":\"form\",\"form\":3,\"kind\":\"result\",\"session\":\"lane\",\"seat\":2,"
				 "\"lane\":\"\\u001b[2J\",\"tag\":\"\\u009b\",\"sql\":\"\\u001b]0;x\\u0007\","
				 "\"sqlstate\":\"\\u001b[2Jx\"}\n"
				 "[3,1,0,1,5,\"\\u001b[31m\",\"\\u202e\",\"\\u001b[31mred\",\"\\r\\u009b\"]\n",
				 0);
	for (const char *p = buf_text(&proc->out); *p; p++)
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	assert_null(strstr(proc->out.p, "\xc2\x9b"));
	assert_null(strstr(proc->out.p, "\xe2\x80\xae"));
	proc_expect_out(proc, "red");
	proc_free(proc);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(transfers, bank),
		cmocka_unit_test_setup(one_of_each, bank),
		cmocka_unit_test_setup(without_values, bank),
		cmocka_unit_test_setup(a_load, bank),
		cmocka_unit_test_setup(lessons, bank),
		cmocka_unit_test(of_older_formats),
		cmocka_unit_test_setup(bytes_of_an_event, bank),
		cmocka_unit_test_teardown(entered_anywhere, term_teardown),
		cmocka_unit_test(lists_that_are_none),
		cmocka_unit_test(numbers_out_of_range),
		cmocka_unit_test(forms_that_are_none),
		cmocka_unit_test(hostile_texts),
	};
	return cmocka_run_group_tests_name("trace/lists", tests, recorded_begin, recorded_end);
}
