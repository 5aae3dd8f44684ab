/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that were typed before the accounts are there, kept until they are. */
#include "ui/early.h"

#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/command.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/view.h"

bool early_awaits(const struct app *app)
{
	if (app->settings.plays || app->phase == PHASE_FAILED || (app->phase == PHASE_READY && app->no_bank))
		return false;
	return app->phase != PHASE_READY || !app->pages ||
	       (!pages_loaded(app->pages) && !pages_error(app->pages) && pages_loading(app->pages));
}

/* What shows something else, or ends it, is done at once. */
static bool early_at_once(const char *name)
{
	static const char *const names[] = {"quit", "cancel", "help", "redraw", "suspend"};
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

bool early_waits(const struct early *early, const char *line)
{
	char name[32];
	size_t n = strcspn(line, " ");
	snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), line);
	const struct command *command = command_exact(name);
	if (!command || early_at_once(name))
		return false;
	bool moves = motion_of(name, NULL, 1).kind != MOTION_NONE;
	return early->n > 0 || moves || !(command->flags & COMMAND_SCREEN) || (command->flags & COMMAND_BANK);
}

void early_add(struct early *early, const struct key *key)
{
	if (early->n < EARLY_MAX)
		early->keys[early->n++] = *key;
	else
		early->full = true;
}

bool early_words(const struct early *early, char words[96])
{
	if (early->full)
		snprintf(words, 96, "%d keys wait for the accounts, and no more can; ^C forgets them", early->n);
	else
		snprintf(words, 96, "%d %s for the accounts; ^C forgets %s", early->n,
			 text_plural((uint64_t)early->n, "key waits", "keys wait"), early->n == 1 ? "it" : "them");
	return early->n > 0;
}
