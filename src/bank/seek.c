/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where to go in a query: how far back, and the statements that find an account by its id or the beginning of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "query_internal.h"
#include "say.h"
#include "src/bank/sql/statements.h"

/* ---- the past ---- */

enum status query_as_of(const char *word, char **as_of, struct err *err)
{
	static const char units[][3] = {"s", "m", "h", "ms"};
	char *end = NULL, text[64];
	*as_of = NULL;
	if (strcmp(word, "off") == 0)
		return ST_OK;
	if (strcmp(word, "follower") == 0) {
		*as_of = mem_dup("follower_read_timestamp()");
		return ST_OK;
	}
	long n = word[0] == '-' && word[1] >= '0' && word[1] <= '9' ? strtol(word + 1, &end, 10) : 0;
	for (size_t i = 0; n > 0 && n <= 1000000 && i < COUNT_OF(units); i++) {
		if (strcmp(end, units[i]) != 0)
			continue;
		snprintf(text, sizeof text, "'-%ld%s'", n, units[i]);
		*as_of = mem_dup(text);
		return ST_OK;
	}
	return err_set(err, ST_USAGE, "as-of is follower, a time back such as -10s, or off, not \"%.80s\"", word);
}

/* ---- by id ---- */

/* The smallest id from `low` on, and up to `high` where there is one. */
static void smallest(struct ask *ask, const struct query *query, const char *low, const char *high)
{
	const struct catalogue *c = query->catalogue;
	struct draft draft = draft_place(query);
	draft_and(&draft);
	draft_compare(&draft, c->sql[CAT_ID], ">=");
	draft_param(&draft, low);
	if (high) {
		draft_and(&draft);
		draft_compare(&draft, c->sql[CAT_ID], "<=");
		draft_param(&draft, high);
	}
	buf_fmt(&draft.sql, " ORDER BY %s LIMIT 1", c->sql[CAT_ID]);
	draft_end(&draft, ask);
}

void query_place(struct ask *ask, const struct query *query, const char *id)
{
	struct query all = *query;
	all.filter = NULL;
	struct draft draft = draft_place(&all);
	draft.shape.names = query->places;
	draft_and(&draft);
	draft_compare(&draft, query->catalogue->sql[CAT_ID], "=");
	draft_param(&draft, id);
	draft_end(&draft, ask);
}

void query_goto(struct ask *ask, const struct query *query, const char *id)
{
	smallest(ask, query, id, NULL);
}

/* ---- by the beginning of an id ---- */

static void add_range(struct ask *ask, const struct query *query, uint64_t low, uint64_t high)
{
	char(*bounds)[40] = ask->bounds[ask->n];
	snprintf(bounds[0], sizeof bounds[0], "%" PRIu64, low);
	snprintf(bounds[1], sizeof bounds[1], "%" PRIu64, high);
	smallest(ask, query, bounds[0], bounds[1]);
}

/* Numbers that begin with 26 are 26, 260 to 269, 2600 to 2699 and so on: a look into the index for each length. */
static enum status search_number(struct ask *ask, const struct query *query, const char *beginning, struct err *err)
{
	uint64_t max = (uint64_t)query->catalogue->id_max;
	if (say_id_is_odd(query->catalogue, beginning))
		return err_set(err, ST_USAGE,
			       "no id begins with %s: ids of this table are whole numbers up to %" PRIu64,
			       say_id(beginning).text, max);
	long long n = strtoll(beginning, NULL, 10);
	uint64_t low = n > 0 ? (uint64_t)n : 0, width = 1;
	while (n > 0 && low <= max) {
		add_range(ask, query, low, max - low < width - 1 ? max : low + width - 1);
		if (low > max / 10)
			break;
		low *= 10;
		width *= 10;
	}
	smallest(ask, query, beginning, NULL);
	return ST_OK;
}

/* The smallest UUID that begins so. */
static enum status search_uuid(struct ask *ask, const struct query *query, const char *beginning, struct err *err)
{
	static const char zeros[] = "00000000-0000-0000-0000-000000000000";
	char *uuid = ask->bounds[0][0];
	size_t n = 0;
	memcpy(uuid, zeros, sizeof zeros);
	for (const char *p = beginning; *p; p++) {
		if (*p == '-')
			continue;
		n += zeros[n] == '-';
		if (!strchr("0123456789abcdefABCDEF", *p) || n == sizeof zeros - 1)
			return err_set(err, ST_USAGE, "no id begins with %s: ids of this table are UUIDs",
				       say_id(beginning).text);
		uuid[n++] = *p;
	}
	smallest(ask, query, uuid, NULL);
	return ST_OK;
}

enum status query_search(struct ask *ask, const struct query *query, const char *beginning, struct err *err)
{
	if (query->catalogue->id_is_number)
		return search_number(ask, query, beginning, err);
	if (strcmp(query->catalogue->id_type, "uuid") == 0)
		return search_uuid(ask, query, beginning, err);
	smallest(ask, query, beginning, NULL);
	return ST_OK;
}
