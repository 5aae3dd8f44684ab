/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode's reader of the events: what happens, as lines on standard error. */
#ifndef CLI_PLAIN_EVENTS_H
#define CLI_PLAIN_EVENTS_H

struct app;
struct narrate;

struct narrate *narrate_new(struct app *app);
void narrate_now(struct narrate *narrate); /* tells what has happened so far, before something else is written */
void narrate_free(struct narrate *narrate);

#endif
