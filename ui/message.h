/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The message line: the last message, in full until the next key. */
#ifndef UI_MESSAGE_H
#define UI_MESSAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "ui/layout.h"

/* Zero-initialise. */
struct message {
	enum status status;
	char *text;  /* harmless, owned; NULL: nothing was said */
	bool unread; /* no key was pressed since */
};

/* Appends `text`, which names commands as they are typed in lines, as it is said on a screen: "`init`" is "`:init`". */
void message_words(struct buf *out, const char *text);

void message_set(struct message *message, enum status status, const char *text);
void message_free(struct message *message);

/* In the last line of the room; what was not read yet takes as many lines above it as it needs. */
void message_draw(const struct message *message, struct rect room);
bool message_waits(const struct message *message); /* there is a sentence that was not seen */
bool message_seen(struct message *message);        /* a key was pressed; true where that changes the screen */

#endif
