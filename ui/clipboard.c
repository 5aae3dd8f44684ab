/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text as the sequence that puts it into the terminal's clipboard (OSC 52), also from inside tmux and screen; pure. */
#include "ui/clipboard.h"

#include <stdint.h>
#include <string.h>

enum { CLIPBOARD_SCREEN_PIECE = 512 }; /* screen drops a string that is longer than its buffer of 768 bytes */

enum clipboard_between clipboard_between(const char *term, const char *tmux, const char *sty)
{
	if (tmux && tmux[0])
		return CLIPBOARD_TMUX;
	if ((sty && sty[0]) || (term && strncmp(term, "screen", strlen("screen")) == 0))
		return CLIPBOARD_SCREEN;
	return CLIPBOARD_DIRECT;
}

size_t clipboard_fits(const char *text, size_t n)
{
	if (n <= CLIPBOARD_MAX)
		return n;
	for (n = CLIPBOARD_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

static void clipboard_base64(struct buf *out, const char *text, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *bytes = (const unsigned char *)text;
	for (size_t i = 0; i < n; i += 3) {
		uint32_t three = (uint32_t)bytes[i] << 16;
		three |= i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0;
		three |= i + 2 < n ? bytes[i + 2] : 0;
		buf_char(out, digits[three >> 18]);
		buf_char(out, digits[three >> 12 & 63]);
		buf_char(out, i + 1 < n ? digits[three >> 6 & 63] : '=');
		buf_char(out, i + 2 < n ? digits[three & 63] : '=');
	}
}

/* tmux takes it for a buffer of its own and for the terminal where `set-clipboard` is on; what is wrapped it passes on
 * where `allow-passthrough` is. */
static void clipboard_through_tmux(struct buf *out, const struct buf *sequence)
{
	buf_add(out, sequence->p, sequence->len);
	buf_str(out, "\x1bPtmux;\x1b");
	buf_add(out, sequence->p, sequence->len);
	buf_str(out, "\x1b\\");
}

static void clipboard_through_screen(struct buf *out, const struct buf *sequence)
{
	for (size_t i = 0; i < sequence->len; i += CLIPBOARD_SCREEN_PIECE) {
		size_t left = sequence->len - i;
		buf_str(out, "\x1bP");
		buf_add(out, sequence->p + i, left < CLIPBOARD_SCREEN_PIECE ? left : CLIPBOARD_SCREEN_PIECE);
		buf_str(out, "\x1b\\");
	}
}

void clipboard_sequence(struct buf *out, const char *text, size_t n, enum clipboard_between between)
{
	struct buf sequence = {0};
	buf_str(&sequence, "\x1b]52;c;");
	clipboard_base64(&sequence, text, n);
	buf_char(&sequence, '\a');
	if (between == CLIPBOARD_TMUX)
		clipboard_through_tmux(out, &sequence);
	else if (between == CLIPBOARD_SCREEN)
		clipboard_through_screen(out, &sequence);
	else
		buf_add(out, sequence.p, sequence.len);
	buf_free(&sequence);
}
