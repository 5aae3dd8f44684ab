/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions of random keys in a pseudo-terminal, ended in every way: the terminal is restored, no sanitizer speaks. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/attack/dice.h"
#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"
#include "tests/support/reports.h"
#include "tests/support/spawn.h"
#include "tests/support/term_internal.h"

enum {
	LIMIT_MS = 30000,
	KEYS_MAX = 150,
	FINDINGS_MAX = 20,
	SHOWN_MAX = 3000,
	BY_Q = -1,
	BY_COMMAND = -2,
	BY_HANGUP = -3
};

static const int ways[] = {BY_Q,    BY_COMMAND, BY_HANGUP, SIGINT,  SIGTERM, SIGHUP,   SIGQUIT,
			   SIGALRM, SIGUSR1,    SIGUSR2,   SIGSEGV, SIGABRT, SIGILL,   SIGTRAP,
			   SIGSYS,  SIGXCPU,    SIGBUS,    SIGFPE,  SIGPWR,  SIGVTALRM};

static struct reports reports;
static char state_dir[] = "/tmp/teller-keys-XXXXXX", state_home[64];
static uint64_t seed;
static unsigned findings, by_way[sizeof ways / sizeof ways[0]], ended_by_keys;

struct session {
	unsigned long number;
	int way;
	struct term *term;
	struct buf typed, report;
	int status;
};

/* ---- keys ---- */

static void add_mouse(struct buf *out, struct dice *dice)
{
	static const int buttons[] = {0, 0, 0, 1, 2, 64, 65, 35};
	buf_fmt(out, "\x1b[<%d;%d;%d%c", buttons[dice_roll(dice, 8)], (int)dice_roll(dice, 90),
		(int)dice_roll(dice, 30), dice_one_in(dice, 3) ? 'm' : 'M');
}

static void add_rubbish(struct buf *out, struct dice *dice)
{
	for (uint64_t n = dice_roll(dice, 12) + 1; n > 0; n--)
		buf_char(out, (char)dice_roll(dice, 256));
}

static void add_paste(struct buf *out, struct dice *dice)
{
	buf_str(out, "\x1b[200~");
	for (uint64_t n = dice_one_in(dice, 10) ? dice_roll(dice, 20000) : dice_roll(dice, 40); n > 0; n--)
		buf_char(out, (char)(dice_one_in(dice, 9) ? dice_roll(dice, 256) : 32 + dice_roll(dice, 95)));
	if (!dice_one_in(dice, 10))
		buf_str(out, "\x1b[201~");
}

/* Command lines, some whole, some only begun. None of them leaves the bank, or writes a file. */
static void add_line(struct buf *out, struct dice *dice)
{
	static const char *const lines[] = {"goto 7020",
					    "filter balance > 10 and (id < 7020",
					    "filter ",
					    "sort balance desc",
					    "set ",
					    "help transfer",
					    "transfer 7001 7002 half",
					    "lab play first-transfer",
					    "lab run lost-update",
					    "ledger",
					    "undo",
					    "show 7003",
					    "count",
					    "doctor",
					    "step on",
					    "step off",
					    "inject 40001",
					    "delay 20ms",
					    "rival on",
					    "wire step",
					    "protocol savepoint",
					    "create 2",
					    "verify",
					    "settle",
					    "tutorial --accounts 1",
					    "conninfo",
					    "counters",
					    "reconnect",
					    "find 7001",
					    "log",
					    "(((((((",
					    ")))",
					    "\"'\"\\",
					    "x\tx\t\t"};
	buf_str(out, ":");
	buf_str(out, dice_pick(dice, lines, sizeof lines / sizeof lines[0]));
	if (!dice_one_in(dice, 3))
		buf_str(out, "\r");
}

static void add_key(struct buf *out, struct dice *dice)
{
	static const char *const named[] = {"\x1b[A",
					    "\x1b[B",
					    "\x1b[C",
					    "\x1b[D",
					    "\x1bOA",
					    "\x1bOB",
					    "\x1b[H",
					    "\x1b[F",
					    "\x1b[5~",
					    "\x1b[6~",
					    "\x1b[2~",
					    "\x1b[3~",
					    "\t",
					    "\x1b[Z",
					    "\r",
					    "\x7f",
					    "\x1b",
					    "\x1b[1;5C",
					    "\x1b[1;5D",
					    "\x1bOQ",
					    "\x1bOR",
					    "\x1b[15~",
					    "\x1b[17~",
					    "\x1b[18~",
					    "\x1b[19~",
					    "\x1b"
					    "b",
					    "\x1b"
					    "f",
					    "\x1b"
					    "d",
					    "\x1b.",
					    "\x1b"
					    "1",
					    "\x1b-",
					    "\x1b\x7f",
					    "\x1b<",
					    "\x1b>",
					    "\x1b#",
					    "\x1b\x1b",
					    "\x1b[",
					    "\x1b[200~",
					    "\x1b[M",
					    "\x18\x18",
					    "\x18\x12",
					    "\x18\x15",
					    "\x18(",
					    "\x18)",
					    "\x18"
					    "e",
					    "\x1d"
					    "a",
					    "\x16\x1b",
					    "\x12",
					    "\x13",
					    "\xc3\xa9",
					    "\xe2\x82\xac",
					    "\xf0\x9f\x92\xb0"};
	switch (dice_roll(dice, 16)) {
	case 0:
		add_mouse(out, dice);
		return;
	case 1:
		add_rubbish(out, dice);
		return;
	case 2:
		add_paste(out, dice);
		return;
	case 3:
	case 4:
		add_line(out, dice);
		return;
	case 5:
		buf_char(out, (char)(1 + dice_roll(dice, 31)));
		return;
	case 6:
	case 7:
	case 8:
	case 9:
		buf_str(out, dice_pick(dice, named, sizeof named / sizeof named[0]));
		return;
	default:
		buf_char(out, (char)(32 + dice_roll(dice, 95)));
	}
}

/* What the program says is taken, or it would wait for a reader. */
static bool session_goes_on(struct session *session, int ms)
{
	while (term_pump(session->term, ms))
		ms = 0;
	return !term_ended(session->term, &session->status);
}

static void type_keys(struct session *session, struct dice *dice)
{
	for (uint64_t n = dice_roll(dice, KEYS_MAX); n > 0 && session_goes_on(session, dice_one_in(dice, 8) ? 20 : 0);
	     n--) {
		size_t from = session->typed.len;
		for (uint64_t burst = dice_roll(dice, 4) + 1; burst > 0; burst--)
			add_key(&session->typed, dice);
		term_send(session->term, session->typed.p + from, session->typed.len - from);
		if (dice_one_in(dice, 30))
			term_resize(session->term, 1 + (int)dice_roll(dice, 60), 1 + (int)dice_roll(dice, 200));
	}
}

/* ---- the end ---- */

static void hang_up(struct term *term)
{
	close(term->master);
	term->master = -1;
}

static bool ends_within(struct session *session, int ms)
{
	struct deadline deadline = deadline_in(ms);
	while (session_goes_on(session, 20)) {
		if (!deadline_left(deadline))
			return false;
		/* A ^S that came too late for the program stops the terminal, and who writes there. */
		if (session->way != BY_HANGUP && !term_unrestored(session->term))
			term_send(session->term, "\x11", 1);
	}
	session_goes_on(session, 0);
	return true;
}

/* Out of whatever is open, as a person gets out. */
static bool leave_by_keys(struct session *session, const char *keys)
{
	for (int i = 0; i < 20; i++) {
		term_send(session->term, "\x1b[201~\x1b", 7);
		if (ends_within(session, 150))
			return true;
		term_send(session->term, i % 2 ? "\x03" : "n", 1);
		if (ends_within(session, 100))
			return true;
		term_send(session->term, keys, strlen(keys));
		if (ends_within(session, 600))
			return true;
	}
	return false;
}

static bool end(struct session *session)
{
	if (session->way == BY_Q || session->way == BY_COMMAND)
		term_resize(session->term, 24, 80); /* too small a screen knows q alone */
	if (session->way == BY_Q)
		return leave_by_keys(session, "q");
	if (session->way == BY_COMMAND)
		return leave_by_keys(session, ":quit\r");
	if (session->way == BY_HANGUP)
		hang_up(session->term);
	else
		kill(session->term->pid, session->way);
	if (session->way == SIGINT && !ends_within(session, 1500))
		kill(session->term->pid, SIGINT); /* the first was for what ran */
	return ends_within(session, LIMIT_MS);
}

/* ---- what is wrong with it ---- */

/* The last of it. */
static void add_escaped(struct buf *out, const struct buf *bytes)
{
	for (size_t i = bytes->len < SHOWN_MAX ? 0 : bytes->len - SHOWN_MAX; i < bytes->len; i++) {
		unsigned char c = (unsigned char)bytes->p[i];
		buf_fmt(out, c < ' ' || c > '~' || c == '\\' ? "\\x%02x" : "%c", c);
	}
}

static void finding(const struct session *session, const char *what)
{
	struct buf typed = {0}, last = {0};
	add_escaped(&typed, &session->typed);
	add_escaped(&last, &session->term->output);
	findings++;
	check_tell("FINDING: %s\n  SEED=%llu, session %lu, way out %d, exit status %d\n  typed: %s\n  last output: "
		   "%s\n%s\n%s",
		   what, (unsigned long long)seed, session->number, session->way, session->status, buf_text(&typed),
		   buf_text(&last), buf_text(&session->report), term_screen(session->term));
	buf_free(&typed);
	buf_free(&last);
	if (findings >= FINDINGS_MAX)
		fail_msg("%u findings", findings);
}

/* The terminal itself makes SIGINT and SIGQUIT of keys while the program has not yet, or no more, taken it. */
static void judge(const struct session *session, bool ended)
{
	int status = session->status;
	const char *unrestored = session->way == BY_HANGUP ? NULL : term_unrestored(session->term);
	bool asked = session->way > 0 && status == 128 + session->way;
	if (!ended)
		finding(session, "it does not end");
	else if (session->report.len || status == 99)
		finding(session, "a sanitizer speaks");
	else if (unrestored)
		finding(session, unrestored);
	else if (status > 6 && !asked && status != 128 + SIGHUP && status != 128 + SIGINT && status != 128 + SIGQUIT)
		finding(session, "it died of something else");
}

static void one_session(unsigned long number)
{
	struct dice dice = dice_of(seed, number);
	size_t way = number % (sizeof ways / sizeof ways[0]);
	struct session session = {.number = number, .way = ways[way]};
	const char *const argv[] = {proc_teller(), NULL};
	const char *const env[] = {reports.asan, reports.ubsan, state_home, NULL};
	session.term = term_start(argv, env, 10 + (int)dice_roll(&dice, 40), 30 + (int)dice_roll(&dice, 120));
	if (dice_one_in(&dice, 6)) { /* from the first moment on */
		session_goes_on(&session, (int)dice_roll(&dice, 100));
	} else {
		struct deadline deadline = deadline_in(LIMIT_MS);
		while (!term_shows(session.term, "700") && deadline_left(deadline) && session_goes_on(&session, 10))
			;
	}
	type_keys(&session, &dice);
	bool over = !session_goes_on(&session, 0);
	ended_by_keys += over;
	by_way[way] += !over;
	bool ended = over || end(&session);
	reports_take(&reports, &session.report);
	judge(&session, ended);
	if (!ended)
		kill(session.term->pid, SIGKILL);
	buf_free(&session.typed);
	buf_free(&session.report);
	term_free(session.term);
}

static void sessions_of_random_keys(void **state)
{
	(void)state;
	unsigned long n = dice_size("TELLER_ATTACK_N", 10), first = dice_size("TELLER_ATTACK_FIRST", 0);
	for (unsigned long i = first; i < first + n; i++)
		one_session(i);
	unsigned least = (unsigned)n;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		least = by_way[i] < least ? by_way[i] : least;
	printf("# measured: %lu sessions, %u left by their keys, each other way out taken at least %u times, %u "
	       "findings\n",
	       n, ended_by_keys, least, findings);
	assert_int_equal(findings, 0);
}

/* As many lines as are kept, so that each new one takes the place of one that the keys may have changed. */
static void fill_history(void)
{
	char path[80];
	assert_non_null(mkdtemp(state_dir));
	snprintf(state_home, sizeof state_home, "XDG_STATE_HOME=%s", state_dir);
	snprintf(path, sizeof path, "%s/teller", state_dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof path, "%s/teller/history", state_dir);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (unsigned i = 0; i < 1000; i++)
		fprintf(file, "goto %u\n", i);
	fclose(file);
}

static int set_up(void **state)
{
	struct rlimit no_core = {0, 0};
	setrlimit(RLIMIT_CORE, &no_core);
	pg_own_database(state);
	reports_open(&reports);
	/* What a test sends from outside ends the program as it ends any other; leaks of libraries as elsewhere. */
	strcat(reports.asan, ":handle_segv=0:handle_sigbus=0:handle_sigfpe=0");
	strcat(reports.ubsan, ":handle_segv=0:handle_sigbus=0:handle_sigfpe=0");
	seed = dice_seed();
	fill_history();
	return console_bank(state);
}

static int tear_down(void **state)
{
	(void)state;
	reports_close(&reports);
	proc_free(proc_run((const char *const[]){"rm", "-r", state_dir, NULL}, NULL, NULL));
	return 0;
}

int main(void)
{
	setlocale(LC_ALL, "");
	static const struct CMUnitTest tests[] = {cmocka_unit_test(sessions_of_random_keys)};
	return cmocka_run_group_tests_name("attack/keys", tests, set_up, tear_down);
}
