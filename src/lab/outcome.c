/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcomes of a step: read from a directive, held against what the server did, and shown. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "lesson_internal.h"
#include "token.h"

static bool is_sqlstate(const char *word)
{
	size_t digits = 0;
	for (const char *c = word; *c; c++) {
		bool digit = *c >= '0' && *c <= '9';
		if (!digit && !(*c >= 'A' && *c <= 'Z'))
			return false;
		digits += digit;
	}
	return digits > 0 && strlen(word) == 5;
}

static enum status read_waits_for(struct directive_lexer *lexer, const struct spec *spec, const char *stops,
				  struct lesson_way *way)
{
	struct directive_word word;
	if (directive_word(lexer, stops, &word))
		return lexer->err->status;
	if (!word.text)
		return directive_error(lexer, word.place, "expected the name of the session that it waits for");
	way->waits_for = spec_session_find(spec, word.text);
	if (way->waits_for < 0)
		return directive_error(lexer, word.place, "there is no session %s", token_say_name(word.text).text);
	return ST_OK;
}

static enum status read_value(struct directive_lexer *lexer, const char *stops, const char *of, const char **value)
{
	struct directive_word word;
	if (directive_word(lexer, stops, &word))
		return lexer->err->status;
	if (!word.text)
		return directive_error(lexer, word.place, "expected what it %s", of);
	*value = word.text;
	return ST_OK;
}

static enum status read_item(struct directive_lexer *lexer, const struct spec *spec, const char *stops,
			     const struct directive_word *word, struct lesson_way *way)
{
	const char *text = word->text;
	if (strcmp(text, "waits") == 0)
		way->waits = true;
	else if (strcmp(text, "for") == 0 && way->waits)
		return read_waits_for(lexer, spec, stops, way);
	else if (strcmp(text, "reads") == 0)
		return read_value(lexer, stops, text, &way->reads);
	else if (strcmp(text, "tag") == 0)
		return read_value(lexer, stops, "is tagged", &way->tag);
	else if (strcmp(text, "ok") == 0 || strcmp(text, "lost") == 0 || is_sqlstate(text))
		way->end = text;
	else
		return directive_error(lexer, word->place,
				       "unknown outcome %s; use waits, waits for SESSION, ok, lost, an SQLSTATE, "
				       "reads VALUE, tag TAG, or several of them parted by or",
				       token_say_name(text).text);
	return ST_OK;
}

/* A text in quotes is not of the outcome: it may follow one. */
static enum status outcome_read_word(struct directive_lexer *lexer, const char *stops, struct directive_word *word)
{
	bool quoted = !directive_done(lexer) && *lexer->at == '"';
	*word = (struct directive_word){NULL, false, lexer->place};
	return quoted ? ST_OK : directive_word(lexer, stops, word);
}

static bool outcome_is_or(const struct directive_word *word)
{
	return word->text && strcmp(word->text, "or") == 0;
}

/* Up to the next `or`, which is in `word` then. */
static enum status read_way(struct directive_lexer *lexer, const struct spec *spec, const char *stops,
			    struct lesson_way *way, struct directive_word *word)
{
	*way = (struct lesson_way){.waits_for = -1};
	for (bool any = false;; any = true) {
		if (outcome_read_word(lexer, stops, word))
			return lexer->err->status;
		bool ends = !word->text || outcome_is_or(word);
		if (ends && !any)
			return directive_error(lexer, word->place, "expected an outcome, such as ok, waits or 40001");
		if (ends)
			break;
		if (read_item(lexer, spec, stops, word, way))
			return lexer->err->status;
	}
	if ((way->reads || way->tag) && !way->end)
		way->end = "ok";
	if (way->end && strcmp(way->end, "ok") != 0 && (way->reads || way->tag))
		return directive_error(lexer, word->place, "a step that ends with %s has no answer to read and no tag",
				       way->end);
	return ST_OK;
}

enum status outcome_read(struct directive_lexer *lexer, const struct spec *spec, const char *stops,
			 struct lesson_outcome *outcome)
{
	struct directive_word word;
	*outcome = (struct lesson_outcome){0};
	do {
		if (read_way(lexer, spec, stops, &outcome->ways[outcome->nways], &word))
			return lexer->err->status;
		outcome->nways++;
		if (word.text && outcome->nways == LESSON_WAYS_MAX)
			return directive_error(lexer, word.place, "an outcome has %d ways at most, parted by or",
					       (int)LESSON_WAYS_MAX);
	} while (word.text);
	return ST_OK;
}

/* ---- held against a fact ---- */

/* "UPDATE 1" is an UPDATE. */
static bool tag_is(const char *tag, const char *wanted)
{
	size_t n = strlen(wanted);
	if (!tag || strncmp(tag, wanted, n) != 0)
		return false;
	return tag[n] == '\0' || (tag[n] == ' ' && tag[n + 1] >= '0' && tag[n + 1] <= '9');
}

static bool end_holds(const struct lesson_way *way, const struct lesson_fact *fact)
{
	if (!way->end)
		return true;
	if (!fact->complete)
		return false;
	if (strcmp(way->end, "lost") == 0)
		return fact->lost;
	return strcmp(way->end, fact->sqlstate ? fact->sqlstate : "ok") == 0;
}

static bool way_holds(const struct lesson_way *way, const struct lesson_fact *fact)
{
	if (way->waits != fact->waited || !end_holds(way, fact))
		return false;
	if (way->waits_for >= 0 && fact->waited_for && !fact->waited_for[way->waits_for])
		return false;
	if (way->reads && (!fact->reads || strcmp(way->reads, fact->reads) != 0))
		return false;
	return !way->tag || tag_is(fact->tag, way->tag);
}

/* Without a way, nothing is wanted but that it does not wait. */
bool lesson_holds(const struct lesson_outcome *outcome, const struct lesson_fact *fact)
{
	for (size_t i = 0; i < outcome->nways; i++)
		if (way_holds(&outcome->ways[i], fact))
			return true;
	return outcome->nways == 0 && !fact->waited;
}

/* ---- shown ---- */

static void show_word(struct buf *out, const char *word)
{
	if (out->len)
		buf_char(out, ' ');
	text_escape(out, word, strlen(word), 60);
}

static void show_value(struct buf *out, const char *of, const char *value)
{
	bool quoted = !*value || strpbrk(value, " ;|*");
	show_word(out, of);
	buf_str(out, quoted ? " \"" : " ");
	text_escape(out, value, strlen(value), 60);
	buf_str(out, quoted ? "\"" : "");
}

static void show_way(struct buf *out, const struct lesson *lesson, const struct lesson_way *way)
{
	if (way->waits)
		show_word(out, "waits");
	if (way->waits_for >= 0) {
		show_word(out, "for");
		show_word(out, lesson->spec->sessions[way->waits_for].name);
	}
	if (way->end)
		show_word(out, way->end);
	if (way->reads)
		show_value(out, "reads", way->reads);
	if (way->tag)
		show_value(out, "tag", way->tag);
}

void lesson_outcome_show(struct buf *out, const struct lesson *lesson, const struct lesson_outcome *outcome)
{
	for (size_t i = 0; i < outcome->nways; i++) {
		if (i)
			show_word(out, "or");
		show_way(out, lesson, &outcome->ways[i]);
	}
}

void lesson_fact_show(struct buf *out, const struct lesson *lesson, const struct lesson_fact *fact)
{
	const struct spec *spec = lesson->spec;
	if (fact->waited)
		show_word(out, "waits");
	for (size_t i = 0; i < spec->nsessions && fact->waited_for; i++) {
		if (fact->waited_for[i]) {
			show_word(out, "for");
			show_word(out, spec->sessions[i].name);
		}
	}
	if (!fact->complete)
		return;
	show_word(out, fact->lost ? "lost" : fact->sqlstate ? fact->sqlstate : "ok");
	if (fact->reads && !fact->sqlstate)
		show_value(out, "reads", fact->reads);
	if (fact->tag && !fact->sqlstate)
		show_value(out, "tag", fact->tag);
}
