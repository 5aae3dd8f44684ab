/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happens in an order that is explored, and what of it is decided for others that begin like it. */
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "explore_internal.h"
#include "lab/observed.h"
#include "tokens.h"

/* ---- checks ---- */

static void explore_on_checked(void *arg, const struct stage_word *word)
{
	struct explore *explore = arg;
	const struct lesson_check *check = explore->checks[explore->check].check;
	struct buf found = {0};
	if (word->kind == WORD_ROWS)
		observed_value(&found, word->rows);
	else
		buf_str(&found, word->kind == WORD_ERROR ? word->message : word->tag);
	bool holds = word->kind == WORD_ROWS && strcmp(buf_text(&found), check->value) == 0;
	if (!holds)
		explore->outcome->found[explore->check] = buf_take(&found);
	buf_free(&found);
	explore->check++;
	explore_ask_checks(explore);
}

void explore_ask_checks(struct explore *explore)
{
	if (explore->check == explore->nchecks)
		return;
	const struct lesson_check *check = explore->checks[explore->check].check;
	(check->second ? stage_ask_second : stage_ask)(explore->stage, check->sql, explore_on_checked, explore);
}

/* ---- a session that can do nothing more ---- */

/* Its transaction has failed, and its steps from that turn on only end it. */
static bool explore_is_idle(const struct explore *explore, size_t lane, size_t turns)
{
	enum tokens_failed last = TOKENS_REFUSED;
	for (size_t i = turns; i < explore->orders.length; i++) {
		const struct spec_step *step = &explore->lesson->spec->steps[explore->turns[i].step];
		if (step->session != lane)
			continue;
		if (last == TOKENS_ENDS) /* another transaction */
			return false;
		last = tokens_in_failed(step->sql);
		if (last == TOKENS_GOES_ON)
			return false;
	}
	return true;
}

static struct known_prefix *explore_prefix(const struct explore *explore, size_t turns)
{
	return known_at(explore->known, explore->reduced, turns ? explore->ends[turns - 1] : 0);
}

/* A step that has waited may have ended while its session was waited for: then the next turn is part of the
 * beginning. */
static void explore_note_idle(struct explore *explore, const struct stage_record *record)
{
	size_t sent = stage_turn(explore->stage);
	size_t turns = record->waited && sent < explore->orders.length ? sent + 1 : sent;
	if (!db_in_transaction(stage_db(explore->stage, record->lane)) || !explore_is_idle(explore, record->lane, sent))
		return;
	explore_prefix(explore, turns)->idle |= UINT64_C(1) << record->lane;
	(void)known_reduce(explore->known, orders_word(&explore->orders, explore->at), explore->orders.length,
			   explore->reduced, explore->ends);
}

/* ---- facts ---- */

/* The refusals behind it are of the same error. */
static void explore_take_error(struct explore_outcome *outcome, const struct stage_word *word)
{
	const char *sqlstate = word->sqlstate;
	if (!outcome->error)
		outcome->error = mem_dup(word->message);
	outcome->retried = outcome->retried || strcmp(sqlstate, "40001") == 0;
	outcome->deadlocked = outcome->deadlocked || strcmp(sqlstate, "40P01") == 0;
	outcome->failed = outcome->failed || (strcmp(sqlstate, "40001") != 0 && strcmp(sqlstate, "40P01") != 0 &&
					      strcmp(sqlstate, "25P02") != 0);
}

static void explore_take_step(struct explore *explore, const struct stage_record *record)
{
	struct explore_outcome *outcome = explore->outcome;
	bool error = false;
	outcome->waited = outcome->waited || record->waited;
	for (size_t i = 0; i < record->nwords; i++) {
		if (record->words[i].kind != WORD_ERROR || record->cut)
			continue;
		if (!error)
			explore_take_error(outcome, &record->words[i]);
		error = true;
	}
	if (error && !outcome->impossible)
		explore_note_idle(explore, record);
}

static void explore_take_impossible(struct explore *explore)
{
	size_t turns = stage_turn(explore->stage);
	explore->outcome->impossible = true;
	explore_prefix(explore, turns < explore->orders.length ? turns + 1 : turns)->impossible = true;
}

void explore_hear(struct explore *explore, const struct stage_fact *fact)
{
	if (fact->kind == FACT_DONE && !explore->outcome->impossible)
		explore_take_step(explore, fact->record);
	else if (fact->kind == FACT_FAILED && fact->fail == FAIL_IMPOSSIBLE)
		explore_take_impossible(explore);
	else if (fact->kind == FACT_CANCELS || fact->kind == FACT_FAILED)
		explore->outcome->failed = true;
}
