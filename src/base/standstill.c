/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends the program by a signal that asked for its end, where the loop stands still and does not hear of it. */
#include "standstill.h"

#include <signal.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/outlet.h"

enum { PATIENCE_S = 5, SIGNALS = 65 };

/* Signals are the process's, and so is this. */
static struct sigaction theirs[SIGNALS], alarm_before;
static volatile sig_atomic_t unheard; /* the signal that nobody has heard yet; 0: none */

/* All of it may be called in a handler. */
static void standstill_end(int signum)
{
	static const char text[] = "teller: ended while it was busy inside a library and did not hear the signal\n";
	int asked = unheard;
	(void)signum;
	mem_give_back();
	outlet_put(STDERR_FILENO, text, sizeof text - 1, 0); /* what nobody reads may be why it stands still */
	signal(asked, SIG_DFL);
	raise(asked);
	_exit(128 + asked);
}

static void standstill_begin(int signum)
{
	struct sigaction action = {.sa_handler = standstill_end};
	if (!unheard)
		sigaction(SIGALRM, &action, &alarm_before);
	unheard = signum;
	alarm(PATIENCE_S);
	theirs[signum].sa_handler(signum);
}

void standstill_watch(int signum)
{
	struct sigaction action;
	sigaction(signum, NULL, &theirs[signum]);
	action = theirs[signum];
	action.sa_handler = standstill_begin;
	if (theirs[signum].sa_handler != standstill_begin)
		sigaction(signum, &action, NULL);
}

/* No signal gets in between. */
void standstill_heard(int signum)
{
	sigset_t all, before;
	if (unheard != signum)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	if (unheard == signum) {
		alarm(0);
		sigaction(SIGALRM, &alarm_before, NULL);
		unheard = 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
