/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace play without a screen: the lines of a recorded run at its speed; what is said of wrong words, and who may not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/trace/recorded.h"

static const char *path;
static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", NULL};

static struct proc *run(const char *const argv[], int status)
{
	struct proc *proc = proc_run(argv, nowhere, NULL);
	proc_expect_status(proc, status);
	return proc;
}

#define RUN(status, ...) run((const char *const[]){proc_teller(), __VA_ARGS__, NULL}, status)

static void record(const char *values)
{
	const char *const argv[] = {proc_teller(), "--trace",  path, values,
				    "-c",          "inject 1", "-c", "transfer 7001 7002 half",
				    "--yes",       NULL};
	struct proc *proc = proc_run(argv, NULL, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* As `trace show` prints them, which does not wait. */
static void the_same_lines(void **state)
{
	(void)state;
	record("--trace-values=yes");
	struct proc *shown = RUN(0, "trace", "show", path);
	struct proc *played = RUN(0, "--plain", "trace", "play", path, "--speed", "1000");
	assert_non_null(strstr(played->out.p, "COMMITTED"));
	assert_string_equal(played->out.p, shown->out.p);
	proc_expect_err(played, "a trace of teller");
	proc_free(shown);
	proc_free(played);
}

/* A clock that stood still for an hour is waited for, and ^C ends that. */
static void at_its_speed(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "--plain", "trace", "play", path, NULL};
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n", file);
	for (int i = 0; i < 2; i++)
		fprintf(file,
			"{\"number\":%d,\"wall_us\":%lld,\"kind\":\"lever\",\"session\":\"none\",\"message\":\"lever "
			"%d\"}\n",
			i + 1, 1795975056000000LL + i * 3600000000LL, i + 1);
	assert_int_equal(fclose(file), 0);
	struct proc *proc = proc_start(argv, nowhere, NULL);
	proc_wait_output(proc, "lever 1");
	assert_false(proc_ended(proc, 300));
	assert_null(strstr(proc->out.p, "lever 2"));
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 130);
	proc_free(proc);
}

/* Without values nothing is told of amounts, balances and ids but what the events tell. */
static void without_values(void **state)
{
	(void)state;
	char *line = NULL;
	size_t size = 0;
	int states = 0;
	record("--trace-values=no");
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (getline(&line, &size, file) > 0) {
		bool is_text = strncmp(line, "{\"state\":\"text\"", 15) == 0; /* of a statement, which stays */
		bool is_state = strncmp(line, "{\"state\"", 8) == 0 && !is_text;
		states += is_state;
		if (is_state && (strstr(line, "7001") || strstr(line, "\"500\"") || strstr(line, "amount")))
			fail_msg("a value: %s", line);
	}
	free(line);
	fclose(file);
	assert_true(states > 3);
}

static void refused(int status, const char *const argv[], const char *sentence)
{
	struct proc *proc = run(argv, status);
	proc_expect_err(proc, sentence);
	proc_free(proc);
}

#define REFUSED(sentence, ...) refused(1, (const char *const[]){proc_teller(), __VA_ARGS__, NULL}, sentence)

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	record("--trace-values=yes");
	REFUSED("--speed takes a number from 0.01 to 1000", "trace", "play", path, "--speed", "fast");
	REFUSED("--speed takes a number from 0.01 to 1000", "trace", "play", path, "--speed", "0");
	REFUSED("--speed takes a number from 0.01 to 1000", "trace", "play", path, "--speed", "nan");
	REFUSED("--speed is for trace play", "trace", "show", path, "--speed", "2");
	REFUSED("trace play needs the FILE of a trace", "trace", "play");
	REFUSED("not recorded again: leave --trace out", "--trace", "/dev/null", "trace", "play", path);
	REFUSED("a recording is played without a server: leave demo out", "demo", "trace", "play", path);
	REFUSED("cannot read /nowhere/at/all", "trace", "play", "/nowhere/at/all");
}

static int begin(void **state)
{
	int status = recorded_begin(state);
	path = recorded_file("trace");
	return status;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_same_lines, recorded_bank),
		cmocka_unit_test(at_its_speed),
		cmocka_unit_test_setup(without_values, recorded_bank),
		cmocka_unit_test_setup(what_is_wrong_is_said, recorded_bank),
	};
	return cmocka_run_group_tests_name("trace/play", tests, begin, recorded_end);
}
