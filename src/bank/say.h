/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ids and failures as people read them. */
#ifndef BANK_SAY_H
#define BANK_SAY_H

#include <stdbool.h>

#include "bank/catalogue.h"

/* An id, harmless and cut to 40 columns. */
struct said {
	char text[200];
};
struct said say_id(const char *id);

/* True where the error means that no account can have this id, because it does not fit the column; the sentence then
 * says so. */
bool say_no_such_id(const struct catalogue *catalogue, const char *id, const struct answer *answer, struct err *err);

/* True where `id` cannot be written in the column's type, as far as can be told from here. */
bool say_id_is_odd(const struct catalogue *catalogue, const char *id);

/* A failed read of the accounts, with the server's words. */
void say_failed_read(const struct catalogue *catalogue, const struct answer *answer, struct err *err);

#endif
