/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Status codes, and the sentence that goes with a failure. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

#define PRINTF_LIKE(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))
#define MUST_CHECK __attribute__((warn_unused_result))

/* How a function or a whole command ended. status_exit() gives the exit status of the program. */
enum status {
	ST_OK = 0,
	ST_USAGE,     /* a wrong option, verb or argument */
	ST_OWN,       /* our own failure: a file, a limit, the system */
	ST_CONNECT,   /* no connection could be made */
	ST_LOST,      /* a connection was lost */
	ST_STATEMENT, /* a statement failed for good */
	ST_REJECTED,  /* a bank rule said no */
	ST_GAVE_UP,   /* tries or time used up */
	ST_UNKNOWN,   /* commit sent, answer lost */
	ST_CHECK,     /* a check failed */
	ST_CANCELLED, /* the user cancelled it */
};

/* The caller owns it; the sentence is lower case, names the thing and says what to do. */
struct err {
	enum status status;
	char text[600];
};

/* Formats the sentence, cut at the size of `text`; returns `status`. */
enum status err_set(struct err *err, enum status status, const char *fmt, ...) PRINTF_LIKE(3, 4);
void err_clear(struct err *err);

/* The exit status of the program: 0, 1, 2, 3, 4, 5 or 6; 130 for ST_CANCELLED. */
int status_exit(enum status status);

#endif
