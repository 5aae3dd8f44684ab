/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions of the stage that are on a second server: a stage of their own, the host, connects and sets them up there. */
#include <stdlib.h>

#include "base/mem.h"
#include "src/lab/stage_internal.h"

/*
 * The host is a stage with the sessions, set-ups and teardown that are on the second server. It is begun before the
 * sessions here are connected, and ended behind them. In between it stands still: the stage sends the steps of a guest
 * over the host's connection, and hears the answers itself; of the host it asks who waits there, and the checks.
 */
/* A question to the second server: its answer lets the stage go on, too. */
struct guests_question {
	struct guests *guests;
	stage_answer_fn *answer;
	void *arg;
	struct guests_question *next;
};

struct guests {
	struct stage *stage, *host;
	struct guests_question *questions; /* not answered */
	const struct lesson_second *second;
	struct spec spec; /* the host's; its lists are ours */
	const char **setups;
	struct spec_session *sessions;
	size_t *lanes; /* of the stage, by the host's */
	enum { GUESTS_OFF, GUESTS_COME, GUESTS_STAND, GUESTS_GO } at;
};

struct stage *lane_home(const struct lane *lane)
{
	return lane->guest ? lane->stage->guests->host : lane->stage;
}

/* ---- what the host says ---- */

static void guests_listen(struct guests *guests, bool here)
{
	for (size_t i = 0; i < guests->spec.nsessions; i++)
		lane_listen(here ? &guests->stage->lanes[guests->lanes[i]] : &guests->host->lanes[i]);
}

static void guests_fail(struct guests *guests, const struct stage_fact *fact)
{
	struct stage_fact failed = *fact;
	failed.lane = fact->lane < 0 ? -1 : (long)guests->lanes[fact->lane];
	stage_fail(guests->stage, &failed);
}

static void guests_ended(struct guests *guests, const char *left)
{
	guests->at = GUESTS_OFF;
	guests->stage->asking = false; /* what was asked there will not be answered */
	if (left) {
		free(guests->stage->not_cleared);
		guests->stage->not_cleared = mem_dup(left);
	}
	stage_stir(guests->stage);
}

static void guests_on_fact(void *arg, const struct stage_fact *fact)
{
	struct guests *guests = arg;
	if (fact->kind == FACT_BEGUN && guests->at == GUESTS_COME) {
		guests->at = GUESTS_STAND;
		guests->stage->blind = guests->stage->blind || guests->host->blind;
		guests_listen(guests, true);
		stage_stir(guests->stage);
	} else if (fact->kind == FACT_FAILED) {
		guests->at = GUESTS_GO;
		guests_fail(guests, fact);
	} else if (fact->kind == FACT_ENDED) {
		guests_ended(guests, fact->text);
	}
}

/* ---- life ---- */

static void guests_split(struct guests *guests, const struct spec *spec)
{
	const struct lesson_second *second = guests->second;
	guests->setups = mem_array(spec->nsetups + 1, sizeof *guests->setups);
	guests->sessions = mem_array(spec->nsessions, sizeof *guests->sessions);
	guests->lanes = mem_array(spec->nsessions, sizeof *guests->lanes);
	for (size_t i = 0; i < spec->nsetups; i++)
		if (second->setups[i] != LESSON_ON_FIRST)
			guests->setups[guests->spec.nsetups++] = spec->setups[i];
	for (size_t i = 0; i < spec->nsessions; i++) {
		if (!second->sessions[i])
			continue;
		guests->lanes[guests->spec.nsessions] = i;
		guests->sessions[guests->spec.nsessions++] = spec->sessions[i];
	}
	guests->spec.setups = guests->setups;
	guests->spec.sessions = guests->sessions;
	guests->spec.teardown = second->teardown == LESSON_ON_FIRST ? NULL : spec->teardown;
}

void stage_second(struct stage *stage, const struct lesson_second *second, const struct conninfo *info)
{
	struct stage_options options = {.limit_us = stage->options.limit_us,
					.first_lane = (unsigned)stage->spec->nsessions};
	struct guests *guests = stage->guests = NEW(struct guests);
	guests->stage = stage;
	guests->second = second;
	guests_split(guests, stage->spec);
	guests->host = stage_new(stage->loop, stage->ring, info, &guests->spec, &options, guests_on_fact, guests);
	for (size_t i = 0; i < guests->spec.nsessions; i++) {
		struct lane *lane = &stage->lanes[guests->lanes[i]];
		db_free(lane->db);
		lane->db = guests->host->lanes[i].db;
		lane->guest = true;
	}
}

/* Off the list, and freed. */
static struct guests_question guests_take_question(struct guests *guests, struct guests_question *question)
{
	struct guests_question taken = *question, **at = &guests->questions;
	while (*at != question)
		at = &(*at)->next;
	*at = question->next;
	free(question);
	return taken;
}

void guests_free(struct stage *stage)
{
	struct guests *guests = stage->guests;
	if (!guests)
		return;
	stage_free(guests->host);
	while (guests->questions)
		guests_take_question(guests, guests->questions);
	free(guests->setups);
	free(guests->sessions);
	free(guests->lanes);
	free(guests);
}

bool guests_set_up(struct stage *stage)
{
	struct guests *guests = stage->guests;
	if (!guests || guests->at == GUESTS_STAND)
		return true;
	if (guests->at == GUESTS_OFF) {
		guests->at = GUESTS_COME;
		stage_isolation(guests->host, stage->isolation);
		stage_begin(guests->host, NULL);
	}
	return false;
}

bool guests_idle(const struct stage *stage)
{
	return !stage->guests || control_idle(stage->guests->host);
}

bool guests_end(struct stage *stage)
{
	struct guests *guests = stage->guests;
	if (!guests || guests->at == GUESTS_OFF)
		return true;
	if (guests->at == GUESTS_STAND)
		guests_listen(guests, false);
	if (guests->at != GUESTS_GO) {
		guests->at = GUESTS_GO;
		stage_end(guests->host);
	}
	return guests->at == GUESTS_OFF;
}

/* ---- what is where ---- */

bool guests_setup_here(const struct stage *stage, size_t setup)
{
	return !stage->guests || stage->guests->second->setups[setup] != LESSON_ON_SECOND;
}

bool guests_teardown_here(const struct stage *stage)
{
	return !stage->guests || stage->guests->second->teardown != LESSON_ON_SECOND;
}

/* ---- what is asked there ---- */

static void guests_on_answer(void *arg, const struct stage_word *word)
{
	struct guests_question *question = arg;
	struct guests_question taken = guests_take_question(question->guests, question);
	taken.answer(taken.arg, word);
	stage_stir(taken.guests->stage);
}

static struct guests_question *guests_add_question(struct guests *guests, stage_answer_fn *answer, void *arg)
{
	struct guests_question *question = NEW(struct guests_question);
	*question = (struct guests_question){guests, answer, arg, guests->questions};
	guests->questions = question;
	return question;
}

void guests_ask_first(struct stage *stage, const char *sql, char *param1, char *param2, stage_answer_fn *answer,
		      void *arg)
{
	control_ask_first(stage->guests->host, sql, param1, param2, guests_on_answer,
			  guests_add_question(stage->guests, answer, arg));
}

void stage_ask_second(struct stage *stage, const char *sql, stage_answer_fn *answer, void *arg)
{
	if (stage->guests)
		stage_ask(stage->guests->host, sql, guests_on_answer, guests_add_question(stage->guests, answer, arg));
	else
		stage_ask(stage, sql, answer, arg);
}
