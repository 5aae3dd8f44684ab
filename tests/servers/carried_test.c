/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server carries by itself and behind a pooler in each mode: every feature by the real program, right or refused with a sentence. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/pool/pooled.h"
#include "tests/support/check.h"

/*
 * Where a feature is refused, one sentence names the pooler, nothing is changed, and no session of the server keeps anything.
 * What was found is written to the file that TELLER_MATRIX names, for tests/servers/run: place, feature, "right" or the
 * sentence, with tabs between them.
 */
enum { ACCOUNTS = 30, EACH = 1000 };
enum place { DIRECT = 1, SESSION = 2, TRANSACTION = 4, STATEMENT = 8 };

static const char *place_name(enum place place)
{
	return place == DIRECT        ? "direct"
	       : place == SESSION     ? "session"
	       : place == TRANSACTION ? "transaction"
				      : "statement";
}

struct feature {
	const char *name;
	bool (*run)(void); /* false: refused, and `sentence` is set */
	unsigned refused;  /* in these places */
};

static enum place here;
static struct pooled pooled;
static char sentence[600];

/* ---- the program ---- */

/* The last thing that it said; a sentence of its own each line. */
static void take_sentence(const struct proc *proc)
{
	const char *last = "", *line = buf_text(&proc->err);
	for (; line; line = strstr(line + 1, "teller: "))
		last = strncmp(line, "teller: ", 8) == 0 ? line + 8 : last;
	snprintf(sentence, sizeof sentence, "%.*s", (int)strcspn(last, "\n"), last);
}

/* It was done, as the output says; or it was refused. */
static bool did(struct proc *proc, const char *out)
{
	bool right = proc->status == 0;
	if (right)
		pooled_expect_any(proc, (const char *const[]){out, NULL});
	else
		take_sentence(proc);
	if (!right && !sentence[0])
		check_tell("status %d\n%s\n%s", proc->status, buf_text(&proc->out), buf_text(&proc->err));
	proc_free(proc);
	return right;
}

static void expect_number(int64_t wanted, const char *sql)
{
	int64_t got = pg_ask(pooled.direct, "%s", sql);
	if (got != wanted)
		fail_msg("%s: %lld, not %lld", sql, (long long)got, (long long)wanted);
}

static void expect_moved(int amount)
{
	pooled_expect_balance(&pooled, "accounts", 7001, EACH - amount);
	pooled_expect_balance(&pooled, "accounts", 7002, EACH + amount);
	expect_number(amount,
		      "SELECT coalesce(sum(amount), 0) FROM transfers WHERE source = 7001 AND destination = 7002");
}

/* ---- features ---- */

static bool browses(void)
{
	return did(teller_run("list", "--csv", "--sort", "balance desc", "--where", "id = 7002"), "7002,1000") &&
	       did(teller_run("show", "7001"), "1000") && did(teller_run("count"), "30");
}

static bool keeps_books(void)
{
	return did(teller_run("ledger"), "") && did(teller_run("verify", "--total", "30000"), "30000");
}

static bool moves_by(const char *wire)
{
	if (!did(teller_run("transfer", "7001", "7002", "5", "--yes", wire), "moved 5 from 7001 to 7002"))
		return false;
	expect_moved(5);
	return true;
}

static bool moves_by_step(void)
{
	return moves_by("--wire=step");
}

static bool moves_by_pipeline(void)
{
	return moves_by("--wire=pipeline");
}

static bool moves_by_oneshot(void)
{
	return moves_by("--wire=oneshot");
}

static bool moves_after(const char *lever, const char *words)
{
	if (!did(teller_run("-c", lever, "-c", "transfer 7001 7002 5 --yes"), words))
		return false;
	expect_moved(5);
	return true;
}

static bool retries(void)
{
	return moves_after("rival on", "2 attempts");
}

static bool settles(void)
{
	return moves_after("inject cut", "settled");
}

static bool undoes(void)
{
	if (!did(teller_run("-c", "transfer 7001 7002 5 --yes", "-c", "undo --yes"), "moved 5 from 7002 to 7001"))
		return false;
	pooled_expect_balance(&pooled, "accounts", 7001, EACH);
	return true;
}

static bool creates(void)
{
	if (!did(teller_run("create", "20"), "created 20 accounts"))
		return false;
	expect_number(ACCOUNTS + 20, "SELECT count(*) FROM accounts");
	return true;
}

static bool imports(void)
{
	const char *const argv[] = {proc_teller(), "import", "-", NULL};
	if (!did(proc_run(argv, NULL, "id,balance\n8001,7\n8002,8\n"), "imported 2 accounts"))
		return false;
	expect_number(15, "SELECT sum(balance) FROM accounts WHERE id > 8000");
	return true;
}

static bool exports(void)
{
	return did(teller_run("export", "-"), "7030,1000");
}

static bool deletes(void)
{
	if (!did(teller_run("delete", "7003", "--yes"), "deleted 1 account"))
		return false;
	expect_number(0, "SELECT count(*) FROM accounts WHERE id = 7003");
	return true;
}

static bool makes_tables(void)
{
	pg_run(pooled.direct, "DROP TABLE accounts, transfers");
	if (!did(teller_run("init"), "100 accounts"))
		return false;
	expect_number(100, "SELECT count(*) FROM accounts");
	expect_number(0, "SELECT count(*) FROM transfers");
	return true;
}

/* A session past the pooler that has changed account 7002. */
static struct pg_session *hold(void)
{
	pooled_leave(&pooled);
	struct pg_session *holder = pg_open_at("application_name=holder");
	if (here != DIRECT)
		pooler_use(&pooled.pooler);
	pg_run(holder, "BEGIN; UPDATE accounts SET balance = balance WHERE id = 7002");
	return holder;
}

static void let_go(struct pg_session *holder)
{
	pg_run(holder, "ROLLBACK");
	pg_close(holder);
}

/* A transfer that waits, until it says for whom; NULL where it is refused. */
static struct proc *start_waiting(void)
{
	const char *const argv[] = {proc_teller(), "transfer", "7001", "7002", "5", "--yes", NULL};
	struct proc *proc = proc_start(argv, NULL, NULL);
	if (here != STATEMENT)
		proc_wait_output(proc, "waits for holder, pid ");
	else
		proc_wait(proc);
	if (here != STATEMENT)
		return proc;
	did(proc, "");
	return NULL;
}

static bool tells_whom_it_waits_for(void)
{
	struct pg_session *holder = hold();
	struct proc *proc = start_waiting();
	let_go(holder);
	if (!proc)
		return false;
	proc_wait(proc);
	bool right = did(proc, "moved 5 from 7001 to 7002");
	assert_true(right);
	expect_moved(5);
	return right;
}

static bool stops_by_an_interrupt(void)
{
	struct pg_session *holder = hold();
	struct proc *proc = start_waiting();
	if (!proc) {
		let_go(holder);
		return false;
	}
	proc_signal(proc, SIGINT);
	proc_wait(proc);
	proc_expect_status(proc, 128 + SIGINT);
	proc_expect_err(proc, "cancelled; nothing changed");
	proc_free(proc);
	let_go(holder);
	expect_moved(0);
	return true;
}

static bool lists_sessions(void)
{
	char pid[24];
	struct pg_session *holder = hold();
	snprintf(pid, sizeof pid, "%lld", (long long)pg_ask(holder, "SELECT pg_backend_pid()"));
	bool right = did(teller_run("sessions", "--csv"), pid);
	let_go(holder);
	return right;
}

static bool ends_a_session(void)
{
	char pid[24];
	struct pg_session *holder = hold();
	snprintf(pid, sizeof pid, "%lld", (long long)pg_ask(holder, "SELECT pg_backend_pid()"));
	bool right = did(teller_run("sessions", "end", pid, "--yes"), "the server was asked to end the session");
	if (right)
		pg_until(pooled.direct, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)", pid);
	pg_close(holder);
	return right;
}

static bool plays_lessons(void)
{
	return did(teller_run("lab", "run", "lost-update"), "as expected") &&
	       did(teller_run("lab", "run", "deadlock"), "as expected");
}

static bool plays_orders(void)
{
	return did(teller_run("lab", "explore", "assets/lessons/write-skew.spec", "--limit", "10", "--seed", "1"),
		   "10 possible");
}

static bool writes_transcripts(void)
{
	return did(teller_run("lab", "run", "write-skew", "--transcript"), "starting permutation");
}

static bool loads_by(const char *way, const char *in_flight)
{
	if (!did(teller_run("load", "--count", "20", "--workers", "2", "--yes", "--way", way, "--in-flight", in_flight),
		 "ok      every transfer has one outcome        20 of 20"))
		return false;
	expect_number((int64_t)ACCOUNTS * EACH, "SELECT sum(balance) FROM accounts");
	return true;
}

static bool loads(void)
{
	return loads_by("read-write", "1") && loads_by("lock", "1") && loads_by("ordered", "1") &&
	       loads_by("naive", "1") && loads_by("batch=4", "1");
}

static bool loads_oneshot(void)
{
	return loads_by("oneshot", "1");
}

static bool loads_in_flight(void)
{
	return loads_by("oneshot", "4");
}

static bool races(void)
{
	return did(teller_run("load", "race", "lock", "ordered", "--time", "1", "--workers", "2", "--yes"),
		   "ok      ordered: total, ledger and outcomes agree");
}

static const struct feature features[] = {
	{"list, filter, sort, count", browses, 0},
	{"ledger, verify", keeps_books, 0},
	{"transfer, step by step", moves_by_step, STATEMENT},
	{"transfer, pipeline", moves_by_pipeline, STATEMENT},
	{"transfer, oneshot", moves_by_oneshot, 0},
	{"a conflict is retried", retries, STATEMENT},
	{"a lost answer is settled", settles, STATEMENT},
	{"undo", undoes, STATEMENT},
	{"create", creates, STATEMENT},
	{"import", imports, STATEMENT},
	{"export", exports, STATEMENT},
	{"delete", deletes, STATEMENT},
	{"init", makes_tables, STATEMENT},
	{"whom a transfer waits for", tells_whom_it_waits_for, STATEMENT},
	{"^C ends a wait", stops_by_an_interrupt, STATEMENT},
	{"sessions", lists_sessions, 0},
	{"sessions end", ends_a_session, 0},
	{"lessons", plays_lessons, TRANSACTION | STATEMENT},
	{"lab explore", plays_orders, TRANSACTION | STATEMENT},
	{"transcripts", writes_transcripts, TRANSACTION | STATEMENT},
	{"load", loads, STATEMENT},
	{"load, oneshot", loads_oneshot, 0},
	{"load, in flight", loads_in_flight, STATEMENT},
	{"load race", races, STATEMENT},
};

/* ---- one of them ---- */

static void write_down(const struct feature *feature, const char *text)
{
	const char *path = getenv("TELLER_MATRIX");
	FILE *file = path ? fopen(path, "a") : NULL;
	if (!file)
		return;
	fprintf(file, "%s\t%s\t%s\n", place_name(here), feature->name, text);
	fclose(file);
}

static void make_bank(void)
{
	pooled_leave(&pooled);
	pg_bank(ACCOUNTS);
	if (here != DIRECT)
		pooler_use(&pooled.pooler);
}

/* No transaction is left open, no lock is kept. */
static void expect_nothing_left(void)
{
	pg_until(pooled.direct,
		 "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
		 "pid <> pg_backend_pid() AND (state <> 'idle' OR xact_start IS NOT NULL)) "
		 "AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')");
}

static void is_carried_or_refused(void **state)
{
	const struct feature *feature = *state;
	sentence[0] = '\0';
	make_bank();
	bool right = feature->run();
	expect_nothing_left();
	if (right == ((feature->refused & here) != 0))
		fail_msg("%s", right ? "it is carried, and should have been refused" : sentence);
	write_down(feature, right ? "right" : sentence);
	if (right)
		return;
	assert_non_null(strstr(sentence, "pool"));
	if (feature->run != makes_tables)
		expect_moved(0);
}

/* ---- places ---- */

static int open_place(void **state)
{
	(void)state;
	struct pooler_options options = {.mode = here == DIRECT ? "session" : place_name(here), .size = 12};
	pooled_open(&pooled, ACCOUNTS, &options);
	if (here == DIRECT)
		pooled_leave(&pooled);
	return 0;
}

static int close_place(void **state)
{
	(void)state;
	pooled_close(&pooled);
	return 0;
}

static int run_place(enum place place)
{
	struct CMUnitTest tests[sizeof features / sizeof *features];
	here = place;
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		tests[i] = (struct CMUnitTest){.name = features[i].name,
					       .test_func = is_carried_or_refused,
					       .initial_state = (void *)(uintptr_t)&features[i]};
	return cmocka_run_group_tests_name(place_name(place), tests, open_place, close_place);
}

int main(void)
{
	int failed = run_place(DIRECT);
	if (getenv("TELLER_NO_POOLERS"))
		return failed;
	return failed + run_place(SESSION) + run_place(TRANSACTION) + run_place(STATEMENT);
}
