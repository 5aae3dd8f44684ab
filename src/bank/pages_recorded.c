/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window on accounts as it was once, without a server: nothing more is fetched. */
#include "base/mem.h"
#include "paging.h"

struct pages *pages_recorded(const struct catalogue *catalogue, const struct pages_record *record)
{
	struct pages *pages = NEW(struct pages);
	*pages = (struct pages){.catalogue = catalogue, .query = record->query, .loaded = true};
	if (record->rows)
		window_append(&pages->window, record->rows, NULL);
	pages->window.selected = record->selected < pages->window.n ? record->selected : 0;
	pages->window.at_start = record->at_start;
	pages->window.at_end = record->at_end;
	pages->estimate = record->estimate;
	pages->exact = record->exact;
	pages->read_at = record->read_at;
	return pages;
}

void pages_select(struct pages *pages, const char *id)
{
	long at = window_find(&pages->window, id);
	if (at >= 0)
		pages->window.selected = (size_t)at;
}
