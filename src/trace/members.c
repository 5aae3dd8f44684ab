/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the members of an object of a trace: what is not there is left out, and so is what is secret. */
#include "trace/members.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "entry_internal.h"
#include "secret_internal.h"

enum {
	MEMBERS_DIGITS = 24, /* of a number, with its sign */
	MEMBERS_WORST = 6,   /* characters of JSON for one byte: \u001b */
};

/* ---- pieces, written where there is room for them ---- */

static char *members_put_key(const struct buf *out, char *p, const char *key, size_t n)
{
	if (out->len && out->p[out->len - 1] != '{')
		*p++ = ',';
	*p++ = '"';
	memcpy(p, key, n);
	p[n] = '"';
	p[n + 1] = ':';
	return p + n + 2;
}

static char *members_put_digits(char *p, uint64_t number)
{
	char digits[MEMBERS_DIGITS];
	size_t n = 0;
	do
		digits[n++] = (char)('0' + number % 10);
	while (number /= 10);
	while (n)
		*p++ = digits[--n];
	return p;
}

static char *members_put_hex(char *p, const char *before, uint32_t number, int digits)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = strlen(before);
	memcpy(p, before, n);
	for (p += n; digits-- > 0; p++)
		*p = hex[number >> (4 * digits) & 15];
	return p;
}

static bool members_is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* JSON has no place for bytes that are no text: they are written as they would be shown. Controls move a terminal. */
static size_t members_put_char(char **to, const char *s, size_t n)
{
	uint32_t cp = 0;
	size_t used = text_decode(s, n, &cp);
	char *p = *to;
	if (cp == UINT32_MAX) {
		p = members_put_hex(p, "\\\\x", (unsigned char)*s, 2);
	} else if (cp < ' ' || (cp >= 0x7f && cp < 0xa0)) {
		p = members_put_hex(p, "\\u", cp, 4);
	} else {
		if (cp == '"' || cp == '\\')
			*p++ = '\\';
		memcpy(p, s, used);
		p += used;
	}
	*to = p;
	return used;
}

static char *members_put_string(char *p, const char *s, size_t n)
{
	*p++ = '"';
	for (size_t i = 0; i < n;) {
		if (members_is_plain((unsigned char)s[i]))
			*p++ = s[i++];
		else
			i += members_put_char(&p, s + i, n - i);
	}
	*p++ = '"';
	return p;
}

/* ---- members ---- */

void members_key(struct buf *out, const char *key)
{
	size_t n = strlen(key);
	char *p = buf_room(out, n + 4);
	buf_put(out, members_put_key(out, p, key, n));
}

void members_number(struct buf *out, const char *key, uint64_t number)
{
	size_t n = strlen(key);
	if (number == 0)
		return;
	char *p = buf_room(out, n + 4 + MEMBERS_DIGITS);
	buf_put(out, members_put_digits(members_put_key(out, p, key, n), number));
}

void members_signed(struct buf *out, const char *key, int64_t number)
{
	size_t n = strlen(key);
	char *p = members_put_key(out, buf_room(out, n + 4 + MEMBERS_DIGITS), key, n);
	if (number < 0)
		*p++ = '-';
	buf_put(out, members_put_digits(p, number < 0 ? 0 - (uint64_t)number : (uint64_t)number));
}

void members_true(struct buf *out, const char *key, bool value)
{
	if (value)
		members_word(out, key, NULL);
}

/* A word of the format's own, which needs no care; NULL: true. */
void members_word(struct buf *out, const char *key, const char *word)
{
	size_t n = strlen(key), length = word ? strlen(word) : 0;
	char *p = members_put_key(out, buf_room(out, n + length + 8), key, n);
	if (word) {
		*p++ = '"';
		memcpy(p, word, length);
		p += length;
	}
	memcpy(p, word ? "\"" : "true", word ? 1 : 4);
	buf_put(out, p + (word ? 1 : 4));
}

static void members_bytes(struct buf *out, const char *s, size_t n)
{
	buf_put(out, members_put_string(buf_room(out, n * MEMBERS_WORST + 2), s, n));
}

/* Without the password of a connection string, in whatever sentence it stands, and of a role. */
static void members_harmless(struct buf *out, const char *s, size_t n)
{
	if (!secret_suspected(s, n)) {
		members_bytes(out, s, n);
		return;
	}
	char *text = mem_dup_n(s, n);
	secret_hide(text);
	members_bytes(out, text, strlen(text));
	free(text);
}

void members_text(struct buf *out, const char *key, const char *s, size_t max)
{
	if (!s)
		return;
	members_key(out, key);
	members_harmless(out, s, strnlen(s, max));
}

void members_outcome(struct buf *out, const char *key, enum outcome outcome)
{
	members_word(out, key, entry_outcome(outcome));
}

enum outcome members_outcome_of(const char *word)
{
	int outcome = word ? entry_outcome_of(word) : -1;
	return outcome < 0 ? OUTCOME_NONE : (enum outcome)outcome;
}

void members_list(struct buf *out, const char *key)
{
	members_key(out, key);
	buf_char(out, '[');
}

static void members_next(struct buf *out)
{
	if (out->len && (out->p[out->len - 1] == '}' || out->p[out->len - 1] == '"' ||
			 isalnum((unsigned char)out->p[out->len - 1])))
		buf_char(out, ',');
}

void members_item_number(struct buf *out, int64_t number)
{
	members_next(out);
	buf_fmt(out, "%" PRId64, number);
}

void members_object(struct buf *out)
{
	members_next(out);
	buf_char(out, '{');
}

void members_object_end(struct buf *out)
{
	buf_char(out, '}');
}

void members_item(struct buf *out, const char *s)
{
	members_next(out);
	if (s)
		members_harmless(out, s, strlen(s));
	else
		buf_str(out, "null");
}

void members_list_end(struct buf *out)
{
	buf_char(out, ']');
}
