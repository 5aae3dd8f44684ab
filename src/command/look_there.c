/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor finds with a server: its version, TLS, round trips, protocol, isolation, rights, the table, the ledger. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "diagnosis.h"

static void look_at_server(struct diagnosis *d, const struct app *app)
{
	const struct db_facts *facts = db_facts(app->work);
	bool open = facts->remote && !facts->verified;
	diagnosis_add(d, "server", NULL, "%s %s, %s", facts->product, facts->version, facts->place);
	diagnosis_add(d, "TLS",
		      open ? "connect with sslmode=verify-full: somebody in between could read and change all" : NULL,
		      "%s%s", facts->tls, facts->verified ? ", verify-full" : "");
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void look_at_trips(struct diagnosis *d)
{
	char median[16];
	qsort(d->trip_us, PINGS, sizeof *d->trip_us, by_time);
	text_duration(median, d->trip_us[PINGS / 2]);
	diagnosis_add(d, "round trip", NULL, "%s, the median of %d", median, PINGS);
}

static void look_at_protocol(struct diagnosis *d, const struct app *app)
{
	bool restarts = db_dialect(app->work)->rollback_to_restarts;
	const char *product = db_facts(app->work)->product;
	switch (app->settings.txn.protocol) {
	case PROTOCOL_AUTO:
		diagnosis_add(d, "protocol", NULL, "auto: %s on %s", restarts ? "savepoint" : "restart", product);
		return;
	case PROTOCOL_RESTART:
		diagnosis_add(d, "protocol", NULL, "restart");
		return;
	case PROTOCOL_SAVEPOINT:
		diagnosis_add(d, "protocol", restarts ? NULL : "--protocol auto; savepoint is for a lesson there",
			      "savepoint%s", restarts ? "" : ": on PostgreSQL such a retry never succeeds");
		return;
	case PROTOCOL_NONE:
		diagnosis_add(d, "protocol", "--protocol auto; none is for a lesson", "none: nothing is retried");
		return;
	}
}

static void look_at_transaction(struct diagnosis *d, const struct app *app)
{
	bool serializable = strcmp(d->isolation, "serializable") == 0, writes = strcmp(d->read_only, "off") == 0;
	diagnosis_add(d, "isolation", serializable ? NULL : "ask whoever runs the server: transfers rely on it",
		      "asked for serializable, got %s", d->isolation[0] ? d->isolation : "nothing");
	if (app->settings.read_only)
		diagnosis_add(d, "writing", NULL, "off, as --read-only asks");
	else
		diagnosis_add(d, "writing",
			      writes ? NULL
				     : "connect to the primary server, or turn default_transaction_read_only off",
			      writes ? "transactions can write" : "transactions are read-only");
}

static void look_at_ledger(struct diagnosis *d, const struct catalogue *c)
{
	if (c->ledger)
		diagnosis_add(d, "ledger", NULL, "%s is there%s%s", c->ledger_name, c->ledger_beside ? "; " : "",
			      c->ledger_beside ? c->ledger_beside : "");
	else if (c->ledger_off)
		diagnosis_add(d, "ledger", NULL, "none, as --ledger none asks");
	else if (c->ledger_why)
		diagnosis_add(d, "ledger", c->ledger_why, "cannot be used");
	else
		diagnosis_add(d, "ledger",
			      "`teller init` makes it: a commit whose answer is lost can be looked up there",
			      "there is none");
}

static void look_at_table(struct diagnosis *d, const struct app *app)
{
	const struct catalogue *c = app->catalogue;
	if (!c) {
		diagnosis_add(d, "table", app->no_bank ? app->no_bank : "try again in a moment", "cannot be used");
		return;
	}
	diagnosis_add(
		d, "table", NULL, "%s: %s %s, %s %s%s", c->name, c->id_name, c->id_type, c->balance_name,
		c->balance_type,
		c->triggers
			? "; it has triggers: what they do to other accounts a transfer does not see, `verify` sees "
			  "it"
			: "");
	diagnosis_add(d, "privileges", app->settings.read_only ? NULL : c->browse_why, "%s%s",
		      c->browse_why ? "read" : "read and write",
		      c->partial ? ", only the rows that row level security shows" : "");
	look_at_ledger(d, c);
}

void diagnosis_look_there(struct diagnosis *d)
{
	const struct app *app = d->run->app;
	look_at_server(d, app);
	look_at_trips(d);
	look_at_protocol(d, app);
	look_at_transaction(d, app);
	look_at_table(d, app);
}
