/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Restores the terminal when a signal ends the program, and keeps stderr off the screen while it is up. */
#include "ui/crash.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/outlet.h"
#include "ui/tty/tty.h"

enum { STACK_SIZE = 64 * 1024, PATIENCE_MS = 500 };

enum { SIGNALS = 65 };

/* These do not end a program, or cannot be caught. */
static const int harmless[] = {SIGKILL, SIGSTOP, SIGCHLD, SIGURG, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGWINCH};
/* A sanitizer may catch these before us. */
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};

static struct crash *active; /* for the handler, which gets no argument */
static struct sigaction before[SIGNALS];
static bool taken[SIGNALS];

/* fd 2 is what it was again, and gets what was said meanwhile. */
static void stderr_back(struct crash *crash)
{
	if (crash->kept_stderr < 0)
		return;
	char bytes[1024];
	dup2(crash->real_stderr, STDERR_FILENO);
	off_t at = 0;
	for (ssize_t n; (n = pread(crash->kept_stderr, bytes, sizeof bytes, at)) > 0; at += n)
		if (!outlet_put(STDERR_FILENO, bytes, (size_t)n, PATIENCE_MS))
			break;
	close(crash->real_stderr);
	close(crash->kept_stderr);
	crash->real_stderr = crash->kept_stderr = -1;
}

static void stderr_away(struct crash *crash)
{
	crash->real_stderr = crash->kept_stderr = -1;
	if (crash->leaves_stderr || !isatty(STDERR_FILENO))
		return;
	int kept = memfd_create("teller-stderr", MFD_CLOEXEC);
	int real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (kept >= 0 && real >= 0 && dup2(kept, STDERR_FILENO) >= 0) {
		fcntl(kept, F_SETFL, O_APPEND);
		crash->real_stderr = real;
		crash->kept_stderr = kept;
		return;
	}
	if (kept >= 0)
		close(kept);
	if (real >= 0)
		close(real);
}

static void shell_modes_back(const struct crash *crash)
{
	if (crash->modes_known)
		tcsetattr(STDIN_FILENO, TCSANOW, &crash->shell_modes);
}

/* A terminal that is not read shows nothing any more: what it has not shown makes room for the way out. */
static void crash_leave(const struct crash *crash)
{
	if (outlet_put(crash->terminal, crash->way_out, crash->n, PATIENCE_MS))
		return;
	tty_drop(crash->terminal);
	outlet_put(crash->terminal, crash->way_out, crash->n, PATIENCE_MS);
}

static void crash_restore(void)
{
	struct crash *crash = active;
	active = NULL;
	if (!crash)
		return;
	crash_leave(crash);
	shell_modes_back(crash);
	stderr_back(crash);
}

static void give_signals_back(void)
{
	for (int signum = 1; signum < SIGNALS; signum++)
		if (taken[signum])
			sigaction(signum, &before[signum], NULL);
	memset(taken, 0, sizeof taken);
}

/* The old action comes back first, so that raising the signal again ends the program as if it had not been caught,
 * or passes it to the earlier handler (a sanitizer). */
static void on_fatal(int signum)
{
	crash_restore();
	give_signals_back();
	raise(signum);
}

static bool is_among(int signum, const int *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == signum)
			return true;
	return false;
}

/* A signal that is ignored stays ignored, and one that the loop or a library handles keeps its handler. */
static bool ends_at_once(int signum)
{
	if (is_among(signum, harmless, COUNT_OF(harmless)) || sigaction(signum, NULL, &before[signum]) != 0)
		return false;
	return before[signum].sa_handler == SIG_DFL ||
	       (before[signum].sa_handler != SIG_IGN && is_among(signum, faults, COUNT_OF(faults)));
}

/* No other signal gets in between: not even the one that stops a process in the background for tcsetattr(). */
static void take_signals(void)
{
	struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};
	sigfillset(&action.sa_mask);
	for (int signum = 1; signum < SIGNALS; signum++)
		taken[signum] = ends_at_once(signum) && sigaction(signum, &action, NULL) == 0;
}

static void hold_signals(struct crash *crash)
{
	sigset_t all;
	sigfillset(&all);
	crash->holds = sigprocmask(SIG_BLOCK, &all, &crash->mask) == 0;
}

static void let_signals_go(struct crash *crash)
{
	if (crash->holds)
		sigprocmask(SIG_SETMASK, &crash->mask, NULL);
	crash->holds = false;
}

void crash_prepare(struct crash *crash)
{
	*crash = (struct crash){.terminal = STDOUT_FILENO, .real_stderr = -1, .kept_stderr = -1};
	hold_signals(crash);
	crash->modes_known = tcgetattr(STDIN_FILENO, &crash->shell_modes) == 0;
}

void crash_way_out(struct crash *crash, const char *s)
{
	while (*s && crash->n < sizeof crash->way_out) {
		if (s[0] == '$' && s[1] == '<') {
			s += strcspn(s, ">");
			s += *s == '>';
			continue;
		}
		crash->way_out[crash->n++] = *s++;
	}
}

void crash_arm(struct crash *crash)
{
	stderr_away(crash);
	if (!crash->stack) {
		atexit(crash_restore);
		crash->stack = mem_new(STACK_SIZE);
		sigaltstack(&(stack_t){.ss_sp = crash->stack, .ss_size = STACK_SIZE}, NULL);
	}
	active = crash;
	crash->armed = true;
	mem_on_death(crash_restore);
	take_signals();
	let_signals_go(crash);
}

void crash_disarm(struct crash *crash)
{
	if (!crash->armed)
		return;
	shell_modes_back(crash);
	give_signals_back();
	mem_on_death(NULL);
	active = NULL;
	crash->armed = false;
	stderr_back(crash);
}

void crash_done(struct crash *crash)
{
	let_signals_go(crash);
	if (crash->stack)
		sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
	free(crash->stack);
	crash->stack = NULL;
}
