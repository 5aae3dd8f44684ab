/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor checks on a server: version, TLS, round trips, protocol, isolation, durability, rights, the table,
 * the ledger. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "doctor/diagnosis.h"

static void look_at_server(struct diagnosis *d, const struct app *app)
{
	const struct db_facts *facts = db_facts(app->work);
	const struct who *who = db_who(app->work);
	bool open = facts->remote && !facts->verified;
	diagnosis_add(d, "server", NULL, "%s %s, %s", facts->product, facts->version, facts->place);
	diagnosis_add(d, "TLS",
		      open ? "connect with sslmode=verify-full: traffic could be read or changed on the way" : NULL,
		      "%s%s", facts->tls, facts->verified ? ", verify-full" : "");
	if (who_acts(who))
		diagnosis_add(d, "role", NULL, "%s, acting as %s", who->session_user, who->current_user);
}

static int by_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void look_at_trips(struct diagnosis *d)
{
	char median[16];
	if (d->pings < PINGS)
		return;
	qsort(d->trip_us, PINGS, sizeof *d->trip_us, by_time);
	text_duration(median, d->trip_us[PINGS / 2]);
	diagnosis_add(d, "round trip", NULL, "%s, the median of %d", median, PINGS);
}

static void look_at_protocol(struct diagnosis *d, const struct app *app)
{
	enum txn_protocol protocol = app->settings.txn.protocol;
	const struct dialect *dialect = db_dialect(app->work);
	const char *name = txn_protocol_name(protocol);
	struct buf advice = {0};
	if (protocol == PROTOCOL_AUTO) {
		diagnosis_add(d, "protocol", NULL, "auto: %s on %s",
			      txn_protocol_name(txn_protocol_on(protocol, dialect)), db_facts(app->work)->product);
	} else if (protocol == PROTOCOL_NONE) {
		diagnosis_add(d, "protocol", "--protocol auto; none is for a lesson", "none: nothing is retried");
	} else if (txn_protocol_helps(protocol, dialect)) {
		diagnosis_add(d, "protocol", NULL, "%s", name);
	} else {
		buf_fmt(&advice, "--protocol auto; %s is for a lesson there", name);
		diagnosis_add(d, "protocol", buf_text(&advice), "%s: on %s such a retry never succeeds", name,
			      db_facts(app->work)->product);
	}
	buf_free(&advice);
}

static void look_at_isolation(struct diagnosis *d, const struct app *app)
{
	static const char advice[] = "ask whoever runs the server: transfers rely on it";
	struct buf doubt = {0};
	txn_isolation_doubt(&doubt, app->settings.txn.isolation, db_dialect(app->browse));
	bool serializable = strcmp(d->isolation, "serializable") == 0;
	if (d->refused)
		diagnosis_add(d, "isolation", advice, "asked for serializable, was refused: %s", d->refused);
	else if (d->isolation[0])
		diagnosis_add(d, "isolation", serializable ? NULL : advice, "asked for serializable, got %s%s%s",
			      d->isolation, doubt.len ? "; " : "", buf_text(&doubt));
	buf_free(&doubt);
}

static void look_at_standby(struct diagnosis *d, const struct app *app)
{
	const char *primary = who_primary(db_who(app->work));
	struct buf way = {0};
	who_way(&way, db_who(app->work));
	diagnosis_add(d, "writing", app->settings.read_only ? NULL : buf_text(&way), "standby, read-only%s%s",
		      primary ? "; its primary: " : "", primary ? primary : "");
	buf_free(&way);
}

static void look_at_writing(struct diagnosis *d, const struct app *app)
{
	bool writes = strcmp(d->read_only, "off") == 0;
	if (db_standby(app->work))
		look_at_standby(d, app);
	else if (app->settings.read_only)
		diagnosis_add(d, "writing", NULL, "off, as --read-only asks");
	else if (d->read_only[0])
		diagnosis_add(d, "writing",
			      writes ? NULL : "turn default_transaction_read_only off, for the role or the database",
			      writes ? "transactions can write" : "transactions are read-only");
}

/* ---- durability ---- */

static void look_at_disk(struct diagnosis *d, const struct app *app)
{
	if (app->settings.demo && !app->settings.keep)
		diagnosis_add(d, "durability", NULL, "not forced to disk (fsync=off): this bank is thrown away");
	else
		diagnosis_add(d, "durability",
			      "set fsync=on: a crash of the machine may lose or spoil all that is there",
			      "writes are not forced to disk (fsync=off)");
}

static void look_at_commit(struct diagnosis *d, const struct app *app)
{
	bool cluster = db_dialect(app->work)->cluster;
	switch (db_who(app->work)->durability) {
	case DURABLE_MEMORY:
		diagnosis_add(d, "durability",
			      "a crash of the server may lose the last transactions; set synchronous_commit=on",
			      "a commit is answered before it is on disk (synchronous_commit=off)");
		return;
	case DURABLE_ASYNC:
		diagnosis_add(d, "durability",
			      "a failover may lose the last transactions; name the standbys in "
			      "synchronous_standby_names",
			      "a commit is on this server's disk; its standbys follow later");
		return;
	case DURABLE_REPLICATED:
		diagnosis_add(d, "durability", NULL,
			      cluster ? "a commit is on the disks of a majority"
				      : "a commit is on this server's disk and on a standby");
		return;
	case DURABLE_LOCAL:
		diagnosis_add(d, "durability", NULL, "a commit is on this server's disk; it has no standby");
		return;
	case DURABLE_UNKNOWN:
		diagnosis_add(d, "durability", NULL, "the server does not say how durable a commit is");
		return;
	}
}

static void look_at_durability(struct diagnosis *d, const struct app *app)
{
	bool unasked = db_dialect(app->work)->fsync_sql && !d->fsync[0];
	if (db_standby(app->work) || unasked) /* nothing is committed there */
		return;
	if (strcmp(d->fsync, "off") == 0)
		look_at_disk(d, app);
	else
		look_at_commit(d, app);
}

/* ---- the bank ---- */

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
	diagnosis_add(d, "columns", NULL, "id: %s, %s; balance: %s, %s%s%s", c->id_name, c->id_why, c->balance_name,
		      c->balance_why, c->part ? "; only " : "", c->part ? c->part : "");
	diagnosis_add(d, "privileges", app->settings.read_only ? NULL : c->browse_why, "%s%s",
		      c->browse_why ? "read" : "read and write",
		      c->partial ? ", only the rows that row level security shows" : "");
	look_at_ledger(d, c);
}

void diagnosis_look_there(struct diagnosis *d)
{
	const struct app *app = d->run->app;
	look_at_server(d, app);
	diagnosis_show_node(d);
	diagnosis_show_between(d);
	look_at_trips(d);
	look_at_protocol(d, app);
	look_at_isolation(d, app);
	look_at_writing(d, app);
	look_at_durability(d, app);
	look_at_table(d, app);
}
