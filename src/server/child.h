/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process of the guardian: started, listened to, waited for while the owner is watched. */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Call once, in the guardian, before the first child: blocks SIGCHLD outside of child_wait() and adopts orphans. */
void child_init(void);

/* What it writes to standard output and error is read; the last 4 kB are kept in `tail`, NUL-terminated. */
struct child {
	pid_t pid;  /* 0 once it was waited for */
	int status; /* as waitpid's, once it was */
	int out;    /* -1 at the end of its output */
	size_t tail_len;
	char tail[4097];
};

struct spawn_args {
	const char *const *argv; /* argv[0] is the path of the program */
	char *const *env;
	const char *input; /* its standard input, less than 4 kB; NULL: /dev/null */
	int deathsig;      /* the kernel's last service: sent to it if the guardian is killed */
};

MUST_CHECK enum status child_start(struct child *child, const struct spawn_args *spawn, struct err *err);

enum child_news {
	CHILD_ENDED, /* pid is 0, status is set, all output read */
	CHILD_SAID,  /* the text waited for is in `tail` */
	CHILD_LATE,  /* the time is over */
	CHILD_ALONE, /* the owner is gone */
};

/* Sleeps until one of them; owner -1: nobody; until NULL: no text; wait_ms -1: no limit. */
enum child_news child_wait(struct child *child, int owner, const char *until, int wait_ms);

/* Kills what is left of it and of its descendants, and waits for their ends. */
void child_kill(struct child *child);

/* Forgets its output so far. */
void child_forget(struct child *child);

/* True where it ended with exit status 0. */
bool child_succeeded(const struct child *child);

#endif
