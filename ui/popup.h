/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A popup: scrollable text over the panes, for the help and the full text of an event. */
#ifndef UI_POPUP_H
#define UI_POPUP_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/find.h"
#include "ui/layout.h"

struct popup;

/* Takes the text over: lines of harmless text, each ended by a newline. `context` is its part of the keymap, static. */
struct popup *popup_new(const char *title, const char *context, struct buf *text);
/* Takes over, for each line of the text, the command line that it stands for, or nothing: then a line is selected. */
void popup_runs(struct popup *popup, struct buf *runs);
char *popup_run(const struct popup *popup); /* that of the selected line, owned; NULL: none */
void popup_free(struct popup *popup);
void popup_make_small(struct popup *popup, int columns); /* of text: the panes beside it are shown, too */
bool popup_is_small(const struct popup *popup);
struct rect popup_place(const struct popup *popup,
			struct rect room); /* of that room; all of it but where it is small */
const char *popup_context(const struct popup *popup);
const char *popup_title(const struct popup *popup);
const struct buf *popup_text(const struct popup *popup); /* all of it */
void popup_fit(struct popup *popup, struct rect room);   /* cuts its lines for that room, as drawing does */
void popup_draw(struct popup *popup, struct rect room);
void popup_scroll(struct popup *popup, int lines); /* the text moves, the selected line only to stay in sight */
/* Selects the line at that row of its inside, counted from 0, where lines are selected; true: it was so already. */
bool popup_click(struct popup *popup, int row);
bool popup_act(struct popup *popup, const char *action, const char *argument); /* false: not an action of a popup */

/* `/` in its text, and what comes next; its own record of what was looked for. */
struct found popup_find(struct popup *popup, const char *text, enum find_way way);

#endif
