/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real program without a terminal: its output, its exit status, signals, a time limit. */
#ifndef SUPPORT_PROC_H
#define SUPPORT_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

/* A child with stdin, stdout and stderr on pipes. */
struct proc {
	pid_t pid;              /* 0 once it was waited for */
	int in, out_fd, err_fd; /* -1 once closed */
	struct buf out, err;
	int status; /* exit status, or 128 + the signal that ended it */
};

/* Path of the teller binary under test. Static. */
const char *proc_teller(void);

/*
 * Starts argv (ended by NULL; argv[0] is a path or is found in PATH) in a session of its own. `env` (NULL or ended by
 * NULL) holds changes: "NAME=value" sets, "NAME" removes. `input` (NULL: nothing) is all that it can read. Owned.
 */
struct proc *proc_start(const char *const argv[], const char *const env[], const char *input);
void proc_wait(struct proc *proc);          /* to its end; fails the test after 20 seconds */
bool proc_ended(struct proc *proc, int ms); /* reads what it says for at most ms; true once it has ended */
void proc_wait_output(struct proc *proc, const char *text); /* until stdout or stderr holds text */
void proc_signal(struct proc *proc, int signum);
void proc_free(struct proc *proc); /* kills it if it still runs */

/* teller with an option, and with commands from a pipe (-f) whose end for writing is given back: what is written is
 * run, line by line. */
struct proc *proc_scripted(const char *option, const char *const env[], int *script);

/* How often the threads of a process were put to sleep: it grows with every wait that ended. */
long proc_waits(pid_t pid);

/* proc_start() and proc_wait(). */
struct proc *proc_run(const char *const argv[], const char *const env[], const char *input);

/* proc_run() of teller with these arguments and PGDATABASE ... as they are: teller_run("list", "--csv"). */
#define teller_run(...) proc_run((const char *const[]){proc_teller(), __VA_ARGS__, NULL}, NULL, NULL)

/* Both show what the program said when they fail. */
void proc_expect_status(struct proc *proc, int status);
void proc_expect_out(struct proc *proc, const char *text); /* stdout holds text */
void proc_expect_err(struct proc *proc, const char *text); /* stderr holds text */
/* stdout is `out`, stderr holds `err` (NULL: anything); frees it. */
void proc_expect_all(struct proc *proc, int status, const char *out, const char *err);

/* Running processes whose command line holds text, this one and its parents apart. */
int proc_count(const char *text);
/* Waits until there are none; fails the test after 20 seconds. */
void proc_expect_none(const char *text);

#endif
