/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who waits for a connection or the catalogue, and when each is served. */
#include <stdlib.h>

#include "base/mem.h"
#include "inner.h"

enum { PENDING, SERVED };

/* SERVED with an empty err: it is there. */
static int look_up(struct app *app, const struct need *need, struct err *err)
{
	const char *why = app_not_ready(app, need->flags);
	bool starting = app->stage != STAGE_READY && app->stage != STAGE_FAILED;
	const struct loss *lost = &app->inner->lost, *lost_work = &app->inner->lost_work;
	if (why && (app->inner->awaking || (starting && app_prints(app)) || start_awaits(app, lost)))
		return PENDING;
	if (why && app_prints(app) && lost->since_us) {
		start_gave_up(app, lost, "the connection", err);
		return SERVED;
	}
	if (why) {
		bool bank = app->stage == STAGE_READY && app->no_bank && why == app->no_bank;
		enum status status = app->stage == STAGE_FAILED ? app->failure.status : bank ? ST_STATEMENT : ST_LOST;
		err_set(err, status, "%s", why);
		return SERVED;
	}
	enum db_state work = db_state(app->work);
	if (!(need->flags & COMMAND_WORK) || work == DB_IDLE || work == DB_BUSY)
		return SERVED;
	if (work == DB_CONNECTING || !lost_work->since_us || start_awaits(app, lost_work))
		return PENDING;
	start_gave_up(app, lost_work, "the connection for transfers", err);
	return SERVED;
}

void needs_settle(struct app *app)
{
	for (struct need **at = &app->inner->needs; *at;) {
		struct need *need = *at;
		struct err err = {0};
		if (look_up(app, need, &err) == PENDING) {
			at = &need->next;
			continue;
		}
		*at = need->next;
		need->fn(need->arg, err.status ? &err : NULL);
		free(need);
		at = &app->inner->needs; /* the list may have changed */
	}
}

bool needs_work(const struct app *app)
{
	const struct need *need = app->inner->needs;
	while (need && !(need->flags & COMMAND_WORK))
		need = need->next;
	return need != NULL;
}

void needs_wait(struct app *app, unsigned command_flags, void (*fn)(void *arg, const struct err *err), void *arg)
{
	unsigned needed = command_flags & (COMMAND_SERVER | COMMAND_BANK | COMMAND_WORK);
	if (!needed) {
		fn(arg, NULL);
		return;
	}
	struct need *need = NEW(struct need);
	*need = (struct need){needed, fn, arg, app->inner->needs};
	app->inner->needs = need;
	if (needed & COMMAND_WORK)
		app->inner->wants_work = true;
	start_wake(app);
	if (!app->inner->started && app->stage != STAGE_FAILED)
		app_start(app);
	else if (app->stage != STAGE_FAILED && app->stage != STAGE_SERVER && (needed & COMMAND_WORK))
		start_connect_work(app); /* the start may have begun without it */
	needs_settle(app);
}

/* What was asked for must not happen later, when nobody expects it. */
bool needs_cancel(struct app *app)
{
	struct need *needs = app->inner->needs, *next;
	struct err err;
	bool waited = needs != NULL;
	app->inner->needs = NULL;
	if (waited && app->stage == STAGE_READY && db_state(app->work) == DB_CONNECTING)
		db_close(app->work);
	for (; needs; needs = next) {
		next = needs->next;
		err_set(&err, ST_CANCELLED, "cancelled; nothing was changed");
		needs->fn(needs->arg, &err);
		free(needs);
	}
	return waited;
}

/* Without the session that writes one can still browse; who needs it gets its error. */
void needs_fail_work(struct app *app, const struct err *err)
{
	struct need *needs = app->inner->needs, *next;
	app->inner->needs = NULL;
	bool told = false;
	for (; needs; needs = next) {
		next = needs->next;
		if (needs->flags & COMMAND_WORK) {
			needs->fn(needs->arg, err);
			free(needs);
			told = true;
		} else {
			needs->next = app->inner->needs;
			app->inner->needs = needs;
		}
	}
	if (!told)
		app_say(app, ST_CONNECT, "transfers: %s", err->text);
}
