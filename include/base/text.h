/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 text as columns of a terminal: width, cut, pad, and making hostile bytes harmless. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Text from a server, a file or a user passes text_escape() before it reaches a terminal. Afterwards it holds only
 * printable characters of the locale: a control character, a broken byte, or a character that could reorder or hide
 * its neighbours (bidirectional controls, zero-width marks) is written out as \n, \t, \x1b or \u{202e}.
 * The other functions expect such text.
 */

/* Decodes one character of s[0..n); returns the bytes used (1 for a broken byte, which gives *cp = UINT32_MAX). n >
 * 0. */
size_t text_decode(const char *s, size_t n, uint32_t *cp);

/* Appends s[0..n) made harmless; stops with "..." once max_columns are used up (0: no limit). */
void text_escape(struct buf *out, const char *s, size_t n, size_t max_columns);
/* The same for text of several lines: their ends, and tabs, stay. */
void text_escape_lines(struct buf *out, const char *s, size_t n);

/* Columns that s[0..n) takes; a combining mark takes 0, a wide character 2. */
size_t text_width(const char *s, size_t n);

/* The longest prefix of s[0..n), in bytes, that fits in `columns`; whole characters with their combining marks. */
size_t text_cut(const char *s, size_t n, size_t columns);

enum text_align { TEXT_LEFT, TEXT_RIGHT };

/* Appends the string s in exactly `columns`: padded, or cut with a final '~' when it is too wide. Nothing where there
 * is no column, or less: a pane that is not drawn, a column that finds no room. */
void text_pad(struct buf *out, const char *s, int columns, enum text_align align);

/* True where every byte of s is an ASCII digit, one at least, with an optional '-' in front. */
bool text_is_integer(const char *s);

/* A duration for people: "0.42 ms", "12 ms", "1.4 s"; `out` holds 16 bytes. */
void text_duration(char out[16], uint64_t us);

/* How long something has lasted, in few columns: "5 s", "3 min", "2 h", "4 d"; `out` holds 24 bytes. */
void text_age(char out[24], uint64_t us);

/* A count as people read it: "1 row", "3 rows". */
const char *text_plural(uint64_t n, const char *one, const char *many);

#endif
