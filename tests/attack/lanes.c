/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that make transfers with teller, one after another, write down what each was told, and can pause. */
#include "tests/attack/lanes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/attack/dice.h"
#include "tests/support/check.h"
#include "tests/support/proc.h"
#include "tests/support/spawn.h"

/*
 * No fault outlasts a phase of a few seconds, so that a teller that runs longer waits for what does not come. By its
 * own limits one could: attempts begin for 30 s, the last may dial for 10 s, a commit without an answer is asked about
 * for 30 s and its last question dials for 10 s, and so once more before the end: two minutes, and the server's answers.
 */
enum { TELLER_LIMIT_MS = 60000, PAUSE_LIMIT_MS = 120000, LEAK_CHECK_MS = 1000 };

struct lanes *lanes_new(void)
{
	struct lanes *lanes = mmap(NULL, sizeof *lanes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(lanes != MAP_FAILED);
	lanes->pause = true;
	return lanes;
}

/* ---- one teller ---- */

static _Noreturn void become_teller(const char *const argv[], const struct lane_way *way, int err_fd)
{
	int null = open("/dev/null", O_RDWR);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err_fd, STDERR_FILENO);
	spawn_exec(argv, way->reports->env);
}

static void read_said(int fd, struct lane_run *run)
{
	off_t size = lseek(fd, 0, SEEK_END), room = sizeof run->said - 1;
	ssize_t n = pread(fd, run->said, (size_t)room, size > room ? size - room : 0);
	run->said[n > 0 ? n : 0] = '\0';
}

static bool is_traced(pid_t pid)
{
	char path[64], line[200];
	int tracer = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *file = fopen(path, "r");
	while (file && fgets(line, sizeof line, file))
		sscanf(line, "TracerPid: %d", &tracer);
	if (file)
		fclose(file);
	return tracer != 0;
}

/*
 * At its end LeakSanitizer attaches to the program by ptrace(), and waits for the SIGSTOP that this sends. A SIGCONT that
 * comes just then, of a test that had stopped the program, takes that SIGSTOP away, and the two wait for each other
 * for ever. Another SIGSTOP ends that.
 */
static void go_on_with_leaks(pid_t teller)
{
	if (!is_traced(teller))
		return;
	kill(teller, SIGSTOP);
	poll(NULL, 0, 10);
	kill(teller, SIGCONT);
}

static bool ended_in(const struct lane *lane, int ms, int *status)
{
	struct deadline deadline = deadline_in(ms), leaks = deadline_in(LEAK_CHECK_MS);
	while (!spawn_ended(lane->teller, status)) {
		if (!deadline_left(deadline))
			return false;
		if (!deadline_left(leaks)) {
			go_on_with_leaks(lane->teller);
			leaks = deadline_in(LEAK_CHECK_MS);
		}
		poll(NULL, 0, 2);
	}
	return true;
}

static void add_output(struct buf *out, const char *command)
{
	char bytes[2000];
	FILE *from = popen(command, "r");
	for (size_t n; from && (n = fread(bytes, 1, sizeof bytes, from)) > 0;)
		buf_add(out, bytes, n);
	if (from)
		pclose(from);
}

/* Its threads and children, what it has said, and what the server's sessions do. Where it is built with
 * AddressSanitizer, SIGABRT makes it say where it is. */
static int end_stuck(struct lane *lane, const struct lane_run *run, int err_fd)
{
	struct buf out = {0};
	char command[200], said[4000] = "";
	int status;
	snprintf(command, sizeof command, "ps -L -o pid,ppid,tid,stat,wchan:32,etime,args -p %d --ppid %d 2>&1",
		 lane->teller, lane->teller);
	buf_fmt(&out, "%s: a teller did not end within %d s\n", run->id, TELLER_LIMIT_MS / 1000);
	add_output(&out, command);
	add_output(&out, "timeout 10 psql -X -c \"SELECT pid, application_name, state, wait_event, now() - xact_start "
			 "AS xact, now() - query_start AS query, pg_blocking_pids(pid) AS blockers, left(query, 60) "
			 "FROM pg_stat_activity WHERE backend_type = 'client backend'\" 2>&1");
	kill(lane->teller, SIGABRT);
	if (!ended_in(lane, 5000, &status)) {
		kill(lane->teller, SIGKILL);
		spawn_reap(lane->teller);
	}
	ssize_t n = pread(err_fd, said, sizeof said - 1, 0);
	buf_fmt(&out, "it said: %.*s", n > 0 ? (int)n : 0, said);
	snprintf(lane->stuck, sizeof lane->stuck, "%s", buf_text(&out));
	buf_free(&out);
	return LANE_HUNG;
}

static int wait_for(struct lane *lane, const struct lane_run *run, int err_fd)
{
	int status;
	return ended_in(lane, TELLER_LIMIT_MS, &status) ? status : end_stuck(lane, run, err_fd);
}

static void run_one(struct lane *lane, unsigned number, const struct lane_way *way, struct dice *dice, int err_fd)
{
	static const char *const wires[] = {"--wire=pipeline", "--wire=step", "--wire=oneshot"};
	static const char *const protocols[] = {"--protocol=auto", "--protocol=savepoint", "--protocol=restart"};
	struct lane_run *run = &lane->run[lane->n];
	bool again = way->ledger && lane->n > 0 && dice_one_in(dice, 8);
	char from[12], to[12], amount[12];
	*run = (struct lane_run){.amount = 1 + (int)dice_roll(dice, 50), .back = dice_one_in(dice, 2)};
	if (again) /* an id stands for the same transfer for ever */
		*run = lane->run[lane->n - 1];
	else
		snprintf(run->id, sizeof run->id, "00000000-0000-4000-8%03x-%012lx", number, lane->total + 1);
	unsigned first = way->ledger ? 1 : 10 * number + 1;
	snprintf(from, sizeof from, "%u", run->back ? first + 1 : first);
	snprintf(to, sizeof to, "%u", run->back ? first : first + 1);
	snprintf(amount, sizeof amount, "%d", run->amount);
	const char *argv[] = {proc_teller(),
			      "-h",
			      way->host,
			      "-p",
			      way->port,
			      dice_pick(dice, wires, 3),
			      dice_pick(dice, protocols, 3),
			      "--backoff=1,50",
			      way->ledger ? "--table=accounts" : "--table=bare.accounts",
			      "transfer",
			      from,
			      to,
			      amount,
			      "--yes",
			      way->ledger ? "--id" : NULL,
			      run->id,
			      NULL};
	if (ftruncate(err_fd, 0) < 0 || lseek(err_fd, 0, SEEK_SET) < 0)
		_exit(1);
	pid_t pid = fork();
	if (pid == 0)
		become_teller(argv, way, err_fd);
	lane->teller = pid;
	run->status = wait_for(lane, run, err_fd);
	lane->teller = 0;
	read_said(err_fd, run);
	if (run->status >= 0 && run->status < 6)
		lane->told[run->status]++;
	lane->total++;
	lane->n++;
}

/* ---- a lane ---- */

static _Noreturn void be_lane(struct lanes *lanes, unsigned number, const struct lane_way *way)
{
	struct lane *lane = &lanes->lane[number];
	struct dice dice = dice_of(way->seed, number);
	char path[] = "/tmp/lane-XXXXXX";
	int err_fd = mkstemp(path);
	unlink(path);
	for (;;) {
		lane->paused = lanes->pause;
		if (lanes->pause || lane->n == LANE_RUNS_MAX)
			poll(NULL, 0, 5);
		else
			run_one(lane, number, way, &dice, err_fd);
	}
}

void lanes_start(struct lanes *lanes, unsigned number, const struct lane_way *way)
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be_lane(lanes, number, way);
	}
	assert_true(pid > 0);
}

static bool all_paused(const struct lanes *lanes)
{
	for (size_t i = 0; i < LANES; i++)
		if (!lanes->lane[i].paused)
			return false;
	return true;
}

void lanes_pause(struct lanes *lanes)
{
	struct deadline deadline = deadline_in(PAUSE_LIMIT_MS);
	lanes->pause = true;
	while (!all_paused(lanes)) {
		if (!deadline_left(deadline))
			fail_msg("a lane does not come to its end");
		poll(NULL, 0, 5);
	}
}

void lanes_go_on(struct lanes *lanes)
{
	for (size_t i = 0; i < LANES; i++) {
		lanes->lane[i].n = 0;
		lanes->lane[i].paused = false;
	}
	lanes->pause = false;
}
