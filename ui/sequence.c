/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The escape sequences that terminals of the xterm and vt families send, by their grammar (ECMA-48, ctlseqs). */
#include "ui/sequence.h"

#include <string.h>

enum { ESC = 0x1b, BEL = 0x07 };

static enum key_code by_letter(unsigned char c)
{
	static const char letters[] = "ABCDHFPQRS";
	static const enum key_code codes[] = {K_UP,  K_DOWN, K_RIGHT,   K_LEFT,    K_HOME,
					      K_END, K_F1,   K_F1 + 1U, K_F1 + 2U, K_F1 + 3U};
	const char *at = c ? strchr(letters, c) : NULL;
	return at ? codes[at - letters] : K_NONE;
}

static enum key_code by_number(unsigned number)
{
	static const unsigned char numbers[] = {1, 7, 2, 3, 4, 8, 5, 6};
	static const enum key_code codes[] = {K_HOME, K_HOME, K_INSERT, K_DELETE, K_END, K_END, K_PAGE_UP, K_PAGE_DOWN};
	for (size_t i = 0; i < sizeof numbers; i++)
		if (numbers[i] == number)
			return codes[i];
	/* F1-F5 are 11-15, F6-F10 are 17-21, F11 and F12 are 23 and 24 */
	if (number >= 11 && number <= 24 && number != 16 && number != 22)
		return K_F1 + (number - 11 - (number > 16) - (number > 22));
	return number == 200 ? K_PASTE : K_NONE;
}

static void by_codepoint(struct key *key, unsigned cp)
{
	key->code = cp == 27 ? K_ESC : cp == 13 ? K_ENTER : cp == 9 ? K_TAB : cp == 127 ? K_BACKSPACE : K_CHAR;
	key->cp = cp;
	if (key->code == K_CHAR && (cp < 0x20 || cp > 0x10ffff))
		key->code = K_NONE;
}

struct csi {
	unsigned number[3];
	unsigned char mark; /* what is before the parameters, 0 for nothing: '<' is the mouse's */
	bool odd;           /* something else is among them */
	size_t end;         /* of its final byte */
};

/* The parameters and the final byte; csi->end 0: unfinished. Returns the bytes looked at. */
static size_t csi_read(const unsigned char *p, size_t n, struct csi *csi)
{
	size_t i = 2, at = 0;
	for (; i < n && p[i] >= 0x20 && p[i] < 0x40; i++) {
		if (p[i] >= '0' && p[i] <= '9' && at < 3 && csi->number[at] < 1000000)
			csi->number[at] = csi->number[at] * 10 + (p[i] - '0');
		else if (p[i] == ';')
			at++;
		else if (i == 2 && p[i] >= '<')
			csi->mark = p[i];
		else if (p[i] != ':')
			csi->odd = true;
	}
	if (i < n && p[i] >= 0x40 && p[i] < 0x7f)
		csi->end = i;
	return i;
}

/*
 * A report of the mouse in its SGR form: button with modifiers, column, row, M for down and m for up (ctlseqs,
 * "Extended coordinates"). 4, 8 and 16 are the modifiers, 32 is a movement, 64 and 65 are the wheel.
 */
static void mouse_key(struct key *key, const struct csi *csi, unsigned char final)
{
	enum { MODIFIERS = 4 | 8 | 16, WHEEL = 64 };
	unsigned button = csi->number[0] & ~(unsigned)MODIFIERS;
	*key = (struct key){.code = K_NONE, .x = (int)csi->number[1] - 1, .y = (int)csi->number[2] - 1};
	if (csi->odd || final != 'M' || key->x < 0 || key->y < 0)
		return;
	key->code = button == 0 ? K_CLICK : button == WHEEL ? K_WHEEL_UP : button == WHEEL + 1 ? K_WHEEL_DOWN : K_NONE;
}

static void csi_key(struct key *key, const struct csi *csi, unsigned char final)
{
	unsigned mods = csi->number[1] > 1 ? (csi->number[1] - 1) & 7 : 0;
	*key = (struct key){.code = K_NONE, .mods = mods};
	if (csi->mark || csi->odd)
		return;
	if (final == '~' || final == '^' || final == '@') {
		key->code = by_number(csi->number[0]);
		key->mods |= final == '^' ? MOD_CTRL : final == '@' ? MOD_CTRL | MOD_SHIFT : 0U;
	} else if (final == 'Z') {
		key->code = K_TAB;
		key->mods |= MOD_SHIFT;
	} else if (final == 'u') {
		by_codepoint(key, csi->number[0]);
	} else if (final >= 'a' && final <= 'd') { /* rxvt's shifted arrows */
		key->code = by_letter((unsigned char)(final - 'a' + 'A'));
		key->mods |= MOD_SHIFT;
	} else {
		key->code = by_letter(final);
	}
	if (key->code == K_PASTE && final != '~')
		key->code = K_NONE;
}

/* Four bytes of the Linux console's F1-F5, or six of an old mouse report. */
static size_t fixed(const unsigned char *p, size_t n, size_t want, bool last, struct key *key)
{
	*key = (struct key){.code = K_NONE};
	if (n < want)
		return last ? n : 0;
	if (p[2] == '[' && p[3] >= 'A' && p[3] <= 'E')
		key->code = K_F1 + (unsigned)(p[3] - 'A');
	return want;
}

static size_t csi(const unsigned char *p, size_t n, bool last, struct key *key)
{
	if (n > 2 && p[2] == '[')
		return fixed(p, n, 4, last, key);
	if (n > 2 && p[2] == 'M')
		return fixed(p, n, 6, last, key);
	struct csi csi = {.end = 0};
	size_t seen = csi_read(p, n, &csi);
	*key = (struct key){.code = K_NONE};
	if (!csi.end)
		return seen < n || last ? seen : 0; /* broken off by a control, or unfinished */
	if (csi.mark == '<')
		mouse_key(key, &csi, p[csi.end]);
	else
		csi_key(key, &csi, p[csi.end]);
	return csi.end + 1;
}

static size_t ss3(const unsigned char *p, size_t n, bool last, struct key *key)
{
	size_t i = 2;
	unsigned mods = 0;
	for (; i < n && p[i] >= '0' && p[i] <= '9'; i++)
		mods = p[i] > '1' ? (unsigned)(p[i] - '1') & 7 : 0;
	*key = (struct key){.code = K_NONE, .mods = mods};
	if (i == n)
		return last ? n : 0;
	if (p[i] < 0x20 || p[i] > 0x7e)
		return i;
	key->code = p[i] == 'M' ? K_ENTER : by_letter(p[i]);
	if (p[i] >= 'j' && p[i] <= 'y') { /* the keypad: * + , - . / 0 ... 9 */
		key->code = K_CHAR;
		key->cp = (uint32_t)(p[i] - 'j' + '*');
	}
	return i + 1;
}

/* An unrequested answer of the terminal: up to BEL or ESC \. */
static size_t string(const unsigned char *p, size_t n, bool last, struct key *key)
{
	*key = (struct key){.code = K_NONE};
	for (size_t i = 2; i < n; i++) {
		if (p[i] == BEL)
			return i + 1;
		if (p[i] == ESC && i + 1 < n)
			return p[i + 1] == '\\' ? i + 2 : i;
	}
	return last ? n : 0;
}

size_t sequence_parse(const unsigned char *p, size_t n, bool last, struct key *key)
{
	switch (p[1]) {
	case '[':
		return csi(p, n, last, key);
	case 'O':
		return ss3(p, n, last, key);
	default:
		return string(p, n, last, key);
	}
}
