/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every signal, scarce memory and descriptors, a readline that would wait: the terminal is restored. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* No sanitizer catches what comes from outside: the program is to die of it. */
static const char *const uncaught[] = {"ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0",
				       "UBSAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_sigfpe=0", NULL};

static void ended_by(void **state, int signum)
{
	struct term *term = console_open_with(state, 24, 80, uncaught, "7001");
	kill(term_pid(term), signum);
	term_expect_exit(term, 128 + signum);
	term_expect_restored(term);
	term_teardown(state);
}

static void every_signal_restores_the_terminal(void **state)
{
	static const int signals[] = {SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,   SIGBUS,  SIGFPE,  SIGUSR1,
				      SIGSEGV, SIGUSR2, SIGALRM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM,
				      SIGPROF, SIGPOLL, SIGPWR,  SIGSYS,    SIGINT,  SIGTERM, SIGHUP};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		ended_by(state, signals[i]);
	ended_by(state, SIGRTMIN);
	ended_by(state, SIGRTMAX);
}

static void an_ignored_signal_stays_ignored(void **state)
{
	const char *const argv[] = {"sh", "-c", "trap '' QUIT USR1; exec \"$0\"", proc_teller(), NULL};
	struct term *term = term_start(argv, NULL, 24, 80);
	*state = term;
	term_expect(term, "7001");
	kill(term_pid(term), SIGQUIT);
	kill(term_pid(term), SIGUSR1);
	console_quit(term);
}

/* readline ends the program with exit() where it gets no memory. */
static void no_memory_for_the_command_line(void **state)
{
	if (strstr(proc_teller(), "asan"))
		skip(); /* its shadow is larger than any limit */
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":x");
	term_expect(term, ":x");
	struct rlimit none = {0, 0};
	assert_int_equal(prlimit(term_pid(term), RLIMIT_AS, &none, NULL), 0);
	term_send(term, "\0331000000y", 9); /* M-1 0 0 0 0 0 0 y */
	term_expect_exit(term, 2);
	term_expect_restored(term);
}

/* Where a descriptor cannot be had, that is no reason to die. */
static void few_descriptors(void **state)
{
	enum { TRIES = 20 };
	char command[40], asan[300];
	const char *options = getenv("ASAN_OPTIONS");
	/* The search for leaks never ends where it cannot open what it wants. */
	snprintf(asan, sizeof asan, "ASAN_OPTIONS=%s:detect_leaks=0", options ? options : "");
	for (int n = 3; n <= 20; n++) {
		snprintf(command, sizeof command, "ulimit -n %d; exec \"$0\"", n);
		const char *const argv[] = {"sh", "-c", command, proc_teller(), NULL};
		struct term *term = term_start(argv, (const char *const[]){asan, NULL}, 24, 80);
		*state = term;
		int status;
		for (int i = 0; i < TRIES && !term_ended(term, &status); i++) { /* the command line has its own needs */
			term_settle(term);
			term_type(term, i ? "<Esc>" : ":x<Esc>");
			term_settle(term);
			term_type(term, "q");
			term_settle(term);
		}
		assert_true(term_ended(term, &status) && status < 128);
		term_expect_restored(term);
		term_teardown(state);
	}
}

static void a_window_of_40000_columns(void **state)
{
	struct term *term = console_open(state, 24, 80);
	static const int sizes[][2] = {{5, 40000}, {40000, 5}, {24, 80}};
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		term_resize(term, sizes[i][0], sizes[i][1]);
		term_settle(term);
	}
	term_expect(term, "7001");
	console_quit(term);
	term_teardown(state);
	console_quit(
		console_open_with(state, 24, 80, (const char *const[]){"LINES=999999", "COLUMNS=-1", NULL}, "7001"));
}

/* Sends a key while nothing else happens, and waits for its echo. */
static uint64_t time_of(struct term *term, const char *key, const char *echo)
{
	uint64_t start = clock_us();
	term_type(term, key);
	term_expect(term, echo);
	return clock_us() - start;
}

/* It would show the other parenthesis for half a second, with everything else standing still. */
static void readline_does_not_wait(void **state)
{
	char path[] = "/tmp/inputrc-XXXXXX", env[64];
	int fd = mkstemp(path);
	assert_true(fd >= 0 && dprintf(fd, "set blink-matching-paren on\nset bell-style audible\n") > 0);
	close(fd);
	snprintf(env, sizeof env, "INPUTRC=%s", path);
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){env, NULL}, "7001");
	uint64_t best = UINT64_MAX;
	for (int i = 0; i < 3; i++) {
		term_type(term, ":count (a");
		term_expect(term, ":count (a");
		term_send(term, "\x18\x12", 2); /* ^X ^R reads the inputrc again */
		uint64_t took = time_of(term, ")", ":count (a)");
		best = took < best ? took : best;
		term_type(term, "<Esc>");
		term_expect_gone(term, ":count");
	}
	unlink(path);
	assert_in_range(best, 0, 300000);
	console_quit(term);
	assert_int_equal(term_bells(term), 0);
}

/* readline keeps the line that was begun, and how it came about, while an older one is shown. */
static void left_while_an_older_line_is_shown(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":goto 7030<Enter>");
	console_expect_selected(term, "7030");
	term_type(term, ":count<Left>x<Up>");
	term_expect(term, ":goto 7030");
	kill(term_pid(term), SIGTERM);
	term_expect_exit(term, 128 + SIGTERM); /* and not with what LeakSanitizer says */
	term_expect_restored(term);
}

/* What readline keeps for the second key of two is freed, too: LeakSanitizer sees what the next line takes the place of. */
static void left_between_two_keys(void **state)
{
	static const char *const firsts[] = {"<^V>", "<^]>", "<^X>", "<^X>(<^V>", "<Esc>1", "<^R>ab<^V>", "<^X><^R>"};
	struct term *term = console_open(state, 24, 80);
	for (size_t i = 0; i < 2 * sizeof firsts / sizeof firsts[0]; i++) {
		term_type(term, ":count");
		term_expect(term, ":count");
		term_type(term, firsts[i / 2]);
		term_settle(term);
		term_type(term, "<^C>");
		term_expect_gone(term, ":count");
	}
	console_quit(term);
}

/* Keys that are a step ahead of the first picture search in what has no width yet. */
static void a_search_before_anything_was_drawn(void **state)
{
	const char *const argv[] = {proc_teller(), NULL};
	for (int lines = 10; lines <= 24; lines += 7) {
		struct term *term = term_start(argv, NULL, lines, 80);
		*state = term;
		term_expect(term, "7001");
		term_type(term, ":log<Enter>/connected");
		term_settle(term);
		term_type(term, "<Esc>");
		console_quit(term);
		term_teardown(state);
	}
}

static void a_prefix_key_in_the_search(void **state)
{
	struct term *term = console_open(state, 24, 80);
	static const char *const rests[] = {"a", "<^U>", "<^X>", "<^R>", "<^G>", "<Esc>", "<Enter>"};
	for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
		term_type(term, ":");
		term_type(term, i % 2 ? "<^S>" : "<^R>");
		term_expect(term, "search");
		term_type(term, "ab<BS>c"); /* readline reads its settings once more in the search */
		term_paste(term,
			   "a paste of more than the line has room for, so that readline moves it elsewhere in memory: "
			   "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789");
		term_type(term, i % 2 ? "<^R>d<^X>" : "<^X>");
		term_type(term, rests[i]);
		term_type(term, "<^C>");
		term_expect_gone(term, "search");
	}
	term_type(term, "G");
	console_expect_selected(term, "7030");
	console_quit(term);
}

/* Opening a FIFO would wait for who writes into it. */
static void a_fifo_for_a_history(void **state)
{
	char home[] = "/tmp/fifo-XXXXXX", path[80], env[64];
	assert_non_null(mkdtemp(home));
	snprintf(path, sizeof path, "%s/teller", home);
	assert_int_equal(mkdir(path, 0700), 0);
	static const char *const names[] = {"history", "lessons"};
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/teller/%s", home, names[i]);
		assert_int_equal(mkfifo(path, 0600), 0);
	}
	snprintf(env, sizeof env, "XDG_STATE_HOME=%s", home);
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){env, NULL}, "7001");
	term_type(term, ":goto 7030<Enter>");
	console_expect_selected(term, "7030");
	term_type(term, "<F3>");
	term_expect(term, "first-transfer");
	console_quit(term);
	proc_free(proc_run((const char *const[]){"rm", "-r", home, NULL}, NULL, NULL));
}

/* Alt-p and Alt-n are the search that finds as one types. */
static void a_search_by_alt(void **state)
{
	struct term *term = console_open(state, 24, 80);
	term_type(term, ":goto 7020<Enter>");
	console_expect_selected(term, "7020");
	for (int forward = 0; forward < 2; forward++) {
		term_type(term, ":count");
		term_send(term, forward ? "\x1bn" : "\x1bp", 2);
		term_expect(term, forward ? "(i-search)" : "(reverse-i-search)");
		term_type(term, "xyz<^G>");
		term_expect(term, ":count");
		term_type(term, "<^C>");
		term_expect(term, "? help");
		term_settle(term);
	}
	term_type(term, ":goto 7030");
	term_send(term, "\x1bpabc", 5);
	term_expect(term, "search)`abc");
	kill(term_pid(term), SIGTERM);
	term_expect_exit(term, 128 + SIGTERM); /* and not with what LeakSanitizer says */
	term_expect_restored(term);
}

/* A history of so many lines, in a directory of the test's own. */
static void make_history(char home[], unsigned lines)
{
	char path[80];
	assert_non_null(mkdtemp(home));
	snprintf(path, sizeof path, "%s/teller", home);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/teller/history", home);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (unsigned i = 0; i < lines; i++)
		fprintf(file, "goto %u\n", i);
	fclose(file);
}

/* The oldest line was edited and left so; it goes when the next line is kept, with all that readline knows of it. */
static void an_edited_line_that_is_too_old(void **state)
{
	char home[] = "/tmp/history-XXXXXX", env[64];
	make_history(home, 1000);
	snprintf(env, sizeof env, "XDG_STATE_HOME=%s", home);
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){env, NULL}, "7001");
	term_type(term, ":");
	term_send(term, "\x1b<", 2);
	term_expect(term, ":goto 0");
	term_type(term, "7<Down>");
	term_expect(term, ":goto 1");
	term_type(term, "<^U>goto 7030<Enter>");
	console_expect_selected(term, "7030");
	console_quit(term);
	proc_free(proc_run((const char *const[]){"rm", "-r", home, NULL}, NULL, NULL));
}

/* What many programs have added is made as short as what one of them keeps. */
static void a_history_that_is_too_long(void **state)
{
	char home[] = "/tmp/history-XXXXXX", env[64], path[80];
	make_history(home, 2500);
	snprintf(env, sizeof env, "XDG_STATE_HOME=%s", home);
	snprintf(path, sizeof path, "%s/teller/history", home);
	struct term *term = console_open_with(state, 24, 80, (const char *const[]){env, NULL}, "7001");
	term_type(term, ":goto 7030<Enter>");
	console_expect_selected(term, "7030");
	term_type(term, ":<Up><Up>");
	term_expect(term, ":goto 2499");
	term_type(term, "<^C>");
	console_quit(term);
	FILE *file = fopen(path, "r");
	unsigned lines = 0;
	for (int c; (c = getc(file)) != EOF;)
		lines += c == '\n';
	fclose(file);
	assert_int_equal(lines, 1001);
	proc_free(proc_run((const char *const[]){"rm", "-r", home, NULL}, NULL, NULL));
}

static int bank(void **state)
{
	struct rlimit no_core = {0, 0};
	pg_own_database(state);
	setrlimit(RLIMIT_CORE, &no_core);
	return console_bank(state);
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_signal_restores_the_terminal, term_teardown),
		cmocka_unit_test_teardown(an_ignored_signal_stays_ignored, term_teardown),
		cmocka_unit_test_teardown(no_memory_for_the_command_line, term_teardown),
		cmocka_unit_test_teardown(few_descriptors, term_teardown),
		cmocka_unit_test_teardown(a_window_of_40000_columns, term_teardown),
		cmocka_unit_test_teardown(readline_does_not_wait, term_teardown),
		cmocka_unit_test_teardown(left_while_an_older_line_is_shown, term_teardown),
		cmocka_unit_test_teardown(left_between_two_keys, term_teardown),
		cmocka_unit_test_teardown(a_search_before_anything_was_drawn, term_teardown),
		cmocka_unit_test_teardown(a_prefix_key_in_the_search, term_teardown),
		cmocka_unit_test_teardown(a_fifo_for_a_history, term_teardown),
		cmocka_unit_test_teardown(a_search_by_alt, term_teardown),
		cmocka_unit_test_teardown(an_edited_line_that_is_too_old, term_teardown),
		cmocka_unit_test_teardown(a_history_that_is_too_long, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/ended", tests, bank, NULL);
}
