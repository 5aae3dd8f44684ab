/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tellers and a psql hammer the same two accounts: every exit status is true, the total stays, no transfer happens
 * twice. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/spawn.h"

enum { TELLERS = 2, RUNS_MAX = 20000, START = 1000000 };

/* One teller that ran: what it was asked and how it ended. */
struct ran {
	char id[40]; /* "" where teller made one */
	int status;
	char said[240]; /* the end of stderr, where the status is not 0 */
};

/* Shared with the processes that hammer. */
struct lane {
	unsigned n;
	struct ran ran[RUNS_MAX];
};
static struct lane *lanes;

static bool is_time_left(uint64_t until_us)
{
	return clock_us() < until_us;
}

/* ---- the tellers, one process a transfer ---- */

static void read_said(int fd, struct ran *ran)
{
	off_t size = lseek(fd, 0, SEEK_END), room = sizeof ran->said - 1;
	ssize_t n = pread(fd, ran->said, (size_t)room, size > room ? size - room : 0);
	ran->said[n > 0 ? n : 0] = '\0';
}

static int run_quietly(const char *const argv[], int err_fd)
{
	int raw = 0;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(err_fd, STDERR_FILENO);
		spawn_exec(argv, NULL);
	}
	if (pid < 0 || waitpid(pid, &raw, 0) != pid)
		return -1;
	return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

/* Of four jobs one has an id that both tellers are given at about the same time, one an id that is used twice in a row,
 * and two have none. What a job moves follows from its number, so that an id always stands for the same transfer. */
static void name_job(struct ran *ran, unsigned lane, unsigned job)
{
	if (job % 4 == 0)
		snprintf(ran->id, sizeof ran->id, "00000000-0000-4000-8000-%012x", job);
	else if (job % 4 == 1)
		snprintf(ran->id, sizeof ran->id, "00000000-0000-4000-9%03x-%012x", lane, job);
}

static void transfer(struct lane *lane, const struct ran *named, unsigned job, int err_fd)
{
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	static const char *const rules[] = {"half", "17", "all", "5", "half"};
	bool back = job / 2 % 2 == 1;
	const char *argv[] = {proc_teller(),
			      "transfer",
			      back ? "7002" : "7001",
			      back ? "7001" : "7002",
			      rules[job % 5],
			      wires[job % 3],
			      "--backoff=1,50",
			      "--yes",
			      named->id[0] ? "--id" : NULL,
			      named->id,
			      NULL};
	struct ran *ran = &lane->ran[lane->n];
	*ran = *named;
	if (ftruncate(err_fd, 0) < 0 || lseek(err_fd, 0, SEEK_SET) < 0)
		_exit(1);
	ran->status = run_quietly(argv, err_fd);
	if (ran->status)
		read_said(err_fd, ran);
	lane->n++;
}

static void be_teller(unsigned number, uint64_t until_us)
{
	struct lane *lane = &lanes[number];
	char path[] = "/tmp/hammer-XXXXXX";
	int err_fd = mkstemp(path);
	unlink(path);
	for (unsigned job = 0; is_time_left(until_us) && lane->n + 2 < RUNS_MAX; job++) {
		struct ran named = {0};
		name_job(&named, number, job);
		transfer(lane, &named, job, err_fd);
		if (job % 4 == 1)
			transfer(lane, &named, job, err_fd);
	}
	_exit(err_fd < 0);
}

/* ---- psql, one process for all ---- */

static void write_psql(FILE *psql, unsigned job)
{
	int from = job % 2 ? 7001 : 7002, to = job % 2 ? 7002 : 7001, amount = (int)(job * 7919 % 100);
	fprintf(psql,
		"BEGIN ISOLATION LEVEL SERIALIZABLE;\n"
		"SELECT balance FROM accounts WHERE id IN (7001, 7002);\n"
		"UPDATE accounts SET balance = balance - %d WHERE id = %d;\n"
		"UPDATE accounts SET balance = balance + %d WHERE id = %d;\n"
		"INSERT INTO psql_moves VALUES (%d, %d, %d);\n"
		"COMMIT;\n",
		amount, from, amount, to, from, to, amount);
	fflush(psql);
}

static void be_psql(unsigned number, uint64_t until_us)
{
	(void)number;
	FILE *psql = popen("psql -X -q >/dev/null 2>&1", "w");
	if (!psql)
		_exit(1);
	for (unsigned job = 0; is_time_left(until_us); job++)
		write_psql(psql, job);
	_exit(pclose(psql) != 0);
}

/* ---- what came of it ---- */

static int count_rows(const char *id)
{
	return (int)pg_number("SELECT count(*) FROM transfers WHERE id = '%s'", id);
}

static bool was_done(const char *id)
{
	for (size_t l = 0; l < TELLERS; l++)
		for (unsigned i = 0; i < lanes[l].n; i++)
			if (lanes[l].ran[i].status == 0 && strcmp(lanes[l].ran[i].id, id) == 0)
				return true;
	return false;
}

/* An id is in the ledger if and only if a teller said so by a 0; 3 and 4 alone mean that it is not. */
static void check_run(const struct ran *ran)
{
	if (ran->status != 0 && ran->status != 3 && ran->status != 4)
		fail_msg("exit status %d: %s", ran->status, ran->said);
	if (ran->id[0] && count_rows(ran->id) != was_done(ran->id))
		fail_msg("%s: exit status %d, but %d in the ledger: %s", ran->id, ran->status, count_rows(ran->id),
			 ran->said);
}

/* An id that was given twice: once it was done, the second run says 0 as well. */
static void check_pair(const struct ran *first, const struct ran *second)
{
	if (first->id[0] && strcmp(first->id, second->id) == 0 && first->status == 0 && second->status == 3)
		fail_msg("%s: done, and then refused: %s", first->id, second->said);
}

struct counts {
	unsigned runs, by_status[5], unnamed_done;
};

static struct counts check_lanes(void)
{
	struct counts counts = {0};
	for (size_t l = 0; l < TELLERS; l++)
		for (unsigned i = 0; i < lanes[l].n; i++) {
			const struct ran *ran = &lanes[l].ran[i];
			check_run(ran);
			if (i > 0)
				check_pair(ran - 1, ran);
			counts.runs++;
			counts.by_status[ran->status]++;
			counts.unnamed_done += !ran->id[0] && ran->status == 0;
		}
	return counts;
}

/* Balances are the start, the ledger and psql's own moves, and nothing else. */
static void check_money(void)
{
	assert_int_equal(pg_number("SELECT sum(balance) FROM accounts"), 2 * START);
	assert_int_equal(
		pg_number("SELECT count(*) FROM accounts WHERE balance <> %d"
			  " + (SELECT coalesce(sum(CASE WHEN id = m.t THEN m.a WHEN id = m.f THEN -m.a END), 0)"
			  " FROM (SELECT source, destination, amount FROM transfers UNION ALL"
			  " SELECT * FROM psql_moves) AS m(f, t, a))",
			  START),
		0);
	assert_int_equal(pg_number("SELECT count(*) - count(DISTINCT id) FROM transfers"), 0);
}

static pid_t start(void (*be)(unsigned number, uint64_t until_us), unsigned number, uint64_t until_us)
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be(number, until_us);
	}
	return pid;
}

static void two_tellers_and_a_psql(void **state)
{
	(void)state;
	const char *seconds = getenv("TELLER_HAMMER_S");
	uint64_t until_us = clock_us() + strtoull(seconds && *seconds ? seconds : "5", NULL, 10) * 1000000;
	pid_t pids[TELLERS + 1];
	for (unsigned i = 0; i < TELLERS; i++)
		pids[i] = start(be_teller, i, until_us);
	pids[TELLERS] = start(be_psql, 0, until_us);
	for (size_t i = 0; i <= TELLERS; i++) {
		int raw;
		assert_int_equal(waitpid(pids[i], &raw, 0), pids[i]);
		assert_int_equal(raw, 0);
	}
	struct counts counts = check_lanes();
	int64_t unnamed = pg_number("SELECT count(*) FROM transfers WHERE id::text NOT LIKE '00000000-0000-4000-%%'");
	printf("# measured: %u tellers: %u said done, %u refused, %u gave up; %lld in the ledger; psql moved %lld "
	       "times\n",
	       counts.runs, counts.by_status[0], counts.by_status[3], counts.by_status[4],
	       (long long)pg_number("SELECT count(*) FROM transfers"),
	       (long long)pg_number("SELECT count(*) FROM psql_moves"));
	assert_int_equal(unnamed, counts.unnamed_done);
	assert_true(counts.by_status[0] > 0 && pg_number("SELECT count(*) FROM psql_moves") > 0);
	check_money();
}

static int setup(void **state)
{
	(void)state;
	pg_fresh_database("fault_hammer", NULL);
	pg_bank(2);
	pg_exec("UPDATE accounts SET balance = %d", START);
	pg_exec("CREATE TABLE psql_moves (source bigint, destination bigint, amount bigint)");
	pg_exec("ALTER DATABASE fault_hammer SET deadlock_timeout = '20ms'"); /* there will be many */
	lanes = mmap(NULL, TELLERS * sizeof *lanes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return lanes == MAP_FAILED ? -1 : 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(two_tellers_and_a_psql)};
	return cmocka_run_group_tests_name("fault/hammer", tests, setup, NULL);
}
