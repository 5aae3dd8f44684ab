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

/* The words for the selected account, where it is not the one that was looked for. Static. */
const char *browse_beside(const struct app *app, const char *wanted);

/* Where row level security hides rows, their number is not known. */
void browse_say_partial(struct app *app);

#endif
