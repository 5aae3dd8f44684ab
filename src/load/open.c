/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The beginning of a load: its own connection, the catalogue, the total before the first transfer, and the accounts. */
#include <stdlib.h>
#include <string.h>

#include "bank/query.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/pool.h"
#include "load_internal.h"

enum { OPEN_CONNECT_MS = 10000, OPEN_PAGE = 1000, OPEN_ASKED = 16 };

static void open_on_lost(void *arg, size_t answered, const struct answer *why)
{
	struct load *load = arg;
	(void)answered;
	struct err err;
	const char *advice = pool_advice(load->control, why->sqlstate);
	err_set(&err, ST_LOST, "the connection was lost: %s%s%s", why->message, advice,
		*advice ? ", or take --way oneshot without --in-flight" : "");
	load_fail(load, err.status, err.text);
}

static void open_send(struct load *load, const struct statement *statements, size_t n,
		      void (*answer)(void *arg, size_t index, const struct answer *answer), void (*idle)(void *arg))
{
	struct db_context context = {0};
	struct db_reply reply = {answer, idle, open_on_lost, load, NULL};
	db_send(load->control, statements, n, &context, &reply);
}

static void open_refuse(struct load *load, const struct answer *answer)
{
	if (!load->report.error.status && !answer->skipped)
		answer_tell(&load->report.error, ST_STATEMENT, answer, "%s cannot be read", load->catalogue->name);
}

/* ---- the accounts ---- */

static void open_add(struct load *load, const char *id)
{
	struct crowd *crowd = &load->crowd;
	for (size_t i = 0; load->of && i < crowd->n; i++)
		if (strcmp(crowd->ids[i], id) == 0)
			return;
	crowd->ids = mem_grow((void *)crowd->ids, crowd->n, sizeof *crowd->ids);
	crowd->ids[crowd->n++] = mem_dup(id);
}

static void open_finish(struct load *load)
{
	struct load_report *report = &load->report;
	if (report->error.status) {
		load_fail(load, report->error.status, NULL);
	} else if (load->of && load->crowd.n < 2) {
		load_fail(load, ST_REJECTED, "--of names one account only, and a transfer needs two: add an id");
	} else if (load->crowd.n < 2) {
		load_fail(load, ST_REJECTED,
			  load->crowd.n ? "there is one account only, and a transfer needs two; `create 100` adds some"
					: "there are no accounts; `create 100` adds some");
	} else {
		report->accounts = load->crowd.n;
		report->accounts_more = load->crowd.more;
		load_begin(load);
	}
}

static void open_on_page(void *arg, size_t index, const struct answer *answer)
{
	struct load *load = arg;
	(void)index;
	if (!answer->ok)
		open_refuse(load, answer);
	load->asked = answer->rows ? answer->rows->nrows : 0;
	for (size_t r = 0; r < load->asked; r++)
		open_add(load, rows_cell(answer->rows, r, ACCOUNT_ID));
}

static size_t open_most(const struct load *load)
{
	return load->spec.hot && load->spec.hot < LOAD_ACCOUNTS_MAX ? load->spec.hot : LOAD_ACCOUNTS_MAX;
}

static void open_page(struct load *load);

static void open_on_page_idle(void *arg)
{
	struct load *load = arg;
	size_t most = open_most(load);
	ask_free(load->ask);
	load->crowd.more = load->crowd.n > most;
	while (load->crowd.n > most)
		free(load->crowd.ids[--load->crowd.n]);
	if (load->report.error.status || load->asked < OPEN_PAGE || load->crowd.more)
		open_finish(load);
	else
		open_page(load);
}

static void open_page(struct load *load)
{
	size_t n = load->crowd.n;
	struct spot spot = {.id = n ? load->crowd.ids[n - 1] : NULL};
	query_page(load->ask, load->query, WAY_AFTER, n ? &spot : NULL, OPEN_PAGE);
	open_send(load, load->ask->statements, load->ask->n, open_on_page, open_on_page_idle);
}

static void open_all(struct load *load)
{
	load->ask = NEW(struct ask);
	load->query = query_new(load->catalogue, db_dialect(load->control), (struct sort){.by = SORT_ID}, NULL, NULL);
	open_page(load);
}

/* ---- those that were named ---- */

/* The id at that place of those that are asked for now. */
static void open_say_missing(struct load *load, size_t index)
{
	struct buf id = {0};
	const char *at = load->of + load->of_from;
	size_t length = strcspn(at, ",");
	for (; index || !length; length = strcspn(at, ",")) {
		index -= length > 0;
		at += length + 1;
	}
	text_escape(&id, at, length, 80);
	err_set(&load->report.error, ST_REJECTED, "--of names the account %s, which is not there", buf_text(&id));
	buf_free(&id);
}

static void open_on_named(void *arg, size_t index, const struct answer *answer)
{
	struct load *load = arg;
	if (!answer->ok)
		open_refuse(load, answer);
	else if (answer->rows && answer->rows->nrows)
		open_add(load, rows_cell(answer->rows, 0, ACCOUNT_ID));
	else if (!load->report.error.status)
		open_say_missing(load, index);
}

static void open_named(void *arg)
{
	struct load *load = arg;
	struct statement statements[OPEN_ASKED];
	const char *params[OPEN_ASKED];
	char *names[OPEN_ASKED];
	size_t n = 0;
	const char *at = load->of + load->asked;
	while (*at && n < OPEN_ASKED && !load->report.error.status) {
		size_t length = strcspn(at, ",");
		params[n] = names[n] = mem_dup_n(at, length);
		statements[n] = catalogue_select(load->catalogue, CAT_ONE, &params[n], 1);
		n += length > 0;
		if (!length)
			free(names[n]);
		at += length + (at[length] == ',');
	}
	load->of_from = load->asked;
	load->asked = (size_t)(at - load->of);
	if (n)
		open_send(load, statements, n, open_on_named, open_named);
	else
		open_finish(load);
	while (n)
		free(names[--n]);
}

/* ---- before that ---- */

static void open_take_total(struct load *load, const struct rows *rows)
{
	const char *below = rows_cell(rows, 0, TOTAL_BELOW);
	load->total = mem_dup(rows_cell(rows, 0, TOTAL_SUM));
	load->below = below ? strtoull(below, NULL, 10) : 0;
}

static void open_on_total(void *arg, size_t index, const struct answer *answer)
{
	struct load *load = arg;
	(void)index;
	if (!answer->ok)
		open_refuse(load, answer);
	else
		open_take_total(load, answer->rows);
}

static void open_accounts(void *arg)
{
	struct load *load = arg;
	if (load->report.error.status)
		open_finish(load);
	else if (load->of)
		open_named(load);
	else
		open_all(load);
}

/* What travels as one statement is whole in each mode of a pooler. */
static bool open_needs_transactions(const struct load *load)
{
	const struct load_spec *spec = &load->spec;
	return spec->way.kind != LOAD_ONESHOT || spec->in_flight > 1 || spec->read_share;
}

static void open_on_tried(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	if (!answer->ok)
		open_refuse(arg, answer);
}

static void open_total(void *arg)
{
	struct load *load = arg;
	struct statement total = catalogue_select(load->catalogue, CAT_TOTAL, NULL, 0);
	if (load->report.error.status)
		open_finish(load);
	else
		open_send(load, &total, 1, open_on_total, open_accounts);
}

static void open_give_back(void *arg)
{
	static const struct statement rollback = {.sql = "ROLLBACK", .verb = VERB_ROLLBACK, .once = true};
	open_send(arg, &rollback, 1, open_on_tried, open_total);
}

/* A pooler in statement mode ends the session that begins a transaction. In the midst of the load each of them would
 * fail, and of those in flight nobody would know the outcome. */
static void open_try_transaction(struct load *load)
{
	static const struct statement begin = {.sql = "BEGIN READ ONLY", .verb = VERB_BEGIN, .once = true};
	open_send(load, &begin, 1, open_on_tried, open_give_back);
}

/* What cannot be done with this table. */
static bool open_refused(struct load *load)
{
	const struct catalogue *c = load->catalogue;
	if (c->browse_why)
		load_fail(load, ST_REJECTED, c->browse_why);
	else if (load->spec.way.kind == LOAD_BATCH && !bundle_can(c))
		load_fail(load, ST_REJECTED,
			  "the way batch needs a table without triggers, which may change what was written");
	else if (load->spec.in_flight > 1 && (!c->ledger || c->triggers || c->deferred))
		load_fail(load, ST_REJECTED,
			  "--in-flight needs the ledger, which `init` makes, and accounts without triggers");
	else
		return false;
	return true;
}

static void open_on_catalogue(void *arg, struct catalogue *catalogue, bool missing, const struct err *err)
{
	struct load *load = arg;
	(void)missing;
	load->catalogue = catalogue;
	if (!catalogue) {
		load_fail(load, err->status, err->text);
		return;
	}
	load->who = *db_who(load->control);
	load->report.recorded = catalogue->ledger;
	load->report.scale = catalogue->balance_scale;
	if (open_refused(load))
		return;
	if (db_pooled(load->control) && open_needs_transactions(load))
		open_try_transaction(load);
	else
		open_total(load);
}

static void open_on_connected(void *arg, const struct err *err)
{
	struct load *load = arg;
	if (err)
		load_fail(load, err->status, err->text);
	else
		catalogue_read(load->control, &load->bank, open_on_catalogue, load);
}

void open_begin(struct load *load)
{
	db_connect(load->control, &load->conninfo, OPEN_CONNECT_MS, open_on_connected, load);
}
