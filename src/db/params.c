/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parameters of a statement: its own, and those that many statements share, as one array. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "db_internal.h"
#include "event/show.h"

struct params params_all(const struct statement *statement)
{
	struct params all = {.values = statement->params, .n = statement->nparams + statement->nmore};
	if (!statement->nmore)
		return all;
	all.joined = mem_array(all.n, sizeof *all.joined);
	if (statement->nparams)
		memcpy(all.joined, statement->params, statement->nparams * sizeof *all.joined);
	memcpy(all.joined + statement->nparams, statement->more, statement->nmore * sizeof *all.joined);
	all.values = all.joined;
	return all;
}

void params_done(struct params *params)
{
	free((void *)params->joined);
	*params = (struct params){0};
}

void statement_show_params(struct buf *out, const struct statement *statement)
{
	if (!statement->nmore) {
		show_params(out, statement->params, statement->nparams);
		return;
	}
	struct params all = params_all(statement);
	show_params(out, all.values, all.n);
	params_done(&all);
}
