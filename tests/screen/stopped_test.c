/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server stands still in the middle of a transfer: keys are answered all the same, and one can leave. */
#include <glob.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"

enum { STOPPED_MAX = 64, KEYS = 8, GENEROUS_US = 1000000 };

struct scene {
	struct own_server server;
	struct pg_session *locker;
	pid_t stopped[STOPPED_MAX];
	size_t nstopped;
};
static struct scene scene;

/* ---- standing still ---- */

static void stop(pid_t pid)
{
	assert_true(scene.nstopped < STOPPED_MAX);
	assert_int_equal(kill(pid, SIGSTOP), 0);
	scene.stopped[scene.nstopped++] = pid;
}

static void go_on(void)
{
	while (scene.nstopped)
		kill(scene.stopped[--scene.nstopped], SIGCONT);
}

static pid_t transfer_process(void)
{
	return (pid_t)pg_number(
		"SELECT pid FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = 'teller/transfer'");
}

static void stop_the_transfer(void)
{
	stop(transfer_process());
}

static bool is_child(const char *path, pid_t parent)
{
	char text[512], *end;
	FILE *file = fopen(path, "r");
	if (!file)
		return false;
	size_t n = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[n] = '\0';
	end = strrchr(text, ')'); /* "pid (name) state ppid ..." */
	return end && strlen(end) > 4 && atoi(end + 4) == parent;
}

/* The postmaster first, so that it starts nobody new. */
static void stop_everything(void)
{
	glob_t found;
	stop(scene.server.pid);
	assert_int_equal(glob("/proc/[0-9]*/stat", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (is_child(found.gl_pathv[i], scene.server.pid))
			stop(atoi(found.gl_pathv[i] + strlen("/proc/")));
	globfree(&found);
}

/* ---- the transfer ---- */

static struct term *open_in_the_middle(void **state)
{
	struct term *term = console_open(state, 24, 80);
	scene.locker = pg_open();
	pg_run(scene.locker, "BEGIN; SELECT FROM accounts WHERE id = 7001 FOR UPDATE");
	console_expect_selected(term, "7001");
	term_type(term, "s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, "d<Enter>");
	term_expect(term, ":transfer 7001 7002 half");
	term_settle(term); /* what is typed while a question appears is no answer to it */
	term_type(term, "y");
	console_expect_number(
		term,
		"SELECT count(*) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = 'teller/transfer'"
		" AND wait_event_type = 'Lock'",
		1);
	return term;
}

/* The n-th key goes down or up, by fours; returns the account that is selected then. */
static int nth_account(int n)
{
	int at = 7002;
	for (int i = 0; i <= n; i++)
		at += i / 4 % 2 == 0 ? 1 : -1;
	return at;
}

static uint64_t press(struct term *term, int n)
{
	char id[16];
	snprintf(id, sizeof id, "%d", nth_account(n));
	uint64_t start_us = clock_us();
	term_type(term, n / 4 % 2 == 0 ? "<Down>" : "<Up>");
	console_expect_selected(term, id);
	return clock_us() - start_us;
}

/* Single keys first, then keys as fast as they are answered, of which the screen shows 30 a second. */
static void keys_are_answered(struct term *term, const char *what)
{
	uint64_t single_us = 0, held_us = 0;
	for (int n = 0; n < KEYS; n++) {
		term_settle(term);
		uint64_t took_us = press(term, n);
		single_us = took_us > single_us ? took_us : single_us;
	}
	for (int n = KEYS; n < 2 * KEYS; n++) {
		uint64_t took_us = press(term, n);
		held_us = took_us > held_us ? took_us : held_us;
	}
	print_message("# measured: %s stopped, key to screen: at most %.2f ms, held down %.2f ms\n", what,
		      (double)single_us / 1000, (double)held_us / 1000);
	assert_true(single_us < GENEROUS_US && held_us < GENEROUS_US);
}

/* The commit is on its way and nobody answers: that is what is told, and how to find out. */
static void leaves_at_once(struct term *term, const char *what)
{
	uint64_t start_us = clock_us();
	term_type(term, ":quit --yes<Enter>");
	term_expect_exit(term, 5);
	uint64_t took_us = clock_us() - start_us;
	term_expect_restored(term);
	term_expect(term, "OUTCOME UNKNOWN");
	term_expect(term, "`teller settle");
	print_message("# measured: %s stopped: left after %.2f ms\n", what, (double)took_us / 1000);
	assert_true(took_us < GENEROUS_US);
}

/* Whatever became of it, it is whole. */
static void check_money(struct term *term)
{
	pg_close(scene.locker);
	scene.locker = NULL;
	console_expect_number(term, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'teller/%'", 0);
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 30000);
	assert_int_equal(pg_number("SELECT 1000 - balance FROM accounts WHERE id = 7001"),
			 pg_number("SELECT coalesce(sum(amount), 0) FROM transfers"));
}

static void one_stops(void **state)
{
	struct term *term = open_in_the_middle(state);
	stop_the_transfer();
	keys_are_answered(term, "the backend");
	leaves_at_once(term, "the backend");
	go_on();
	check_money(term);
}

/* Before its commit is sent, a transfer that is left behind has certainly not happened. */
static void before_the_commit(void **state)
{
	struct term *term = console_open(state, 24, 80);
	console_expect_selected(term, "7001");
	term_type(term, ":set wire step<Enter>s<Down>");
	console_expect_selected(term, "7002");
	term_type(term, ":delay 400<Enter>d<Enter>");
	term_expect(term, ":transfer 7001 7002 half");
	term_settle(term);
	term_type(term, "y");
	console_expect_number(term,
			      "SELECT count(*) FROM pg_stat_activity WHERE split_part(application_name, ' ', 1) = "
			      "'teller/transfer' AND "
			      "state LIKE 'idle in%'",
			      1);
	stop_the_transfer();
	term_type(term, ":quit --yes<Enter>");
	term_expect_exit(term, 0);
	go_on();
	console_expect_number(term, "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'teller/%'", 0);
	assert_int_equal(pg_number("SELECT count(*) FROM transfers"), 0);
	assert_int_equal(pg_number("SELECT balance FROM accounts WHERE id = 7001"), 1000);
}

static void all_stop(void **state)
{
	struct term *term = open_in_the_middle(state);
	stop_everything();
	keys_are_answered(term, "the server");
	leaves_at_once(term, "the server");
	go_on();
	check_money(term);
}

/* ---- around the tests ---- */

static int teardown(void **state)
{
	go_on();
	term_teardown(state);
	pg_close(scene.locker);
	scene.locker = NULL;
	return 0;
}

static int make_server(void **state)
{
	(void)state;
	own_server_make(&scene.server, NULL);
	return 0;
}

static int remove_server(void **state)
{
	(void)state;
	own_server_remove(&scene.server);
	return 0;
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_stops, console_bank, teardown),
		cmocka_unit_test_setup_teardown(before_the_commit, console_bank, teardown),
		cmocka_unit_test_setup_teardown(all_stop, console_bank, teardown),
	};
	return cmocka_run_group_tests_name("screen/stopped", tests, make_server, remove_server);
}
