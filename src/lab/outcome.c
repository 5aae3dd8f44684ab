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
				  struct lesson_outcome *outcome)
{
	struct directive_word word;
	if (directive_word(lexer, stops, &word))
		return lexer->err->status;
	if (!word.text)
		return directive_error(lexer, word.place, "expected the name of the session that it waits for");
	outcome->waits_for = spec_session_find(spec, word.text);
	if (outcome->waits_for < 0)
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
			     const struct directive_word *word, struct lesson_outcome *outcome)
{
	const char *text = word->text;
	if (strcmp(text, "waits") == 0)
		outcome->waits = true;
	else if (strcmp(text, "for") == 0 && outcome->waits)
		return read_waits_for(lexer, spec, stops, outcome);
	else if (strcmp(text, "reads") == 0)
		return read_value(lexer, stops, text, &outcome->reads);
	else if (strcmp(text, "tag") == 0)
		return read_value(lexer, stops, "is tagged", &outcome->tag);
	else if (strcmp(text, "ok") == 0 || is_sqlstate(text))
		outcome->end = text;
	else
		return directive_error(
			lexer, word->place,
			"unknown outcome %s; use waits, waits for SESSION, ok, an SQLSTATE, reads VALUE or tag TAG",
			token_say_name(text).text);
	return ST_OK;
}

enum status outcome_read(struct directive_lexer *lexer, const struct spec *spec, const char *stops,
			 struct lesson_outcome *outcome)
{
	*outcome = (struct lesson_outcome){.waits_for = -1};
	struct directive_word word;
	for (bool any = false;; any = true) {
		if (directive_word(lexer, stops, &word))
			return lexer->err->status;
		if (!word.text && !any)
			return directive_error(lexer, word.place, "expected an outcome, such as ok, waits or 40001");
		if (!word.text)
			break;
		if (read_item(lexer, spec, stops, &word, outcome))
			return lexer->err->status;
	}
	outcome->given = true;
	if ((outcome->reads || outcome->tag) && !outcome->end)
		outcome->end = "ok";
	if (outcome->end && strcmp(outcome->end, "ok") != 0 && (outcome->reads || outcome->tag))
		return directive_error(lexer, word.place, "a step that ends with %s has no answer to read and no tag",
				       outcome->end);
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

static bool end_holds(const struct lesson_outcome *outcome, const struct lesson_fact *fact)
{
	if (!outcome->end)
		return true;
	if (!fact->complete)
		return false;
	return strcmp(outcome->end, fact->sqlstate ? fact->sqlstate : "ok") == 0;
}

bool lesson_holds(const struct lesson_outcome *outcome, const struct lesson_fact *fact)
{
	if (outcome->waits != fact->waited || !end_holds(outcome, fact))
		return false;
	if (outcome->waits_for >= 0 && fact->waited_for && !fact->waited_for[outcome->waits_for])
		return false;
	if (outcome->reads && (!fact->reads || strcmp(outcome->reads, fact->reads) != 0))
		return false;
	return !outcome->tag || tag_is(fact->tag, outcome->tag);
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

void lesson_outcome_show(struct buf *out, const struct lesson *lesson, const struct lesson_outcome *outcome)
{
	if (outcome->waits)
		show_word(out, "waits");
	if (outcome->waits_for >= 0) {
		show_word(out, "for");
		show_word(out, lesson->spec->sessions[outcome->waits_for].name);
	}
	if (outcome->end)
		show_word(out, outcome->end);
	if (outcome->reads)
		show_value(out, "reads", outcome->reads);
	if (outcome->tag)
		show_value(out, "tag", outcome->tag);
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
	show_word(out, fact->sqlstate ? fact->sqlstate : "ok");
	if (fact->reads && !fact->sqlstate)
		show_value(out, "reads", fact->reads);
	if (fact->tag && !fact->sqlstate)
		show_value(out, "tag", fact->tag);
}
