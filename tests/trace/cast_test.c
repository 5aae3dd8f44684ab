/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded run as an asciicast: every line has its form, and a terminal that is fed with it shows the end of the run. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vterm.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/trace/recorded.h"

static const char *trace;

static struct proc *cast(const char *size, int status)
{
	const char *const argv[] = {proc_teller(), "trace", "export", trace, "--to", "cast", "--size", size, NULL};
	const char *const env[] = {"PGHOST=/nowhere", "TERM", "LINES=7", "COLUMNS=9", NULL};
	struct proc *proc = proc_run(argv, env, NULL);
	proc_expect_status(proc, status);
	return proc;
}

/* A terminal that is fed with a cast. */
struct seen {
	VTerm *vt;
	VTermScreen *screen;
	int rows, cols;
	double time;
	size_t frames;
};

static void seen_frame(struct seen *seen, const json_t *frame)
{
	const char *bytes = json_string_value(json_array_get(frame, 2));
	double time = json_number_value(json_array_get(frame, 0));
	assert_int_equal(json_array_size(frame), 3);
	assert_string_equal(json_string_value(json_array_get(frame, 1)), "o");
	assert_non_null(bytes);
	assert_true(time >= seen->time);
	seen->time = time;
	seen->frames++;
	vterm_input_write(seen->vt, bytes, strlen(bytes));
}

static void seen_head(struct seen *seen, const json_t *head)
{
	assert_int_equal(json_integer_value(json_object_get(head, "version")), 2);
	assert_int_equal(json_integer_value(json_object_get(head, "width")), seen->cols);
	assert_int_equal(json_integer_value(json_object_get(head, "height")), seen->rows);
	assert_non_null(strstr(json_string_value(json_object_get(head, "title")), "PostgreSQL"));
	seen->vt = vterm_new(seen->rows, seen->cols);
	vterm_set_utf8(seen->vt, 1);
	seen->screen = vterm_obtain_screen(seen->vt);
	vterm_screen_enable_altscreen(seen->screen, 1);
	vterm_screen_reset(seen->screen, 1);
}

static struct seen play(const char *text, int rows, int cols)
{
	struct seen seen = {.rows = rows, .cols = cols};
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		size_t n = strcspn(line, "\n");
		json_t *parsed = line[n] ? json_loadb(line, n, 0, NULL) : NULL;
		if (!parsed)
			fail_msg("no line of a cast: %.*s", (int)n, line);
		if (line == text)
			seen_head(&seen, parsed);
		else
			seen_frame(&seen, parsed);
		json_decref(parsed);
	}
	assert_true(seen.frames > 0);
	return seen;
}

static void seen_row(const struct seen *seen, int row, char *text, size_t size)
{
	VTermRect rect = {row, row + 1, 0, seen->cols};
	size_t n = vterm_screen_get_text(seen->screen, text, size - 1, rect);
	text[n] = '\0';
}

static bool seen_shows(const struct seen *seen, const char *wanted)
{
	char text[4096];
	for (int row = 0; row < seen->rows; row++) {
		seen_row(seen, row, text, sizeof text);
		if (strstr(text, wanted))
			return true;
	}
	return false;
}

static void expect_shown(const struct seen *seen, const char *wanted)
{
	char text[4096];
	if (seen_shows(seen, wanted))
		return;
	for (int row = 0; row < seen->rows; row++) {
		seen_row(seen, row, text, sizeof text);
		check_tell("%2d|%s\n", row, text);
	}
	fail_msg("not on the last screen: %s", wanted);
}

static void the_end_of_the_run(void **state)
{
	(void)state;
	static const struct {
		const char *size;
		int rows, cols;
	} sizes[] = {{"80x24", 24, 80}, {"140x45", 45, 140}};
	recorded_run("rival", "transfer 7001 7002 half");
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct proc *proc = cast(sizes[i].size, 0);
		struct seen seen = play(buf_text(&proc->out), sizes[i].rows, sizes[i].cols);
		expect_shown(&seen, "COMMITTED");
		expect_shown(&seen, "40001");
		expect_shown(&seen, "SQL log");
		assert_true(seen.frames > 60); /* each event is seen */
		vterm_free(seen.vt);
		proc_free(proc);
	}
}

static void hostile(void **state)
{
	(void)state;
	FILE *file = fopen(trace, "w");
	assert_non_null(file);
	fputs("{\"teller_trace\":1,\"teller\":\"\\u001b[2J\",\"server\":\"PostgreSQL\\u009b31m\"}\n", file);
	for (int i = 1; i < 40; i++)
		fprintf(file,
			"{\"number\":%d,\"kind\":\"%s\",\"session\":\"transfer\",\"txn\":1,\"sql\":\"\\u001b]52;c;QQ=="
			"\\u0007 x\","
			"\"message\":\"\\u001b[31m\\u202e%d\",\"values\":\"\\u009b2J\"}\n",
			i, i % 3 ? "result" : "lever", i);
	assert_int_equal(fclose(file), 0);
	struct proc *proc = cast("80x24", 0);
	assert_null(strstr(buf_text(&proc->out), "\\u001b]52"));
	assert_null(strstr(buf_text(&proc->out), "\xe2\x80\xae"));
	assert_null(strstr(buf_text(&proc->out), "\\u009b"));
	struct seen seen = play(buf_text(&proc->out), 24, 80);
	expect_shown(&seen, "\\x1b[31m");
	vterm_free(seen.vt);
	proc_free(proc);
}

static void refused(void **state)
{
	(void)state;
	static const char *const sizes[] = {"80", "10x5", "80x24x", "9999x24", "x", "80x240"};
	recorded_run("rival", "transfer 7001 7002 half");
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct proc *proc = cast(sizes[i], 1);
		proc_expect_err(proc, "--size takes columns and rows, from 40x10 to 500x200, such as 80x24");
		proc_free(proc);
	}
	unlink(trace);
	struct proc *proc = cast("80x24", 1);
	proc_expect_err(proc, "No such file");
	assert_string_equal(buf_text(&proc->out), "");
	proc_free(proc);
	proc = teller_run("trace", "export", trace, "--to", "cast", "--transfer", "1");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "a cast is of the whole trace");
	proc_free(proc);
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
		cmocka_unit_test_setup(the_end_of_the_run, recorded_bank),
		cmocka_unit_test_setup(hostile, recorded_bank),
		cmocka_unit_test_setup(refused, recorded_bank),
	};
	return cmocka_run_group_tests_name("trace/cast", tests, begin, recorded_end);
}
