/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Summary of the transaction settings: protocol, limits, wire mode. */
#include "ui/txn_summary.h"

#include <inttypes.h>

#include "app/shown.h"
#include "txn/backoff.h"
#include "ui/draw.h"

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
	struct shown_terms terms = shown_terms(app);
	struct txn_options options = terms.options;
	buf_fmt(out, "One %s transaction, which reads both balances again%s and decides by those. ", terms.isolation,
		terms.locks ? ", FOR UPDATE," : "");
	if (!retries(&options)) {
		buf_str(out, "Not retried.");
		return;
	}
	buf_fmt(out, "At most %u attempts in %" PRIu64 " s, ", options.max_attempts, options.max_elapsed_ms / 1000);
	backoff_explain(out, &options);
	buf_fmt(out, ". Protocol %s, %s.", terms.protocol, wire_words(options.wire));
}

void txn_summary_draw(struct rect area, const struct app *app)
{
	struct shown_terms terms = shown_terms(app);
	struct txn_options options = terms.options;
	struct buf line = {0};
	buf_fmt(&line, "Isolation  %s%s", terms.isolation, terms.locks ? ", reads FOR UPDATE" : "");
	draw_text(area.y, area.x, area.w, STYLE_FAINT, buf_text(&line));
	buf_clear(&line);
	buf_fmt(&line, "Protocol   %s, %s", terms.protocol, wire_words(options.wire));
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
