/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode's reader of the events: what happens, as lines on standard error. */
#ifndef COMMAND_NARRATE_H
#define COMMAND_NARRATE_H

struct app;
struct narrate;

struct narrate *narrate_new(struct app *app);
void narrate_now(struct narrate *narrate); /* tells what has happened so far, before something else is written */
void narrate_free(struct narrate *narrate);

#endif
