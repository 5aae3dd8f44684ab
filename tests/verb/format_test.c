/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every command that has data, in every format: JSON that a JSON reader takes, values as strings, CSV of one width. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

#define BIG "9007199254740993" /* 2^53 + 1: no number of a JSON reader */

static int bank(void **state)
{
	(void)state;
	pg_fresh_database("verb_format", NULL);
	pg_bank(3);
	pg_exec("ALTER TABLE accounts ALTER id TYPE bigint, ALTER balance TYPE bigint;"
		"INSERT INTO accounts VALUES (" BIG ", " BIG ")");
	return 0;
}

/* Command lines, and the fields that each of their rows has. */
static const struct {
	const char *line;
	const char *fields[12];
	int rows; /* -1: some */
} cases[] = {
	{"conninfo",
	 {"place", "product", "version", "tls", "pooled", "standby", "primary", "session_user", "current_user",
	  "durability", "node"},
	 1},
	{"count", {"count"}, 1},
	{"help", {"command", "usage", "help"}, -1},
	{"help transfer", {"command", "usage", "help"}, 1},
	{"list", {"id", "balance"}, 4},
	{"show " BIG, {"id", "balance"}, 1},
	{"set", {"protocol", "wire", "attempts", "time", "backoff", "delay", "inject", "isolation"}, 1},
	{"version", {"name", "version", "libpq"}, 1},
	{"verify", {"check", "result", "found"}, -1},
	{"ledger", {"id", "made_at", "source", "destination", "amount"}, -1},
	{"transfer 7001 7002 1 --yes",
	 {"id", "outcome", "before", "source", "destination", "amount", "source_balance", "destination_balance",
	  "attempts", "sqlstate", "reason"},
	 1},
};

static struct proc *run(const char *line, const char *format)
{
	struct buf command = {0};
	buf_fmt(&command, "%s --format %s", line, format);
	struct proc *proc = teller_run("-c", buf_text(&command));
	buf_free(&command);
	proc_expect_status(proc, 0);
	if (strncmp(line, "transfer", 8) != 0) /* which tells its attempts */
		assert_string_equal(buf_text(&proc->err), "");
	return proc;
}

static void check_row(const json_t *row, size_t i)
{
	size_t n = 0;
	const char *key;
	json_t *value;
	assert_true(json_is_object(row));
	for (; n < COUNT_OF(cases[i].fields) && cases[i].fields[n]; n++) {
		value = json_object_get(row, cases[i].fields[n]);
		if (!value)
			fail_msg("%s: there is no %s", cases[i].line, cases[i].fields[n]);
	}
	assert_true(json_object_size(row) >= n);
	json_object_foreach((json_t *)(uintptr_t)row, key, value) if (!json_is_string(value) && !json_is_null(value))
		fail_msg("%s: %s is no string", cases[i].line, key);
}

static void json_is_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		json_error_t error;
		struct proc *proc = run(cases[i].line, "json");
		json_t *rows = json_loads(buf_text(&proc->out), 0, &error);
		if (!json_is_array(rows))
			fail_msg("%s: %s in: %s", cases[i].line, error.text, buf_text(&proc->out));
		if (cases[i].rows >= 0)
			assert_int_equal(json_array_size(rows), cases[i].rows);
		for (size_t r = 0; r < json_array_size(rows); r++)
			check_row(json_array_get(rows, r), i);
		json_decref(rows);
		proc_free(proc);
	}
}

static void json_lines_are_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct proc *proc = run(cases[i].line, "jsonl");
		int rows = 0;
		for (char *line = proc->out.p; line && *line; rows++) {
			json_error_t error;
			size_t n = strcspn(line, "\n");
			json_t *row = json_loadb(line, n, 0, &error);
			assert_non_null(row);
			check_row(row, i);
			json_decref(row);
			line += n + 1;
		}
		if (cases[i].rows >= 0)
			assert_int_equal(rows, cases[i].rows);
		proc_free(proc);
	}
}

static size_t cells_of(const char *line)
{
	size_t n = 0;
	for (; *line && *line != '\n'; line++)
		if (*line == '\\')
			line++;
		else
			n += *line == '|';
	return n;
}

static void markdown_is_a_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct proc *proc = run(cases[i].line, "md");
		size_t lines = 0, width = cells_of(buf_text(&proc->out));
		for (const char *line = buf_text(&proc->out); *line; line = strchr(line, '\n') + 1, lines++)
			assert_int_equal(cells_of(line), width);
		assert_true(width > 1);
		if (cases[i].rows >= 0)
			assert_int_equal(lines, cases[i].rows + 2);
		proc_free(proc);
	}
}

static void csv_has_a_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct proc *proc = run(cases[i].line, "csv");
		const char *at = proc->out.p;
		for (size_t n = 0; n < COUNT_OF(cases[i].fields) && cases[i].fields[n]; n++) {
			size_t length = strlen(cases[i].fields[n]);
			assert_memory_equal(at, cases[i].fields[n], length);
			assert_true(at[length] == ',' || at[length] == '\n');
			at += length + 1;
		}
		proc_free(proc);
	}
}

static void ids_and_money_are_exact(void **state)
{
	(void)state;
	struct proc *proc = run("show " BIG, "json");
	assert_string_equal(proc->out.p, "[\n{\"id\":\"" BIG "\",\"balance\":\"" BIG "\"}\n]\n");
	proc_free(proc);
}

/* A program reads what became of a transfer wherever it ended; a person reads why. */
static void a_rejection_is_a_record_too(void **state)
{
	(void)state;
	struct proc *proc = teller_run("transfer", "7001", "7001", "--yes", "--format", "jsonl");
	proc_expect_status(proc, 3);
	proc_expect_err(proc, "rejected: ");
	json_t *row = json_loads(proc->out.p, 0, NULL);
	assert_non_null(row);
	assert_string_equal(json_string_value(json_object_get(row, "outcome")), "REJECTED");
	assert_true(json_is_null(json_object_get(row, "amount")));
	json_decref(row);
	proc_free(proc);
}

static void settle_tells_it_as_data(void **state)
{
	(void)state;
	static const char id[] = "123e4567-e89b-12d3-a456-426614174000";
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes", "--id", id);
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = teller_run("settle", id, "--csv");
	proc_expect_status(proc, 0);
	assert_string_equal(proc->out.p, "id,outcome,source,destination,amount\n"
					 "123e4567-e89b-12d3-a456-426614174000,COMMITTED,7001,7002,5\n");
	proc_free(proc);
}

static void undo_is_a_transfer(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "transfer 7001 7002 5 --yes", "-c", "undo --yes --format jsonl");
	proc_expect_status(proc, 0);
	const char *line = strchr(proc->out.p, '{');
	assert_non_null(line);
	json_t *row = json_loads(line, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(row, "source")), "7002");
	assert_string_equal(json_string_value(json_object_get(row, "amount")), "5");
	json_decref(row);
	proc_free(proc);
}

static void wrong_formats_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf command = {0};
		buf_fmt(&command, "%s --format xml", cases[i].line);
		struct proc *proc = teller_run("-c", buf_text(&command));
		proc_expect_status(proc, 1);
		proc_expect_err(proc, "--format is one of table|csv|json|jsonl|md, not \"xml\"");
		buf_free(&command);
		proc_free(proc);
	}
}

static void data_go_to_a_file(void **state)
{
	(void)state;
	char path[] = "/tmp/teller-format-XXXXXX";
	int fd = mkstemp(path);
	char text[64] = "";
	assert_true(fd >= 0);
	struct proc *proc = teller_run("-o", path, "-c", "count", "-c", "count --csv");
	proc_expect_status(proc, 0);
	assert_string_equal(buf_text(&proc->out), "");
	assert_int_equal(read(fd, text, sizeof text - 1), 10);
	assert_string_equal(text, "4\ncount\n4\n");
	close(fd);
	unlink(path);
	proc_free(proc);
	char nowhere[sizeof path + 8], why[120];
	snprintf(nowhere, sizeof nowhere, "%s/file", path);
	snprintf(why, sizeof why, "cannot write to %s: No such file or directory", nowhere);
	proc = teller_run("-o", nowhere, "count");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, why);
	proc_free(proc);
}

static void a_setting_with_an_equals_sign(void **state)
{
	(void)state;
	struct proc *proc = teller_run("-c", "set wire=step", "-c", "set attempts 3", "-c", "set --json");
	proc_expect_status(proc, 0);
	assert_non_null(strstr(proc->out.p, "\"wire\":\"step\",\"attempts\":\"3\""));
	proc_free(proc);
	proc = teller_run("-c", "set wire=");
	proc_expect_status(proc, 1);
	proc_free(proc);
	proc = teller_run("-c", "set wires=step");
	proc_expect_status(proc, 1);
	proc_expect_err(proc, "there is no setting \"wires=step\"");
	proc_free(proc);
}

static bool sleeps(pid_t pid)
{
	char path[40], state = 0;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *stat = fopen(path, "r");
	assert_non_null(stat);
	assert_int_equal(fscanf(stat, "%*d (teller) %c", &state) >= 0, true);
	fclose(stat);
	return state == 'S';
}

/* Nobody stands at the other end yet: a signal ends the waiting. */
static void a_pipe_without_another_end(void **state)
{
	(void)state;
	char fifo[300];
	snprintf(fifo, sizeof fifo, "%s/nobody", getenv("TMPDIR"));
	assert_int_equal(mkfifo(fifo, 0600), 0);
	static const char *const options[] = {"-f", "-o"};
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		const char *const argv[] = {proc_teller(), options[i], fifo, "-c", "count", NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		while (!sleeps(proc->pid))
			usleep(1000);
		proc_signal(proc, SIGTERM);
		proc_wait(proc);
		assert_int_equal(proc->status, 128 + SIGTERM);
		proc_free(proc);
	}
	unlink(fifo);
}

/* Two ids that differ in such a byte stay two, in every door that writes JSON. */
static void bytes_that_are_not_utf8(void **state)
{
	(void)state;
	static const char note[] = "a byte e9 is written as \\udce9; --csv writes them as they are";
	pg_fresh_database("verb_format_bytes", "SQL_ASCII");
	pg_exec("CREATE TABLE accounts (id text PRIMARY KEY, balance bigint);"
		"INSERT INTO accounts VALUES (E'A\\351', 1), (E'A\\350', 2), ('B', 3)");
	proc_expect_all(teller_run("list", "--format=jsonl"), 0,
			"{\"id\":\"A\\udce8\",\"balance\":\"2\"}\n{\"id\":\"A\\udce9\",\"balance\":\"1\"}\n"
			"{\"id\":\"B\",\"balance\":\"3\"}\n",
			note);
	proc_expect_all(teller_run("show", "A\351", "--json"), 0, "[\n{\"id\":\"A\\udce9\",\"balance\":\"1\"}\n]\n",
			note);
	struct proc *proc = teller_run("transfer", "A\350", "B", "1", "--yes", "--format=jsonl");
	proc_expect_out(proc, "\"source\":\"A\\udce8\"");
	proc_expect_err(proc, note);
	proc_expect_status(proc, 0);
	proc_free(proc);
	proc = teller_run("export", "-", "--format=jsonl");
	proc_expect_out(proc, "{\"id\":\"A\\udce8\",\"balance\":\"1\"}\n");
	proc_expect_err(proc, note);
	proc_free(proc);
	proc_expect_all(teller_run("list", "--csv"), 0, "id,balance\nA\350,1\nA\351,1\nB,4\n", "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_and_money_are_exact),       cmocka_unit_test(json_is_json),
		cmocka_unit_test(json_lines_are_json),           cmocka_unit_test(csv_has_a_header),
		cmocka_unit_test(markdown_is_a_table),           cmocka_unit_test(a_rejection_is_a_record_too),
		cmocka_unit_test(settle_tells_it_as_data),       cmocka_unit_test(undo_is_a_transfer),
		cmocka_unit_test(wrong_formats_are_refused),     cmocka_unit_test(data_go_to_a_file),
		cmocka_unit_test(a_setting_with_an_equals_sign), cmocka_unit_test(a_pipe_without_another_end),
		cmocka_unit_test(bytes_that_are_not_utf8),
	};
	return cmocka_run_group_tests_name("verb/format", tests, bank, NULL);
}
