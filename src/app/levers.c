/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is armed for the next transfer: as labels for the title, and as sentences. */
#include <inttypes.h>

#include "play_internal.h"

void app_armed(struct buf *out, const struct app *app)
{
	const struct txn_inject *inject = txn_inject(app->txn);
	if (app->play) {
		buf_str(out, app->play->armed ? app->play->armed : "");
		return;
	}
	own_cluster_armed(out, app);
	if (app->step.on)
		buf_str(out, "STEPPING  ");
	if (inject->fail)
		buf_fmt(out, "INJECT %u  ", inject->fail);
	if (inject->cut)
		buf_str(out, "CUT ARMED  ");
	if (inject->cut_before)
		buf_str(out, "CUT-BEFORE ARMED  ");
	if (inject->strike)
		buf_str(out, "NODE-KILL ARMED  ");
	if (inject->delay_ms)
		buf_fmt(out, "DELAY %" PRIu64 " ms  ", inject->delay_ms);
	if (out->len)
		out->p[out->len -= 2] = '\0';
}

static void levers_say_attempts(struct buf *out, unsigned n)
{
	if (n == 1)
		buf_str(out, "The server will fail the first attempt. ");
	else if (n)
		buf_fmt(out, "The server will fail the first %u attempts. ", n);
}

void app_armed_words(struct buf *out, const struct app *app)
{
	const struct txn_inject *inject = txn_inject(app->txn);
	if (app->step.on)
		buf_str(out, "Each statement will be held until you let it go. ");
	levers_say_attempts(out, inject->fail);
	if (inject->cut)
		buf_str(out, "Our connection will be cut while the commit is on its way. ");
	if (inject->cut_before)
		buf_str(out, "Our connection will be cut before the commit is sent. ");
	if (inject->strike)
		buf_str(out, "Its node will be killed while the commit is on its way. ");
	if (inject->delay_ms)
		buf_fmt(out, "There will be a wait of %" PRIu64 " ms before each round trip. ", inject->delay_ms);
	if (out->len)
		out->p[--out->len] = '\0';
}
