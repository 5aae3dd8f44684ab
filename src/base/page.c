/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document of one HTML file: its head allows its own style and script, by their hashes, and nothing else. */
#include "base/page.h"

#include <string.h>

#include "base/sha256.h"

#define PAGE_ROW(constant, name, light, dark) [constant] = {name, {light, dark}},
static const struct {
	const char *name;
	unsigned rgb[2];
} page_palette[PAGE_COLOURS] = {PAGE_TEXTS(PAGE_ROW) PAGE_GROUNDS(PAGE_ROW) PAGE_LINES(PAGE_ROW)};

const char *page_colour_name(enum page_colour colour)
{
	return page_palette[colour].name;
}

unsigned page_colour(enum page_colour colour, bool dark)
{
	return page_palette[colour].rgb[dark];
}

void page_words(struct buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		switch (*p) {
		case '&':
			buf_str(out, "&amp;");
			break;
		case '<':
			buf_str(out, "&lt;");
			break;
		case '>':
			buf_str(out, "&gt;");
			break;
		case '"':
			buf_str(out, "&quot;");
			break;
		case '\'':
			buf_str(out, "&#39;");
			break;
		default:
			buf_char(out, *p);
		}
	}
}

void page_element(struct buf *out, const char *name, const char *text)
{
	buf_fmt(out, "<%s>", name);
	page_words(out, text);
	buf_fmt(out, "</%s>", name);
}

static void page_add_colours(struct buf *out, bool dark)
{
	buf_str(out, ":root {");
	for (enum page_colour i = 0; i < PAGE_COLOURS; i++)
		buf_fmt(out, "%s --%s: #%06x;", i % 6 == 5 ? "\n " : "", page_colour_name(i), page_colour(i, dark));
	buf_str(out, " }\n");
}

static void page_add_style(struct buf *out, const char *style)
{
	page_add_colours(out, false);
	buf_str(out, "@media screen and (prefers-color-scheme: dark) {\n");
	page_add_colours(out, true);
	buf_str(out, "}\n:root { color-scheme: light dark; }\n");
	buf_str(out, style);
}

static void page_add_hash(struct buf *out, const char *what, const char *text)
{
	buf_fmt(out, "; %s 'sha256-", what);
	sha256_base64(out, text, strlen(text));
	buf_char(out, '\'');
}

void page_begin(struct buf *out, const char *title, const char *style, const char *script)
{
	struct buf all = {0};
	buf_char(&all, '\n');
	page_add_style(&all, style);
	buf_str(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'");
	page_add_hash(out, "style-src", all.p);
	if (script)
		page_add_hash(out, "script-src", script);
	buf_str(out, "; base-uri 'none'; form-action 'none'\">\n");
	page_element(out, "title", title);
	buf_fmt(out, "\n<style>%s</style>\n</head>\n", all.p);
	buf_free(&all);
}

void page_end(struct buf *out, const char *script)
{
	if (script)
		buf_fmt(out, "<script>%s</script>\n", script);
	buf_str(out, "</body>\n</html>\n");
}
