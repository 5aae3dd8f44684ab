/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transfer whose outcome is not known, until it is settled. */
#include <stdlib.h>
#include <strings.h>

#include "app/app_private.h"
#include "base/mem.h"

void unsettled_begin(struct app *app, const char *id)
{
	char *copy = mem_dup(id);
	free(app->unsettled_id);
	app->unsettled_id = copy;
}

void unsettled_end(struct app *app, const char *id)
{
	if (!id || !app->unsettled_id || strcasecmp(app->unsettled_id, id) != 0)
		return;
	free(app->unsettled_id);
	app->unsettled_id = NULL;
}
