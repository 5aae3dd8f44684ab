/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON strings through jansson, whatever the bytes are. */
#include "event/json.h"

#include <jansson.h>
#include <stdint.h>

#include "base/text.h"

static int json_append(const char *bytes, size_t n, void *out)
{
	buf_add(out, bytes, n);
	return 0;
}

/* Jansson escapes the control characters below the blank; those from 7f to 9f move a terminal, too. */
static void json_add_harmless(struct buf *out, const char *s, size_t n)
{
	uint32_t cp = 0;
	for (size_t i = 0, used; i < n; i += used) {
		used = text_decode(s + i, n - i, &cp);
		if (cp >= 0x7f && cp < 0xa0)
			buf_fmt(out, "\\u%04x", (unsigned)cp);
		else
			buf_add(out, s + i, used);
	}
}

/* What stands between the quotes of such a string. */
static void json_add_text(struct buf *out, const char *s, size_t n)
{
	struct buf quoted = {0};
	json_t *string = json_stringn(s, n);
	json_dump_callback(string, json_append, &quoted, JSON_ENCODE_ANY);
	json_decref(string);
	json_add_harmless(out, quoted.p + 1, quoted.len - 2);
	buf_free(&quoted);
}

static size_t json_text_length(const char *s, size_t n)
{
	uint32_t cp = 0;
	size_t length = 0;
	while (length < n) {
		size_t used = text_decode(s + length, n - length, &cp);
		if (cp == UINT32_MAX)
			break;
		length += used;
	}
	return length;
}

/* Two texts that differ in such a byte are not to become one: it is half of a surrogate pair, which no text has. */
static void json_add_byte(struct buf *out, unsigned char byte)
{
	buf_fmt(out, "\\udc%02x", byte);
}

bool json_add_string(struct buf *out, const char *s, size_t n)
{
	bool text = true;
	if (!s) {
		buf_str(out, "null");
		return true;
	}
	buf_char(out, '"');
	while (n > 0) {
		size_t length = json_text_length(s, n);
		json_add_text(out, s, length);
		s += length;
		n -= length;
		if (n == 0)
			break;
		text = false;
		json_add_byte(out, (unsigned char)*s++);
		n--;
	}
	buf_char(out, '"');
	return text;
}
