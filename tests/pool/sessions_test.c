/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sessions cancel and end through a pooler: the transaction that was shown is hit, and none that the session has begun since. */
#include <locale.h>
#include <stdio.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"
#include "tests/support/console.h"

static struct pooled pooled;
static struct pg_session *holder; /* past the pooler: its process stays the same */
static int holder_pid;

static int open_pool(void **state)
{
	(void)state;
	pooled_open(&pooled, 30, &(struct pooler_options){.mode = "transaction", .size = 4});
	pooled_leave(&pooled);
	holder = pg_open_at("application_name=holder");
	pooler_use(&pooled.pooler);
	holder_pid = (int)pg_ask(holder, "SELECT pg_backend_pid()");
	pg_run(holder, "BEGIN");
	pg_run(holder, "UPDATE accounts SET balance = balance + 1 WHERE id = 7001");
	return 0;
}

static int close_pool(void **state)
{
	if (*state)
		term_teardown(state);
	pg_close(holder);
	pooled_close(&pooled);
	return 0;
}

/* The review is on the screen. */
static struct term *ask_to_end(void **state)
{
	char command[64];
	struct term *term = console_open(state, 24, 80);
	snprintf(command, sizeof command, ":sessions end %d<Enter>", holder_pid);
	term_type(term, command);
	term_expect(term, "y do it");
	term_expect(term, "A pooler is in between");
	term_settle(term);
	return term;
}

static void what_was_shown_is_ended(void **state)
{
	struct term *term = ask_to_end(state);
	term_type(term, "y");
	term_expect(term, "the server was asked to end the session");
	pg_until(pooled.direct, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)", holder_pid);
	pooled_expect_balance(&pooled, "accounts", 7001, 1000);
	console_quit(term);
}

static void a_later_transaction_is_not(void **state)
{
	struct term *term = ask_to_end(state);
	pg_run(holder, "COMMIT");
	pg_run(holder, "BEGIN");
	pg_run(holder, "UPDATE accounts SET balance = balance + 1 WHERE id = 7001");
	term_type(term, "y");
	term_expect(term, "is in another transaction by now");
	pg_run(holder, "COMMIT"); /* and is there to do it */
	pooled_expect_balance(&pooled, "accounts", 7001, 1002);
	console_quit(term);
}

static void a_statement_is_cancelled(void **state)
{
	char command[64];
	struct term *term = console_open(state, 24, 80);
	pg_send(holder, "SELECT pg_sleep(60)");
	pg_until(pooled.direct, "SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = %d", holder_pid);
	snprintf(command, sizeof command, ":sessions cancel %d<Enter>", holder_pid);
	term_type(term, command);
	term_expect(term, "y do it");
	term_settle(term);
	term_type(term, "y");
	term_expect(term, "the server was asked to cancel the statement");
	pg_until(pooled.direct, "SELECT state = 'idle in transaction (aborted)' FROM pg_stat_activity WHERE pid = %d",
		 holder_pid);
	console_quit(term);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_shown_is_ended, open_pool, close_pool),
		cmocka_unit_test_setup_teardown(a_later_transaction_is_not, open_pool, close_pool),
		cmocka_unit_test_setup_teardown(a_statement_is_cancelled, open_pool, close_pool),
	};
	return cmocka_run_group_tests_name("pool/sessions", tests, NULL, NULL);
}
