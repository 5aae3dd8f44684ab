/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages of the accounts on a connection of the test's own, looked at and walked through. */
#include "paged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

static void paged_on_change(void *arg)
{
	struct paged *paged = arg;
	if (!pages_loading(paged->pages) || paged->once)
		loop_stop(paged->rig->loop);
	paged->once = false;
}

void paged_settle(struct paged *paged)
{
	while (pages_loading(paged->pages))
		loop_run(paged->rig->loop);
}

void paged_read(struct paged *paged)
{
	pages_free(paged->pages);
	rig_read(paged->rig, NULL);
	paged->pages = pages_new(paged->rig->db, paged->rig->catalogue, paged_on_change, paged);
}

struct paged *paged_new(void)
{
	struct paged *paged = NEW(struct paged);
	paged->rig = rig_new();
	paged_read(paged);
	return paged;
}

void paged_free(struct paged *paged)
{
	pages_free(paged->pages);
	rig_free(paged->rig);
	free(paged);
}

struct query *paged_query(const struct paged *paged, struct sort order, const char *text)
{
	struct filter *filter = NULL;
	struct err err;
	if (text && filter_new(&filter, paged->rig->catalogue, text, &err) != ST_OK)
		fail_msg("%s", err.text);
	return query_new(paged->rig->catalogue, db_dialect(paged->rig->db), order, filter, NULL);
}

void paged_look(struct paged *paged, struct sort order, const char *filter)
{
	pages_look(paged->pages, paged_query(paged, order, filter), false);
	paged_settle(paged);
	if (pages_error(paged->pages))
		fail_msg("%s", pages_error(paged->pages));
}

const char *paged_selected(const struct paged *paged)
{
	return pages_row(paged->pages, pages_selected(paged->pages)).id;
}

char *paged_walked(struct paged *paged, long step)
{
	struct buf ids = {0};
	char last[64] = "";
	if (step > 0)
		pages_first(paged->pages);
	else
		pages_last(paged->pages);
	paged_settle(paged);
	while (pages_count(paged->pages) > 0 && strcmp(last, paged_selected(paged)) != 0) {
		snprintf(last, sizeof last, "%s", paged_selected(paged));
		buf_fmt(&ids, "%s%s", ids.len ? " " : "", last);
		pages_move(paged->pages, step);
		paged_settle(paged);
	}
	return buf_take(&ids);
}
