/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The directives about a second server: which sessions, set-ups, teardown and checks are there. */
#include <string.h>

#include "base/mem.h"
#include "lesson_internal.h"

/* "on second", or "on both" where both may be. */
static enum status directive_read_place(struct directive_reader *r, bool both, enum lesson_place_of *place)
{
	struct directive_word on, where;
	const char *wanted = both ? "expected \"on second\" or \"on both\"" : "expected \"on second\"";
	if (directive_word(&r->lexer, "", &on))
		return directive_failed(r);
	if (!on.text || strcmp(on.text, "on") != 0)
		return directive_error(&r->lexer, on.place, "%s", wanted);
	if (directive_word(&r->lexer, "", &where))
		return directive_failed(r);
	bool second = where.text && strcmp(where.text, "second") == 0;
	bool all = both && where.text && strcmp(where.text, "both") == 0;
	if (!second && !all)
		return directive_error(&r->lexer, where.place, "%s", wanted);
	*place = second ? LESSON_ON_SECOND : LESSON_ON_BOTH;
	return ST_OK;
}

static struct lesson_second *directive_second(struct directive_reader *r)
{
	struct lesson_second *second = &r->lesson->second;
	if (!second->sessions) {
		second->sessions = mem_array(r->spec->nsessions, sizeof *second->sessions);
		second->setups = mem_array(r->spec->nsetups + 1, sizeof *second->setups);
		second->place = r->scope.place;
	}
	return second;
}

static enum status directive_of_all(struct directive_reader *r)
{
	if (r->scope.permutation < 0)
		return ST_OK;
	return directive_error(
		&r->lexer, r->scope.place,
		"what is on the second server holds for all permutations: write it before the first one");
}

enum status directive_session(struct directive_reader *r)
{
	struct directive_word name;
	enum lesson_place_of place;
	if (directive_word(&r->lexer, "", &name))
		return directive_failed(r);
	if (!name.text)
		return directive_error(&r->lexer, name.place, "expected the name of a session");
	long session = spec_session_find(r->spec, name.text);
	if (session < 0)
		return directive_unknown(r, &name, "session", NULL);
	if (directive_read_place(r, false, &place) || directive_read_end(r) || directive_of_all(r))
		return directive_failed(r);
	directive_second(r)->sessions[session] = true;
	r->lesson->second.wanted = true;
	return ST_OK;
}

/* Of the set-up that follows in the file. */
enum status directive_setup(struct directive_reader *r)
{
	const struct spec *spec = r->spec;
	enum lesson_place_of place;
	size_t i = 0;
	if (directive_read_place(r, true, &place) || directive_read_end(r) || directive_of_all(r))
		return directive_failed(r);
	while (i < spec->nsetups && spec->setup_places[i].line < r->scope.place.line)
		i++;
	if (i == spec->nsetups)
		return directive_error(&r->lexer, r->scope.place,
				       "no setup follows this line: write it above the one that it is about");
	directive_second(r)->setups[i] = place;
	return ST_OK;
}

enum status directive_teardown(struct directive_reader *r)
{
	enum lesson_place_of place;
	if (directive_read_place(r, true, &place) || directive_read_end(r) || directive_of_all(r))
		return directive_failed(r);
	if (!r->spec->teardown)
		return directive_error(&r->lexer, r->scope.place, "there is no teardown");
	directive_second(r)->teardown = place;
	return ST_OK;
}

enum status directive_on_second(struct directive_reader *r, bool *second)
{
	enum lesson_place_of place;
	*second = !directive_done(&r->lexer) && strncmp(r->lexer.at, "on ", 3) == 0;
	if (!*second)
		return ST_OK;
	(void)directive_second(r);
	return directive_read_place(r, false, &place);
}

enum status directive_check_second(struct directive_reader *r)
{
	const struct lesson_second *second = &r->lesson->second;
	size_t there = 0;
	for (size_t i = 0; i < r->spec->nsessions && second->sessions; i++)
		there += second->sessions[i];
	if (second->sessions && !there)
		return directive_error(&r->lexer, second->place,
				       "no session is on the second server: write #@ session NAME on second");
	if (there == r->spec->nsessions)
		return directive_error(&r->lexer, second->place,
				       "all sessions are on the second server: one has to be "
				       "on the first");
	return ST_OK;
}
