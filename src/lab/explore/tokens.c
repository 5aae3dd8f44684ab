/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The SQL of a step word by word: at which level its transactions run, and whether it can do anything in one that failed. */
#include "tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "src/lab/places.h"

/* A word, a text or name in quotes, or one other character. */
struct sql_token {
	const char *at;
	size_t n; /* 0: the end */
};

static bool tokens_is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

static bool tokens_is_comment(const char *at)
{
	return (at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*');
}

static struct sql_token tokens_next(const char *sql, const char **at)
{
	const char *end;
	while (**at && (isspace((unsigned char)**at) || tokens_is_comment(*at)))
		*at = tokens_is_comment(*at) ? places_skip(sql, *at) : *at + 1;
	struct sql_token token = {*at, 0};
	if (tokens_is_letter(**at)) {
		for (end = *at; tokens_is_letter(*end); end++)
			;
	} else {
		end = **at ? places_skip(sql, *at) : *at;
	}
	token.n = (size_t)(end - *at);
	*at = end;
	return token;
}

static bool tokens_is(struct sql_token token, const char *word)
{
	return token.n == strlen(word) && strncasecmp(token.at, word, token.n) == 0;
}

static bool tokens_is_any(struct sql_token token, const char *const words[])
{
	for (size_t i = 0; words[i]; i++)
		if (tokens_is(token, words[i]))
			return true;
	return false;
}

/* ---- the level ---- */

/* A level's words from `at` on: the first byte behind them; `at` where there is none. */
static const char *tokens_skip_level(const char *sql, const char *at)
{
	static const char *const first[] = {"READ", "REPEATABLE", NULL};
	static const char *const whole[] = {"SERIALIZABLE", "SNAPSHOT", NULL};
	static const char *const second[] = {"COMMITTED", "UNCOMMITTED", "READ", NULL};
	const char *ahead = at;
	struct sql_token token = tokens_next(sql, &ahead);
	if (tokens_is_any(token, whole))
		return ahead;
	if (!tokens_is_any(token, first))
		return at;
	token = tokens_next(sql, &ahead);
	return tokens_is_any(token, second) ? ahead : at;
}

/* Behind the name of the setting: what it is set to begins there; NULL: it is not set. */
static const char *tokens_find_value(const char *sql, const char *at, const char **end)
{
	const char *ahead = at;
	struct sql_token token = tokens_next(sql, &ahead);
	if (!tokens_is(token, "=") && !tokens_is(token, "TO"))
		return NULL;
	*end = ahead;
	token = tokens_next(sql, end);
	if (!token.n || (token.at[0] != '\'' && tokens_skip_level(sql, ahead) == ahead))
		return NULL;
	if (token.at[0] != '\'')
		*end = tokens_skip_level(sql, ahead);
	return token.at;
}

char *tokens_at_level(const char *sql, const char *level)
{
	static const char *const settings[] = {"default_transaction_isolation", "transaction_isolation", NULL};
	struct buf out = {0};
	const char *at = sql, *copied = sql;
	for (struct sql_token token, before = {0}; (token = tokens_next(sql, &at)).n; before = token) {
		const char *value = NULL, *end = at;
		bool behind = tokens_is(before, "ISOLATION") && tokens_is(token, "LEVEL");
		if (behind && (end = tokens_skip_level(sql, at)) != at)
			value = at;
		else if (tokens_is_any(token, settings))
			value = tokens_find_value(sql, at, &end);
		if (!value)
			continue;
		buf_add(&out, copied, (size_t)(value - copied));
		buf_fmt(&out, behind ? " %s" : "'%s'", level);
		copied = at = end;
	}
	if (copied == sql)
		return NULL;
	buf_str(&out, copied);
	return buf_take(&out);
}

/* ---- in a transaction that has failed ---- */

/* One statement of which the rest is there: nothing but what may stand there for nothing. */
static bool tokens_is_over(const char *sql, const char *at, bool ends)
{
	static const char *const idle[] = {"WORK", "TRANSACTION", NULL};
	struct sql_token token;
	bool over = false;
	while ((token = tokens_next(sql, &at)).n) {
		bool semicolon = tokens_is(token, ";");
		if (!semicolon && (over || (ends && !tokens_is_any(token, idle))))
			return false;
		over = over || semicolon;
	}
	return true;
}

enum tokens_failed tokens_in_failed(const char *sql)
{
	static const char *const ends[] = {"COMMIT", "END", "ROLLBACK", "ABORT", NULL};
	const char *at = sql;
	struct sql_token first = tokens_next(sql, &at);
	bool end = tokens_is_any(first, ends);
	if (!first.n)
		return TOKENS_REFUSED;
	if (tokens_is(first, ";") || tokens_is(first, "PREPARE") || !tokens_is_over(sql, at, end))
		return TOKENS_GOES_ON;
	return end ? TOKENS_ENDS : TOKENS_REFUSED;
}
