/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run: one command line while it runs. */
#ifndef APP_RUN_H
#define APP_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "app/command.h"
#include "base/buf.h"
#include "base/err.h"

/* One command while it runs. The handler reads it; it is freed by run_end(). */
struct run {
	struct app *app;
	const struct command *command;
	size_t nargs;
	char *args[COMMAND_ARGS_MAX]; /* owned; checked against the types of the command's arguments */
	size_t nmore;
	char **more; /* owned; of a last argument that repeats (ARG_LESSONS): those behind the first */
	/* Owned: the value of the option at that place; "" for a flag that was given; else NULL. */
	char *options[COMMAND_OPTIONS_MAX];
	char *line;     /* owned; the command line as it would be typed, for review and history */
	bool confirmed; /* the question was answered, or must not be asked (--yes) */
	bool asks;      /* it was not typed: --yes does not answer its question */
	void *work;     /* the handler's own; freed with the run */
	void (*done)(void *arg, enum status status);
	void *arg;
	struct run *next; /* app.c: the list of all that run */
};

/* The value of a command's option, NULL where it was not given. */
const char *run_option(const struct run *run, const char *name);

/* Ends it: says err's sentence where err is not NULL, and passes the status on. */
void run_end(struct run *run, enum status status, const char *sentence);

/* Gives back a run that will never end, because the program does. */
void run_free(struct run *run);

#endif
