/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doctor: all well on a bank of its own, and what to do about a server, a table, a ledger, rights and a locale that
 * are not. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static int bank(void **state)
{
	(void)state;
	pg_fresh_database("verb_doctor", NULL);
	pg_bank(2);
	return 0;
}

/* The suite's own server does not force its writes to disk, and the doctor says so. */
static struct own_server server;

static int bank_on_a_disk(void **state)
{
	own_server_make(&server, (const char *const[]){"-c", "fsync=on", NULL});
	return bank(state);
}

static int take_down(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

static const char *const utf8[] = {"LC_ALL=C.UTF-8", NULL};

static struct proc *doctor(const char *const env[], const char *option)
{
	const char *const argv[] = {proc_teller(), "doctor", option, NULL};
	return proc_run(argv, env, NULL);
}

/* The line of a check as people read it. */
static void check_line(const struct proc *proc, const char *line)
{
	if (!strstr(buf_text(&proc->out), line))
		fail_msg("no \"%s\" in:\n%s", line, buf_text(&proc->out));
}

static void all_is_well(void **state)
{
	(void)state;
	struct proc *proc = doctor(utf8, NULL);
	proc_expect_status(proc, 0);
	check_line(proc, "ok      terminal     ");
	check_line(proc, "ok      locale       C.UTF-8, characters are UTF-8\n");
	check_line(proc, "ok      libpq        1");
	check_line(proc, "ok      libuv        1.");
	check_line(proc, "ok      ncurses      6.");
	check_line(proc, "ok      readline     8.");
	check_line(proc, "ok      server       PostgreSQL ");
	check_line(proc, "ok      round trip   ");
	check_line(proc, "ok      protocol     auto: restart on PostgreSQL\n");
	check_line(proc, "ok      isolation    asked for serializable, got serializable\n");
	check_line(proc, "ok      durability   a commit is on this server's disk; it has no standby\n");
	check_line(proc, "ok      table        accounts: id int");
	check_line(proc, "ok      privileges   read and write\n");
	check_line(proc, "ok      ledger       transfers is there\n");
	assert_null(strstr(proc->out.p, "FAILED"));
	assert_string_equal(buf_text(&proc->err), "");
	proc_free(proc);
}

static void json_has_every_line(void **state)
{
	(void)state;
	static const char *const checks[] = {"terminal", "colours",    "locale",  "libpq",      "libuv",
					     "ncurses",  "readline",   "server",  "TLS",        "round trip",
					     "protocol", "isolation",  "writing", "durability", "table",
					     "columns",  "privileges", "ledger"};
	struct proc *proc = doctor(utf8, "--json");
	proc_expect_status(proc, 0);
	json_t *rows = json_loads(proc->out.p, 0, NULL);
	assert_int_equal(json_array_size(rows), COUNT_OF(checks));
	for (size_t i = 0; i < COUNT_OF(checks); i++) {
		json_t *row = json_array_get(rows, i);
		assert_string_equal(json_string_value(json_object_get(row, "check")), checks[i]);
		assert_string_equal(json_string_value(json_object_get(row, "result")), "ok");
		assert_true(json_is_null(json_object_get(row, "advice")));
	}
	json_decref(rows);
	proc_free(proc);
}

static void without_a_server(void **state)
{
	(void)state;
	static const char *const nowhere[] = {"LC_ALL=C.UTF-8", "PGHOST=/nonexistent", NULL};
	struct proc *proc = doctor(nowhere, NULL);
	proc_expect_status(proc, 6);
	check_line(proc, "ok      libpq        ");
	check_line(proc, "FAILED  server       no connection\n");
	check_line(proc, "teller demo");
	proc_expect_err(proc, "1 of 8 checks needs attention");
	for (const char *line = proc->out.p; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") < 80);
	proc_free(proc);
}

static void a_locale_without_utf8(void **state)
{
	(void)state;
	static const char *const ascii[] = {"LC_ALL=C", NULL};
	struct proc *proc = doctor(ascii, NULL);
	proc_expect_status(proc, 6);
	check_line(proc, "FAILED  locale       C, characters are ANSI_X3.4-1968\n");
	check_line(proc, "set LANG=C.UTF-8");
	proc_free(proc);
}

static void what_a_table_lacks(void **state)
{
	(void)state;
	pg_exec("DROP TABLE transfers");
	struct proc *proc = doctor(utf8, NULL);
	proc_expect_status(proc, 6);
	check_line(proc, "FAILED  ledger       there is none\n");
	check_line(proc, "`teller init` makes it");
	proc_free(proc);
	pg_exec("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
		"CREATE TRIGGER nothing AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION nothing()");
	proc = doctor(utf8, NULL);
	check_line(proc, "other accounts a transfer does not see,");
	proc_free(proc);
	pg_exec("DROP TABLE accounts; DROP FUNCTION nothing; CREATE TABLE accounts (id integer PRIMARY KEY, balance "
		"real)");
	proc = doctor(utf8, NULL);
	proc_expect_status(proc, 6);
	check_line(proc, "FAILED  table        cannot be used\n");
	proc_free(proc);
	bank(state);
}

static void a_bank_that_is_thrown_away(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "demo", "doctor", NULL};
	struct proc *proc = proc_run(argv, utf8, NULL);
	proc_expect_status(proc, 0);
	check_line(proc, "ok      durability   not forced to disk (fsync=off): this bank is thrown away\n");
	proc_free(proc);
}

static void what_the_settings_ask_for(void **state)
{
	(void)state;
	struct proc *proc = teller_run("doctor", "--protocol", "none");
	proc_expect_status(proc, 6);
	check_line(proc, "FAILED  protocol     none: nothing is retried\n");
	proc_free(proc);
	proc = teller_run("doctor", "--protocol", "savepoint");
	proc_expect_status(proc, 6);
	check_line(proc, "FAILED  protocol     savepoint: on PostgreSQL such a retry never succeeds\n");
	check_line(proc, "--protocol auto; savepoint is for a lesson there");
	proc_free(proc);
	proc = teller_run("doctor", "--protocol", "restart");
	proc_expect_status(proc, 0);
	check_line(proc, "ok      protocol     restart\n");
	proc_free(proc);
	pg_exec("ALTER DATABASE verb_doctor SET default_transaction_read_only = on");
	proc = doctor(utf8, NULL);
	proc_expect_status(proc, 6);
	check_line(proc, "FAILED  writing      transactions are read-only\n");
	check_line(proc, "turn default_transaction_read_only off");
	proc_free(proc);
	pg_exec("BEGIN READ WRITE; ALTER DATABASE verb_doctor RESET default_transaction_read_only; COMMIT");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_well),
		cmocka_unit_test(json_has_every_line),
		cmocka_unit_test(without_a_server),
		cmocka_unit_test(a_locale_without_utf8),
		cmocka_unit_test(a_bank_that_is_thrown_away),
		cmocka_unit_test(what_a_table_lacks),
		cmocka_unit_test(what_the_settings_ask_for),
	};
	return cmocka_run_group_tests_name("verb/doctor", tests, bank_on_a_disk, take_down);
}
