/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts in Markdown, as GitHub reads it: whatever they hold, they are shown, and do nothing. */
#include "base/markdown.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* With a backslash before it, each of them is only itself, wherever it stands; and so no link begins, either. */
static bool markdown_special(const char *p)
{
	return strchr("\\`*_{}[]<>&|~$#", *p) || strncmp(p, "://", 3) == 0;
}

/* At its beginning a text could be an item, a rule or a heading's underline. */
static size_t markdown_begins(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	if (digits && (text[digits] == '.' || text[digits] == ')'))
		return digits;
	return 0;
}

void markdown_words(struct buf *out, const char *text)
{
	size_t dot = markdown_begins(text);
	for (const char *p = text; *p; p++) {
		bool begins = (p == text && strchr("+-=:", *p)) || (dot && p == text + dot);
		if (begins || markdown_special(p))
			buf_char(out, '\\');
		buf_char(out, *p);
	}
}

/* What a code span cannot hold, or not in a table, is written character by character. */
static void markdown_code_named(struct buf *out, const char *code)
{
	buf_str(out, "<code>");
	for (const char *p = code; *p; p++) {
		if (isalnum((unsigned char)*p) || *p == ' ' || (unsigned char)*p >= 0x80)
			buf_char(out, *p);
		else
			buf_fmt(out, "&#%d;", *p);
	}
	buf_str(out, "</code>");
}

void markdown_code(struct buf *out, const char *code)
{
	size_t n = strlen(code);
	bool plain = !strpbrk(code, "`|\\") && code[0] != ' ' && code[n - 1] != ' ';
	if (plain)
		buf_fmt(out, "`%s`", code);
	else
		markdown_code_named(out, code);
}
