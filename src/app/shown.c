/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of the engine of transfers, asked of the engine itself or of the recording that is played. */
#include "app/shown.h"

#include "base/clock.h"
#include "load/seen.h"
#include "play_internal.h"
#include "txn/choices.h"

struct shown_transfer shown_transfer(const struct app *app)
{
	const struct app_transfer *transfer = &app->transfer;
	if (app->play)
		return app->play->transfer;
	if (!transfer->body)
		return (struct shown_transfer){.reason = ""};
	return (struct shown_transfer){
		.there = true,
		.txn = transfer->txn,
		.outcome = transfer->result.outcome,
		.source = transfer->source,
		.destination = transfer->destination,
		.reason = transfer->result.reason.text,
		.facts = transfer_facts(transfer->body),
		.scale = app->catalogue ? app->catalogue->balance_scale : 0,
	};
}

struct shown_terms shown_terms(const struct app *app)
{
	const struct play *play = app->play;
	struct shown_terms terms = {.options = app_txn_options(app)};
	const struct dialect *dialect = app->work ? db_dialect(app->work) : dialect_of(SERVER_POSTGRES);
	terms.isolation = play && play->isolation ? play->isolation : app_isolation(app);
	terms.protocol = play && play->protocol
				 ? play->protocol
				 : txn_protocol_name(txn_protocol_on(app->settings.txn.protocol, dialect));
	terms.locks = play ? play->locks : app_locks(app);
	return terms;
}

const struct load_seen *shown_load(struct app *app)
{
	if (app->load || app->race)
		load_see(&app->load_seen, app->load, app->race);
	return app->load_seen;
}

bool shown_rival_armed(const struct app *app)
{
	return app->play ? app->play->rival_armed : app->rival && rival_armed(app->rival);
}

bool shown_rival_busy(const struct app *app)
{
	return app->play ? app->play->rival_busy : app->rival && rival_busy(app->rival);
}

const struct txn_counters *shown_counters(const struct app *app)
{
	return app->play ? &app->play->counters : txn_counters(app->txn);
}

uint64_t shown_now_us(const struct app *app)
{
	return app->play ? play_now_us(app->play) : clock_wall_us();
}
