/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One child process of the guardian: started, listened to, waited for while the owner is watched. */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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
	const char *dir;   /* its working directory; NULL: ours */
	int output;        /* what it writes goes to this descriptor, and is not read; 0: it is read */
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

/* For whoever has several: sleeps until there is something on one of `polls`, until a child ends, or a while longer
 * than that; false once it is `until_us` (clock_us()). Afterwards child_look() says how each is: it reads what the
 * child has written, and its pid is 0 once it has ended. */
bool child_sleep(struct pollfd *polls, nfds_t n, uint64_t until_us);
void child_look(struct child *child);

/* Kills it and its process group, and waits for its end. */
void child_end(struct child *child);

/* Kills what is left of it and of its descendants, of all others that we have started too, and waits for their ends. */
void child_kill(struct child *child);

/* Forgets its output so far. */
void child_forget(struct child *child);

/* True where it ended with exit status 0. */
bool child_succeeded(const struct child *child);

#endif
