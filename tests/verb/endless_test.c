/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands and answers without an end: a signal still ends the program, and no more is read of an answer than it may have. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

enum { HEAD = 5, COUNT = 2, MANY = 3000000 };

static struct relay relay;
static char *about; /* shared with the relay: answers whose first column has this name have rows, and rows, and rows */

static void ended_while_it_reads(void **state, const char *redirected)
{
	(void)state;
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
		const char *const argv[] = {"bash", "-c", redirected, proc_teller(), NULL};
		struct proc *proc = proc_start(argv, NULL, NULL);
		proc_wait_output(proc, "7001"); /* the next it does is to read */
		proc_signal(proc, signals[i]);
		proc_wait(proc);
		proc_expect_status(proc, 128 + signals[i]);
		proc_free(proc);
	}
}

static void a_signal_ends_standard_input_without_end(void **state)
{
	ended_while_it_reads(state, "exec \"$0\" -c list -f - </dev/zero");
}

static void a_signal_ends_a_script_without_end(void **state)
{
	ended_while_it_reads(state, "exec \"$0\" -c list -f /dev/zero");
}

static void a_signal_ends_lines_without_end(void **state)
{
	ended_while_it_reads(state, "exec \"$0\" -c list -f <(yes '')");
}

/* Called in the relay's process. */
static void repeat_rows(void *arg, const char *message, size_t n, struct buf *out)
{
	static bool meant;
	(void)arg;
	if (message[0] == 'T')
		meant = n > HEAD + COUNT && strcmp(message + HEAD + COUNT, about) == 0;
	for (int i = 0; i < (meant && message[0] == 'D' ? MANY : 1); i++)
		buf_add(out, message, n);
	meant = meant && message[0] != 'D';
}

static void check_refused(const char *column, const char *line, int status)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s", relay.dir);
	snprintf(about, 64, "%s", column);
	struct proc *proc = teller_run(target, "--wire=step", "--max-attempts=2", "-c", line);
	proc_expect_err(proc, "more than 32 MB");
	proc_expect_status(proc, status);
	proc_free(proc);
}

/* Whatever was asked, an answer of a million rows is none. */
static void answers_without_end(void **state)
{
	(void)state;
	check_refused("id", "list", 2);
	check_refused("id", "show 7001", 2);
	check_refused("id", "export --csv -", 2);
	check_refused("id", "ledger", 2);
	check_refused("id", "transfer 7001 7002 1 --yes", 4);
}

static int bank(void **state)
{
	pg_own_database(state);
	pg_bank(2);
	about = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (about == MAP_FAILED)
		return -1;
	relay_start_changing(&relay, repeat_rows, NULL);
	struct proc *proc = teller_run("transfer", "7001", "7002", "5", "--yes");
	proc_expect_status(proc, 0);
	proc_free(proc);
	return 0;
}

static int no_bank(void **state)
{
	(void)state;
	relay_stop(&relay);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_ends_standard_input_without_end),
		cmocka_unit_test(a_signal_ends_a_script_without_end),
		cmocka_unit_test(a_signal_ends_lines_without_end),
		cmocka_unit_test(answers_without_end),
	};
	return cmocka_run_group_tests_name("verb/endless", tests, bank, no_bank);
}
