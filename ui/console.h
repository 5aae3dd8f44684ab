/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console: runs the program with a full-screen interface. */
#ifndef UI_CONSOLE_H
#define UI_CONSOLE_H

#include "app/terminal.h"
#include "base/err.h"

struct app;
struct console;

/* Takes the terminal (standard input and output), becomes app->face and draws at once, before there is any
 * connection. NULL with a sentence where the terminal cannot be used; app->face is left alone then. From here on
 * everything comes from the loop. */
struct console *console_open(struct app *app, struct err *err);

/* Gives the terminal back; prints on fd 2 what was written there meanwhile. Before app_free(); NULL is fine. */
void console_close(struct console *console);

terminal_facts_fn console_facts;

#endif
