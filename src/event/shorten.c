/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A statement in few columns: what it does, to which rows and by how much comes first; pure. */
#include "event/shorten.h"

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
		else if (shorten_starts(p, words))
			return p;
		else if (*p == '\'' || *p == '"')
			quote = *p;
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
	while (out.len && strchr("; ", out.p[out.len - 1]))
		out.p[--out.len] = '\0';
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

/* A head, and behind it as much of the end of `tail` as there is room for, from a comma or a blank on; false where that
 * is too little. */
static bool shorten_both_ends(struct buf *out, const char *head, const char *tail, const char *from, int columns)
{
	int room = columns - (int)text_width(head, strlen(head)) - 2;
	size_t skip = strlen(from) - 1;
	if (room < TAIL_LEAST)
		return false;
	for (const char *p = tail; *p; p++)
		if (shorten_starts(p, from) && shorten_fits(p + skip, room)) {
			buf_fmt(out, "%s ~%s", head, p + skip);
			return true;
		}
	return false;
}

/* The rows that an INSERT has, without what follows them. */
static char *shorten_rows(const char *values)
{
	static const char *const behind[] = {" ON CONFLICT ", " RETURNING "};
	const char *end = values + strlen(values);
	for (size_t i = 0; i < COUNT_OF(behind); i++) {
		const char *found = shorten_find(values, behind[i]);
		end = found && found < end ? found : end;
	}
	return mem_dup_n(values, (size_t)(end - values));
}

/* "INSERT INTO t (a, b) VALUES (1, 2)" is INSERT t (1, 2). A single row is not cut at its end, where the amount is. */
static bool shorten_insert(struct buf *out, const char *text, int columns)
{
	const char *table = text + strlen("INSERT INTO "), *values = shorten_find(table, " VALUES ");
	const char *names = shorten_find(table, " (");
	struct buf head = {0}, whole = {0};
	if (!values)
		return false;
	char *rows = shorten_rows(values + strlen(" VALUES "));
	buf_fmt(&head, "INSERT %.*s", (int)((names && names < values ? names : values) - table), table);
	buf_fmt(&whole, "%s %s", head.p, rows);
	if (shorten_fits(whole.p, columns) || shorten_find(rows, "), (") ||
	    !shorten_both_ends(out, head.p, rows, ", ", columns))
		buf_str(out, whole.p);
	free(rows);
	buf_free(&head);
	buf_free(&whole);
	return true;
}

/* The parenthesis that closes the one before `text`; NULL. */
static const char *shorten_close(const char *text)
{
	const char *open = text, *close = NULL;
	for (;;) {
		close = shorten_find(close ? close + 1 : text, ")");
		open = shorten_find(open, "(");
		if (!close || !open || open > close)
			return close;
		open++;
	}
}

static bool shorten_by_meaning(struct buf *out, const char *text, int columns);

/* "UPDATE accounts", "INSERT transfers" */
static void shorten_head(struct buf *out, const char *text)
{
	size_t verb = strcspn(text, " ");
	const char *table = shorten_starts(text, "INSERT INTO ")   ? text + 12
			    : shorten_starts(text, "DELETE FROM ") ? text + 12
			    : shorten_starts(text, "UPDATE ")      ? text + 7
								   : "";
	buf_fmt(out, "%.*s%s%.*s", (int)verb, text, *table ? " " : "", (int)strcspn(table, " "), table);
}

/* One statement that a WITH holds says all: what follows reads it. Of several, it is where they begin and end. */
static bool shorten_with(struct buf *out, const char *text, int columns)
{
	struct buf head = {0};
	const char *inside = shorten_find(text, " AS (");
	if (!inside)
		return false;
	inside += strlen(" AS (");
	const char *end = shorten_close(inside);
	char *one = mem_dup_n(inside, end ? (size_t)(end - inside) : strlen(inside));
	char *plain = shorten_rows(one);
	bool done = end && end[1] != ',' && shorten_by_meaning(out, plain, columns);
	shorten_head(&head, inside);
	done = done || shorten_both_ends(out, head.p, end ? end : inside, " ", columns);
	free(one);
	free(plain);
	buf_free(&head);
	return done;
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
		return shorten_insert(out, text, columns);
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
