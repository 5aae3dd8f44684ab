/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Typing on the terminal of the screen tests: keys by name, pastes, and the size of the window. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/check.h"
#include "tests/support/spawn.h"
#include "tests/support/term_internal.h"

static const struct {
	const char *name;
	VTermKey key;
} named[] = {
	{"Down", VTERM_KEY_DOWN},   {"Up", VTERM_KEY_UP},       {"Left", VTERM_KEY_LEFT},
	{"Right", VTERM_KEY_RIGHT}, {"PgUp", VTERM_KEY_PAGEUP}, {"PgDn", VTERM_KEY_PAGEDOWN},
	{"Home", VTERM_KEY_HOME},   {"End", VTERM_KEY_END},     {"Tab", VTERM_KEY_TAB},
	{"Enter", VTERM_KEY_ENTER}, {"Esc", VTERM_KEY_ESCAPE},  {"BS", VTERM_KEY_BACKSPACE},
	{"Del", VTERM_KEY_DEL},     {"Ins", VTERM_KEY_INS},
};

void term_send(struct term *term, const char *bytes, size_t n)
{
	struct deadline deadline = deadline_in(SPAWN_LIMIT_MS);
	while (n > 0) {
		ssize_t wrote = write(term->master, bytes, n);
		if (wrote > 0) {
			bytes += wrote;
			n -= (size_t)wrote;
			continue;
		}
		if (errno != EAGAIN || !deadline_left(deadline))
			return; /* nobody reads any more: what is waited for next says so */
		poll(&(struct pollfd){.fd = term->master, .events = POLLOUT}, 1, 50);
	}
}

/* A key named by s[0..n); false for a name that is not known. */
static bool type_named(struct term *term, const char *s, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(named); i++)
		if (strlen(named[i].name) == n && memcmp(named[i].name, s, n) == 0)
			return vterm_keyboard_key(term->vt, named[i].key, VTERM_MOD_NONE), true;
	if (n == 2 && s[0] == '^')
		return term_send(term, &(char){(char)(s[1] & 0x1f)}, 1), true;
	if (n == 2 && memcmp(s, "lt", 2) == 0)
		return term_send(term, "<", 1), true;
	if (n >= 2 && s[0] == 'F' && s[1] >= '1' && s[1] <= '9')
		return vterm_keyboard_key(term->vt, (VTermKey)VTERM_KEY_FUNCTION(atoi(s + 1)), VTERM_MOD_NONE), true;
	return false;
}

void term_type(struct term *term, const char *keys)
{
	while (*keys) {
		size_t n = strcspn(keys, "<");
		term_send(term, keys, n);
		keys += n;
		if (!*keys)
			return;
		n = strcspn(keys, ">");
		if (!keys[n] || !type_named(term, keys + 1, n - 1))
			fail_msg("no key is called %.*s>", (int)n, keys);
		keys += n + 1;
	}
}

void term_paste(struct term *term, const char *text)
{
	vterm_keyboard_start_paste(term->vt);
	term_send(term, text, strlen(text));
	vterm_keyboard_end_paste(term->vt);
}

void term_resize(struct term *term, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	vterm_set_size(term->vt, rows, cols);
	ioctl(term->master, TIOCSWINSZ, &size);
}
