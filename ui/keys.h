/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of the terminal to keys: characters, named keys, pastes; Esc settled by time. */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_code {
	K_NONE, /* an unknown sequence, swallowed whole */
	K_CHAR, /* a character: cp */
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_INSERT,
	K_DELETE,
	K_ENTER,
	K_TAB,
	K_BACKSPACE,
	K_ESC,
	K_F1, /* to F12 in order */
	K_F12 = K_F1 + 11,
	K_PASTE, /* a bracketed paste: text */
	K_CLICK, /* the left button went down at x, y */
	K_WHEEL_UP,
	K_WHEEL_DOWN,
	K_COUNT
};

enum { MOD_SHIFT = 1, MOD_ALT = 2, MOD_CTRL = 4 };

struct key {
	enum key_code code;
	unsigned mods;
	uint32_t cp;      /* K_CHAR; lower case with MOD_CTRL */
	const char *text; /* K_PASTE: one line of UTF-8 without controls; borrowed until the next call */
	bool cut;         /* K_PASTE: it was longer than what is kept */
	int x, y;         /* of the mouse, from 0 */
};

enum { KEY_NAME_SIZE = 32, KEYS_PASTE_MAX = 4096 };

struct keys;
struct keys *keys_new(void);
void keys_free(struct keys *keys);

/* What this terminal sends for a key, from terminfo. Taken before the common sequences, which are always known. */
void keys_define(struct keys *keys, const char *sequence, enum key_code code, unsigned mods);

void keys_feed(struct keys *keys, const char *bytes, size_t n);
bool keys_next(struct keys *keys, struct key *key); /* false: nothing complete is left */
bool keys_waiting(const struct keys *keys);         /* more bytes came right after those that were taken */
void keys_drop(struct keys *keys);                  /* forgets what was fed and not yet taken */

/* How long to wait for the rest of what came, in ms; 0: nothing is unfinished. Once the time is over without another
 * byte, keys_settle() says that no more will come, and keys_next() gives what is left. */
unsigned keys_wait_ms(const struct keys *keys);
void keys_settle(struct keys *keys);

/* As written in a keymap: "j", "G", "Space", "^C", "F1", "PgDn", "S-Tab", "M-x", "C-Left". */
void key_show(char out[KEY_NAME_SIZE], const struct key *key);
size_t key_utf8(char out[5], uint32_t cp); /* the character as UTF-8 with a NUL; returns its bytes */

#endif
