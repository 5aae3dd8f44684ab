/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plain mode's reader of the events: what happens, as lines on standard error. */
#ifndef CLI_PLAIN_EVENTS_H
#define CLI_PLAIN_EVENTS_H

#include "base/err.h"

struct app;
struct outlet;
struct narrate;

struct narrate *narrate_new(struct app *app);
void narrate_now(struct narrate *narrate); /* tells what has happened so far, before something else is written */
/* Where everything on standard error goes: what is not read there holds nothing up. Borrowed. */
struct outlet *narrate_outlet(struct narrate *narrate);
void narrate_say(struct narrate *narrate, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* At the end of a command: its messages are read before the next one begins. */
void narrate_wait(struct narrate *narrate);
void narrate_free(struct narrate *narrate);

#endif
