/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes numbers and texts as JSON; what may be secret is looked for in each text. */
#include "put_internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "secret_internal.h"

enum { PUT_WORST = 6 /* characters of JSON for one byte: \u001b */ };

/* Two digits at a time, from the last ones on. */
char *put_number(char *p, uint64_t number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
				    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char digits[PUT_DIGITS], *first = digits + sizeof digits;
	for (; number >= 100; number /= 100)
		memcpy(first -= 2, pairs + 2 * (number % 100), 2);
	if (number >= 10)
		memcpy(first -= 2, pairs + 2 * number, 2);
	else
		*--first = (char)('0' + number);
	size_t n = (size_t)(digits + sizeof digits - first);
	memcpy(p, first, n);
	return p + n;
}

char *put_signed(char *p, int64_t number)
{
	if (number < 0)
		*p++ = '-';
	return put_number(p, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

static char *put_hex(char *p, const char *before, uint32_t number, int digits)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = strlen(before);
	memcpy(p, before, n);
	for (p += n; digits-- > 0; p++)
		*p = hex[number >> (4 * digits) & 15];
	return p;
}

static bool put_is_plain(unsigned char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* JSON has no place for bytes that are no text: they are written as they would be shown. Controls move a terminal. */
static size_t put_char(char **to, const char *s, size_t n)
{
	uint32_t cp = 0;
	size_t used = text_decode(s, n, &cp);
	char *p = *to;
	if (cp == UINT32_MAX) {
		p = put_hex(p, "\\\\x", (unsigned char)*s, 2);
	} else if (cp < ' ' || (cp >= 0x7f && cp < 0xa0)) {
		p = put_hex(p, "\\u", cp, 4);
	} else {
		if (cp == '"' || cp == '\\')
			*p++ = '\\';
		memcpy(p, s, used);
		p += used;
	}
	*to = p;
	return used;
}

static void put_raw(struct buf *out, const char *s, size_t n)
{
	char *p = buf_room(out, n * PUT_WORST + 2);
	*p++ = '"';
	for (size_t i = 0; i < n;) {
		if (put_is_plain((unsigned char)s[i]))
			*p++ = s[i++];
		else
			i += put_char(&p, s + i, n - i);
	}
	*p++ = '"';
	buf_put(out, p);
}

void put_text(struct buf *out, const char *s, size_t n)
{
	if (!secret_suspected(s, n)) {
		put_raw(out, s, n);
		return;
	}
	char *text = mem_dup_n(s, n);
	secret_hide(text);
	put_raw(out, text, strlen(text));
	free(text);
}
