/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which events of a trace are chosen: by their numbers, or by the transaction that they belong to. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "export_internal.h"

enum { CHOOSE_ID_LEAST = 8 }; /* characters of an id */

/* "2", or "T2" as the log has it; 0 for an id. */
static uint32_t choose_number(const char *word)
{
	char *end;
	if (word[0] == 'T' || word[0] == 't')
		word++;
	if (word[0] < '0' || word[0] > '9' || strlen(word) >= CHOOSE_ID_LEAST)
		return 0;
	unsigned long number = strtoul(word, &end, 10);
	return *end ? 0 : (uint32_t)number;
}

static bool choose_is_id(const char *word)
{
	return strlen(word) >= CHOOSE_ID_LEAST && word[strspn(word, "0123456789abcdefABCDEF-")] == '\0';
}

/* It is a parameter of the statement that writes it into the ledger. */
static bool choose_has_id(const struct event *event, const char *id)
{
	return event->txn && event->verb == VERB_INSERT && event->params && strcasestr(event->params, id);
}

/* The transaction that wrote the id; 0: none did. */
static uint32_t choose_find(struct trace_file *file, const char *id)
{
	struct event event;
	uint64_t gone;
	uint32_t txn = 0;
	while (!txn && trace_next(file, &event, &gone))
		txn = choose_has_id(&event, id) ? event.txn : 0;
	trace_again(file);
	return txn;
}

static enum status choose_none(const struct trace_choice *choice, struct err *err)
{
	if (choice->transfer)
		return err_set(err, ST_USAGE, "the trace has no transfer \"%.80s\" among the events that are chosen",
			       choice->transfer);
	if (choice->from || choice->to)
		return err_set(err, ST_USAGE, "the trace has none of the events that are chosen");
	return err_set(err, ST_OWN, "the trace has no events");
}

/* False: there are none. */
static bool choose_ends(struct trace_file *file, const struct trace_choice *choice, struct export_range *range)
{
	struct event event;
	uint64_t gone, to = choice->to ? choice->to : UINT64_MAX;
	bool any = false;
	while (trace_next(file, &event, &gone)) {
		if (event.number < choice->from || event.number > to || (range->txn && event.txn != range->txn))
			continue;
		range->from = any ? range->from : event.number;
		range->to = event.number;
		any = true;
	}
	trace_again(file);
	return any;
}

enum status export_choose(struct trace_file *file, const struct trace_choice *choice, struct export_range *range,
			  struct err *err)
{
	const char *transfer = choice->transfer;
	*range = (struct export_range){0};
	if (transfer)
		range->txn = choose_number(transfer);
	if (transfer && !range->txn && !choose_is_id(transfer))
		return err_set(err, ST_USAGE,
			       "\"%.80s\" names no transfer: give its number in the log, or eight characters of its id",
			       transfer);
	if (transfer && !range->txn)
		range->txn = choose_find(file, transfer);
	if ((transfer && !range->txn) || !choose_ends(file, choice, range))
		return choose_none(choice, err);
	return ST_OK;
}
