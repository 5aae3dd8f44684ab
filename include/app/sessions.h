/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's sessions as the program looks at them: the list on the screen, and which of them are ours. */
#ifndef APP_SESSIONS_H
#define APP_SESSIONS_H

#include "app/app.h"
#include "watch/list.h"

/* Our connections, those that are known again in an answer. */
enum { APP_OURS_MAX = 24 };
struct app_ours {
	const struct db *at[APP_OURS_MAX];
	size_t n;
};

/* Fills in the question: every session, and which connections are ours. `ours` is used as long as the question. */
void app_sessions_question(const struct app *app, struct sessions_question *question, struct app_ours *ours);

/* The list of the screen, app->sessions, made when it is first needed. */
struct session_list *app_sessions(struct app *app);
void app_sessions_leave(struct app *app); /* it is not on the screen any more */
enum { APP_SESSIONS_MS = 1000 };          /* how often it is asked for while it is on the screen */

/* Why `connection`, which is ours, must not be ended, or its statement not be cancelled: its commit was sent. NULL: it
 * may be. Static. */
const char *app_sessions_keeps(const struct app *app, const struct db *connection);
/* What becomes of it otherwise, a sentence without its end: "the next transfer makes it again". Static. */
const char *app_sessions_after(const struct app *app, const struct db *connection);

#endif
