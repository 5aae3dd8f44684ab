/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson on a server that leaves out an answer, wherever that is: it ends with a status, and does not crash. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/reports.h"

/* Shared with the relay's process. */
static struct left_out {
	volatile unsigned seen, at;
} * left_out;

static struct reports reports;

static void leave_out(void *arg, const char *message, size_t n, struct buf *out)
{
	(void)arg;
	bool ends_statement = message[0] == 'C';
	left_out->seen += ends_statement;
	if (!ends_statement || left_out->seen != left_out->at)
		buf_add(out, message, n);
}

static struct proc *played(const struct relay *relay, unsigned at)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s", relay->dir);
	left_out->seen = 0;
	left_out->at = at;
	const char *const argv[] = {proc_teller(), target, "-c", "lab run first-transfer", NULL};
	struct proc *proc = proc_start(argv, reports.env, NULL);
	proc_wait(proc);
	return proc;
}

static bool is_promised(const struct proc *proc)
{
	struct buf report = {0};
	reports_take(&reports, &report);
	bool promised = (proc->status >= 0 && proc->status <= 6) || (proc->status == 99 && reports_of_libpq(&report));
	if (!promised)
		check_tell("%s", buf_text(&report));
	buf_free(&report);
	return promised;
}

static void an_answer_is_missing(void **state)
{
	(void)state;
	struct relay relay;
	reports_open(&reports);
	relay_start_changing(&relay, leave_out, NULL);
	struct proc *proc = played(&relay, 0);
	unsigned all = left_out->seen;
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_true(all > 20);
	unsigned failed = 0;
	for (unsigned at = 1; at <= all; at++) {
		proc = played(&relay, at);
		if (!is_promised(proc))
			fail_msg("answer %u of %u: exit status %d: %s", at, all, proc->status, buf_text(&proc->err));
		failed += proc->status != 0;
		assert_true(proc->status == 0 || proc->err.len > 0 || proc->out.len > 0);
		proc_free(proc);
	}
	assert_true(failed > all / 2);
	relay_stop(&relay);
	reports_close(&reports);
}

int main(void)
{
	left_out = mmap(NULL, sizeof *left_out, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static const struct CMUnitTest tests[] = {cmocka_unit_test(an_answer_is_missing)};
	return left_out == MAP_FAILED ? 1
				      : cmocka_run_group_tests_name("lesson/unanswered", tests, pg_own_database, NULL);
}
