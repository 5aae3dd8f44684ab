/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions whose answers are mutated on the wire: no crash, no hang, no outcome that the server contradicts. */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/attack/dice.h"
#include "tests/attack/garble.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/reports.h"
#include "tests/support/spawn.h"

/* A program that waits for an answer that was lost waits for ever: after so long a silence the connections are cut. */
enum { SILENCE_MS = 400, LIMIT_MS = 60000, FINDINGS_MAX = 20, WORDS_MAX = 24, ACCOUNTS = 30, START = 1000 };

/* What a session is asked, in words; and how many messages its answers have at most, as far as was seen. */
static struct asked {
	const char *line;
	unsigned messages;
	bool raw; /* what programs read has the bytes of the server */
} asked[] = {
	{.line = "list"},
	{.line = "list --json --sort=balance", .raw = true},
	{.line = "list --csv --where=balance>500", .raw = true},
	{.line = "show 7001"},
	{.line = "count"},
	{.line = "count --about"},
	{.line = "ledger --jsonl", .raw = true},
	{.line = "ledger --of 7001"},
	{.line = "verify --json", .raw = true},
	{.line = "settle 00000000-0000-4000-8000-000000000000"},
	{.line = "undo --yes"},
	{.line = "doctor"},
	{.line = "conninfo"},
	{.line = "export - --csv", .raw = true},
	{.line = "create 3"},
	{.line = "create 3 --copy"},
	{.line = "delete 6999 --yes"},
	{.line = "tutorial --accounts 2 --yes --table=tutored"},
	{.line = "init"},
	{.line = "lab run first-transfer"},
	{.line = "lab run lost-update --transcript", .raw = true},
	{.line = "transfer 7001 7002 half --yes --wire=pipeline"},
	{.line = "transfer 7002 7003 17 --yes --wire=step"},
	{.line = "transfer 7003 7001 half --yes --wire=oneshot"},
	{.line = "transfer 7001 7003 1 --yes --echo"},
	{.line = "transfer 7002 7001 3 --yes --protocol=savepoint"},
};

static struct relay relay;
static struct garble *garble;
static struct pg_session *direct;
static uint64_t seed;
static struct reports reports;
static unsigned mutated, findings, cuts, forgotten;

/* ---- one session ---- */

struct session {
	unsigned long number;
	struct asked *asked;
	char line[200], id[40];
	bool moves;
	struct proc *proc;
	bool hangs;
	struct buf report;
};

static void choose(struct session *session, struct dice *dice)
{
	bool moves = dice_one_in(dice, 2);
	size_t n = sizeof asked / sizeof asked[0], transfers = 5;
	session->asked = moves ? &asked[n - 1 - dice_roll(dice, transfers)] : &asked[dice_roll(dice, n - transfers)];
	session->moves = moves;
	snprintf(session->id, sizeof session->id, "00000000-0000-4000-8000-%012lx", session->number + 1);
	snprintf(session->line, sizeof session->line, "%s%s%s", session->asked->line, moves ? " --id " : "",
		 moves ? session->id : "");
	unsigned most = session->asked->messages ? session->asked->messages : 120;
	unsigned at = 1 + (unsigned)dice_roll(dice, dice_one_in(dice, 6) ? 20 : most);
	garble_arm(garble, seed + session->number, (enum garble_kind)dice_roll(dice, GARBLE_KINDS), at);
}

static struct proc *start(const struct session *session)
{
	const char *argv[WORDS_MAX] = {proc_teller(), "--backoff=1,20", "-h", relay.dir, "-p", "5432"};
	char *line = mem_dup(session->line), *rest = NULL;
	size_t n = 6;
	for (char *word = strtok_r(line, " ", &rest); word && n + 1 < WORDS_MAX; word = strtok_r(NULL, " ", &rest))
		argv[n++] = word;
	struct proc *proc = proc_start(argv, reports.env, NULL);
	free(line);
	return proc;
}

/* Until it ends; a silence cuts the connections, and too long a life is a finding. */
static void attend(struct session *session)
{
	struct deadline deadline = deadline_in(LIMIT_MS), silence = deadline_in(SILENCE_MS);
	unsigned seen = garble->seen;
	while (!proc_ended(session->proc, 10)) {
		if (seen != garble->seen)
			silence = deadline_in(SILENCE_MS);
		seen = garble->seen;
		bool long_since = deadline_left(deadline) < LIMIT_MS / 2; /* other connections may still talk */
		if ((!deadline_left(silence) || long_since) && garble->happened) {
			relay_cut_all(&relay);
			cuts++;
			silence = deadline_in(SILENCE_MS);
		}
		if (!deadline_left(deadline)) {
			session->hangs = true;
			proc_signal(session->proc, SIGKILL);
			proc_wait(session->proc);
			return;
		}
	}
}

/* ---- what is wrong with it ---- */

static void finding(const struct session *session, const char *what)
{
	findings++;
	check_tell("FINDING: %s\n  SEED=%llu, session %lu: %s\n  %s at message %u (type %c), exit status %d\n  stdout: "
		   "%.600s\n  stderr: %.1500s",
		   what, (unsigned long long)seed, session->number, session->line,
		   garble_name((enum garble_kind)garble->kind), garble->at,
		   garble->type > ' ' && garble->type < 127 ? garble->type : '?', session->proc->status,
		   buf_text(&session->proc->out), buf_text(&session->proc->err));
	check_tell("%s", buf_text(&session->report));
	if (findings >= FINDINGS_MAX)
		fail_msg("%u findings", findings);
}

/* Of what a terminal acts on only ends of lines and tabs are said. */
static bool is_harmless(const struct buf *text)
{
	struct buf clean = {0};
	text_escape_lines(&clean, buf_text(text), text->len);
	bool same = clean.len == text->len && (!clean.len || memcmp(clean.p, text->p, clean.len) == 0);
	buf_free(&clean);
	return same;
}

static void wait_quiet(void)
{
	pg_until(direct, "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND "
			 "pid <> pg_backend_pid() AND backend_type = 'client backend'");
}

static void compare(const struct session *session)
{
	int status = session->proc->status;
	wait_quiet();
	bool there =
		session->moves && pg_ask(direct, "SELECT count(*) FROM recorded WHERE id = '%s'", session->id) == 1;
	if (session->moves && status == 0 && !there)
		finding(session, "it said that it was done, and it was not");
	if (session->moves && status >= 1 && status <= 4 && there)
		finding(session, "it said that it was not done, and it was");
	if (pg_ask(direct,
		   "SELECT count(*) FROM accounts AS a WHERE id BETWEEN 7001 AND %d AND balance <> %d"
		   " + (SELECT coalesce(sum(CASE WHEN destination = a.id THEN amount ELSE -amount END), 0) FROM "
		   "recorded"
		   " WHERE source = a.id OR destination = a.id)",
		   7000 + ACCOUNTS, START) != 0)
		fail_msg("session %lu, %s: ledger and balances differ", session->number, session->line);
}

static void judge(const struct session *session)
{
	int status = session->proc->status;
	bool excused = status == 99 && reports_of_libpq(&session->report);
	forgotten += excused;
	if (session->hangs)
		finding(session, "it hangs");
	else if (excused)
		;
	else if (status == 99 || status >= 128)
		finding(session, "it died");
	else if (status < 0 || status > 6)
		finding(session, "an exit status that is not promised");
	if (!is_harmless(&session->proc->err))
		finding(session, "control characters on stderr");
	if (!session->asked->raw && !is_harmless(&session->proc->out))
		finding(session, "control characters on stdout");
	compare(session);
}

static void one_session(unsigned long number)
{
	struct dice dice = dice_of(seed, number);
	struct session session = {.number = number};
	choose(&session, &dice);
	session.proc = start(&session);
	attend(&session);
	if (garble->seen > session.asked->messages)
		session.asked->messages = garble->seen;
	mutated += garble->happened;
	reports_take(&reports, &session.report);
	judge(&session);
	buf_free(&session.report);
	proc_free(session.proc);
}

static void sessions_with_mutated_answers(void **state)
{
	(void)state;
	unsigned long n = dice_size("TELLER_ATTACK_N", 200), first = dice_size("TELLER_ATTACK_FIRST", 0);
	for (unsigned long i = first; i < first + n; i++)
		one_session(i);
	printf("# measured: %lu sessions, %u with a mutation, %u silent ones cut, %u findings\n", n, mutated, cuts,
	       findings);
	assert_int_equal(findings, 0);
	assert_true(mutated > n / 3);
}

static int set_up(void **state)
{
	(void)state;
	pg_own_database(state);
	pg_bank(ACCOUNTS);
	pg_exec("UPDATE accounts SET balance = %d", START);
	/* Whom the server tells that transfers cannot serve records in the table beside it, and says the truth. */
	pg_exec("CREATE TABLE teller_transfers (LIKE transfers INCLUDING ALL)");
	pg_exec("CREATE VIEW recorded AS SELECT id, source, destination, amount FROM transfers"
		" UNION ALL SELECT id, source, destination, amount FROM teller_transfers");
	reports_open(&reports);
	garble = mmap(NULL, sizeof *garble, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (garble == MAP_FAILED)
		return -1;
	relay_start_changing(&relay, garble_message, garble);
	direct = pg_open();
	seed = dice_seed();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pg_close(direct);
	relay_stop(&relay);
	reports_close(&reports);
	return 0;
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {cmocka_unit_test(sessions_with_mutated_answers)};
	return cmocka_run_group_tests_name("attack/wire", tests, set_up, tear_down);
}
