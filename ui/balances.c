/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last read balances of the picked accounts, and what they would be after a transfer. */
#include "ui/balances.h"

#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "bank/amount.h"
#include "base/mem.h"

static bool balances_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static void balances_forget(struct balances *balances, int side)
{
	free(balances->id[side]);
	free(balances->balance[side]);
	balances->id[side] = balances->balance[side] = NULL;
	balances->known[side] = false;
	balances->read_at[side] = 0;
}

static void balances_read(struct balances *balances, const struct app *app, int side, const char *id)
{
	if (!balances_same(id, balances->id[side])) {
		balances_forget(balances, side);
		balances->id[side] = mem_dup(id);
	}
	long at = id && app->pages ? pages_find(app->pages, id) : -1;
	if (at < 0)
		return;
	char *balance = mem_dup(pages_row(app->pages, (size_t)at).balance);
	free(balances->balance[side]);
	balances->balance[side] = balance;
	balances->known[side] = true;
	balances->read_at[side] = pages_read_at(app->pages);
}

void balances_look(struct balances *balances, const struct app *app, const char *source, const char *destination)
{
	balances->scale = app->catalogue ? app->catalogue->balance_scale : 0;
	balances->floor = app->catalogue ? app->catalogue->balance_floor : 0;
	balances_read(balances, app, 0, source);
	balances_read(balances, app, 1, destination);
}

void balances_update(struct balances *balances, const struct app *app)
{
	balances_look(balances, app, app->source, app->destination);
}

void balances_free(struct balances *balances)
{
	balances_forget(balances, 0);
	balances_forget(balances, 1);
}

static const char *balances_wrong(const struct balances *balances, const struct preview *preview,
				  enum transfer_rule rule)
{
	if (balances_same(balances->id[0], balances->id[1]))
		return "nothing: From and To are the same";
	for (int side = 0; side < 2; side++)
		if (balances->known[side] && !balances->balance[side])
			return side ? "nothing: the balance of To is NULL" : "nothing: the balance of From is NULL";
	if (!preview->known)
		return "decided by what will be read";
	if (preview->before[0] < 0 && (rule != TRANSFER_AMOUNT || balances->floor == 0))
		return "nothing: From is negative";
	if (preview->amount <= 0)
		return rule == TRANSFER_HALF ? "nothing: half of it is 0" : "nothing: there is nothing to move";
	if (preview->before[0] < balances->floor + preview->amount)
		return balances->floor ? "nothing: more than the overdraft allows" : "nothing: more than there is";
	return NULL;
}

struct preview balances_preview(const struct balances *balances, enum transfer_rule rule, int64_t amount)
{
	struct preview p = {.known = true, .scale = balances->scale};
	for (int side = 0; side < 2; side++)
		p.known = p.known && balances->balance[side] &&
			  amount_parse(balances->balance[side], p.scale, &p.before[side]) == AMOUNT_FINE;
	p.amount = rule == TRANSFER_HALF ? amount_half(p.before[0]) : rule == TRANSFER_ALL ? p.before[0] : amount;
	p.why = balances_wrong(balances, &p, rule);
	p.known = p.known && !p.why;
	p.after[0] = p.known ? p.before[0] - p.amount : 0;
	if (p.known && __builtin_add_overflow(p.before[1], p.amount, &p.after[1])) {
		p.known = false;
		p.why = "nothing: To would overflow";
	}
	return p;
}
