/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that deletes accounts by their ids, all of them in one transaction, and knows which were there. */
#ifndef BANK_ERASE_BODY_H
#define BANK_ERASE_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "bank/catalogue.h"
#include "txn/body.h"

/* An id that is not there changes nothing, and is asked for; one that the column cannot hold rejects the transaction. The catalogue
 * must outlive it. */
struct erase;
struct erase *erase_new(const struct catalogue *catalogue, const char *const *ids, size_t n); /* copied */
void erase_free(struct erase *erase);
struct body *erase_body(struct erase *erase); /* borrowed */

size_t erase_count(const struct erase *erase);
const char *erase_id(const struct erase *erase, size_t i); /* borrowed */
/* What the account held when it was deleted, "NULL" for SQL NULL; NULL where there was none. Borrowed. */
const char *erase_held(const struct erase *erase, size_t i);
bool erase_kept(const struct erase *erase, size_t i); /* it is there, and was not deleted: by a trigger or a rule */

#endif
