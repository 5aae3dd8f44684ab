/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making the tables and filling accounts where there are none: what init and demo do. */
#ifndef APP_CREATE_TABLES_H
#define APP_CREATE_TABLES_H

#include "base/err.h"

struct app;

/* `added`: accounts that were added, 0 where there were some already. done() comes from the loop, and the making is
 * over. */
typedef void create_tables_fn(void *arg, unsigned added, const struct err *err);
/* A job over the session that writes, which must be free. */
void create_tables(struct app *app, unsigned accounts, create_tables_fn *done, void *arg);

#endif
