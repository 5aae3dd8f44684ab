/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether an account holds a text: the same answer here, of a row that was read, and by the server. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "bank/pages.h"
#include "query_internal.h"
#include "src/bank/sql/qualify.h"
#include "src/bank/sql/statements.h"

/* ---- here ---- */

/* UUIDs may be typed without their dashes. */
static bool holds_uuid(const char *id, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			continue;
		id += *id == '-';
		if (tolower((unsigned char)*id++) != tolower((unsigned char)*text))
			return false;
	}
	return true;
}

static bool holds_id(const struct catalogue *c, const char *id, const char *text)
{
	if (strcmp(c->id_type, "uuid") == 0)
		return holds_uuid(id, text);
	return c->id_is_number ? strncmp(id, text, strlen(text)) == 0 : strcasestr(id, text) != NULL;
}

bool account_holds(const struct catalogue *c, const struct account *account, const char *text)
{
	if (!text[0])
		return false;
	for (size_t i = 0; i < c->nextra; i++)
		if (account->extra[i] && strcasestr(account->extra[i], text))
			return true;
	return holds_id(c, account->id, text);
}

/* ---- on the server ---- */

/* Capitals are those of ASCII, as here, whatever the column's own order is. */
static void holds_add_within(struct buf *sql, const struct catalogue *c, const char *value, const char *param)
{
	const char *plain = c->qualified ? " COLLATE pg_catalog.\"C\"" : "";
	qualify_add(sql, c->qualified, "@strpos(@lower((%s)%s), @lower(%s%s)) @> 0", value, plain, param, plain);
}

static void holds_add_id(struct buf *sql, const struct catalogue *c, const char *param)
{
	const char *id = c->sql[CAT_ID];
	if (strcmp(c->id_type, "uuid") == 0)
		qualify_add(sql, c->qualified,
			    "@\"left\"(@replace(%s::@text, '-', ''), @length(@replace(%s, '-', ''))) @= "
			    "@lower(@replace(%s, '-', ''))",
			    id, param, param);
	else if (c->id_is_number)
		qualify_add(sql, c->qualified, "@\"left\"(%s::@text, @length(%s)) @= %s", id, param, param);
	else
		holds_add_within(sql, c, id, param);
}

void draft_holds(struct draft *draft, const char *text)
{
	const struct catalogue *c = draft->query->catalogue;
	struct buf param = {0};
	draft_and(draft);
	draft->params[draft->nparams++] = text;
	qualify_add(&param, c->qualified, "$%u::@text", draft->nparams);
	buf_char(&draft->sql, '(');
	holds_add_id(&draft->sql, c, buf_text(&param));
	for (size_t i = 0; i < c->nextra; i++) {
		char *value = statements_cut(c, c->extra[i], c->extra_type[i]);
		buf_str(&draft->sql, " OR ");
		holds_add_within(&draft->sql, c, value, buf_text(&param));
		free(value);
	}
	buf_char(&draft->sql, ')');
	buf_free(&param);
}
