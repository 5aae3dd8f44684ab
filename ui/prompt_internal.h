/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console's command line and the editor of plain lines share: readline, keys, completion, history. */
#ifndef UI_PROMPT_INTERNAL_H
#define UI_PROMPT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct app;

/* Makes readline ready, once. With `out` it draws there by itself, and never what could be no plain text. */
void prompt_start(FILE *out);

/* As prompt_open(), with these words before an empty line. */
void prompt_open_line(struct app *app, const char *head);

/* Takes bytes of a terminal, up to the end of the line; returns how many. Once *ended, the prompt is closed, and *line
 * is what was accepted (owned), or NULL where ^D ended it. */
size_t prompt_bytes(const char *bytes, size_t n, bool *ended, char **line);

/* Earlier lines, of this program and of those before it. A line is added while no prompt is open. */
void prompt_history_open(void);
void prompt_history_add(const char *line); /* "" and a repetition are not */
void prompt_history_close(void);

#endif
