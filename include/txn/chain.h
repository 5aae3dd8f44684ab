/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several bodies in one transaction, one after another: all of them are committed, or none. */
#ifndef TXN_CHAIN_H
#define TXN_CHAIN_H

#include <stddef.h>

#include "txn/body.h"

/* The bodies are borrowed and must outlive the chain. A retry runs all of them again; a rejection by one rejects the whole. Commits
 * that are lost are settled by the ledger of the last body that has one. n > 0. */
struct chain;
struct chain *chain_new(struct body *const *bodies, size_t n);
void chain_free(struct chain *chain);
struct body *chain_body(struct chain *chain); /* borrowed */

#endif
