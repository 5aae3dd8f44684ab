/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's sessions as the program looks at them: the list on the screen, and which of them are ours. */
#ifndef APP_SESSIONS_H
#define APP_SESSIONS_H

#include "app/app.h"
#include "watch/list.h"

/* Our connections, those that are known again in an answer. */
struct app_ours {
	const struct db *at[WATCHER_OURS_MAX];
};

/* Fills in the question: every session, and which connections are ours. `ours` is used as long as the question. */
void app_sessions_question(struct app *app, struct sessions_question *question, struct app_ours *ours);

/* The list of the screen, app->sessions, made when it is first needed. */
struct session_list *app_sessions(struct app *app);
void app_sessions_leave(struct app *app); /* it is not on the screen any more */

/* Why `connection`, which is ours, must not be ended, or its statement not be cancelled: its commit was sent. NULL: it
 * may be. Static. */
const char *app_sessions_keeps(const struct app *app, const struct db *connection);
/* What becomes of it otherwise, a sentence without its end: "the next transfer makes it again". Static. */
const char *app_sessions_after(const struct app *app, const struct db *connection);

#endif
