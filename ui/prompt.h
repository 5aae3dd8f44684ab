/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line at the bottom: readline edits and completes, without access to terminal or signals. */
#ifndef UI_PROMPT_H
#define UI_PROMPT_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/keys.h"
#include "ui/layout.h"

struct app;

/* There is one, as there is one readline. `text` is put into the line. */
void prompt_open(struct app *app, const char *text);
void prompt_close(void); /* leaves without a command */
bool prompt_is_open(void);

/* Gives it a key. Returns the line once it was accepted (owned; the prompt is closed then), else NULL. It also
 * closes itself where there is nothing to accept. */
char *prompt_key(const struct key *key);

/* In the last line of the room, what completion offers above it. Returns where the cursor belongs. */
struct rect prompt_draw(struct rect room);
/* Usage and help of the command that is being typed; false where it is not clear which. */
bool prompt_hint(struct buf *out);

void prompt_end(void); /* gives memory back, at the end of the program */

const char *prompt_library(void); /* readline's version, static */

#endif
