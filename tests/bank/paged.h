/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the accounts on a connection of the test's own, looked at and walked through. */
#ifndef BANK_PAGED_H
#define BANK_PAGED_H

#include "bank/pages.h"
#include "tests/support/rig.h"

struct paged {
	struct rig *rig;
	struct pages *pages;
	bool once; /* the next change ends the loop */
};

struct paged *paged_new(void);        /* of the table accounts; owned */
void paged_read(struct paged *paged); /* the table was made anew or altered */
void paged_free(struct paged *paged);
void paged_settle(struct paged *paged); /* until all that was asked for is there */
/* The query of an order and a filter, NULL for none; owned. */
struct query *paged_query(const struct paged *paged, struct sort order, const char *filter);
void paged_look(struct paged *paged, struct sort order, const char *filter); /* from the first; it must work */
const char *paged_selected(const struct paged *paged);                       /* the id; borrowed */
/* The ids, row by row from the first to the last (step 1) or back (-1), separated by blanks; owned. */
char *paged_walked(struct paged *paged, long step);

#endif
