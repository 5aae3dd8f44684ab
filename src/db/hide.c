/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Overwrites passwords in connection strings, wherever they stand in a text. */
#include <string.h>

#include "db/conninfo.h"

/*
 * user:PASSWORD@ inside one word. An unescaped '/', '?' or '@' in a password splits the word differently for libpq, so
 * this looks for the last '@' before the parameters, or the last one at all: to hide too much is harmless.
 */
static void hide_userinfo(char *word, size_t n)
{
	char *slashes = memmem(word, n, "//", 2);
	char *from = slashes ? slashes + 2 : word;
	char *query = memchr(from, '?', n - (size_t)(from - word));
	char *at = memrchr(from, '@', (size_t)((query ? query : word + n) - from));
	if (!at)
		at = memrchr(from, '@', (size_t)(word + n - from));
	char *colon = at ? memchr(from, ':', (size_t)(at - from)) : NULL;
	if (colon)
		memset(colon + 1, '*', (size_t)(at - colon - 1));
}

/* The end of a value of "key=value ...": quoted values end at their quote, others at a blank or '&'. */
static size_t value_length(const char *value)
{
	if (*value != '\'')
		return strcspn(value, " \t\n&\"");
	size_t n = 1;
	while (value[n] && value[n] != '\'')
		n += value[n] == '\\' && value[n + 1] ? 2 : 1;
	return value[n] ? n + 1 : n;
}

void conninfo_hide(char *text)
{
	for (char *p = strcasestr(text, "password"); p; p = strcasestr(p, "password")) {
		p += strlen("password");
		char *value = p + strspn(p, " \t");
		if (*value != '=')
			continue;
		value += 1 + strspn(value + 1, " \t");
		memset(value, '*', value_length(value));
	}
	for (char *p = text; *p;) {
		size_t n = strcspn(p, " \t\n\"");
		hide_userinfo(p, n);
		p += n + (p[n] ? 1 : 0);
	}
}
