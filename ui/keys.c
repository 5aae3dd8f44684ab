/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of the terminal to keys: characters, named keys, pastes; Esc settled by time. */
#include "ui/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/sequence.h"

enum { ESC = 0x1b, WAIT_ESC_MS = 25, WAIT_PASTE_MS = 500 };

struct known {
	char *bytes;
	size_t n;
	enum key_code code;
	unsigned mods;
};

struct keys {
	struct buf in; /* fed and not yet decoded, from `at` on */
	size_t at;
	bool settled; /* no more bytes come for what is there */
	bool pasting, paste_ready;
	struct buf raw, paste; /* the paste as it came, and made harmless */
	bool cut;
	struct known *known;
	size_t nknown;
};

static const char paste_end[] = "\x1b[201~";

struct keys *keys_new(void)
{
	return NEW(struct keys);
}

void keys_free(struct keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->nknown; i++)
		free(keys->known[i].bytes);
	free(keys->known);
	buf_free(&keys->in);
	buf_free(&keys->raw);
	buf_free(&keys->paste);
	free(keys);
}

void keys_define(struct keys *keys, const char *sequence, enum key_code code, unsigned mods)
{
	if (!sequence[0] || !sequence[1])
		return; /* single bytes are what they are everywhere */
	keys->known = mem_resize(keys->known, keys->nknown + 1, sizeof *keys->known);
	keys->known[keys->nknown++] =
		(struct known){.bytes = mem_dup(sequence), .n = strlen(sequence), .code = code, .mods = mods};
}

void keys_feed(struct keys *keys, const char *bytes, size_t n)
{
	if (keys->at == keys->in.len) {
		buf_clear(&keys->in);
		keys->at = 0;
	}
	buf_add(&keys->in, bytes, n);
	keys->settled = false;
}

bool keys_waiting(const struct keys *keys)
{
	return keys->at < keys->in.len;
}

void keys_drop(struct keys *keys)
{
	buf_clear(&keys->in);
	keys->at = 0;
	keys->pasting = false;
	keys->cut = false;
	buf_clear(&keys->raw);
}

unsigned keys_wait_ms(const struct keys *keys)
{
	if (keys->pasting)
		return WAIT_PASTE_MS;
	return keys->at < keys->in.len && !keys->settled ? WAIT_ESC_MS : 0;
}

void keys_settle(struct keys *keys)
{
	keys->settled = true;
}

/* ---- pastes ---- */

/* Line ends and tabs become one blank each, other controls and broken bytes go. */
static void keys_clean(struct buf *out, const char *s, size_t n)
{
	buf_clear(out);
	for (size_t i = 0, used; i < n; i += used) {
		uint32_t cp = 0;
		used = text_decode(s + i, n - i, &cp);
		if (cp == '\r' && i + 1 < n && s[i + 1] == '\n')
			continue;
		if (cp == '\n' || cp == '\r' || cp == '\t')
			buf_char(out, ' ');
		else if (cp != UINT32_MAX && cp >= 0x20 && (cp < 0x7f || cp > 0x9f))
			buf_add(out, s + i, used);
	}
}

static void keys_keep(struct keys *keys, const char *bytes, size_t n)
{
	size_t room = KEYS_PASTE_MAX - keys->raw.len;
	if (n > room) {
		n = room;
		keys->cut = true;
	}
	buf_add(&keys->raw, bytes, n);
}

/* Collects a paste up to its end mark, which may come in pieces; or ends it where no more comes. */
static bool next_paste(struct keys *keys, struct key *key)
{
	const char *p = buf_text(&keys->in) + keys->at;
	size_t n = keys->in.len - keys->at, mark = sizeof paste_end - 1;
	const char *end = memmem(p, n, paste_end, mark);
	if (end) {
		keys_keep(keys, p, (size_t)(end - p));
		keys->at += (size_t)(end - p) + mark;
	} else {
		size_t take = keys->settled ? n : n >= mark ? n - mark + 1 : 0;
		keys_keep(keys, p, take);
		keys->at += take;
		if (!keys->settled)
			return false;
	}
	keys_clean(&keys->paste, buf_text(&keys->raw), keys->raw.len);
	*key = (struct key){.code = K_PASTE, .text = buf_text(&keys->paste), .cut = keys->cut};
	buf_clear(&keys->raw);
	keys->pasting = false;
	keys->cut = false;
	return true;
}

/* ---- characters and sequences ---- */

/* Bytes that the character at p takes, 0 where some are still to come. */
static size_t character(const unsigned char *p, size_t n, bool last, uint32_t *cp)
{
	size_t want = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc0 ? 2 : 1;
	size_t have = 1;
	while (have < want && have < n && (p[have] & 0xc0) == 0x80)
		have++;
	if (have < want && have == n && !last)
		return 0;
	return text_decode((const char *)p, n, cp);
}

static size_t keys_plain(const unsigned char *p, size_t n, bool last, struct key *key)
{
	uint32_t cp = 0;
	size_t used = character(p, n, last, &cp);
	if (!used)
		return 0;
	*key = (struct key){.code = K_CHAR, .cp = cp};
	if (cp == UINT32_MAX || (cp >= 0x80 && cp < 0xa0))
		key->code = K_NONE;
	else if (cp == '\r' || cp == '\n')
		key->code = K_ENTER;
	else if (cp == '\t')
		key->code = K_TAB;
	else if (cp == 0x7f || cp == 0x08)
		key->code = K_BACKSPACE;
	else if (cp < 0x20) {
		key->mods = MOD_CTRL;
		key->cp = cp >= 1 && cp <= 26 ? cp + 'a' - 1 : cp + '@';
	}
	return used;
}

/* A sequence of this terminal. *more: what is there may become one. */
static size_t defined(const struct keys *keys, const unsigned char *p, size_t n, struct key *key, bool *more)
{
	size_t best = 0;
	for (size_t i = 0; i < keys->nknown; i++) {
		const struct known *known = &keys->known[i];
		size_t common = n < known->n ? n : known->n;
		if (memcmp(p, known->bytes, common) != 0)
			continue;
		if (common < known->n) {
			*more = true;
		} else if (known->n > best) {
			best = known->n;
			*key = (struct key){.code = known->code, .mods = known->mods};
		}
	}
	return best;
}

static size_t keys_escape(const struct keys *keys, const unsigned char *p, size_t n, struct key *key)
{
	bool more = false;
	size_t used = defined(keys, p, n, key, &more);
	if (used)
		return used;
	if (more && !keys->settled)
		return 0;
	*key = (struct key){.code = K_ESC};
	if (n == 1)
		return keys->settled ? 1 : 0;
	if (p[1] == ESC)
		return 1;
	if (strchr("[O]PX^_", p[1]) && !(keys->settled && n == 2))
		return sequence_parse(p, n, keys->settled, key);
	used = keys_plain(p + 1, n - 1, keys->settled, key);
	key->mods |= MOD_ALT;
	return used ? used + 1 : 0;
}

bool keys_next(struct keys *keys, struct key *key)
{
	*key = (struct key){.code = K_NONE};
	while (keys->pasting || keys->at < keys->in.len) {
		if (keys->pasting)
			return next_paste(keys, key);
		const unsigned char *p = (const unsigned char *)buf_text(&keys->in) + keys->at;
		size_t n = keys->in.len - keys->at;
		size_t used = p[0] == ESC ? keys_escape(keys, p, n, key) : keys_plain(p, n, keys->settled, key);
		if (!used)
			return false;
		keys->at += used;
		if (key->code != K_PASTE)
			return true;
		keys->pasting = true;
	}
	return false;
}
