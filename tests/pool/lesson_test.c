/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lessons behind PgBouncer: whole where sessions stay, and refused with one sentence, before anything is sent, where
 * they do not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/daemon.h"
#include "tests/support/lessons.h"

static struct pooled pooled;

static void open_pool(const struct pooler_options *options)
{
	pooled_open(&pooled, 3, options);
}

static int close_pool(void **state)
{
	term_teardown(state);
	pooled_close(&pooled);
	return 0;
}

static const char count_schemas[] = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'teller%'";

static void expect_nothing_left(void)
{
	pooled_wait_quiet(&pooled);
	assert_int_equal(pg_ask(pooled.direct, "%s", count_schemas), 0);
}

static size_t lines_of(const char *text)
{
	size_t n = 0;
	for (const char *at = text; *at; at++)
		n += *at == '\n';
	return n;
}

/* ---- session mode ---- */

static void every_lesson_works_in_session_mode(void **state)
{
	(void)state;
	open_pool(&(struct pooler_options){.mode = "session", .size = 12});
	struct proc *proc = teller_run("lab", "run", "all");
	if (proc->status)
		check_tell("%s", buf_text(&proc->out));
	proc_expect_status(proc, 0);
	struct lessons_orders orders = lessons_orders(lessons_postgres(true));
	char line[80];
	snprintf(line, sizeof line, "%zu orders played, %zu not; ", orders.played, orders.skipped);
	proc_expect_out(proc, line);
	proc_free(proc);
	pooled_expect_balance(&pooled, "accounts", 7001, 1000);
}

/* Byte for byte what is printed without a pooler. */
static void a_transcript_is_the_same(void **state)
{
	(void)state;
	open_pool(&(struct pooler_options){.mode = "session", .size = 6});
	struct proc *through = teller_run("lab", "run", "a-queue-of-jobs", "--transcript");
	char *pooler_host = mem_dup(getenv("PGHOST"));
	pooled_close(&pooled);
	struct proc *past = teller_run("lab", "run", "a-queue-of-jobs", "--transcript");
	proc_expect_status(through, 0);
	proc_expect_status(past, 0);
	assert_non_null(strstr(buf_text(&through->out), "<waiting ...>"));
	assert_string_equal(buf_text(&through->out), buf_text(&past->out));
	assert_string_not_equal(pooler_host, getenv("PGHOST"));
	free(pooler_host);
	proc_free(through);
	proc_free(past);
}

/* Who waits for whom is asked for by the process numbers of the server, not by those that the pooler tells. */
static void on_the_screen(void **state)
{
	open_pool(&(struct pooler_options){.mode = "session", .size = 8});
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play lost-update<Enter>");
	term_expect(term, "PAUSED  step 0 of");
	console_space_to(term, 0, 6, 14);
	term_expect(term, "WAITS for A");
	console_space_to(term, 6, 8, 14);
	term_expect(term, "RETRY WANTED 40001");
	term_type(term, "<Esc>");
	console_expect_number(term, count_schemas, 0);
}

static void refused_on_the_screen(void **state)
{
	open_pool(&(struct pooler_options){.mode = "transaction", .size = 8});
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":lab play lost-update<Enter>");
	term_expect(term, "the pooler in between is in transaction");
	term_expect(term, "pool_mode=session with at least 3 connections");
	assert_int_equal(pg_ask(pooled.direct, "%s", count_schemas), 0);
	term_type(term, "<Esc>");
	term_expect(term, "> lost-update");
}

/* ---- the others ---- */

static void refused(const char *mode, const char *each, const char *const words[])
{
	open_pool(&(struct pooler_options){.mode = mode, .size = 8});
	const char *argv[6] = {proc_teller()};
	for (size_t i = 0; words[i]; i++)
		argv[i + 1] = words[i];
	struct proc *proc = proc_run(argv, NULL, NULL);
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc, "the lesson needs sessions that stay: the pooler in between is in ");
	proc_expect_err(proc, each);
	proc_expect_err(proc, "pool_mode=session with at least 3 connections");
	assert_int_equal(lines_of(proc->err.p), 1);
	proc_free(proc);
	expect_nothing_left();
	pooled_close(&pooled);
}

static void sessions_that_do_not_stay(void **state)
{
	(void)state;
	static const char *const ways[][5] = {{"lab", "run", "lost-update"},
					      {"lab", "play", "lost-update"},
					      {"lab", "run", "lost-update", "--transcript"}};
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		refused("transaction", "transaction mode and gives each transaction another one", ways[i]);
		refused("statement", "statement mode and gives each statement another one", ways[i]);
	}
}

/* Other clients of the pool do not get what a lesson would have set, and their sessions go on. */
static void others_are_unharmed(void **state)
{
	(void)state;
	open_pool(&(struct pooler_options){.mode = "transaction", .size = 4});
	struct pg_session *other = pg_open_at(pooled_target(&pooled));
	pg_run(other, "BEGIN");
	int64_t pid = pg_ask(other, "SELECT pg_backend_pid()");
	struct proc *proc = teller_run("lab", "run", "lost-update", "--transcript");
	assert_int_not_equal(proc->status, 0);
	proc_free(proc);
	assert_int_equal(pg_ask(other, "SELECT pg_backend_pid()"), pid);
	pg_run(other, "COMMIT");
	assert_int_equal(pg_ask(pooled.direct, "%s", count_schemas), 0);
	for (int i = 0; i < 8; i++) {
		char *name = pg_tell(other, "SHOW application_name");
		assert_null(strstr(name, "teller"));
		free(name);
	}
	pg_close(other);
}

/* One session for the bank, one for the set-ups, and then there is none for the second of the lesson. */
static void too_few_for_it(void **state)
{
	(void)state;
	open_pool(&(struct pooler_options){.mode = "session", .size = 3});
	struct proc *proc = teller_run("lab", "run", "lost-update");
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc,
			"the lesson needs 3 sessions at once, and the pooler in between gave it 2; connect past it, or "
			"set pool_mode=session with a default_pool_size for these and all others\n");
	assert_int_equal(lines_of(proc->err.p), 1);
	proc_free(proc);
	expect_nothing_left();
}

static void too_few_in_transaction_mode(void **state)
{
	(void)state;
	open_pool(&(struct pooler_options){.mode = "transaction", .size = 2});
	struct proc *proc = teller_run("lab", "run", "lost-update");
	assert_int_not_equal(proc->status, 0);
	proc_expect_err(proc, "the lesson needs 3 sessions at once, and the pooler in between gave it 2");
	proc_free(proc);
	expect_nothing_left();
}

static int two_hold(const void *arg)
{
	(void)arg;
	return pg_ask(pooled.direct, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
				     "state = 'idle in transaction'") == 2;
}

static void left_while_it_is_tried_out(void **state)
{
	(void)state;
	open_pool(&(struct pooler_options){.mode = "transaction", .size = 2});
	const char *const argv[] = {proc_teller(), "lab", "run", "lost-update", NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	daemon_wait(pooled.pooler.dir, "a session that waits for others", two_hold, NULL);
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 130);
	proc_free(proc);
	expect_nothing_left();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_lesson_works_in_session_mode, close_pool),
		cmocka_unit_test_teardown(a_transcript_is_the_same, close_pool),
		cmocka_unit_test_teardown(on_the_screen, close_pool),
		cmocka_unit_test_teardown(refused_on_the_screen, close_pool),
		cmocka_unit_test_teardown(sessions_that_do_not_stay, close_pool),
		cmocka_unit_test_teardown(others_are_unharmed, close_pool),
		cmocka_unit_test_teardown(too_few_for_it, close_pool),
		cmocka_unit_test_teardown(too_few_in_transaction_mode, close_pool),
		cmocka_unit_test_teardown(left_while_it_is_tried_out, close_pool),
	};
	return cmocka_run_group_tests_name("pool/lesson", tests, NULL, NULL);
}
