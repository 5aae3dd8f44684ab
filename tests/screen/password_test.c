/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question for a password: asked where the server asks, on any way in, and the terminal is as it was on every way
 * out. */
#include <libpq-fe.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

static struct own_server server;

/* The role ada has a password; everybody else is let in. */
static bool asks_for_it(void)
{
	PGconn *conn = PQconnectdb("user=ada password=''");
	bool asks = PQconnectionNeedsPassword(conn);
	PQfinish(conn);
	return asks;
}

static int make_server(void **state)
{
	(void)state;
	char path[100];
	own_server_make(&server, NULL);
	pg_bank(3);
	pg_exec("CREATE ROLE ada LOGIN PASSWORD 'open-sesame'");
	pg_exec("GRANT ALL ON ALL TABLES IN SCHEMA public TO ada");
	snprintf(path, sizeof path, "%s/data/pg_hba.conf", server.dir);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("local all ada scram-sha-256\nlocal all all trust\n", file);
	fclose(file);
	pg_exec("SELECT pg_reload_conf()");
	for (int tries = 0; !asks_for_it(); tries++) {
		assert_true(tries < 2000);
		poll(NULL, 0, 10); /* the server reads it when it comes to it */
	}
	return 0;
}

static int remove_server(void **state)
{
	(void)state;
	own_server_remove(&server);
	return 0;
}

static struct term *start(void **state, const char *const argv[])
{
	struct term *term = term_start(argv, (const char *const[]){"PGUSER=ada", NULL}, 24, 240);
	*state = term;
	return term;
}

/* The place is said, the answer is not seen. */
static void answer(struct term *term, const char *password)
{
	term_expect(term, "Password for ada@bank");
	assert_false(term_settings(term).c_lflag & ECHO);
	term_type(term, password);
	term_type(term, "<Enter>");
}

static void a_verb_asks(void **state)
{
	const char *const argv[] = {proc_teller(), "list", "--csv", NULL};
	struct term *term = start(state, argv);
	answer(term, "open-sesame");
	term_expect(term, "7003,1000");
	term_expect_exit(term, 0);
	assert_false(term_shows(term, "sesame"));
	term_expect_restored(term);
}

static void who_writes_is_asked_once(void **state)
{
	const char *const argv[] = {proc_teller(), "transfer", "7001", "7002", "1", "--yes", NULL};
	struct term *term = start(state, argv);
	answer(term, "open-sesame");
	term_expect(term, "moved 1");
	term_expect_exit(term, 0);
	term_expect_restored(term);
}

static void the_screen_asks_and_goes_on(void **state)
{
	const char *const argv[] = {proc_teller(), NULL};
	struct term *term = start(state, argv);
	answer(term, "open-sesame");
	term_expect(term, "7003");
	term_expect(term, "Txn: none");
	assert_true(term_alternate(term));
	term_type(term, ":transfer 7002 7001 1<Enter>");
	term_expect(term, "y do it");
	term_settle(term); /* what was typed before it was read does not count */
	term_type(term, "y");
	term_expect(term, "moved 1");
	console_quit(term);
	assert_false(term_sent(term, "sesame"));
}

static void a_wrong_one_is_the_end(void **state)
{
	const char *const argv[] = {proc_teller(), "count", NULL};
	struct term *term = start(state, argv);
	answer(term, "wrong");
	term_expect(term, "password authentication failed");
	term_expect(term, "check the user (-U) and the password");
	term_expect_exit(term, 2);
	assert_false(term_shows(term, "host"));
	term_expect_restored(term);
}

static void none_is_the_end(void **state)
{
	const char *const argv[] = {proc_teller(), "count", NULL};
	struct term *term = start(state, argv);
	answer(term, "");
	term_expect(term, "no password was given");
	term_expect_exit(term, 2);
	term_expect_restored(term);
}

static void w_does_not_ask(void **state)
{
	const char *const argv[] = {proc_teller(), "-w", "count", NULL};
	struct term *term = start(state, argv);
	term_expect(term, "-w forbids asking for it");
	term_expect_exit(term, 2);
	assert_false(term_sent(term, "Password for"));
}

static void check_interrupted(void **state, const char *const argv[])
{
	struct term *term = start(state, argv);
	term_expect(term, "Password for ada@bank");
	term_type(term, "open<^C>");
	term_expect_exit(term, 128 + SIGINT);
	term_expect_restored(term);
	assert_true(term_settings(term).c_lflag & ECHO);
	term_teardown(state);
	*state = NULL;
}

static void an_interrupt_leaves_the_terminal_as_it_was(void **state)
{
	check_interrupted(state, (const char *const[]){proc_teller(), "count", NULL});
	check_interrupted(state, (const char *const[]){proc_teller(), "-W", "count", NULL});
	check_interrupted(state, (const char *const[]){proc_teller(), "-W", NULL});
	check_interrupted(state, (const char *const[]){proc_teller(), NULL});
}

static void so_do_other_ends(void **state)
{
	static const int signums[] = {SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGABRT, SIGPWR};
	static const char *const options[] = {"-W", "--ascii"}; /* before the screen, and from the screen */
	for (size_t i = 0; i < COUNT_OF(signums) * COUNT_OF(options); i++) {
		const char *const argv[] = {proc_teller(), options[i % 2], NULL};
		struct term *term = start(state, argv);
		term_expect(term, "Password for ada@bank");
		kill(term_pid(term), signums[i / 2]);
		term_expect_exit(term, 128 + signums[i / 2]);
		term_expect_restored(term);
		term_teardown(state);
		*state = NULL;
	}
}

static void without_a_terminal_it_is_said_how_to_give_it(void **state)
{
	(void)state;
	const char *const argv[] = {proc_teller(), "count", NULL};
	struct proc *proc = proc_run(argv, (const char *const[]){"PGUSER=ada", NULL}, NULL);
	proc_expect_status(proc, 2);
	proc_expect_err(proc, "there is no terminal to ask for a password on; give it with PGPASSWORD or ~/.pgpass");
	proc_free(proc);
	proc = proc_run(argv, (const char *const[]){"PGUSER=ada", "PGPASSWORD=open-sesame", NULL}, NULL);
	proc_expect_status(proc, 0);
	proc_free(proc);
}

/* Each sentence names what is wrong, once, and is no longer than two rows. */
static void what_is_wrong_is_what_to_check(void **state)
{
	static const char *const wrong[][2] = {
		{"port=1 host=127.0.0.1",
		 "Connection refused; check host and port, or start a private bank: teller demo"},
		{"user=nobody-here", "check the user (-U), or"},
		{"dbname=nothing_here", "check the database (-d), or"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		const char *const argv[] = {proc_teller(), "-d", wrong[i][0], "count", NULL};
		struct proc *proc = proc_run(argv, NULL, NULL);
		proc_expect_status(proc, 2);
		proc_expect_err(proc, wrong[i][1]);
		assert_null(strstr(buf_text(&proc->err), "server at"));
		proc_free(proc);
	}
}

static void an_unknown_terminal(void **state)
{
	const char *const argv[] = {proc_teller(), NULL};
	struct term *term = term_start(argv, (const char *const[]){"TERM=no-such-thing", NULL}, 24, 80);
	*state = term;
	term_expect(term, "TERM=xterm-256color");
	term_expect_exit(term, 1);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_verb_asks, term_teardown),
		cmocka_unit_test_teardown(who_writes_is_asked_once, term_teardown),
		cmocka_unit_test_teardown(the_screen_asks_and_goes_on, term_teardown),
		cmocka_unit_test_teardown(a_wrong_one_is_the_end, term_teardown),
		cmocka_unit_test_teardown(none_is_the_end, term_teardown),
		cmocka_unit_test_teardown(w_does_not_ask, term_teardown),
		cmocka_unit_test_teardown(an_interrupt_leaves_the_terminal_as_it_was, term_teardown),
		cmocka_unit_test_teardown(so_do_other_ends, term_teardown),
		cmocka_unit_test_teardown(an_unknown_terminal, term_teardown),
		cmocka_unit_test(what_is_wrong_is_what_to_check),
		cmocka_unit_test(without_a_terminal_it_is_said_how_to_give_it),
	};
	return cmocka_run_group_tests_name("screen/password", tests, make_server, remove_server);
}
