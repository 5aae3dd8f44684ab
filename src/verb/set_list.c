/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The setting of the list of accounts: as-of. */
#include <stdlib.h>
#include <string.h>

#include "app/browse.h"
#include "set.h"

/* ---- as-of ---- */

void as_of_show(struct buf *out, const struct app *app)
{
	const char *as_of = app->settings.as_of;
	if (!as_of)
		buf_str(out, "off");
	else if (as_of[0] == '\'')
		buf_add(out, as_of + 1, strlen(as_of) - 2);
	else
		buf_str(out, "follower");
}

void as_of_explain(struct buf *out, const struct app *app)
{
	if (app->settings.as_of)
		buf_str(out, ": the list is read as it was then, so that reading it blocks nobody");
	else
		buf_str(out, ": the list is read as it is now");
}

enum status as_of_set(struct app *app, const char *word, struct err *err)
{
	char *as_of;
	const struct dialect *dialect = db_dialect(app->browse);
	enum status status = query_as_of(word, &as_of, err);
	if (status)
		return status;
	if (as_of && app->catalogue && !dialect->reads_past) {
		free(as_of);
		return err_set(err, ST_USAGE, "%s cannot read the past; it has no AS OF SYSTEM TIME", dialect->product);
	}
	free(app->settings.as_of);
	app->settings.as_of = as_of;
	browse_look(app, true);
	return ST_OK;
}
