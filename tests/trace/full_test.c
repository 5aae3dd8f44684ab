/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A full device, a full disk: it ends the trace or the log with a sentence, and nothing else; what is there is whole lines. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "event/json.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/trace/recorded.h"

static const struct kept {
	const char *option, *ended;
	const char *limit; /* in kB, less than a transfer writes */
	bool is_trace;
} trace = {"--trace", "the trace has stopped: cannot write to ", "12", true},
  a_log = {"--log-file", "the log file has ended: cannot write to ", "2", false};

static void read_kept(struct buf *text)
{
	char piece[4096];
	FILE *file = fopen(recorded_file("kept"), "r");
	assert_non_null(file);
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(text, piece, n);
	fclose(file);
}

/* A line of the log has its date first. */
static void expect_whole_lines(const struct kept *kept, const struct buf *text)
{
	for (const char *line = buf_text(text); *line;) {
		size_t n = strcspn(line, "\n");
		struct json_object *object = kept->is_trace ? json_line_read(line, n) : NULL;
		bool good = kept->is_trace ? object != NULL : isdigit((unsigned char)line[0]) && line[4] == '-';
		if (!good || !line[n])
			fail_msg("no whole line: %.*s", (int)n, line);
		json_object_free(object);
		line += n + 1;
	}
}

/* `command` runs while the file may grow to so many kB; what is in it then. */
static void run_with_a_full_disk(const struct kept *kept, const char *kb, const char *command, struct buf *text)
{
	char limit[64];
	snprintf(limit, sizeof limit, "ulimit -f %s; exec \"$@\"", kb);
	const char *const argv[] = {
		"bash", "-c",    limit,   "bash", proc_teller(), kept->option, recorded_file("kept"),
		"-c",   command, "--yes", NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_expect_err(proc, kept->ended);
	proc_expect_err(proc, "File too large; what runs goes on");
	proc_free(proc);
	read_kept(text);
	expect_whole_lines(kept, text);
}

static void expect_shown(void)
{
	const char *const argv[] = {proc_teller(), "trace", "show", recorded_file("kept"), NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

static void full_device(const struct kept *kept)
{
	struct proc *proc = teller_run(kept->option, "/dev/full", "transfer", "7001", "7002", "half", "--yes");
	proc_expect_status(proc, 0);
	proc_expect_err(proc, kept->ended);
	proc_expect_err(proc, "/dev/full: No space left on device; what runs goes on");
	proc_free(proc);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
}

static void a_full_device(void **state)
{
	(void)state;
	full_device(&trace);
}

static void a_full_device_of_the_log(void **state)
{
	(void)state;
	full_device(&a_log);
}

static void a_full_disk(void **state)
{
	(void)state;
	struct buf text = {0};
	run_with_a_full_disk(&trace, trace.limit, "transfer 7001 7002 half --yes", &text);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
	assert_true(text.len > 1000);
	expect_shown();
	buf_free(&text);
}

/* What was there before stays. */
static void a_full_disk_of_the_log(void **state)
{
	(void)state;
	struct buf text = {0};
	FILE *before = fopen(recorded_file("kept"), "w");
	assert_non_null(before);
	assert_true(fputs("2020-10-11 16:49:48.096 before\n", before) >= 0);
	assert_int_equal(fclose(before), 0);
	run_with_a_full_disk(&a_log, a_log.limit, "transfer 7001 7002 half --yes", &text);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7002"), 1500);
	assert_true(text.len > 100); /* and whole lines behind it */
	assert_non_null(strstr(text.p, " before\n"));
	buf_free(&text);
}

/* Under load the pieces are large: what the file has is all whole lines that there was room for. */
static void a_full_disk_under_load(void **state)
{
	(void)state;
	struct buf text = {0};
	run_with_a_full_disk(&trace, "100", "load --count 300 --time 0", &text);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 300);
	assert_true(text.len > 90000);
	expect_shown();
	buf_free(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_full_device, recorded_bank),
		cmocka_unit_test_setup(a_full_device_of_the_log, recorded_bank),
		cmocka_unit_test_setup(a_full_disk, recorded_bank),
		cmocka_unit_test_setup(a_full_disk_of_the_log, recorded_bank),
		cmocka_unit_test_setup(a_full_disk_under_load, recorded_bank),
	};
	return cmocka_run_group_tests_name("trace/full", tests, recorded_begin, recorded_end);
}
