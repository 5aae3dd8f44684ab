/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode: commands from options, a file or standard input; lines out. */
#ifndef CLI_PLAIN_H
#define CLI_PLAIN_H

#include <stdbool.h>

#include "base/err.h"

struct app;
struct line_editor; /* cli/line_editor.h */
struct plain;
struct settings;

/* True where there is something to run, or no terminal to draw on. */
bool plain_wanted(const struct settings *settings);

/* The files of -o and -f, the latter into *file, -1 for none. A pipe may keep it waiting for its other end: before
 * app_new(), so that signals still end the program by themselves. */
MUST_CHECK enum status plain_open_files(const struct settings *settings, int *file, struct err *err);
/* Becomes app->face; runs the commands one after another once the loop runs, then leaves with the exit status. `file`
 * is its own from now on; `editor` edits what a person types, NULL leaves that to the terminal. */
struct plain *plain_open(struct app *app, int file, const struct line_editor *editor);
void plain_close(struct plain *plain); /* before app_free(); NULL is fine */

/* Standard output, or the file of -o, took no more data; `why` is the errno. Says so, unless its reader has gone, and
 * leaves as any filter. */
void plain_unwritten(struct app *app, int why);

#endif
