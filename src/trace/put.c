/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes numbers and texts as JSON; what may be secret is looked for in each text. */
#include "put_internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "secret_internal.h"

/* ---- numbers ---- */

static char *put_pair(char *p, uint32_t number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
				    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	memcpy(p, pairs + 2 * number, 2);
	return p + 2;
}

/* One digit or two. */
static char *put_few(char *p, uint32_t number)
{
	*p = (char)('0' + number);
	return number < 10 ? p + 1 : put_pair(p, number);
}

/* Less than 10000, as they mostly are. */
static char *put_small(char *p, uint32_t number)
{
	return number < 100 ? put_few(p, number) : put_pair(put_few(p, number / 100), number % 100);
}

/* Two digits at a time. */
char *put_number(char *p, uint64_t number)
{
	if (number < 10000)
		return put_small(p, (uint32_t)number);
	uint32_t last = (uint32_t)(number % 10000);
	p = put_number(p, number / 10000);
	return put_pair(put_pair(p, last / 100), last % 100);
}

char *put_signed(char *p, int64_t number)
{
	if (number < 0)
		*p++ = '-';
	return put_number(p, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

/* ---- texts ---- */

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

static char *put_escaped(char *p, const char *s, size_t n)
{
	*p++ = '"';
	for (size_t i = 0; i < n;) {
		if (put_is_plain((unsigned char)s[i]))
			*p++ = s[i++];
		else
			i += put_char(&p, s + i, n - i);
	}
	*p++ = '"';
	return p;
}

/* Sixteen bytes at a time: a register of them, where the machine has such. */
typedef unsigned char put_block __attribute__((vector_size(16)));

static bool put_block_is_harmless(put_block block)
{
	uint64_t halves[2];
	put_block low = block | 0x20;
	put_block harm = (put_block)((block < ' ') | (block >= 0x7f) | (block == '"') | (block == '\\') |
				     (block == ':') | (low == 'w'));
	memcpy(halves, &harm, sizeof halves);
	return !(halves[0] | halves[1]);
}

/* Nothing to escape, and no letter without which there is no secret: most texts are so. */
static bool put_is_harmless(const char *s, size_t n)
{
	put_block block = {0};
	block += 'a';
	for (; n > sizeof block; s += sizeof block, n -= sizeof block) {
		put_block whole;
		memcpy(&whole, s, sizeof whole);
		if (!put_block_is_harmless(whole))
			return false;
	}
	memcpy(&block, s, n);
	return put_block_is_harmless(block);
}

char *put_text(char *p, const char *s, size_t n)
{
	if (put_is_harmless(s, n)) {
		*p = '"';
		memcpy(p + 1, s, n);
		p[n + 1] = '"';
		return p + n + 2;
	}
	if (!secret_suspected(s, n))
		return put_escaped(p, s, n);
	char *text = mem_dup_n(s, n);
	secret_hide(text);
	p = put_escaped(p, text, strlen(text));
	free(text);
	return p;
}
