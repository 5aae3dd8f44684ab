/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which accounts are looked at, and in which order. */
#ifndef APP_BROWSE_H
#define APP_BROWSE_H

#include "app/app.h"

/* Owned; `filter` NULL for all accounts. NULL with a sentence where the filter is wrong. Needs the catalogue. */
struct query *browse_query(const struct app *app, const char *filter, struct sort sort, struct err *err);

/* True where a page in this order takes so long that it is said first; and the words for it. */
bool browse_is_costly(const struct app *app, struct sort sort);
void browse_cost(struct buf *out, const struct app *app, struct sort sort);

/* On a server that cannot read the past, as-of is cleared, with a sentence. */
void browse_check_past(struct app *app);

/* Lets the screen's pages look at app->filter in app->sort; `stay` as for pages_look(). */
void browse_look(struct app *app, bool stay);

/* The list goes to that account; where there is none, it is said where it stands then. */
void browse_goto(struct app *app, const char *id);
void browse_arrived(struct app *app); /* pages were read */

/* The text that is searched for among the accounts: NULL, none. */
void browse_searched(struct app *app, const char *text);
/* To the next account that holds app->searched, as pages_seek(); it is said where that is not simply the next one. */
void browse_seek(struct app *app, enum seek seek);
/* The same unless the account that is selected, or that the list is on its way to, holds it. */
void browse_seek_unless_here(struct app *app);

/* The words for the selected account, where it is not the one that was looked for. Static. */
const char *browse_beside(const struct app *app, const char *wanted);

/* Where row level security hides rows, their number is not known. */
void browse_say_partial(struct app *app);

#endif
