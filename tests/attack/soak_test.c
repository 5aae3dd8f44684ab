/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random faults under tellers and psql on the same accounts: nothing lost, no false outcome, no teller that grows. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/attack/dice.h"
#include "tests/attack/lanes.h"
#include "tests/attack/old.h"
#include "tests/support/check.h"
#include "tests/support/own_server.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/relay.h"
#include "tests/support/spawn.h"

enum { START = 1000000, PHASE_MS = 1500, BARE = LANES - 1, GUESSES_MAX = 20 };

static const char *const options[] = {"-c", "deadlock_timeout=20ms", "-c", "max_connections=60", NULL};

static struct own_server server;
static struct relay relay;
static struct reports reports;
static struct lanes *lanes;
static struct dice dice;
static unsigned long faults[12], compared;
static int64_t bare_then;

/* ---- faults ---- */

static void wait_ms(uint64_t ms)
{
	poll(NULL, 0, (int)ms);
}

static pid_t some_teller(void)
{
	return lanes->lane[dice_roll(&dice, LANES)].teller;
}

/* A process of the server's that serves a client, or 0. */
static pid_t some_backend(void)
{
	char path[64], name[200];
	int child, found = 0;
	unsigned seen = 0;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", server.pid, server.pid);
	FILE *children = fopen(path, "r");
	while (children && fscanf(children, "%d", &child) == 1) {
		snprintf(path, sizeof path, "/proc/%d/cmdline", child);
		FILE *file = fopen(path, "r");
		size_t n = file ? fread(name, 1, sizeof name - 1, file) : 0;
		name[n] = '\0';
		if (file)
			fclose(file);
		if (strstr(name, "postgres: teller ") && dice_one_in(&dice, ++seen))
			found = child;
	}
	if (children)
		fclose(children);
	return found;
}

static void stand_still(pid_t pid, uint64_t ms)
{
	if (pid <= 0 || kill(pid, SIGSTOP) != 0)
		return;
	wait_ms(ms);
	kill(pid, SIGCONT);
}

static void signal_some(pid_t pid, int signum)
{
	if (pid > 0)
		kill(pid, signum);
}

static void restart(int signum)
{
	if (signum == SIGKILL)
		own_server_kill(&server);
	else
		own_server_stop(&server, signum);
	wait_ms(dice_roll(&dice, 300));
	own_server_start(&server, options);
	own_server_wait(&server);
}

static void slow(void)
{
	relay.shared->delay_us[0] = (unsigned)dice_roll(&dice, 20000);
	relay.shared->delay_us[1] = (unsigned)dice_roll(&dice, 20000);
	wait_ms(dice_roll(&dice, 500));
	relay.shared->delay_us[0] = relay.shared->delay_us[1] = 0;
}

static void refuse(void)
{
	relay.shared->refuse = true;
	relay_cut_all(&relay);
	wait_ms(dice_roll(&dice, 300));
	relay.shared->refuse = false;
}

static void one_fault(void)
{
	static const int restarts[] = {SIGKILL, SIGINT, SIGQUIT};
	uint64_t which = dice_roll(&dice, 24);
	which = which < 22 ? which / 2 : 11;
	faults[which]++;
	switch (which) {
	case 0:
	case 1:
		signal_some(some_teller(), SIGKILL);
		break;
	case 2:
		signal_some(some_backend(), SIGTERM);
		break;
	case 3:
		signal_some(some_backend(), SIGINT);
		break;
	case 4:
		relay_cut_all(&relay);
		break;
	case 5:
		stand_still(relay.pid, dice_roll(&dice, 700));
		break;
	case 6:
		stand_still(some_backend(), dice_roll(&dice, 500));
		break;
	case 7:
		stand_still(some_teller(), dice_roll(&dice, 500));
		break;
	case 8:
		slow();
		break;
	case 9:
		refuse();
		break;
	case 10:
		relay_arm(&relay, (enum relay_fault)(1 + dice_roll(&dice, RELAY_SPOIL)),
			  (enum relay_direction)dice_roll(&dice, 2), 1 + (unsigned)dice_roll(&dice, 200));
		break;
	default:
		if (dice_one_in(&dice, 2))
			signal_some(some_backend(), SIGKILL); /* the server ends all others, and recovers */
		else
			restart(restarts[dice_roll(&dice, 3)]);
	}
	wait_ms(dice_roll(&dice, 120));
}

static void heal(void)
{
	relay_arm(&relay, RELAY_NOTHING, RELAY_TO_SERVER, 0);
	own_server_wait(&server);
}

/* ---- psql, on the same accounts, and on those without a ledger without a change ---- */

static _Noreturn void be_psql(uint64_t seed)
{
	struct dice own = dice_of(seed, 77);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		FILE *psql = popen("psql -X -q >/dev/null 2>&1", "w");
		for (int i = 0; psql && i < 20; i++) {
			int amount = (int)dice_roll(&own, 100), from = 1 + (int)dice_roll(&own, 2);
			fprintf(psql,
				"BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT balance FROM accounts;"
				"UPDATE accounts SET balance = balance - %d WHERE id = %d;"
				"UPDATE accounts SET balance = balance + %d WHERE id = %d;"
				"INSERT INTO psql_moves VALUES (%d, %d, %d); COMMIT;\n"
				"UPDATE bare.accounts SET balance = balance;\n\\! sleep 0.05\n",
				amount, from, amount, 3 - from, from, 3 - from, amount);
		}
		if (psql)
			pclose(psql);
		poll(NULL, 0, 50);
	}
}

/* ---- the truth ---- */

/* The teller that lives long has two connections; those of the others go when what they have sent is done. */
static void wait_quiet(void)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (pg_number("SELECT count(*) FILTER (WHERE state <> 'idle') * 100 + count(*) FROM pg_stat_activity"
			 " WHERE application_name LIKE 'teller/%%'") > 2) {
		if (!deadline_left(deadline))
			fail_msg("transactions of tellers that ended are still there");
		wait_ms(3);
	}
}

static bool is_told(const struct lane_run *run)
{
	return run->status >= 0 && run->status <= 4;
}

static void check_status(const struct lane_run *run)
{
	if ((run->status > 5 && run->status != 128 + SIGKILL) || run->status == 1)
		fail_msg("%s: exit status %d: %s", run->id, run->status, run->said);
}

/* The runs of one id stand together: what one of them did, all of them may find. */
static void compare_ledger(const struct lane *lane)
{
	bool done = false, known = true;
	for (unsigned i = 0; i < lane->n; i++) {
		const struct lane_run *run = &lane->run[i];
		check_status(run);
		done |= run->status == 0;
		known &= is_told(run);
		compared++;
		if (i + 1 < lane->n && strcmp(run[1].id, run->id) == 0)
			continue;
		bool there = pg_number("SELECT count(*) FROM transfers WHERE id = '%s'", run->id) == 1;
		if (done && !there)
			fail_msg("%s: said to be done, and it is not in the ledger", run->id);
		if (!done && known && there)
			fail_msg("%s: exit status %d, and it is in the ledger: %s", run->id, run->status, run->said);
		done = false;
		known = true;
	}
}

/* The runs whose end nobody knows may or may not have moved their amounts. */
static bool some_sum_is(const int64_t *guesses, size_t n, int64_t wanted)
{
	if (n == 0)
		return wanted == 0;
	return some_sum_is(guesses + 1, n - 1, wanted) || some_sum_is(guesses + 1, n - 1, wanted - guesses[0]);
}

static void compare_bare(const struct lane *lane)
{
	int64_t guesses[GUESSES_MAX], sure = 0;
	size_t n = 0;
	unsigned first = 10 * BARE + 1;
	for (unsigned i = 0; i < lane->n; i++) {
		const struct lane_run *run = &lane->run[i];
		int64_t change = run->back ? run->amount : -run->amount;
		check_status(run);
		if (run->status == 0)
			sure += change;
		else if (!is_told(run) && n < GUESSES_MAX)
			guesses[n++] = change;
		compared++;
	}
	int64_t now = pg_number("SELECT balance FROM bare.accounts WHERE id = %u", first);
	if (n < GUESSES_MAX && !some_sum_is(guesses, n, now - bare_then - sure))
		fail_msg("without a ledger: %lld before, %lld now, %lld said to be moved, and %zu unknown do not "
			 "explain it",
			 (long long)bare_then, (long long)now, (long long)sure, n);
	assert_int_equal(pg_number("SELECT sum(balance) FROM bare.accounts"), 2 * START);
	bare_then = now;
}

static void check_stuck(void)
{
	struct buf said = {0};
	for (size_t i = 0; i < LANES; i++)
		if (lanes->lane[i].stuck[0])
			buf_str(&said, lanes->lane[i].stuck);
	if (!said.len)
		return;
	reports_take(&reports, &said); /* where it was */
	check_tell("%s", buf_text(&said));
	buf_free(&said);
	fail_msg("a teller did not end");
}

static void compare(void)
{
	check_stuck();
	wait_quiet();
	for (size_t i = 0; i < LANES; i++)
		if (i != BARE)
			compare_ledger(&lanes->lane[i]);
	compare_bare(&lanes->lane[BARE]);
	assert_int_equal(
		pg_number("SELECT count(*) FROM accounts AS a WHERE balance <> %d"
			  " + (SELECT coalesce(sum(CASE WHEN a.id = m.t THEN m.a WHEN a.id = m.f THEN -m.a END), 0)"
			  " FROM (SELECT source, destination, amount FROM transfers UNION ALL SELECT * FROM "
			  "psql_moves) AS m(f, t, a))",
			  START),
		0);
}

/* ---- the run ---- */

static void one_phase(unsigned long phase)
{
	struct deadline deadline = deadline_in(PHASE_MS);
	lanes_go_on(lanes);
	while (deadline_left(deadline)) {
		old_ask(&dice);
		one_fault();
	}
	heal();
	lanes_pause(lanes);
	old_measure(phase);
	compare();
	struct buf said = {0};
	reports_take(&reports, &said);
	/* LeakSanitizer also says that the program was killed while it looked for leaks. */
	if (strstr(buf_text(&said), "ERROR: ") || strstr(buf_text(&said), "runtime error: ")) {
		check_tell("%s", buf_text(&said));
		fail_msg("a sanitizer speaks");
	}
	buf_free(&said);
}

static void random_faults(void **state)
{
	(void)state;
	uint64_t until = clock_us() + (uint64_t)dice_size("TELLER_ATTACK_S", 20) * 1000000;
	unsigned long phase = 0, total = 0, told[6] = {0}, all = 0;
	old_start(relay.dir);
	for (; phase < 3 || clock_us() < until; phase++)
		one_phase(phase);
	for (size_t i = 0; i < LANES; i++) {
		total += lanes->lane[i].total;
		for (size_t s = 0; s < 6; s++)
			told[s] += lanes->lane[i].told[s];
	}
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		all += faults[i];
	printf("# measured: %lu phases, %lu faults (%lu of the server), %lu transfers: %lu done, %lu refused, %lu "
	       "given up, %lu without a "
	       "connection, %lu unknown; %lu compared\n",
	       phase, all, faults[11], total, told[0], told[3], told[4], told[2], told[5], compared);
	assert_true(told[0] > 0);
	old_end(phase);
}

static int set_up(void **state)
{
	static struct lane_way ways[LANES];
	static char port[8];
	(void)state;
	dice = dice_of(dice_seed(), 1);
	own_server_make(&server, options);
	pg_exec("CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint); INSERT INTO accounts VALUES (1, %d), "
		"(2, %d);"
		"CREATE TABLE transfers (id uuid PRIMARY KEY, source bigint NOT NULL, destination bigint NOT NULL,"
		" amount bigint NOT NULL, made_at timestamptz NOT NULL DEFAULT now());"
		"CREATE TABLE psql_moves (source bigint, destination bigint, amount bigint);"
		"CREATE SCHEMA bare; CREATE TABLE bare.accounts (id bigint PRIMARY KEY, balance bigint);"
		"INSERT INTO bare.accounts VALUES (%d, %d), (%d, %d)",
		START, START, 10 * BARE + 1, START, 10 * BARE + 2, START);
	bare_then = START;
	relay_start(&relay);
	reports_open(&reports);
	strcat(reports.asan, ":handle_abort=1"); /* where a teller that does not end is */
	snprintf(port, sizeof port, "%d", server.port);
	lanes = lanes_new();
	for (unsigned i = 0; i < LANES; i++) {
		ways[i] = (struct lane_way){i == 1 ? server.dir : relay.dir, i == 1 ? port : "5432", i != BARE,
					    dice_roll(&dice, 1u << 30), &reports};
		lanes_start(lanes, i, &ways[i]);
	}
	pid_t psql = fork();
	if (psql == 0)
		be_psql(dice_roll(&dice, 1u << 30));
	return psql > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	old_kill();
	relay_stop(&relay);
	own_server_remove(&server);
	reports_close(&reports);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(random_faults)};
	return cmocka_run_group_tests_name("attack/soak", tests, set_up, tear_down);
}
