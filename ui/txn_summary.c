/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of the transaction settings: protocol, limits, wire mode. */
#include "ui/txn_summary.h"

#include <inttypes.h>

#include "app/app.h"
#include "txn/backoff.h"
#include "ui/draw.h"

static const char *protocol_word(const struct app *app)
{
	const struct dialect *dialect = app->work ? db_dialect(app->work) : dialect_of(SERVER_POSTGRES);
	return txn_protocol_name(txn_protocol_on(app->settings.txn.protocol, dialect));
}

static const char *wire_words(enum txn_wire wire)
{
	return wire == WIRE_STEP ? "one statement a round trip" : wire == WIRE_ONESHOT ? "one round trip" : "pipelined";
}

static bool retries(const struct txn_options *options)
{
	return options->protocol != PROTOCOL_NONE && options->max_attempts > 1;
}

void txn_summary_sentence(struct buf *out, const struct app *app)
{
	struct txn_options options = app_txn_options(app);
	buf_fmt(out, "One %s transaction, which reads both balances again%s and decides by those. ", app_isolation(app),
		app_locks(app) ? ", FOR UPDATE," : "");
	if (!retries(&options)) {
		buf_str(out, "Not retried.");
		return;
	}
	buf_fmt(out, "At most %u attempts in %" PRIu64 " s, ", options.max_attempts, options.max_elapsed_ms / 1000);
	backoff_explain(out, &options);
	buf_fmt(out, ". Protocol %s, %s.", protocol_word(app), wire_words(options.wire));
}

void txn_summary_draw(struct rect area, const struct app *app)
{
	struct txn_options options = app_txn_options(app);
	struct buf line = {0};
	buf_fmt(&line, "Isolation  %s%s", app_isolation(app), app_locks(app) ? ", reads FOR UPDATE" : "");
	draw_text(area.y, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_clear(&line);
	buf_fmt(&line, "Protocol   %s, %s", protocol_word(app), wire_words(options.wire));
	draw_text(area.y + 1, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_clear(&line);
	if (retries(&options)) {
		buf_fmt(&line, "Attempts   %u in %" PRIu64 " s, ", options.max_attempts, options.max_elapsed_ms / 1000);
		backoff_summary(&line, &options);
	} else {
		buf_str(&line, "Attempts   1, not retried");
	}
	draw_text(area.y + 2, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_free(&line);
}
