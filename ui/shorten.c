/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement in few columns: what it does, to which rows and by how much comes first; pure. */
#include "ui/shorten.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { TAIL_LEAST = 8 };

static bool shorten_fits(const char *text, int columns)
{
	return (int)text_width(text, strlen(text)) <= columns;
}

static bool shorten_starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* The place of those words outside of quotes, NULL. */
static const char *shorten_find(const char *text, const char *words)
{
	char quote = 0;
	for (const char *p = text; *p; p++) {
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"')
			quote = *p;
		else if (shorten_starts(p, words))
			return p;
	}
	return NULL;
}

/* ---- what says nothing to people ---- */

/* Casts, and the schema that names are written with where others could have made functions of the same name. */
static size_t shorten_noise(const char *p)
{
	static const char *const words[] = {"pg_catalog.", "OPERATOR("};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (shorten_starts(p, words[i]))
			return strlen(words[i]);
	if (p[0] != ':' || p[1] != ':')
		return 0;
	size_t n = 2;
	while (isalnum((unsigned char)p[n]) || p[n] == '_' || p[n] == '.')
		n++;
	return n;
}

static char *shorten_plain(const char *text)
{
	struct buf out = {0};
	bool in_operator = false;
	char quote = 0;
	for (const char *p = text; *p;) {
		size_t noise = quote ? 0 : shorten_noise(p);
		if (noise) {
			in_operator = in_operator || *p == 'O';
			p += noise;
			continue;
		}
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"')
			quote = *p;
		if (in_operator && *p == ')')
			in_operator = false;
		else
			buf_char(&out, *p);
		p++;
	}
	buf_str(&out, "");
	return buf_take(&out);
}

/* ---- what it does ---- */

/* "balance = balance - 5" is -5, "balance = 5" is = 5; several columns stay as they are. */
static void shorten_assignment(struct buf *out, const char *text, size_t n)
{
	const char *sign = memmem(text, n, " = ", 3);
	size_t name = sign ? (size_t)(sign - text) : 0;
	const char *value = sign ? sign + 3 : text, *end = text + n;
	bool again = sign && (size_t)(end - value) > name + 3 && memcmp(value, text, name) == 0 && value[name] == ' ' &&
		     strchr("+-", value[name + 1]) && value[name + 2] == ' ';
	if (!sign || memchr(text, ',', n))
		buf_add(out, text, n);
	else if (again)
		buf_fmt(out, "%c%.*s", value[name + 1], (int)(end - value - (long)name - 3), value + name + 3);
	else
		buf_fmt(out, "= %.*s", (int)(end - value), value);
}

/* "id = 5" is 5; any other condition stays as it is. */
static void shorten_which(struct buf *out, const char *condition)
{
	const char *sign = shorten_find(condition, " = ");
	bool one = sign && !memchr(condition, ' ', (size_t)(sign - condition)) && !strchr(sign + 3, ' ');
	buf_str(out, one ? sign + 3 : condition);
}

static bool shorten_update(struct buf *out, const char *text)
{
	const char *set = shorten_find(text, " SET "), *where = shorten_find(text, " WHERE ");
	if (!set || !where || where < set + 5)
		return false;
	buf_str(out, "UPDATE ");
	shorten_which(out, where + 7);
	buf_str(out, "  ");
	shorten_assignment(out, set + 5, (size_t)(where - set - 5));
	return true;
}

static bool shorten_where(struct buf *out, const char *text, const char *verb)
{
	const char *where = shorten_find(text, " WHERE ");
	if (!where)
		return false;
	buf_fmt(out, "%s %s", verb, where + 7);
	return true;
}

static bool shorten_insert(struct buf *out, const char *text)
{
	const char *values = shorten_find(text, " VALUES ");
	size_t table = strcspn(text + 12, " (");
	if (!values)
		return false;
	buf_fmt(out, "INSERT %.*s%s", (int)table, text + 12, values + 7);
	return true;
}

/* What a WITH begins with says what it does, and its end which ids and how much: the middle goes. */
static bool shorten_with(struct buf *out, const char *text, int columns)
{
	const char *inside = shorten_find(text, " AS (");
	const char *verb = inside ? inside + 5 : text;
	size_t n = strcspn(verb, " ");
	int room = columns - (int)n - 3;
	if (!inside || room < TAIL_LEAST)
		return false;
	const char *tail = text + strlen(text);
	for (const char *p = verb + n; *p; p++)
		if (*p == ' ' && shorten_fits(p, room)) {
			tail = p;
			break;
		}
	buf_fmt(out, "%.*s ~%s", (int)n, verb, tail);
	return true;
}

static bool shorten_by_meaning(struct buf *out, const char *text, int columns)
{
	static const char *const begins[][2] = {
		{"BEGIN ISOLATION LEVEL ", "BEGIN "},
		{"BEGIN TRANSACTION ISOLATION LEVEL ", "BEGIN "},
		{"START TRANSACTION ISOLATION LEVEL ", "BEGIN "},
		{"SET TRANSACTION ISOLATION LEVEL ", "SET "},
		{"RELEASE SAVEPOINT ", "RELEASE "},
		{"ROLLBACK TO SAVEPOINT ", "ROLLBACK TO "},
	};
	for (size_t i = 0; i < COUNT_OF(begins); i++)
		if (shorten_starts(text, begins[i][0])) {
			buf_fmt(out, "%s%s", begins[i][1], text + strlen(begins[i][0]));
			return true;
		}
	if (shorten_starts(text, "UPDATE "))
		return shorten_update(out, text);
	if (shorten_starts(text, "SELECT "))
		return shorten_where(out, text, "SELECT");
	if (shorten_starts(text, "DELETE "))
		return shorten_where(out, text, "DELETE");
	if (shorten_starts(text, "INSERT INTO "))
		return shorten_insert(out, text);
	return shorten_starts(text, "WITH ") && shorten_with(out, text, columns);
}

void shorten_sql(struct buf *out, const char *text, int columns)
{
	struct buf brief = {0};
	if (shorten_fits(text, columns)) {
		buf_str(out, text);
		return;
	}
	char *plain = shorten_plain(text);
	bool whole = shorten_fits(plain, columns) || !shorten_by_meaning(&brief, plain, columns);
	const char *chosen = whole ? plain : buf_text(&brief);
	if (shorten_fits(chosen, columns))
		buf_str(out, chosen);
	else
		text_pad(out, chosen, columns, TEXT_LEFT);
	free(plain);
	buf_free(&brief);
}
