/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes passwords out of texts before they reach a file: those of connection strings, and of roles in SQL. */
#include "secret_internal.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "db/conninfo.h"

/* `what`, in capitals or not, stands somewhere: `c` is a character of it, and `before` so many are before that. */
static bool secret_stands(const char *text, size_t n, const char *what, char c, size_t before)
{
	const char *end = text + n;
	size_t length = strlen(what);
	for (const char *p = text; (p = memchr(p, c, (size_t)(end - p))) != NULL; p++)
		if ((size_t)(p - text) >= before && (size_t)(end - p) + before >= length &&
		    strncasecmp(p - before, what, length) == 0)
			return true;
	return false;
}

/* By its rarest letter, or a colon: a text without either is not even looked at (put.c). */
bool secret_suspected(const char *text, size_t n)
{
	static const char word[] = "password";
	return secret_stands(text, n, "://", ':', 0) || secret_stands(text, n, word, 'w', 4) ||
	       secret_stands(text, n, word, 'W', 4);
}

/* PASSWORD 'secret', as CREATE ROLE and the options of foreign servers have it. Where it ends cannot be told in a text
 * that may be cut: all behind it is hidden. */
static void secret_hide_sql(char *text)
{
	for (char *p = text; (p = strcasestr(p, "password")) != NULL;) {
		p += strlen("password");
		char *quote = p + strspn(p, " \t\r\n\"eEuU&");
		if (*quote == '\'' || *quote == '$')
			memset(quote + 1, '*', strlen(quote + 1));
	}
}

void secret_hide(char *text)
{
	conninfo_hide_said(text);
	secret_hide_sql(text);
}

/* The buffer has room for all of them from the start: it does not move while texts in it are borrowed. */
void secret_hide_event(struct event *event, struct buf *hold)
{
	const char **const texts[] = {&event->sql,     &event->params, &event->values,      &event->tag,
				      &event->message, &event->detail, &event->holder.holds};
	size_t room = 0;
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		room += *texts[i] && secret_suspected(*texts[i], strlen(*texts[i])) ? strlen(*texts[i]) + 1 : 0;
	buf_clear(hold);
	buf_fill(hold, '\0', room);
	char *at = hold->p;
	for (size_t i = 0; room && i < COUNT_OF(texts); i++) {
		if (!*texts[i] || !secret_suspected(*texts[i], strlen(*texts[i])))
			continue;
		size_t n = strlen(*texts[i]) + 1;
		memcpy(at, *texts[i], n);
		secret_hide(at);
		*texts[i] = at;
		at += n;
	}
}
