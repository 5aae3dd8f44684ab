/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of the transaction settings: protocol, limits, wire mode. */
#include "ui/txn_summary.h"

#include <inttypes.h>

#include "app/app.h"
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
	buf_fmt(out, "One %s transaction, which reads both balances again%s and decides by those. ",
		txn_isolation_name(options.isolation), app_locks(app) ? ", FOR UPDATE," : "");
	if (!retries(&options))
		buf_str(out, "Not retried.");
	else
		buf_fmt(out,
			"At most %u attempts in %" PRIu64 " s, waits of up to %" PRIu64
			" ms, then twice that, to %" PRIu64 " ms. Protocol %s, %s.",
			options.max_attempts, options.max_elapsed_ms / 1000, options.backoff_base_ms,
			options.backoff_cap_ms, protocol_word(app), wire_words(options.wire));
}

void txn_summary_draw(struct rect area, const struct app *app)
{
	struct txn_options options = app_txn_options(app);
	struct buf line = {0};
	buf_fmt(&line, "Isolation  %s%s", txn_isolation_name(options.isolation),
		app_locks(app) ? ", reads FOR UPDATE" : "");
	draw_text(area.y, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_clear(&line);
	buf_fmt(&line, "Protocol   %s, %s", protocol_word(app), wire_words(options.wire));
	draw_text(area.y + 1, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_clear(&line);
	if (retries(&options))
		buf_fmt(&line, "Attempts   %u in %" PRIu64 " s, waits %" PRIu64 " to %" PRIu64 " ms",
			options.max_attempts, options.max_elapsed_ms / 1000, options.backoff_base_ms,
			options.backoff_cap_ms);
	else
		buf_str(&line, "Attempts   1, not retried");
	draw_text(area.y + 2, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_free(&line);
}
