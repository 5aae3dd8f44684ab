/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console as the screen tests use it: started at a size, on the suite's server or on a private one. */
#ifndef SUPPORT_CONSOLE_H
#define SUPPORT_CONSOLE_H

#include <stddef.h>

#include "tests/support/term.h"

/* A test's setup: accounts 7001 .. 7030 of 1,000 each, and a ledger. */
int console_bank(void **state);

/* Each starts teller, keeps it in *state for term_teardown(), and returns when accounts are on the screen. */
struct term *console_demo(void **state, int rows, int cols);
struct term *console_demo_with(void **state, int rows, int cols, const char *const argv[]); /* behind "teller demo" */
struct term *console_open(void **state, int rows, int cols); /* PGDATABASE, with an account 7001 */
struct term *console_open_with(void **state, int rows, int cols, const char *const env[], const char *sign);

/* The lines of the screen hold these texts, one after another from the top, each on a line of its own. */
#define console_expect_in_order(term, ...) console_expect_texts(term, (const char *const[]){__VA_ARGS__, NULL})
void console_expect_texts(struct term *term, const char *const texts[]);

/* The selected account is that one. */
void console_expect_selected(struct term *term, const char *id);

/* Waits until the SQL gives that number; for what happens after the screen has told. */
void console_expect_number(struct term *term, const char *sql, long long number);

/* Opens a lesson that is built in, and waits until its first step is offered. */
void console_lesson(struct term *term, const char *name);

/* Presses Space until so many of the lesson's steps were sent, and waits until the last one ended or waits. */
void console_space_to(struct term *term, int from, int to, int of);

/* Waits until no session of a lesson is left in that database, the program's own, and no table of a lesson. */
void console_expect_no_lanes(struct term *term, const char *database);

/* Presses Q, which leaves from any place, and checks that everything is as it was before. */
void console_quit(struct term *term);
void console_quit_changed(struct term *term); /* where it is asked first: the bank is thrown away */

#endif
