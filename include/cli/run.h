/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a command line. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "app/run.h"

/*
 * Runs one command line. done(arg, status) comes exactly once, possibly from inside. What is wrong with the line is
 * said through app_say() first. An empty line or a comment (#) is ST_OK. "104" alone is "goto 104". The language:
 * words separated by blanks; 'single' and "double quotes" keep blanks, a quote that is written twice inside its own kind
 * is one; --option or --option=value.
 */
void command_run(struct app *app, const char *line, void (*done)(void *arg, enum status status), void *arg);

/* The same for what was not typed, but stands for a key: what asks does ask, whatever the line or --yes says. */
void command_ask(struct app *app, const char *line, void (*done)(void *arg, enum status status), void *arg);

/* The word as it must be typed to mean `s`, quoted where needed. */
void run_quote(struct buf *out, const char *s);

/* Once the catalogue is there: whether the word can be an account's id. */
MUST_CHECK enum status run_check_id(const struct run *run, const char *word, struct err *err);
/* An error where the server takes no writes; who_writes begins its sentence. */
MUST_CHECK enum status run_standby(const struct app *app, const char *who_writes, struct err *err);

#endif
