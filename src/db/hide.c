/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overwrites passwords in connection strings, wherever they stand in a text. */
#include <string.h>

#include "db/conninfo.h"
#include "spelling.h"

/* To hide too much is harmless: where it is not clear where a password ends, it ends late. */

/* ---- user:PASSWORD@ ---- */

/* Behind a colon with no '@' anywhere: a port, or what is left of a password where a sentence was cut. */
static bool is_port(const char *text)
{
	return strchr("/?,\" \t\n;", text[strspn(text, "0123456789")]) != NULL;
}

/* A '/', '?' or '@' in a password splits a URI differently for libpq: so from the first colon to the last '@'. */
static void hide_userinfo(char *from, size_t n, bool uri)
{
	char *end = from + n;
	char *at = memrchr(from, '@', n);
	char *colon = memchr(from, ':', (size_t)((at ? at : end) - from));
	if (colon && at)
		memset(colon + 1, '*', (size_t)(at - colon - 1));
	else if (colon && uri && from[0] != '[' && !is_port(colon + 1))
		memset(colon + 1, '*', (size_t)(end - colon - 1));
}

/* A URI may have blanks and quotes in its password, so that it goes on to the end of the text. */
static void hide_users(char *text)
{
	for (char *p = text; *p;) {
		size_t n = strcspn(p, " \t\n\"");
		char *slashes = memmem(p, n, "://", 3);
		if (slashes) {
			hide_userinfo(slashes + 3, strlen(slashes + 3), true);
			return;
		}
		hide_userinfo(p, n, false);
		p += n + (p[n] ? 1 : 0);
	}
}

/* ---- password=VALUE ---- */

/* At the blank or '&' before it. */
static bool next_option(const char *text)
{
	const char *key = text + strspn(text, " \t\n&");
	size_t n = strcspn(key, " \t\n&=\"");
	const char *equals = key + n + strspn(key + n, " \t\n");
	return key > text && *equals == '=' && spelling_is_keyword(key, n);
}

static size_t quoted_length(const char *value)
{
	size_t n = 1;
	while (value[n] && value[n] != '\'')
		n += value[n] == '\\' && value[n + 1] ? 2 : 1;
	return value[n] ? n + 1 : n;
}

/* To the next option of libpq's: what is between may be a piece of the value that should have been quoted. */
static size_t value_length(const char *value)
{
	size_t n = *value == '\'' ? quoted_length(value) : 0;
	while (value[n] && !next_option(value + n))
		n++;
	return n;
}

/* The key that ends before `end`. Libpq decodes percent signs in a URI's keys, too. */
static bool is_secret(const char *text, const char *end)
{
	while (end > text && strchr(" \t\n", end[-1]))
		end--;
	const char *key = end;
	while (key > text && !strchr(" \t\n?&\"'", key[-1]))
		key--;
	size_t n = (size_t)(end - key);
	return spelling_is_secret(key, n) || (memchr(key, '%', n) && key > text && strchr("?&", key[-1]));
}

static void hide_values(char *text)
{
	for (char *p = strchr(text, '='); p; p = strchr(p, '=')) {
		if (!is_secret(text, p++))
			continue;
		p += strspn(p, " \t");
		size_t n = value_length(p);
		memset(p, '*', n);
		p += n;
	}
}

void conninfo_hide(char *text)
{
	hide_values(text);
	hide_users(text);
}

void conninfo_hide_said(char *sentence)
{
	if (strstr(sentence, "://") || strcasestr(sentence, "password"))
		conninfo_hide(sentence);
}
