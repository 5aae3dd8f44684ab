/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be set while teller runs: shared by the settings and the levers. */
#ifndef VERB_SET_H
#define VERB_SET_H

#include "app/app.h"

/* show: the value as it would be typed. explain: what it means, to be said behind it; begins with "; ", ": " or " ". */
void inject_show(struct buf *out, const struct app *app);
void inject_explain(struct buf *out, const struct app *app);
MUST_CHECK enum status inject_set(struct app *app, const char *word, struct err *err);

void delay_show(struct buf *out, const struct app *app);
void delay_explain(struct buf *out, const struct app *app);
MUST_CHECK enum status delay_set(struct app *app, const char *word, struct err *err);

void as_of_show(struct buf *out, const struct app *app);
void as_of_explain(struct buf *out, const struct app *app);
MUST_CHECK enum status as_of_set(struct app *app, const char *word, struct err *err);

/* Of the accounts table (set_bank.c). */
void id_column_show(struct buf *out, const struct app *app);
void id_column_explain(struct buf *out, const struct app *app);
MUST_CHECK enum status id_column_set(struct app *app, const char *word, struct err *err);
void balance_column_show(struct buf *out, const struct app *app);
void balance_column_explain(struct buf *out, const struct app *app);
MUST_CHECK enum status balance_column_set(struct app *app, const char *word, struct err *err);
void overdraft_show(struct buf *out, const struct app *app);
void overdraft_explain(struct buf *out, const struct app *app);
MUST_CHECK enum status overdraft_set(struct app *app, const char *word, struct err *err);

/* Sets one of those, looks at the table anew, and calls said(app, what); a table that cannot be used so changes
 * nothing. Ends the run. */
typedef enum status set_bank_fn(struct app *app, const char *word, struct err *err);
typedef void set_bank_said_fn(struct app *app, const void *what);
void set_bank_change(struct run *run, set_bank_fn *set, const char *word, set_bank_said_fn *said, const void *what);

void mouse_explain(struct buf *out, const struct app *app);
void present_explain(struct buf *out, const struct app *app);
void ascii_explain(struct buf *out, const struct app *app);
void color_explain(struct buf *out, const struct app *app);
void format_explain(struct buf *out, const struct app *app);

#endif
