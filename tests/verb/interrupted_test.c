/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that cancels one of the questions before a transfer, whichever: the transfer is in the ledger, or not made. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"

/* Shared with the relay's process. */
static struct cancelled {
	volatile unsigned seen, at; /* answers with rows */
	volatile bool silent;       /* to the end of the round trip, as after an error */
} * cancelled;

/* The rows of one answer do not come: in their place stands what a server says whose administrator cancels the query. */
static void cancel_answer(void *arg, const char *message, size_t n, struct buf *out)
{
	static const char error[] = "E\0\0\0\x43"
				    "SERROR\0VERROR\0"
				    "C57014\0"
				    "Mcanceling statement due to user request\0\0\0";
	(void)arg;
	if (message[0] == 'Z')
		cancelled->silent = false;
	if (message[0] == 'T' && ++cancelled->seen == cancelled->at) {
		buf_add(out, error, 1 + (unsigned char)error[4]);
		cancelled->silent = true;
	}
	if (!cancelled->silent)
		buf_add(out, message, n);
}

static struct proc *moved(const struct relay *relay, unsigned at)
{
	char target[160];
	snprintf(target, sizeof target, "host=%s", relay->dir);
	cancelled->seen = 0;
	cancelled->silent = false;
	cancelled->at = at;
	return teller_run(target, "-c", "transfer 7001 7002 1 --yes");
}

static void every_transfer_is_recorded(void **state)
{
	(void)state;
	struct relay relay;
	relay_start_changing(&relay, cancel_answer, NULL);
	struct proc *proc = moved(&relay, 0);
	unsigned all = cancelled->seen, refused = 0;
	proc_expect_status(proc, 0);
	proc_free(proc);
	assert_true(all > 5);
	for (unsigned at = 1; at < all; at++) { /* the last is the write itself */
		int64_t rows = pg_number("SELECT count(*) FROM transfers");
		int64_t balance = pg_number("SELECT balance FROM accounts WHERE id = 7001");
		proc = moved(&relay, at);
		int64_t made = pg_number("SELECT count(*) FROM transfers") - rows;
		if (balance - pg_number("SELECT balance FROM accounts WHERE id = 7001") != made ||
		    (proc->status == 0) != (made == 1))
			fail_msg("question %u of %u: exit status %d, %d in the ledger: %s", at, all, proc->status,
				 (int)made, buf_text(&proc->err));
		refused += proc->status != 0;
		proc_free(proc);
	}
	assert_true(refused > 0);
	relay_stop(&relay);
}

static int bank(void **state)
{
	pg_own_database(state);
	pg_bank(2);
	return 0;
}

int main(void)
{
	cancelled = mmap(NULL, sizeof *cancelled, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static const struct CMUnitTest tests[] = {cmocka_unit_test(every_transfer_is_recorded)};
	return cancelled == MAP_FAILED ? 1 : cmocka_run_group_tests_name("verb/interrupted", tests, bank, NULL);
}
