/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab matrix: the anomalies that PostgreSQL has at each level, seen on the server, are those that are known of it. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "tests/lesson/leftovers.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* PostgreSQL's documentation, "Transaction Isolation", and what Hermitage found. */
static const struct {
	const char *anomaly, *cells[3];
} known[] = {
	{"dirty write (G0)", {"no: waits", "no: 40001", "no: 40001"}},
	{"dirty read (G1a)", {"no", "no", "no"}},
	{"intermediate read (G1b)", {"no", "no", "no"}},
	{"circular flow (G1c)", {"no", "no", "no: 40001"}},
	{"non-repeatable read (P2)", {"happens", "no", "no"}},
	{"phantom (PMP)", {"happens", "no", "no"}},
	{"write by old condition (PMP)", {"happens", "no: 40001", "no: 40001"}},
	{"lost update (P4)", {"happens", "no: 40001", "no: 40001"}},
	{"transaction vanishes (OTV)", {"no: waits", "no: 40001", "no: 40001"}},
	{"read skew (G-single)", {"happens", "no", "no"}},
	{"write skew (G2-item)", {"happens", "happens", "no: 40001"}},
	{"write skew by condition (G2)", {"happens", "happens", "no: 40001"}},
	{"read-only anomaly (G2)", {"happens", "happens", "no: 40001"}},
};

static void expect_nothing_left(void)
{
	leftovers_expect_none();
	assert_int_equal(pg_number("SELECT count(*) FROM pg_tables WHERE tablename = 'matrix'"), 0);
}

static void postgresql_as_it_is_known(void **state)
{
	(void)state;
	struct proc *proc = teller_run("lab", "matrix");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "anomaly                       READ COMMITTED  REPEATABLE READ  SERIALIZABLE\n");
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		struct buf line = {0};
		buf_fmt(&line, "\n%-28s  %-14s  %-15s  %s\n", known[i].anomaly, known[i].cells[0], known[i].cells[1],
			known[i].cells[2]);
		proc_expect_out(proc, line.p);
		buf_free(&line);
	}
	assert_null(strstr(proc->out.p, "is run as"));
	for (const char *line = proc->out.p; *line; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") <= 76); /* on a screen of 80 columns it is in a frame */
	proc_free(proc);
	expect_nothing_left();
}

static const char *field(const json_t *row, const char *name)
{
	const char *value = json_string_value(json_object_get(row, name));
	return value ? value : "";
}

static void check_cell(const json_t *row, const char *wanted)
{
	bool error = strncmp(wanted, "no: 4", 5) == 0;
	const char *result = error                            ? "error"
			     : strcmp(wanted, "no") == 0      ? "prevented"
			     : strcmp(wanted, "happens") == 0 ? "happens"
							      : "waits";
	char *version = pg_value("SELECT split_part(current_setting('server_version'), ' ', 1)");
	assert_string_equal(field(row, "result"), result);
	assert_string_equal(field(row, "sqlstate"), error ? "40001" : "");
	assert_int_equal(*field(row, "step") != '\0', error || strcmp(result, "waits") == 0);
	assert_string_equal(field(row, "server"), "PostgreSQL");
	assert_string_equal(field(row, "version"), version);
	assert_true(json_is_null(json_object_get(row, "why")));
	free(version);
}

static void each_cell_is_data(void **state)
{
	(void)state;
	static const char *const levels[][2] = {{"READ COMMITTED", "read committed"},
						{"REPEATABLE READ", "repeatable read"},
						{"SERIALIZABLE", "serializable"}};
	struct proc *proc = teller_run("lab", "matrix", "--json");
	proc_expect_status(proc, 0);
	json_error_t error;
	json_t *rows = json_loads(proc->out.p, 0, &error);
	assert_true(json_is_array(rows));
	assert_int_equal(json_array_size(rows), COUNT_OF(known) * 3);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		assert_string_equal(field(row, "anomaly"), known[i / 3].anomaly);
		assert_string_equal(field(row, "isolation"), levels[i % 3][0]);
		assert_string_equal(field(row, "runs_as"), levels[i % 3][1]);
		check_cell(row, known[i / 3].cells[i % 3]);
	}
	json_decref(rows);
	proc_free(proc);
}

static void in_markdown(void **state)
{
	(void)state;
	struct proc *proc = teller_run("lab", "matrix", "--format", "md");
	proc_expect_status(proc, 0);
	proc_expect_out(proc, "# Anomalies on PostgreSQL ");
	proc_expect_out(proc, "\n| anomaly | READ COMMITTED | REPEATABLE READ | SERIALIZABLE |\n");
	proc_expect_out(proc, "\n| lost update (P4) | happens | no: 40001 | no: 40001 |\n");
	proc_expect_out(proc, "\n- **write skew (G2-item)** Two transactions decide by the same rows");
	proc_free(proc);
}

/* What is refused before anything was played is one sentence, and no matrix. */
static void what_cannot_be_played_is_no_result(void **state)
{
	(void)state;
	pg_exec("DROP ROLE IF EXISTS matrix_guest; CREATE ROLE matrix_guest LOGIN");
	proc_expect_all(teller_run("-U", "matrix_guest", "lab", "matrix", "--csv"), 3, "",
			"a lesson is played in a schema of its own, which cannot be made");
	pg_exec("DROP ROLE matrix_guest");
	proc_expect_all(teller_run("--read-only", "lab", "matrix"), 3, "",
			"lab matrix makes tables of its own: teller was started with --read-only");
	proc_expect_all(teller_run("lab", "matrix", "lost-update"), 1, "", "lab matrix has no place for");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(postgresql_as_it_is_known),
		cmocka_unit_test(each_cell_is_data),
		cmocka_unit_test(in_markdown),
		cmocka_unit_test(what_cannot_be_played_is_no_result),
	};
	return cmocka_run_group_tests_name("lesson/matrix", tests, pg_own_database, NULL);
}
