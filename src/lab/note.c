/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a directive, read one by one with their places. */
#include "note.h"

#include <stdio.h>
#include <string.h>

#include "token.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static char take(struct note *note)
{
	char c = *note->at++;
	note->place.column += (*note->at & 0xc0) != 0x80;
	return c;
}

bool note_done(struct note *note)
{
	while (is_blank(*note->at))
		take(note);
	return *note->at == '\0';
}

bool note_sign(struct note *note, char sign)
{
	if (note_done(note) || *note->at != sign)
		return false;
	take(note);
	return true;
}

static void keep(struct note *note, char c)
{
	*(*note->strings)++ = c;
}

static enum status read_quoted(struct note *note)
{
	struct spec_place from = note->place;
	take(note);
	for (;;) {
		if (*note->at == '\0')
			return note_error(note, from, "this text does not end on its line: close it with \"");
		char c = take(note);
		if (c == '"') {
			if (*note->at != '"')
				break;
			take(note);
		}
		keep(note, c);
	}
	keep(note, '\0');
	return ST_OK;
}

/* Begins a word where there is one. */
static bool begin(struct note *note, const char *stops, struct note_word *word)
{
	bool none = note_done(note) || strchr(stops, *note->at);
	*word = (struct note_word){none ? NULL : *note->strings, *note->at == '"', note->place};
	return !none;
}

enum status note_word(struct note *note, const char *stops, struct note_word *word)
{
	if (!begin(note, stops, word))
		return ST_OK;
	if (word->quoted)
		return read_quoted(note);
	while (*note->at && !is_blank(*note->at) && !strchr(stops, *note->at))
		keep(note, take(note));
	keep(note, '\0');
	return ST_OK;
}

enum status note_until(struct note *note, const char *stops, struct note_word *word)
{
	if (!begin(note, stops, word))
		return ST_OK;
	if (word->quoted)
		return read_quoted(note);
	char *from = *note->strings;
	while (*note->at && !strchr(stops, *note->at))
		keep(note, take(note));
	while (*note->strings > from && is_blank((*note->strings)[-1]))
		--*note->strings;
	keep(note, '\0');
	return ST_OK;
}

enum status note_error(struct note *note, struct spec_place place, const char *fmt, ...)
{
	char sentence[sizeof note->err->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(sentence, sizeof sentence, fmt, ap);
	va_end(ap);
	return token_error(note->err, note->file, place, "%s", sentence);
}
