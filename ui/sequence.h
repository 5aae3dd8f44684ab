/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The escape sequences that terminals of the xterm and vt families send, by their grammar. */
#ifndef UI_SEQUENCE_H
#define UI_SEQUENCE_H

#include "ui/keys.h"

/* p[0] is ESC, p[1] one of "[O]PX^_". Returns the bytes used, 0 where more must come (never with `last`). What is
 * complete and unknown, or broken off, is K_NONE, used whole. The begin mark of a paste is K_PASTE. */
size_t sequence_parse(const unsigned char *p, size_t n, bool last, struct key *key);

#endif
