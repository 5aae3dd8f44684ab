/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that adds given accounts, and finds out which of them the server does not take. */
#ifndef BANK_INSERT_BODY_H
#define BANK_INSERT_BODY_H

#include <stddef.h>

#include "bank/catalogue.h"
#include "txn/body.h"

/*
 * First by COPY, all at once. Where that fails for one of them, or an id is there already, the transaction ends
 * without saying which (insert_must_part()); with insert_part() it is run again with a statement an account, and
 * knows. Each account is then TAKEN, THERE (an account with its id was there already: left as it is), SWALLOWED (it was
 * not inserted, and the server, when asked, has none with its id: a trigger or a rule), or REFUSED with the server's
 * sentence. Unless `skip`, the first one that is not taken rejects the transaction; with it, those are
 * left out: a REFUSED one by running the transaction once more (insert_again()).
 */
struct insert;
struct insert *insert_new(const struct catalogue *catalogue, const char *const *columns, size_t ncolumns, bool skip);
void insert_free(struct insert *insert);
struct body *insert_body(struct insert *insert); /* borrowed */

/* The rows: cells are copied, NULL is SQL NULL. */
void insert_add(struct insert *insert, const char *const *cells);
void insert_clear(struct insert *insert);
/* The next transaction is for these of them, by COPY. */
void insert_take(struct insert *insert, size_t from, size_t n);
size_t insert_count(const struct insert *insert);
size_t insert_bytes(const struct insert *insert); /* of memory for the rows, about */

bool insert_must_part(const struct insert *insert, const char *sqlstate); /* of the transaction that has just failed */
void insert_part(struct insert *insert);
bool insert_again(const struct insert *insert); /* an account was refused that has now been left out */

enum insert_fate { INSERT_TAKEN, INSERT_THERE, INSERT_SWALLOWED, INSERT_REFUSED };
/* *why: the server's sentence of a refused one, borrowed. */
enum insert_fate insert_fate(const struct insert *insert, size_t row, const char **why);

#endif
