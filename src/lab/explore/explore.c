/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Explores a lesson: one order after another is played, or known from those before. */
#include "lab/explore.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "explore_internal.h"
#include "src/lab/session/failure.h"

/* ---- what may be explored ---- */

static bool explore_asks(const struct lesson_check *check)
{
	return check->scope.permutation < 0;
}

size_t explore_asked(const struct lesson *lesson)
{
	size_t checks = 0;
	for (size_t i = 0; i < lesson->nchecks; i++)
		checks += explore_asks(&lesson->checks[i]);
	return checks;
}

enum status explore_may(const struct lesson *lesson, struct err *err)
{
	size_t checks = explore_asked(lesson);
	if (lesson->spec->nsessions > ORDERS_SESSIONS_MAX)
		return err_set(err, ST_USAGE, "the orders of %zu sessions are too many: %d sessions can be explored",
			       lesson->spec->nsessions, (int)ORDERS_SESSIONS_MAX);
	if (checks > EXPLORE_CHECKS_MAX)
		return err_set(err, ST_USAGE, "%zu checks are too many: %d can be asked of each order", checks,
			       (int)EXPLORE_CHECKS_MAX);
	return ST_OK;
}

/* ---- what goes wrong ---- */

/* One order that a lost session ends is an outcome; what fails before anything is played is not. */
static bool explore_ends_by(enum stage_fail fail)
{
	return fail == FAIL_CONNECT || fail == FAIL_POOL || fail == FAIL_SCHEMA || fail == FAIL_SET_UP ||
	       fail == FAIL_CONTROL;
}

/* In an exercise, what cannot be torn down is the answer's work, as where it has dropped a table. */
static void explore_keep_leftover(struct explore *explore, const char *text)
{
	if (text && explore->options.strict && explore->outcome && !explore->outcome->impossible) {
		explore->outcome->failed = true;
		if (!explore->outcome->error)
			explore->outcome->error = mem_dup(text);
		return;
	}
	failure_take_leftover(&explore->err, text);
}

/* ---- one order after another ---- */

static void explore_over(struct explore *explore)
{
	explore->to.done(explore->to.arg, explore->err.status ? &explore->err : NULL);
}

/* An impossible beginning has an outcome of its own. */
static const struct explore_outcome *explore_find(struct explore *explore)
{
	static const struct explore_outcome impossible = {.impossible = true};
	size_t length = explore->orders.length;
	const unsigned char *word = orders_word(&explore->orders, explore->at);
	size_t n = known_reduce(explore->known, word, length, explore->reduced, explore->ends);
	const struct known_prefix *prefix = known_at(explore->known, explore->reduced, n);
	if (prefix->impossible)
		return &impossible;
	return prefix->outcome ? explore->outcomes[prefix->outcome - 1] : NULL;
}

static void explore_play(struct explore *explore)
{
	explore->outcome = NEW(struct explore_outcome);
	explore->outcome->found = mem_array(explore->nchecks + 1, sizeof(char *));
	explore->check = 0;
	explore->sums.played++;
	orders_turns(&explore->orders, orders_word(&explore->orders, explore->at), explore->turns);
	values_begin(explore->values, -1);
	stage_begin(explore->stage, &explore->permutation);
}

/* What was played is known now, also of itself: what has become idle in it is left out. */
static void explore_learn(struct explore *explore)
{
	const unsigned char *word = orders_word(&explore->orders, explore->at);
	size_t n = known_reduce(explore->known, word, explore->orders.length, explore->reduced, NULL);
	explore->outcomes = mem_grow(explore->outcomes, explore->noutcomes, sizeof(struct explore_outcome *));
	explore->outcomes[explore->noutcomes++] = explore->outcome;
	known_at(explore->known, explore->reduced, n)->outcome = explore->noutcomes;
	explore_count(explore, explore->outcome);
	explore->outcome = NULL;
	explore->at++;
	explore->to.progress(explore->to.arg);
}

static void explore_on_next(void *arg)
{
	struct explore *explore = arg;
	const struct explore_outcome *known = NULL;
	if (explore->outcome && !explore->err.status && !explore->stopped)
		explore_learn(explore);
	explore_outcome_free(explore, explore->outcome);
	explore->outcome = NULL;
	bool last = explore->options.strict && explore->failure.shortest;
	while (!explore->err.status && !explore->stopped && !last && explore->at < explore->orders.n &&
	       (known = explore_find(explore))) {
		explore_count(explore, known);
		explore->at++;
	}
	if (explore->err.status || explore->stopped || last || explore->at == explore->orders.n)
		explore_over(explore);
	else
		explore_play(explore);
}

static void explore_on_fact(void *arg, const struct stage_fact *fact)
{
	struct explore *explore = arg;
	switch (fact->kind) {
	case FACT_BEGUN:
		stage_play(explore->stage);
		break;
	case FACT_PLAYED:
		explore_ask_checks(explore);
		break;
	case FACT_DONE:
	case FACT_CANCELS:
		explore_hear(explore, fact);
		break;
	case FACT_FAILED:
		if (explore_ends_by(fact->fail))
			failure_take(&explore->err, explore->lesson->spec, fact);
		explore_hear(explore, fact);
		break;
	case FACT_ENDED:
		explore_keep_leftover(explore, fact->text);
		timer_start(explore->next, 0);
		break;
	case FACT_STARTS:
	case FACT_SET_UP:
	case FACT_SENT:
	case FACT_SAID:
	case FACT_WAITS:
	case FACT_GOES_ON:
	case FACT_ASKED:
	case FACT_AGAIN:
	case FACT_OUTCOME:
	case FACT_LOST:
	case FACT_TORN_DOWN:
		break;
	}
}

/* ---- life ---- */

static char *explore_session_sql(const struct explore_options *options)
{
	struct buf sql = {0};
	if (options->timeout_ms)
		buf_fmt(&sql, "SET statement_timeout = %u", options->timeout_ms);
	return sql.len ? buf_take(&sql) : NULL;
}

static void explore_make_checks(struct explore *explore)
{
	const struct lesson *lesson = explore->lesson;
	explore->checks = mem_array(lesson->nchecks + 1, sizeof *explore->checks);
	for (size_t i = 0; i < lesson->nchecks; i++)
		if (explore_asks(&lesson->checks[i]))
			explore->checks[explore->nchecks++].check = &lesson->checks[i];
}

struct explore *explore_start(struct loop *loop, struct ring *ring, const struct conninfo *info,
			      const struct lesson *lesson, const struct explore_options *options,
			      const struct explore_to *to)
{
	struct explore *explore = NEW(struct explore);
	explore->lesson = lesson;
	explore->options = *options;
	explore->to = *to;
	explore->known = known_new();
	explore->session_sql = explore_session_sql(options);
	explore->values = values_new(lesson);
	explore_make_checks(explore);
	orders_make(&explore->orders, lesson->spec, options->orders, options->seed);
	explore->sums.all = explore->orders.all;
	explore->sums.chosen = explore->orders.n;
	size_t length = explore->orders.length;
	explore->turns = mem_array(length, sizeof *explore->turns);
	explore->permutation = (struct spec_permutation){.turns = explore->turns, .nturns = length};
	explore->reduced = mem_array(length, 1);
	explore->ends = mem_array(length, sizeof *explore->ends);
	struct stage_options stage = {.limit_us = options->limit_us,
				      .values = explore->values,
				      .clean = true,
				      .session_sql = explore->session_sql};
	explore->stage = stage_new(loop, ring, info, lesson->spec, &stage, explore_on_fact, explore);
	if (options->level != EXPLORE_AS_WRITTEN)
		stage_isolation(explore->stage, explore_level_name(options->level));
	if (lesson->second.wanted && options->second)
		stage_second(explore->stage, &lesson->second, options->second);
	for (size_t i = 0; i < lesson->spec->nsteps; i++)
		stage_cut(explore->stage, i, lesson_cuts(lesson, -1, (long)i));
	explore->next = timer_new(loop, explore_on_next, explore);
	timer_start(explore->next, 0);
	return explore;
}

void explore_stop(struct explore *explore)
{
	explore->stopped = true;
	if (stage_state(explore->stage) == STAGE_OFF)
		timer_start(explore->next, 0);
	else
		stage_end(explore->stage);
}

void explore_free(struct explore *explore)
{
	if (!explore)
		return;
	stage_free(explore->stage);
	values_free(explore->values);
	timer_free(explore->next);
	explore_outcome_free(explore, explore->outcome);
	for (size_t i = 0; i < explore->noutcomes; i++)
		explore_outcome_free(explore, explore->outcomes[i]);
	for (size_t i = 0; i < explore->nchecks; i++) {
		free(explore->checks[i].shortest);
		free(explore->checks[i].found);
	}
	free(explore->failure.shortest);
	free(explore->failure.found);
	free(explore->outcomes);
	free(explore->checks);
	known_free(explore->known);
	orders_free(&explore->orders);
	free(explore->turns);
	free(explore->reduced);
	free(explore->ends);
	free(explore->session_sql);
	free(explore);
}
