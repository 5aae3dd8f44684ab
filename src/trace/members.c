/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the members of an object of a trace: what is not there is left out, and so is what is secret. */
#include "trace/members.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "entry_internal.h"
#include "put_internal.h"

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
	char *p = buf_room(out, n + 4 + PUT_DIGITS);
	buf_put(out, put_number(members_put_key(out, p, key, n), number));
}

void members_signed(struct buf *out, const char *key, int64_t number)
{
	size_t n = strlen(key);
	char *p = members_put_key(out, buf_room(out, n + 4 + PUT_DIGITS), key, n);
	buf_put(out, put_signed(p, number));
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
	buf_put(out, put_text(buf_room(out, put_room(n)), s, n));
}

void members_text(struct buf *out, const char *key, const char *s, size_t max)
{
	if (!s)
		return;
	members_key(out, key);
	members_bytes(out, s, strnlen(s, max));
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
		members_bytes(out, s, strlen(s));
	else
		buf_str(out, "null");
}

void members_list_end(struct buf *out)
{
	buf_char(out, ']');
}
