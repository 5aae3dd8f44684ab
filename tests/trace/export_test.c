/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exports of real runs: what happened is in the document, which is written whole or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/trace/recorded.h"

static const char *trace, *out, *aside;

static void read_out(struct buf *text)
{
	char piece[4096];
	FILE *file = fopen(out, "r");
	assert_non_null(file);
	for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;)
		buf_add(text, piece, n);
	fclose(file);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void write_trace(const char *text)
{
	FILE *file = fopen(trace, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Without a server. */
#define EXPORT(...)                                                                                                    \
	proc_run((const char *const[]){proc_teller(), "trace", "export", trace, __VA_ARGS__, NULL}, nowhere, NULL)
static const char *const nowhere[] = {"PGHOST=/nowhere", "PGPORT=1", NULL};

static void expect_in_order(const char *text, const char *const *parts, size_t n)
{
	const char *at = text;
	for (size_t i = 0; i < n; i++) {
		const char *found = strstr(at, parts[i]);
		if (!found) {
			check_tell("%s\n", text);
			fail_msg("\"%s\" is not there, or not behind those before it", parts[i]);
		}
		at = found + strlen(parts[i]);
	}
}

/* ---- Markdown ---- */

static void a_rival(void **state)
{
	(void)state;
	static const char *const parts[] = {
		"# transfer from 7001 to 7002\n",
		"A trace of teller 0.1.0, PostgreSQL ",
		"- T1 transfer from 7001 to 7002: **COMMITTED**, 2 attempts, ",
		"| event | ms | transfer | rows on the server | rival |\n",
		" | 0.00 | **transfer from 7001 to 7002**, attempt 1 of 10 |  |  |\n",
		" | `SELECT id, balance FROM accounts WHERE id IN (7001, 7002)` | 7001, 1000; 7002, 1000 |  |\n",
		" |  |  | **the rival moves 1 unit away**, attempt 1 of 10 |\n",
		" | `UPDATE accounts SET balance = balance - 500 WHERE id = 7001` | **40001 serialization failure**: "
		"could not "
		"serialize access due to concurrent update |  |\n",
		" | `UPDATE 7002 +500; INSERT transfers ~ 7002, 500); RELEASE cockroach_restart; COMMIT` | 4 "
		"statements not run "
		"|  |\n",
		" | waits ",
		" before attempt 2 of 10 |  |  |\n",
		" | **attempt 2 of 10** |  |  |\n",
		" | 7001, 999; 7002, 1000 |  |\n",
		" | `COMMIT` | COMMIT, **durable from here** |  |\n",
		" | **COMMITTED** 2 attempts |  |  |\n",
	};
	recorded_run("rival", "transfer 7001 7002 half");
	struct proc *proc = EXPORT("--to", "md", "--transfer", "1");
	proc_expect_status(proc, 0);
	expect_in_order(buf_text(&proc->out), parts, COUNT_OF(parts));
	proc_free(proc);
	proc = EXPORT("--to", "md");
	proc_expect_out(proc, "# 3 transactions\n");
	proc_expect_out(proc, "outside of transactions and steps, of connecting and browsing, are left out.\n");
	proc_free(proc);
}

static void a_cut(void **state)
{
	(void)state;
	static const char *const parts[] = {
		", **settled: it is durable**\n",
		" | `COMMIT` | no answer |\n",
		" | inject: cut with the commit in flight |  |\n",
		" | connection lost: ",
		" | commit sent, answer lost: finding out |  |\n",
		" | settled: it did commit |  |\n",
		" | **COMMITTED** 1 attempt, **settled: it is durable** |  |\n",
	};
	recorded_run("inject cut", "transfer 7001 7002 half");
	struct proc *proc = EXPORT("--to=md");
	proc_expect_status(proc, 0);
	expect_in_order(buf_text(&proc->out), parts, COUNT_OF(parts));
	proc_free(proc);
}

/* How it may end, beside COMMITTED. */
static void other_ends(void **state)
{
	(void)state;
	static const char *const ends[][2] = {
		{"unknown", "| **UNKNOWN** 2 attempts: gone, **committed or not: UNKNOWN** |"},
		{"gave up", "| **GAVE UP** 2 attempts: gone |"},
		{"rejected", "| **REJECTED** 2 attempts: gone |"},
		{"cancelled", "| **CANCELLED** 2 attempts: gone |"}};
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		struct buf text = {0};
		buf_fmt(&text,
			"{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n"
			"{\"number\":4,\"kind\":\"txn\",\"session\":\"transfer\",\"txn\":3,\"message\":\"transfer\"}\n"
			"{\"number\":7,\"kind\":\"outcome\",\"session\":\"transfer\",\"txn\":3,\"attempt\":2,"
			"\"outcome\":\"%s\",\"message\":\"gone\"}\n",
			ends[i][0]);
		write_trace(text.p);
		struct proc *proc = EXPORT("--to=md");
		proc_expect_status(proc, 0);
		proc_expect_out(proc, ends[i][1]);
		proc_free(proc);
		buf_free(&text);
	}
}

/* The sessions of load: no transaction has another one's statements in its lane. */
static void beside_each_other(void **state)
{
	(void)state;
	struct buf text = {0};
	buf_str(&text, "{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n");
	static const char *const kinds[] = {"txn", "sent", "result", "outcome"};
	for (int i = 0; i < 8; i++)
		buf_fmt(&text,
			"{\"number\":%d,\"kind\":\"%s\",\"session\":\"transfer\",\"txn\":%d,\"statement\":%d,\"sql\":"
			"\"SELECT %d\",\"rows\":1,\"outcome\":\"committed\",\"attempt\":1,\"message\":\"\"}\n",
			i + 1, kinds[i / 2], i % 2 + 5, i / 2 % 3 > 0, i % 2);
	buf_str(&text, "{\"number\":9,\"kind\":\"txn\",\"session\":\"transfer\",\"txn\":7,\"message\":\"third\"}\n");
	write_trace(text.p);
	buf_free(&text);
	struct proc *proc = EXPORT("--to=md");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "| event | ms | transfer | rows on the server | transfer 2 |\n");
	proc_expect_out(proc, " | `SELECT 0` |  |  |\n");
	proc_expect_out(proc, " |  |  | `SELECT 1` |\n");
	proc_expect_out(proc, " |  |  | **COMMITTED** 1 attempt |\n");
	proc_expect_out(proc, " | **third** |  |  |\n"); /* in the lane that is free again */
	proc_free(proc);
}

/* ---- Mermaid ---- */

static void as_mermaid(void **state)
{
	(void)state;
	static const char *const parts[] = {
		"sequenceDiagram\n    title transfer from 7001 to 7002\n    participant L1 as transfer\n",
		"    participant L0 as rows on the server\n    participant L2 as rival\n    rect rgba(218, ",
		"    L1->>L0: BEGIN ISOLATION LEVEL SERIALIZABLE\n    L0-->>L1: ok\n",
		"    L0-->>L1: 7001, 1000#59; 7002, 1000\n    rect rgba(46, ",
		"    Note over L2: the rival moves 1 unit away, attempt 1 of 10\n",
		"    end\n    L1->>L0: UPDATE 7001  -500\n    L0--xL1: 40001 serialization failure\n    L1-xL0: ",
		"    end\n    Note over L1: waits ",
		"    rect rgba(46, ",
		"    L0-->>L1: COMMIT\n    Note over L0: durable from here\n    Note over L1: COMMITTED, 2 attempts\n",
		"    end\n",
	};
	recorded_run("rival", "transfer 7001 7002 half");
	struct proc *proc = EXPORT("--to", "mermaid", "--transfer", "1");
	proc_expect_status(proc, 0);
	expect_in_order(buf_text(&proc->out), parts, COUNT_OF(parts));
	proc_free(proc);
}

/* ---- which events ---- */

static void one_transfer(void **state)
{
	(void)state;
	recorded_run("transfer 7001 7002 1", "transfer 7003 7004 2");
	char *id = pg_value("SELECT id FROM transfers WHERE source = 7003");
	const char *const names[] = {"2", "T2", id};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct proc *proc = EXPORT("--to", "md", "--transfer", names[i]);
		proc_expect_status(proc, 0);
		proc_expect_out(proc, "# transfer from 7003 to 7004\n");
		assert_null(strstr(buf_text(&proc->out), "7001"));
		proc_free(proc);
	}
	id[8] = '\0';
	proc_expect_all(EXPORT("--to", "md", "--transfer", "3"), 1, "", "the trace has no transfer \"3\"");
	proc_expect_all(EXPORT("--to", "md", "--transfer", "x"), 1, "", "\"x\" names no transfer");
	struct proc *proc = EXPORT("--to", "md", "--transfer", id, "--until", "100000");
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc_expect_all(EXPORT("--to", "md", "--from", "100000"), 1, "", "none of the events that are chosen");
	proc_expect_all(EXPORT("--to", "md", "--from", "9", "--until", "8"), 1, "", "--until is before --from");
	proc_expect_all(EXPORT("--to", "md", "--from", "x"), 1, "", "--from takes a whole number");
	free(id);
}

/* ---- where it goes ---- */

static void by_its_ending(void **state)
{
	(void)state;
	struct buf text = {0};
	recorded_run("rival off", "transfer 7001 7002 half");
	proc_expect_all(EXPORT("-o", out), 0, "", "the trace is exported to ");
	read_out(&text);
	assert_non_null(strstr(text.p, "durable from here"));
	proc_expect_all(EXPORT("-o", "/tmp/x.docx"), 1, "", "the ending of the file's name is of no format: add --to ");
	proc_expect_all(EXPORT("--to", "docx"), 1, "", "--to takes md");
	proc_expect_all(EXPORT("--plain"), 1, "", "trace export needs a format: add --to ");
	proc_expect_all(teller_run("trace", "show", trace, "--to", "md"), 1, "", "--to is for trace export");
	proc_expect_all(teller_run("trace", "export", "--to", "md"), 1, "", "trace export needs the FILE of a trace");
	proc_expect_all(teller_run("trace", "export", "/nowhere", "--to", "md"), 1, "", "cannot read /nowhere: ");
	buf_free(&text);
}

/* At the prompt as in a shell: -o, wherever it stands; and only what takes a value, so that -y moves no money. */
static void by_the_letter_at_the_prompt(void **state)
{
	(void)state;
	struct buf text = {0}, line = {0};
	recorded_run("rival off", "transfer 7001 7002 half");
	buf_fmt(&line, "trace export -o '%s' '%s'", out, trace);
	proc_expect_all(teller_run("-c", line.p), 0, "", "the trace is exported to ");
	read_out(&text);
	assert_non_null(strstr(text.p, "durable from here"));
	proc_expect_all(teller_run("-c", "trace show -o"), 1, "", "--output needs a value");
	proc_expect_all(teller_run("-c", "transfer 7001 7002 half -y"), 1, "", "transfer has no place for -y");
	buf_free(&text);
	buf_free(&line);
}

/* The lines of the log, too. */
static void shown_into_a_file(void **state)
{
	(void)state;
	struct buf text = {0};
	recorded_run("rival off", "transfer 7001 7002 half");
	proc_expect_all(teller_run("trace", "show", trace, "-o", out), 0, "", "a trace of teller");
	read_out(&text);
	assert_non_null(strstr(text.p, "COMMIT  <- durable from here"));
	proc_expect_all(teller_run("trace", "show", trace, "-o", "/nowhere/x"), 1, "", "cannot write /nowhere/x.tmp");
	proc_expect_all(teller_run("trace", "-o", out), 1, "", "--output is for trace export and trace show");
	buf_free(&text);
}

/* The file is as it was unless all is written. */
static void whole_or_not(void **state)
{
	(void)state;
	struct buf text = {0};
	recorded_run("rival off", "transfer 7001 7002 half");
	FILE *file = fopen(out, "w");
	assert_non_null(file);
	fputs("before", file);
	fclose(file);
	const char *const full[] = {"bash",   "-c",          "trap '' XFSZ; ulimit -f 0; exec \"$@\"",
				    "bash",   proc_teller(), "trace",
				    "export", trace,         "--to=md",
				    "-o",     out,           NULL};
	proc_expect_all(proc_run(full, nowhere, NULL), 1, "", "File too large");
	assert_false(is_there(aside));
	proc_expect_all(EXPORT("-o", out, "--transfer", "9"), 1, "", "the trace has no transfer");
	read_out(&text);
	assert_string_equal(text.p, "before");
	assert_false(is_there(aside));
	file = fopen(aside, "w");
	assert_non_null(file);
	fclose(file);
	proc_expect_all(EXPORT("-o", out), 1, "", "another export writes it, or did not end; remove it");
	assert_true(is_there(aside));
	unlink(aside);
	proc_expect_all(EXPORT("--to=md", "-o", "/dev/null"), 1, "", "is not a regular file");
	proc_expect_all(EXPORT("-o", out), 0, "", "the trace is exported to ");
	buf_clear(&text);
	read_out(&text);
	assert_non_null(strstr(text.p, "durable from here"));
	assert_false(is_there(aside));
	buf_free(&text);
}

static void a_full_device(void **state)
{
	(void)state;
	recorded_run("rival off", "transfer 7001 7002 half");
	const char *const argv[] = {"sh",     "-c",  "\"$@\" >/dev/full", "sh", proc_teller(), "trace",
				    "export", trace, "--to=md",           NULL};
	proc_expect_all(proc_run(argv, nowhere, NULL), 1, "",
			"cannot write to standard output: No space left on device");
}

/* ---- files that are not whole ---- */

static void a_trace_that_was_cut(void **state)
{
	(void)state;
	write_trace("{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n"
		    "{\"number\":1,\"kind\":\"txn\",\"session\":\"transfer\",\"txn\":1,\"message\":\"transfer\"}\n"
		    "{\"number\":2,\"kind\":\"sent\",\"session\":\"transfer\",\"txn\":1,\"statement\":1,\"sql\":"
		    "\"BEGIN\"}\n"
		    "{\"number\":3,\"kind\":\"result\",\"session\":\"tra");
	struct proc *proc = EXPORT("--to=md");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "| `BEGIN` |  |\n");
	proc_expect_err(proc, ": the last line is cut, and left out");
	proc_free(proc);
	write_trace("{\"teller_trace\":1,\"teller\":\"0.1.0\",\"values\":true}\n");
	proc_expect_all(EXPORT("--to=md"), 1, "", "the trace has no events");
	write_trace("x");
	proc_expect_all(EXPORT("--to=md"), 1, "", " is no trace");
}

/* ---- the group ---- */

static int begin(void **state)
{
	int status = recorded_begin(state);
	trace = recorded_file("trace");
	out = recorded_file("out.md");
	aside = recorded_file("out.md.tmp");
	return status;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_rival, recorded_bank),
		cmocka_unit_test_setup(a_cut, recorded_bank),
		cmocka_unit_test_setup(as_mermaid, recorded_bank),
		cmocka_unit_test_setup(other_ends, recorded_bank),
		cmocka_unit_test_setup(beside_each_other, recorded_bank),
		cmocka_unit_test_setup(one_transfer, recorded_bank),
		cmocka_unit_test_setup(by_its_ending, recorded_bank),
		cmocka_unit_test_setup(shown_into_a_file, recorded_bank),
		cmocka_unit_test_setup(by_the_letter_at_the_prompt, recorded_bank),
		cmocka_unit_test_setup(whole_or_not, recorded_bank),
		cmocka_unit_test_setup(a_full_device, recorded_bank),
		cmocka_unit_test_setup(a_trace_that_was_cut, recorded_bank),
	};
	return cmocka_run_group_tests_name("trace/export", tests, begin, recorded_end);
}
