/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the places for values in the SQL of a step, past its texts, names and other comments. */
#include "places.h"

#include <string.h>

#include "token.h"

enum { NAME_MAX_BYTES = 40 };

static bool places_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool places_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool places_is_name(const char *name, size_t n)
{
	if (n == 0 || n > NAME_MAX_BYTES || !places_is_letter(name[0]))
		return false;
	for (size_t i = 1; i < n; i++)
		if (!places_is_letter(name[i]) && !places_is_digit(name[i]))
			return false;
	return true;
}

/* ---- what is passed over: each returns the first byte behind it ---- */

/* A text or a name in quotes; a doubled quote is two of them, which does no harm. */
static const char *places_skip_quoted(const char *at, bool escapes)
{
	char quote = *at++;
	while (*at && *at != quote)
		at += escapes && *at == '\\' && at[1] ? 2 : 1;
	return *at ? at + 1 : at;
}

static const char *places_skip_line(const char *at)
{
	return at + strcspn(at, "\n");
}

/* Comments stand in each other. */
static const char *places_skip_comment(const char *at)
{
	size_t depth = 0;
	do {
		bool opens = at[0] == '/' && at[1] == '*', closes = at[0] == '*' && at[1] == '/';
		depth = depth + opens - closes;
		at += opens || closes ? 2 : 1;
	} while (*at && depth);
	return at;
}

/* $$text$$, $tag$text$tag$; else the $ alone. */
static const char *places_skip_dollar(const char *at)
{
	size_t n = 1;
	while (places_is_letter(at[n]) || (n > 1 && places_is_digit(at[n])))
		n++;
	if (at[n] != '$')
		return at + 1;
	for (const char *end = at + n + 1; (end = strchr(end, '$')); end++)
		if (strncmp(end, at, n + 1) == 0)
			return end + n + 1;
	return at + strlen(at);
}

const char *places_skip(const char *sql, const char *at)
{
	bool escapes = at > sql && (at[-1] == 'E' || at[-1] == 'e') &&
		       (at == sql + 1 || !(places_is_letter(at[-2]) || places_is_digit(at[-2])));
	if (*at == '\'' || *at == '"')
		return places_skip_quoted(at, escapes && *at == '\'');
	if (*at == '$')
		return places_skip_dollar(at);
	if (at[0] == '-' && at[1] == '-')
		return places_skip_line(at);
	return at[0] == '/' && at[1] == '*' ? places_skip_comment(at) : at + 1;
}

/* ---- a place ---- */

/* NULL: there is none. */
static const char *places_skip_literal(const char *at)
{
	if (*at == '\'') {
		do
			at = places_skip_quoted(at, false);
		while (*at == '\'');
		return at;
	}
	at += *at == '-' || *at == '+';
	if (!places_is_digit(*at))
		return NULL;
	while (places_is_digit(*at) || *at == '.')
		at++;
	return places_is_letter(*at) ? NULL : at;
}

static enum status places_take(const char *sql, const char **at, struct place *place, struct err *err)
{
	const char *name = *at + 3, *end = strstr(name, "*/");
	size_t n = end ? (size_t)(end - name) : strlen(name);
	char said[NAME_MAX_BYTES + 1] = "";
	memcpy(said, name, n < sizeof said ? n : sizeof said - 1);
	if (!end || !places_is_name(name, n))
		return err_set(err, ST_USAGE,
			       "after /*: stands %s, which is not a name: letters, digits and _, at most 40",
			       token_say_name(said).text);
	const char *behind = places_skip_literal(end + 2);
	if (!behind)
		return err_set(err, ST_USAGE,
			       "expected a number or a text in single quotes directly after /*:%s*/: it is what is "
			       "sent without teller",
			       said);
	*place = (struct place){name, n, (size_t)(*at - sql), (size_t)(behind - sql)};
	*at = behind;
	return ST_OK;
}

static bool places_ends(const char *at)
{
	at += strspn(at, "; \t\r\n");
	return *at == '\0';
}

enum status places_find(const char *sql, struct place places[PLACES_MAX], size_t *n, struct err *err)
{
	bool several = false;
	*n = 0;
	for (const char *at = sql; *at;) {
		several = several || (*at == ';' && !places_ends(at));
		if (strncmp(at, "/*:", 3) != 0) {
			at = places_skip(sql, at);
			continue;
		}
		if (*n == PLACES_MAX)
			return err_set(err, ST_USAGE, "a step has %d places for values at most", (int)PLACES_MAX);
		if (places_take(sql, &at, &places[*n], err))
			return err->status;
		++*n;
	}
	if (*n && several)
		return err_set(err, ST_USAGE,
			       "a step with a place for a value has one statement: it is sent with "
			       "parameters");
	return ST_OK;
}
