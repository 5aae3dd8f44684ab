/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks that the engine can run a session's steps as a transaction: BEGIN, a body, COMMIT, in every order. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "lesson_internal.h"
#include "stage_internal.h"
#include "token.h"

enum framing { FRAMING_NONE, FRAMING_BEGIN, FRAMING_COMMIT, FRAMING_OTHER };

static const struct {
	const char *word;
	enum framing framing;
} framings[] = {
	{"BEGIN", FRAMING_BEGIN},    {"START", FRAMING_BEGIN},     {"COMMIT", FRAMING_COMMIT}, {"END", FRAMING_COMMIT},
	{"ROLLBACK", FRAMING_OTHER}, {"SAVEPOINT", FRAMING_OTHER}, {"RELEASE", FRAMING_OTHER}, {"ABORT", FRAMING_OTHER},
};

static enum framing framing_of(const char *sql)
{
	size_t n = 0;
	sql += strspn(sql, " \t\r\n");
	while (isalpha((unsigned char)sql[n]))
		n++;
	for (size_t i = 0; i < COUNT_OF(framings); i++)
		if (strlen(framings[i].word) == n && strncasecmp(sql, framings[i].word, n) == 0)
			return framings[i].framing;
	return FRAMING_NONE;
}

bool engine_check_commits(const char *sql, const struct dialect *dialect)
{
	size_t blanks = strspn(sql, " \t\r\n");
	bool release = strncasecmp(sql + blanks, "RELEASE", 7) == 0;
	return framing_of(sql) == FRAMING_COMMIT || (release && dialect->release_commits);
}

/* The engine begins and ends the transaction: what is between has to be the body's. */
static enum status check_turn(struct directive_lexer *lexer, const struct lesson_retry *retry,
			      const struct spec_step *step, bool first, bool last)
{
	enum framing framing = framing_of(step->sql);
	bool right = first ? framing == FRAMING_BEGIN : last ? framing == FRAMING_COMMIT : framing == FRAMING_NONE;
	if (right)
		return ST_OK;
	return directive_error(lexer, retry->scope.place, "the engine cannot run step %s: %s",
			       token_say_name(step->name).text,
			       first  ? "the first one has to be BEGIN"
			       : last ? "the last one has to be COMMIT"
				      : "between BEGIN and COMMIT stands what the transaction does, no other frame");
}

static enum status check_order(struct directive_lexer *lexer, const struct lesson *lesson,
			       const struct lesson_retry *retry, const size_t *steps, size_t n)
{
	const struct spec_step *all = lesson->spec->steps;
	size_t seen = 0, of = 0;
	for (size_t i = 0; i < n; i++)
		of += all[steps[i]].session == retry->session;
	if (of < 3)
		return directive_error(lexer, retry->scope.place,
				       "the engine needs BEGIN, a statement and COMMIT of session %s in every order",
				       token_say_name(lesson->spec->sessions[retry->session].name).text);
	for (size_t i = 0; i < n; i++) {
		const struct spec_step *step = &all[steps[i]];
		if (step->session != retry->session)
			continue;
		seen++;
		if (check_turn(lexer, retry, step, seen == 1, seen == of))
			return lexer->err->status;
	}
	return ST_OK;
}

/* Where the file has no orders, a session's steps keep the order of the file in all of them. */
enum status engine_check(struct directive_lexer *lexer, const struct lesson *lesson, const struct lesson_retry *retry)
{
	const struct spec *spec = lesson->spec;
	enum status status = ST_OK;
	size_t orders = spec->npermutations ? spec->npermutations : 1;
	for (size_t p = 0; p < orders && !status; p++) {
		const struct spec_permutation *order = spec->npermutations ? &spec->permutations[p] : NULL;
		size_t n = order ? order->nturns : spec->nsteps;
		if (lesson_retry_of(lesson, (long)p, retry->session) != retry)
			continue;
		size_t *steps = mem_array(n, sizeof *steps);
		for (size_t i = 0; i < n; i++)
			steps[i] = order ? order->turns[i].step : i;
		status = check_order(lexer, lesson, retry, steps, n);
		free(steps);
	}
	return status;
}
