/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Splitting a command line into words, and quoting a word so that it is read back as it was. */
#include "cli/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/run.h"

static const char blanks[] = " \t\r\n\v\f";

static bool is_quote(char c)
{
	return c == '\'' || c == '"';
}

/* Reads a quoted part from its first quote on; returns where it ended, NULL where it does not. */
static const char *words_read_quoted(struct buf *text, const char *p)
{
	const char quote = *p++;
	for (;; p++) {
		if (*p == '\0')
			return NULL;
		if (*p == quote && *++p != quote)
			return p;
		buf_char(text, *p);
	}
}

static const char *words_read_one(struct buf *text, const char *p)
{
	while (p && *p && !strchr(blanks, *p)) {
		if (is_quote(*p))
			p = words_read_quoted(text, p);
		else
			buf_char(text, *p++);
	}
	return p;
}

static enum status split(struct words *words, const char *line, struct err *err)
{
	for (const char *p = line + strspn(line, blanks); *p && *p != '#'; p += strspn(p, blanks)) {
		if (words->n == WORDS_MAX)
			return err_set(err, ST_USAGE, "the line has more than %d words", (int)WORDS_MAX);
		struct buf text = {0};
		size_t from = (size_t)(p - line);
		bool quoted = is_quote(*p);
		p = words_read_one(&text, p);
		words->word[words->n++] = (struct word){buf_take(&text), quoted, from};
		words->end = p ? (size_t)(p - line) : strlen(line);
		if (!p)
			return err_set(err, ST_USAGE, "a quote is not closed: %.60s", line + from);
	}
	return ST_OK;
}

enum status words_split(struct words *words, const char *line, struct err *err)
{
	*words = (struct words){0};
	if (strnlen(line, LINE_MAX_BYTES + 1) > LINE_MAX_BYTES)
		return err_set(err, ST_USAGE, "the line is longer than %d bytes; nothing of it was run",
			       (int)LINE_MAX_BYTES);
	return split(words, line, err);
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->word[i].text);
	words->n = 0;
}

void run_quote(struct buf *out, const char *s)
{
	bool bare = *s && *s != '#' && strncmp(s, "--", 2) != 0 && !strpbrk(s, blanks) && !strpbrk(s, "'\"");
	if (bare) {
		buf_str(out, s);
		return;
	}
	buf_char(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_char(out, '\'');
		buf_char(out, *s);
	}
	buf_char(out, '\'');
}
