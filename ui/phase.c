/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what the program is waiting for. */
#include "ui/phase.h"

#include "app/app.h"
#include "ui/draw.h"
#include "ui/message.h"

static void connecting(struct buf *out, const struct app *app)
{
	struct buf place = {0};
	buf_str(out, "connecting ");
	if (!app->settings.demo) {
		buf_str(out, "to ");
		conninfo_show(&place, &app->settings.conninfo);
		draw_harmless(out, buf_text(&place));
		buf_char(out, ' ');
	}
	buf_str(out, "...");
	buf_free(&place);
}

static void phase_add_refusal(struct buf *out, const char *why)
{
	struct buf words = {0};
	message_words(&words, why);
	draw_harmless(out, buf_text(&words));
	buf_free(&words);
}

bool phase_words(struct buf *out, const struct app *app)
{
	switch (app->phase) {
	case PHASE_SERVER:
		if (app->settings.cockroach)
			draw_harmless(out, app->starting ? app->starting : "starting CockroachDB");
		else
			buf_str(out, "starting PostgreSQL");
		buf_str(out, " ...");
		return true;
	case PHASE_CONNECTING:
		connecting(out, app);
		return true;
	case PHASE_TABLES:
		buf_fmt(out, "making %u accounts ...", app->settings.accounts);
		return true;
	case PHASE_LOOKING:
		buf_str(out, "looking at the table ...");
		return true;
	case PHASE_FAILED:
		draw_harmless(out, app->failure.text);
		return true;
	case PHASE_READY:
		if (app->no_bank)
			phase_add_refusal(out, app->no_bank);
		return app->no_bank != NULL;
	}
	return false;
}
