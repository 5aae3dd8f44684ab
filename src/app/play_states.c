/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Takes what a recording says was shown beside its events; whatever it says is within what the screen can take. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "play_internal.h"
#include "trace/members.h"
#include "txn/choices.h"

static void play_put(char **text, const char *value)
{
	free(*text);
	*text = value ? mem_dup(value) : NULL;
}

static uint64_t play_number(const struct json_object *object, const char *key, uint64_t max)
{
	int64_t number = object ? json_object_number(object, key, 0) : 0;
	return number < 0 ? 0 : (uint64_t)number > max ? max : (uint64_t)number;
}

static const char *play_text(const struct json_object *object, const char *key)
{
	return object ? json_object_text(object, key) : NULL;
}

static bool play_true(const struct json_object *object, const char *key)
{
	return object && json_object_true(object, key);
}

/* ---- each state ---- */

static enum txn_wire play_wire(const char *word)
{
	static const enum txn_wire all[] = {TXN_WIRES(CHOICE_CONSTANT, CHOICE_COMMA, CHOICE_COMMA)};
	for (size_t i = 0; word && i < COUNT_OF(all); i++)
		if (strcmp(word, txn_wire_name(all[i])) == 0)
			return all[i];
	return WIRE_PIPELINE;
}

static void play_take_terms(struct txn_options *txn, const char *protocol, const struct json_object *run)
{
	bool never = protocol && strcmp(protocol, txn_protocol_name(PROTOCOL_NONE)) == 0;
	txn->protocol = never ? PROTOCOL_NONE : PROTOCOL_AUTO;
	txn->wire = play_wire(play_text(run, "wire"));
	txn->max_attempts = (unsigned)play_number(run, "max_attempts", UINT_MAX);
	txn->max_elapsed_ms = play_number(run, "max_elapsed_ms", INT_MAX);
	txn->backoff_base_ms = play_number(run, "backoff_base_ms", INT_MAX);
	txn->backoff_cap_ms = play_number(run, "backoff_cap_ms", INT_MAX);
}

static void play_take_run(struct app *app, const struct json_object *run)
{
	struct play *play = app->play;
	play_put(&play->word, play_text(run, "word"));
	play_put(&play->armed, play_text(run, "armed"));
	play_put(&play->isolation, play_text(run, "isolation"));
	play_put(&play->protocol, play_text(run, "protocol"));
	play_put(&app->step.next, play_text(run, "next"));
	play->rival_armed = play_true(run, "rival_armed");
	play->rival_busy = play_true(run, "rival_busy");
	play->locks = play_true(run, "locks");
	if (run)
		play_take_terms(&app->settings.txn, play->protocol, run);
}

static void play_take_facts(struct transfer_facts *facts, const struct json_object *transfer, const char *id)
{
	*facts = (struct transfer_facts){
		.decided = play_true(transfer, "decided") && !play_true(transfer, "bare"),
		.again = play_true(transfer, "again"),
		.recorded = play_true(transfer, "recorded"),
		.amount = json_object_number(transfer, "amount", 0),
		.source_before = json_object_number(transfer, "source_before", 0),
		.source_after = json_object_number(transfer, "source_after", 0),
		.destination_before = json_object_number(transfer, "destination_before", 0),
		.destination_after = json_object_number(transfer, "destination_after", 0),
		.id = id,
	};
}

static void play_take_transfer(struct app *app, const struct json_object *transfer)
{
	struct play *play = app->play;
	play_put(&app->transfer.source, play_text(transfer, "source"));
	play_put(&app->transfer.destination, play_text(transfer, "destination"));
	play_put(&play->reason, play_text(transfer, "reason"));
	play->transfer = (struct shown_transfer){
		.there = play_text(transfer, "outcome") != NULL,
		.txn = (uint32_t)play_number(transfer, "txn", UINT32_MAX),
		.outcome = members_outcome_of(play_text(transfer, "outcome")),
		.source = app->transfer.source,
		.destination = app->transfer.destination,
		.reason = play->reason ? play->reason : "",
		.scale = (unsigned)play_number(transfer, "scale", PLAY_SCALE_MAX),
		.bare = play_true(transfer, "bare"),
	};
	if (transfer)
		play_take_facts(&play->transfer.facts, transfer, NULL);
}

static void play_take_counters(struct app *app, const struct json_object *counters)
{
	for (size_t i = 0; txn_counter_name(i); i++)
		*txn_counter_at(&app->play->counters, i) = play_number(counters, txn_counter_name(i), INT64_MAX);
}

static void play_take_screen(struct app *app, const struct json_object *screen)
{
	if (app->face.look_again)
		app->face.look_again(app->face.self, screen);
}

static void play_take_picks(struct app *app, const struct json_object *picks)
{
	play_put(&app->source, play_text(picks, "source"));
	play_put(&app->destination, play_text(picks, "destination"));
	if (app->pages && play_text(picks, "selected"))
		pages_select(app->pages, play_text(picks, "selected"));
}

/* ---- all of them ---- */

static void (*const play_takers[TRACE_STATE_COUNT])(struct app *app, const struct json_object *state) = {
	[TRACE_STATE_RUN] = play_take_run,           [TRACE_STATE_TRANSFER] = play_take_transfer,
	[TRACE_STATE_COUNTERS] = play_take_counters, [TRACE_STATE_ACCOUNTS] = play_take_accounts,
	[TRACE_STATE_LESSON] = play_take_lesson,     [TRACE_STATE_PLAYER] = play_take_player,
	[TRACE_STATE_SCREEN] = play_take_screen,     [TRACE_STATE_LEDGER] = play_take_ledger,
	[TRACE_STATE_ENTRY] = play_take_entry,       [TRACE_STATE_LOAD] = play_take_load,
	[TRACE_STATE_SESSIONS] = play_take_sessions, [TRACE_STATE_PICKS] = play_take_picks,
};

void play_take_states(struct app *app)
{
	struct play *play = app->play;
	for (int i = 0; i < TRACE_STATE_COUNT; i++) {
		enum trace_state state = (enum trace_state)i;
		uint64_t at = recording_state_at(play->recording, play->at, state);
		if (at == play->taken[state])
			continue;
		play->taken[state] = at;
		play_takers[state](app, recording_state(play->recording, play->at, state));
	}
}

void play_forget_states(struct app *app)
{
	for (int state = 0; state < TRACE_STATE_COUNT; state++)
		play_takers[state](app, NULL);
}
