/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing JSON strings through jansson, whatever the bytes are. */
#include "event/json.h"

#include <jansson.h>
#include <stdint.h>

#include "base/text.h"

/* jansson refuses what is not UTF-8; a balance sheet with one broken byte should still come out. */
static void json_add_utf8(struct buf *out, const char *s, size_t n)
{
	while (n > 0) {
		uint32_t cp;
		size_t used = text_decode(s, n, &cp);
		if (cp == UINT32_MAX)
			buf_str(out, "\xef\xbf\xbd");
		else
			buf_add(out, s, used);
		s += used;
		n -= used;
	}
}

static int json_append(const char *bytes, size_t n, void *out)
{
	buf_add(out, bytes, n);
	return 0;
}

void json_add_string(struct buf *out, const char *s, size_t n)
{
	if (!s) {
		buf_str(out, "null");
		return;
	}
	struct buf clean = {0};
	json_add_utf8(&clean, s, n);
	json_t *string = json_stringn(buf_text(&clean), clean.len);
	json_dump_callback(string, json_append, out, JSON_ENCODE_ANY);
	json_decref(string);
	buf_free(&clean);
}
