/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states of a trace: what a screen shows beside the events, a line of its own each time that it changes. */
#ifndef TRACE_STATE_H
#define TRACE_STATE_H

/*
 * Each line of a state is all of it: {"state":"picks","source":"104", ...}. It holds from the event before it on, until
 * the next line of the same state. A reader passes over states that it does not know. What a player, a load and
 * the sessions show changes without an event, too: each line of them is a stop of its own for who steps through the trace.
 */
enum trace_state {
	TRACE_STATE_RUN,      /* the word in the title, levers that are armed, terms of the next transfer */
	TRACE_STATE_TRANSFER, /* the latest transfer: accounts, what it read and decided, its end */
	TRACE_STATE_COUNTERS, /* what the engine of transfers has done */
	TRACE_STATE_ACCOUNTS, /* the window on the accounts */
	TRACE_STATE_LESSON,   /* the lesson that is played: its name, its title, on a screen its text */
	TRACE_STATE_PLAYER,   /* how far it is: lab/player.h */
	TRACE_STATE_SCREEN,   /* what the screen is about, and how its panes are scrolled */
	TRACE_STATE_LEDGER,   /* the window on the ledger, as it was shown last, */
	TRACE_STATE_ENTRY,    /* and which of its transfers is selected */
	TRACE_STATE_SESSIONS, /* the server's sessions, as they were shown last */
	TRACE_STATE_LOAD,     /* the load or the race, at the end of each second, turn and phase: load/seen.h */
	TRACE_STATE_PICKS,    /* the account that is selected, and those that are picked */
	TRACE_STATE_COUNT
};

#endif
