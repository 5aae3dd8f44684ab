/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colours and attributes as words, and the nearest colour that a terminal has. */
#include <stdlib.h>
#include <string.h>

#include "app/theme.h"
#include "base/mem.h"

enum { COLOURS = 256, BRIGHT = 8, CUBE = 16, GREYS = 232 };

static const char *const names[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

static const struct {
	unsigned bit;
	const char *word;
} attributes[] = {
	{LOOK_BOLD, "bold"},
	{LOOK_UNDERLINE, "underline"},
	{LOOK_REVERSE, "reverse"},
	{LOOK_DIM, "dim"},
};

/* ---- what they are ---- */

/* Of xterm: its first 16, a cube of 6 * 6 * 6, 24 greys. Only the first 16 are another terminal's own. */
int colour_rgb(int colour)
{
	static const int first[CUBE] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
					0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};
	static const int level[] = {0, 95, 135, 175, 215, 255};
	if (colour & COLOUR_RGB)
		return colour & ~COLOUR_RGB;
	if (colour < CUBE)
		return first[colour];
	int i = colour - CUBE, grey = 8 + 10 * (colour - GREYS);
	return colour >= GREYS ? grey << 16 | grey << 8 | grey
			       : level[i / 36] << 16 | level[i / 6 % 6] << 8 | level[i % 6];
}

static int colour_distance(int a, int b)
{
	int sum = 0;
	for (int shift = 0; shift < 24; shift += 8) {
		int d = (a >> shift & 0xff) - (b >> shift & 0xff);
		sum += d * d;
	}
	return sum;
}

static int colour_nearest(int colour, int from, int to)
{
	int best = from, rgb = colour_rgb(colour);
	for (int i = from; i < to; i++)
		if (colour_distance(rgb, colour_rgb(i)) < colour_distance(rgb, colour_rgb(best)))
			best = i;
	return best;
}

int colour_256(int colour)
{
	return colour != COLOUR_OWN && colour & COLOUR_RGB ? colour_nearest(colour, CUBE, COLOURS) : colour;
}

int colour_8(int colour)
{
	if (colour == COLOUR_OWN)
		return colour;
	return colour < CUBE ? colour % BRIGHT : colour_nearest(colour, 0, BRIGHT);
}

/* ---- words ---- */

static bool colour_by_name(const char *word, int *colour)
{
	bool bright = strncmp(word, "bright-", 7) == 0;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(names[i], word + (bright ? 7 : 0)) != 0)
			continue;
		*colour = (int)i + (bright ? BRIGHT : 0);
		return true;
	}
	*colour = COLOUR_OWN;
	return strcmp(word, "default") == 0;
}

enum status colour_parse(const char *word, int *colour, struct err *err)
{
	size_t digits = strspn(word, "0123456789");
	if (colour_by_name(word, colour))
		return ST_OK;
	if (word[0] == '#' && strlen(word) == 7 && strspn(word + 1, "0123456789abcdefABCDEF") == 6) {
		*colour = COLOUR_RGB | (int)strtol(word + 1, NULL, 16);
		return ST_OK;
	}
	if (digits > 0 && digits <= 3 && !word[digits] && atoi(word) < COLOURS) {
		*colour = atoi(word);
		return ST_OK;
	}
	return err_set(err, ST_USAGE,
		       "a colour is default, a name such as red or bright-red, 0 to 255, or '#rrggbb'; not \"%.40s\"",
		       word);
}

/* 0: no such word. */
static unsigned colour_attribute(const char *word, size_t n)
{
	for (size_t i = 0; i < COUNT_OF(attributes); i++)
		if (strlen(attributes[i].word) == n && strncmp(attributes[i].word, word, n) == 0)
			return attributes[i].bit;
	return 0;
}

enum status colour_attributes_parse(const char *words, unsigned *bits, struct err *err)
{
	*bits = 0;
	if (strcmp(words, "none") == 0)
		return ST_OK;
	for (size_t n;; words += n + 1) {
		n = strcspn(words, ",");
		unsigned bit = colour_attribute(words, n);
		if (!bit)
			return err_set(err, ST_USAGE,
				       "attributes are bold, underline, reverse, dim, with commas between, or none; "
				       "not \"%.*s\"",
				       n > 40 ? 40 : (int)n, words);
		*bits |= bit;
		if (!words[n])
			return ST_OK;
	}
}

void colour_show(struct buf *out, int colour)
{
	if (colour == COLOUR_OWN)
		buf_str(out, "default");
	else if (colour & COLOUR_RGB)
		buf_fmt(out, "'#%06x'", (unsigned)colour_rgb(colour)); /* a word that begins with # is a comment */
	else if (colour < CUBE)
		buf_fmt(out, "%s%s", colour < BRIGHT ? "" : "bright-", names[colour % BRIGHT]);
	else
		buf_fmt(out, "%d", colour);
}

void colour_attributes_show(struct buf *out, unsigned bits)
{
	bool any = false;
	for (size_t i = 0; i < COUNT_OF(attributes); i++) {
		if (!(bits & attributes[i].bit))
			continue;
		buf_fmt(out, "%s%s", any ? "," : "", attributes[i].word);
		any = true;
	}
	buf_str(out, any ? "" : "none");
}
