/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lesson: its life, and what it has for a step. */
#include "lab/lesson.h"

#include <stdlib.h>
#include <string.h>

#include "base/asset.h"
#include "base/mem.h"
#include "lesson_internal.h"

struct lesson *lesson_parse(const char *file, const char *text, size_t n, struct err *err)
{
	struct spec *spec = spec_parse(file, text, n, err);
	if (!spec)
		return NULL;
	struct lesson *lesson = NEW(struct lesson);
	lesson->spec = spec;
	lesson->source = mem_dup_n(text, n);
	lesson->nsource = n;
	if (directives_read(lesson, file, err)) {
		lesson_free(lesson);
		return NULL;
	}
	return lesson;
}

void lesson_free(struct lesson *lesson)
{
	if (!lesson)
		return;
	free(lesson->source);
	free(lesson->strings);
	free(lesson->texts);
	free(lesson->asks);
	free(lesson->expects);
	free(lesson->afters);
	free(lesson->checks);
	free(lesson->lets);
	free(lesson->places);
	free(lesson->needs);
	free(lesson->proofs);
	free(lesson->words);
	free(lesson->second.sessions);
	free(lesson->second.setups);
	free(lesson->programs);
	free(lesson->races);
	free(lesson->cuts);
	free(lesson->retries);
	free(lesson->edits);
	free(lesson->solutions);
	spec_free(lesson->spec);
	free(lesson);
}

static const struct asset_lesson *lesson_built_in(const char *name, const struct asset_lesson *list)
{
	while (list->name && strcmp(list->name, name) != 0)
		list++;
	return list->name ? list : NULL;
}

const char *lesson_following(const char *name)
{
	const struct asset_lesson *lesson = lesson_built_in(name, asset_lessons);
	if (lesson)
		return lesson[1].name ? lesson[1].name : asset_exercises[0].name;
	lesson = lesson_built_in(name, asset_exercises);
	return lesson ? lesson[1].name : NULL;
}

/* ---- what there is for a step: the permutation's own first ---- */

static bool covers(const struct lesson_scope *scope, long permutation, long step, bool own)
{
	return scope->step == step && scope->permutation == (own ? permutation : -1);
}

const char *lesson_text(const struct lesson *lesson, enum lesson_text_kind kind, long permutation, long step)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->ntexts; i++) {
			const struct lesson_text *text = &lesson->texts[i];
			if (text->kind == kind && covers(&text->scope, permutation, step, own))
				return text->text;
		}
	}
	return NULL;
}

const struct lesson_ask *lesson_ask_of(const struct lesson *lesson, long permutation, long step)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->nasks; i++) {
			if (covers(&lesson->asks[i].scope, permutation, step, own))
				return &lesson->asks[i];
		}
	}
	return NULL;
}

const struct lesson_ask *lesson_ask_about(const struct lesson *lesson, long permutation, long step, size_t *at)
{
	while (*at < lesson->nasks) {
		const struct lesson_ask *ask = &lesson->asks[(*at)++];
		if (ask->about == step && lesson_ask_of(lesson, permutation, ask->scope.step) == ask)
			return ask;
	}
	return NULL;
}

bool lesson_answers(const struct lesson *lesson, long permutation, const struct lesson_ask *ask, size_t answer,
		    const struct lesson_fact *fact)
{
	const struct lesson_answer *given = &ask->answers[answer];
	const struct lesson_expect *expect = lesson_expect_of(lesson, permutation, ask->about);
	if (given->outcome.nways)
		return lesson_holds(&given->outcome, fact);
	return given->right && expect && lesson_holds(&expect->outcome, fact);
}

const struct lesson_expect *lesson_expect_of(const struct lesson *lesson, long permutation, long step)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->nexpects; i++) {
			if (covers(&lesson->expects[i].scope, permutation, step, own))
				return &lesson->expects[i];
		}
	}
	return NULL;
}

const char *lesson_after_of(const struct lesson *lesson, long permutation, long step, const struct lesson_fact *fact)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->nafters; i++) {
			const struct lesson_after *after = &lesson->afters[i];
			if (covers(&after->scope, permutation, step, own) && lesson_holds(&after->outcome, fact))
				return after->text;
		}
	}
	return NULL;
}

bool lesson_race_show(struct buf *out, const struct lesson *lesson, long permutation)
{
	const struct lesson_race *race = lesson->races;
	while (race < lesson->races + lesson->nraces && race->scope.permutation >= 0 &&
	       race->scope.permutation != permutation)
		race++;
	if (race == lesson->races + lesson->nraces)
		return false;
	buf_str(out, "load race");
	for (size_t i = 0; i < race->nways; i++)
		buf_fmt(out, " %s", race->ways[i]);
	buf_fmt(out, " --hot %u --time 2", race->hot);
	return true;
}

bool lesson_cuts(const struct lesson *lesson, long permutation, long step)
{
	for (int own = 1; own >= 0; own--)
		for (size_t i = 0; i < lesson->ncuts; i++)
			if (covers(&lesson->cuts[i].scope, permutation, step, own))
				return true;
	return false;
}

bool lesson_edits(const struct lesson *lesson, long step)
{
	for (size_t i = 0; i < lesson->nedits; i++)
		if (lesson->edits[i].step == step)
			return true;
	return false;
}

const struct lesson_retry *lesson_retry_of(const struct lesson *lesson, long permutation, size_t session)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->nretries; i++) {
			const struct lesson_retry *retry = &lesson->retries[i];
			if (retry->session == session && covers(&retry->scope, permutation, -1, own))
				return retry;
		}
	}
	return NULL;
}

bool lesson_retries(const struct lesson *lesson, long permutation)
{
	for (size_t i = 0; i < lesson->spec->nsessions; i++)
		if (lesson_retry_of(lesson, permutation, i))
			return true;
	return false;
}

const struct lesson_let *lesson_let_of(const struct lesson *lesson, long permutation, const char *name, size_t n)
{
	for (int own = 1; own >= 0; own--) {
		for (size_t i = 0; i < lesson->nlets; i++) {
			const struct lesson_let *let = &lesson->lets[i];
			bool named = strlen(let->name) == n && memcmp(let->name, name, n) == 0;
			if (named && covers(&let->scope, permutation, let->scope.step, own))
				return let;
		}
	}
	return NULL;
}

size_t lesson_let_column(const struct lesson_let *let, const struct rows *rows)
{
	size_t column = 0, n = rows ? rows->ncols : 0;
	while (let->column && column < n && strcmp(rows->names[column], let->column) != 0)
		column++;
	return column;
}
