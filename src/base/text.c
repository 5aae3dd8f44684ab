/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 text as columns of a terminal: width, cut, pad, and making hostile bytes harmless. */
#include "base/text.h"

#include <langinfo.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"

/* More marks than this on one character only serve to draw over the lines around it. */
enum { MARKS_MAX = 4 };

static bool text_plain(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static size_t text_plain_run(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && text_plain(s[i]))
		i++;
	return i;
}

/* ---- decoding ---- */

/* Bytes of the sequence that starts with this byte, and the smallest character worth that many; 0 for no start. */
static size_t text_sequence_length(unsigned char first, uint32_t *least)
{
	if (first < 0x80)
		return *least = 0, 1;
	if (first >= 0xc2 && first < 0xe0)
		return *least = 0x80, 2;
	if (first >= 0xe0 && first < 0xf0)
		return *least = 0x800, 3;
	if (first >= 0xf0 && first < 0xf5)
		return *least = 0x10000, 4;
	return *least = 0, 0;
}

size_t text_decode(const char *s, size_t n, uint32_t *cp)
{
	uint32_t least;
	unsigned char first = (unsigned char)s[0];
	size_t length = text_sequence_length(first, &least);
	*cp = UINT32_MAX;
	if (length == 0 || length > n)
		return 1;
	uint32_t c = length == 1 ? first : first & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 1;
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 1;
	*cp = c;
	return length;
}

/* ---- what may be shown ---- */

/*
 * Characters that wcwidth() calls printable although they show nothing, or move what stands around them: soft hyphen,
 * joiners and other zero-width characters, bidirectional controls, fillers, separators, variation selectors, tags.
 * Source: Unicode's Default_Ignorable_Code_Point, with the separators and the annotation controls.
 */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},   {0x115f, 0x1160}, {0x17b4, 0x17b5},
	{0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
	{0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3},
	{0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

static bool text_is_hidden(uint32_t cp)
{
	for (size_t i = 0; i < COUNT_OF(hidden) && cp >= hidden[i].first; i++)
		if (cp <= hidden[i].last)
			return true;
	return false;
}

/* Columns of a character; -1 where the terminal could not, or must not, show it. */
static int text_char_width(uint32_t cp)
{
	if (cp < 0x80)
		return text_plain((char)cp) ? 1 : -1;
	if (cp == UINT32_MAX || text_is_hidden(cp))
		return -1;
	return wcwidth((wchar_t)cp);
}

/* A terminal in another encoding would take the bytes of our UTF-8 for something else, controls among them. */
static bool text_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The character, or the broken byte, in ASCII. Returns its columns. */
static size_t text_name_char(char out[16], uint32_t cp, char byte)
{
	int n;
	if (cp == UINT32_MAX)
		n = snprintf(out, 16, "\\x%02x", (unsigned)(unsigned char)byte);
	else if (cp == '\t' || cp == '\n' || cp == '\r')
		n = snprintf(out, 16, "\\%c", cp == '\t' ? 't' : cp == '\n' ? 'n' : 'r');
	else if (cp < 0x80)
		n = snprintf(out, 16, "\\x%02x", (unsigned)cp);
	else
		n = snprintf(out, 16, "\\u{%x}", (unsigned)cp);
	return (size_t)n;
}

/* ---- escaping ---- */

struct escaper {
	struct buf *out;
	size_t limit;   /* columns that may be used */
	size_t columns; /* columns used */
	size_t room;    /* columns after which there is no room for the dots any more */
	size_t keep;    /* length of `out` when the last character before `room` was complete */
	int marks;      /* marks on the last character; MARKS_MAX where it can carry none */
	bool utf8;
};

/* Adds one unit that is not cut: a character or the name of one. False where it does not fit. */
static bool text_add_unit(struct escaper *e, const char *s, size_t n, size_t columns)
{
	if (columns > e->limit - e->columns)
		return false;
	buf_add(e->out, s, n);
	e->columns += columns;
	if (e->columns <= e->room)
		e->keep = e->out->len;
	return true;
}

/* Adds n printable ASCII characters, or as many as fit; false where that is not all of them. */
static bool text_add_plain(struct escaper *e, const char *s, size_t n)
{
	size_t fit = e->limit - e->columns < n ? e->limit - e->columns : n;
	if (e->columns <= e->room)
		e->keep = e->out->len + (e->room - e->columns < fit ? e->room - e->columns : fit);
	buf_add(e->out, s, fit);
	e->columns += fit;
	e->marks = 0;
	return fit == n;
}

static bool text_add_char(struct escaper *e, const char *s, size_t n, uint32_t cp)
{
	int width = e->utf8 || cp < 0x80 ? text_char_width(cp) : -1;
	bool mark = width == 0;
	if (width < 0 || (mark && e->marks >= MARKS_MAX)) {
		char name[16];
		e->marks = MARKS_MAX;
		size_t columns = text_name_char(name, cp, *s);
		return text_add_unit(e, name, columns, columns);
	}
	e->marks = mark ? e->marks + 1 : 0;
	return text_add_unit(e, s, n, (size_t)width);
}

static bool text_add_all(struct escaper *e, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		/* Whoever fills a column pays for the column, not for the text: look one further than fits. */
		size_t fit = e->limit - e->columns;
		size_t used = text_plain_run(s + i, fit < n - i ? fit + 1 : n - i);
		if (used) {
			if (!text_add_plain(e, s + i, used))
				return false;
		} else {
			used = text_decode(s + i, n - i, &cp);
			if (!text_add_char(e, s + i, used, cp))
				return false;
		}
		i += used;
	}
	return true;
}

void text_escape(struct buf *out, const char *s, size_t n, size_t max_columns)
{
	size_t dots = max_columns < 3 ? max_columns : 3;
	struct escaper e = {
		.out = out,
		.limit = max_columns ? max_columns : SIZE_MAX,
		.room = max_columns ? max_columns - dots : SIZE_MAX,
		.keep = out->len,
		.marks = MARKS_MAX,
		.utf8 = text_locale_is_utf8(),
	};
	if (text_add_all(&e, s, n))
		return;
	out->len = e.keep;
	buf_add(out, "...", dots);
}

void text_escape_lines(struct buf *out, const char *s, size_t n)
{
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] != '\n' && s[i] != '\t')
			continue;
		text_escape(out, s + from, i - from, 0);
		buf_char(out, s[i]);
		from = i + 1;
	}
	text_escape(out, s + from, n - from, 0);
}

/* ---- columns ---- */

size_t text_width(const char *s, size_t n)
{
	size_t columns = 0;
	for (size_t i = 0; i < n;) {
		uint32_t cp;
		size_t used = text_plain_run(s + i, n - i);
		if (used) {
			columns += used;
		} else {
			used = text_decode(s + i, n - i, &cp);
			int width = text_char_width(cp);
			columns += width < 0 ? 1 : (size_t)width;
		}
		i += used;
	}
	return columns;
}

size_t text_cut(const char *s, size_t n, size_t columns)
{
	size_t at = 0, used = 0;
	while (at < n) {
		uint32_t cp;
		size_t length = text_decode(s + at, n - at, &cp);
		int width = text_char_width(cp);
		used += width < 0 ? 1 : (size_t)width;
		if (used > columns)
			break;
		at += length;
	}
	return at;
}

void text_pad(struct buf *out, const char *s, int columns, enum text_align align)
{
	if (columns <= 0)
		return;
	size_t n = strlen(s), most = (size_t)columns;
	size_t fits = text_cut(s, n, most);
	bool cut = fits < n;
	if (cut)
		fits = text_cut(s, n, most - 1);
	size_t gap = most - text_width(s, fits) - (cut ? 1 : 0);
	if (align == TEXT_RIGHT && !cut)
		buf_fill(out, ' ', gap);
	buf_add(out, s, fits);
	if (align == TEXT_LEFT || cut)
		buf_fill(out, ' ', gap);
	if (cut)
		buf_char(out, '~');
}

/* ---- small words ---- */

bool text_is_integer(const char *s)
{
	if (*s == '-')
		s++;
	return *s && s[strspn(s, "0123456789")] == '\0';
}

void text_duration(char out[16], uint64_t us)
{
	uint64_t s = us / 1000000;
	if (us < 9995) /* rounded, two places */
		snprintf(out, 16, "%u.%02u ms", (unsigned)((us + 5) / 1000), (unsigned)((us + 5) % 1000 / 10));
	else if (us < 999500)
		snprintf(out, 16, "%u ms", (unsigned)((us + 500) / 1000));
	else if (us < 59950000)
		snprintf(out, 16, "%u.%u s", (unsigned)((us + 50000) / 1000000),
			 (unsigned)((us + 50000) % 1000000 / 100000));
	else if (s < 3600)
		snprintf(out, 16, "%u min %u s", (unsigned)(s / 60 % 60), (unsigned)(s % 60));
	else
		snprintf(out, 16, "%u h %u min", (unsigned)(s / 3600 % 100000), (unsigned)(s / 60 % 60));
}

void text_age(char out[24], uint64_t us)
{
	static const struct {
		uint64_t s;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	size_t i = 0;
	while (units[i].s > 1 && us / 1000000 < 2 * units[i].s)
		i++;
	snprintf(out, 24, "%llu %s", (unsigned long long)(us / 1000000 / units[i].s), units[i].name);
}

const char *text_plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}
