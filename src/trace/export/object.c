/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes JSON piece by piece, with commas where they belong; a text is harmless on a terminal and in a page of HTML, too. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "event/json.h"
#include "object_internal.h"

/* A buffer that was flushed ends nowhere: what follows comes behind something. */
static void object_comma(struct buf *out)
{
	char last = '\0';
	for (size_t n = out->len; n && (last == '\0' || last == '\n'); n--)
		last = out->p[n - 1];
	if (last != '{' && last != '[' && last != ':')
		buf_char(out, ',');
}

static void object_key(struct buf *out, const char *key)
{
	object_comma(out);
	if (key)
		buf_fmt(out, "\"%s\":", key);
}

void object_begin(struct buf *out, const char *key)
{
	object_key(out, key);
	buf_char(out, '{');
}

void object_end(struct buf *out)
{
	buf_char(out, '}');
}

void object_list(struct buf *out, const char *key)
{
	object_key(out, key);
	buf_char(out, '[');
}

void object_list_end(struct buf *out)
{
	buf_char(out, ']');
}

/* No tag of HTML, should the text be put into a page. */
static void object_add_string(struct buf *out, const char *harmless, size_t n)
{
	struct buf quoted = {0};
	json_add_string(&quoted, harmless, n);
	for (const char *p = quoted.p; *p;) {
		size_t plain = strcspn(p, "<>&");
		buf_add(out, p, plain);
		p += plain;
		if (*p)
			buf_fmt(out, "\\u%04x", (unsigned)(unsigned char)*p++);
	}
	buf_free(&quoted);
}

void object_text(struct buf *out, const char *key, const char *text)
{
	struct buf harmless = {0};
	if (!text)
		return;
	text_escape_lines(&harmless, text, strlen(text));
	object_key(out, key);
	object_add_string(out, buf_text(&harmless), harmless.len);
	buf_free(&harmless);
}

void object_number(struct buf *out, const char *key, int64_t number)
{
	object_key(out, key);
	buf_fmt(out, "%" PRId64, number);
}

void object_true(struct buf *out, const char *key, bool value)
{
	if (!value)
		return;
	object_key(out, key);
	buf_str(out, "true");
}
