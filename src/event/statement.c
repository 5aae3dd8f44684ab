/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement with its parameters put in, for people to read. */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "event/show.h"
#include "params.h"

static void statement_add_value(struct buf *out, const char *value, size_t n)
{
	bool bare = params_is_bare(value, n);
	if (!bare)
		buf_char(out, '\'');
	for (size_t i = 0; i < n; i++) {
		if (value[i] == '\'')
			buf_char(out, '\'');
		buf_char(out, value[i]);
	}
	if (!bare)
		buf_char(out, '\'');
}

/* "$12" at s: adds the value and returns the bytes used; 0 where it is no parameter. */
static size_t statement_put_in(struct buf *out, const char *s, const char *params)
{
	size_t digits = strspn(s + 1, "0123456789"), n;
	if (s[0] != '$' || digits == 0 || digits > 4 || !params)
		return 0;
	const char *value = params_find(params, (unsigned)strtoul(s + 1, NULL, 10), &n);
	if (!value)
		return 0;
	statement_add_value(out, value, n);
	return 1 + digits;
}

/* A blank or several become one space, except in a quoted value. */
static void statement_flatten(struct buf *text, const char *sql, const char *params)
{
	bool quoted = false, comment = false;
	for (const char *p = sql; *p;) {
		comment = *p != '\n' && (comment || (!quoted && strncmp(p, "--", 2) == 0));
		quoted ^= *p == '\'' && !comment;
		size_t used = quoted ? 0 : statement_put_in(text, p, params);
		bool blank = !quoted && isspace((unsigned char)*p);
		if (blank && text->len && text->p[text->len - 1] != ' ')
			buf_char(text, ' ');
		else if (!blank && !used)
			buf_char(text, *p);
		p += used ? used : 1;
	}
}

void show_statement(struct buf *out, const char *sql, const char *params)
{
	struct buf text = {0};
	statement_flatten(&text, sql, params);
	text_escape(out, buf_text(&text), text.len, 0);
	buf_free(&text);
}

void show_sql(struct buf *out, const char *sql)
{
	struct buf text = {0};
	statement_flatten(&text, sql, NULL);
	while (text.len && strchr(" ;", text.p[text.len - 1]))
		text.len--;
	text_escape(out, buf_text(&text), text.len, 0);
	buf_free(&text);
}
