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
#include "event/json.h"
#include "secret_internal.h"

void members_key(struct buf *out, const char *key)
{
	buf_fmt(out, "%s\"%s\":", out->len && out->p[out->len - 1] != '{' ? "," : "", key);
}

void members_number(struct buf *out, const char *key, uint64_t number)
{
	if (number == 0)
		return;
	members_key(out, key);
	buf_fmt(out, "%" PRIu64, number);
}

void members_signed(struct buf *out, const char *key, int64_t number)
{
	members_key(out, key);
	buf_fmt(out, "%" PRId64, number);
}

void members_true(struct buf *out, const char *key, bool value)
{
	if (!value)
		return;
	members_key(out, key);
	buf_str(out, "true");
}

/* JSON has no place for bytes that are no text: they are written as they would be shown. */
static void members_bytes(struct buf *out, const char *s, size_t n)
{
	struct buf whole = {0};
	uint32_t cp = 0;
	for (size_t i = 0, used; i < n; i += used) {
		used = text_decode(s + i, n - i, &cp);
		if (cp == UINT32_MAX)
			buf_fmt(&whole, "\\x%02x", (unsigned)(unsigned char)s[i]);
		else
			buf_add(&whole, s + i, used);
	}
	json_add_string(out, buf_text(&whole), whole.len);
	buf_free(&whole);
}

/* Without the password of a connection string, in whatever sentence it stands, and of a role. */
void members_text(struct buf *out, const char *key, const char *s, size_t max)
{
	if (!s)
		return;
	char *text = mem_dup_n(s, strnlen(s, max));
	secret_hide(text);
	members_key(out, key);
	members_bytes(out, text, strlen(text));
	free(text);
}

void members_outcome(struct buf *out, const char *key, enum outcome outcome)
{
	members_text(out, key, entry_outcome(outcome), SIZE_MAX);
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
