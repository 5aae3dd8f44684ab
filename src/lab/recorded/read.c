/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A player that shows what was written of one: made without a server, and with nothing to send. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "recorded_internal.h"

enum { READ_TURNS = 2000 };

static const struct conninfo nowhere; /* of a second server: there was one */

uint64_t recorded_number(const struct json_object *object, const char *key, uint64_t most)
{
	int64_t number = json_object_number(object, key, 0);
	return number < 0 ? 0 : (uint64_t)number > most ? most : (uint64_t)number;
}

size_t recorded_size(const struct json_object *object, const char *key)
{
	return recorded_number(object, key, SIZE_MAX);
}

char *recorded_own(const struct json_object *object, const char *key)
{
	const char *text = json_object_text(object, key);
	return text ? mem_dup(text) : NULL;
}

/* An answer of that many; -1 for none. */
static long recorded_read_answer(const struct json_object *object, const char *key, size_t answers)
{
	int64_t number = json_object_number(object, key, -1);
	return number >= 0 && (uint64_t)number < answers ? (long)number : -1;
}

static void recorded_read_server(struct player *player, const struct json_object *object)
{
	const char *kind = json_object_text(object, "server");
	player->server_known = kind != NULL;
	player->server = (struct lesson_server){
		.kind = (enum sql_server)recorded_value(&recorded_servers, kind),
		.major = (int)recorded_number(object, "major", INT_MAX),
		.superuser = json_object_true(object, "superuser"),
	};
	player->second = json_object_true(object, "second") ? &nowhere : NULL;
}

/* ---- turns ---- */

static void recorded_read_turn(struct player *player, struct turn *turn, const struct json_object *object)
{
	const struct spec *spec = player->lesson->spec;
	size_t step = recorded_size(object, "step");
	*turn = (struct turn){
		.step = step < spec->nsteps ? step : 0,
		.place = (long)json_object_number(object, "place", NO_PLACE),
		.attempt = (unsigned)recorded_number(object, "attempt", UINT_MAX),
		.note = recorded_own(object, "note"),
		.begins = json_object_true(object, "begins"),
		.dropped = json_object_true(object, "dropped"),
		.breakpoint = json_object_true(object, "breakpoint"),
		.surprise = json_object_true(object, "surprise"),
		.judged = json_object_true(object, "judged"),
		.moot = json_object_true(object, "moot"),
		.record = recorded_size(object, "record"),
		.changed = recorded_size(object, "changed"),
		.decided = recorded_size(object, "decided"),
	};
	const struct lesson_ask *ask = lesson_ask_of(player->lesson, (long)player->order, (long)turn->step);
	turn->given = recorded_read_answer(object, "given", ask ? ask->nanswers : 0);
	turn->right = recorded_read_answer(object, "right", ask ? ask->nanswers : 0);
}

/* What became of it is there, unless it is a note. */
static bool recorded_was_sent(const struct player *player, const struct turn *turn)
{
	const struct stage_record *record = stage_record(player->stage, turn->record);
	return turn->note || (record && record->step == turn->step);
}

/* Those that were sent, in that order; a turn that claims the place of another one was not sent. */
static void recorded_read_sent(struct player *player, const struct json_object *object)
{
	for (size_t at = 1; at <= player->nturns; at++) {
		size_t i = 0;
		while (i < player->nturns && recorded_size(json_object_item_object(object, "turns", i), "sent") != at)
			i++;
		if (i == player->nturns)
			return;
		if (!recorded_was_sent(player, &player->turns[i]))
			continue;
		player->turns[i].sent = true;
		player->turns[i].dropped = false;
		player->sent[player->nsent++] = i;
	}
}

static void recorded_read_turns(struct player *player, const struct json_object *object)
{
	size_t n = json_object_length(object, "turns");
	n = n < READ_TURNS ? n : READ_TURNS;
	player->turns = mem_array(n + 1, sizeof *player->turns);
	player->sent = mem_array(n + 1, sizeof *player->sent);
	player->nturns = n;
	for (size_t i = 0; i < n; i++)
		recorded_read_turn(player, &player->turns[i], json_object_item_object(object, "turns", i));
	recorded_read_sent(player, object);
	int64_t asked = json_object_number(object, "asked", -1);
	player->asked = asked >= 0 && (uint64_t)asked < n ? (long)asked : -1;
}

/* ---- data ---- */

static void recorded_read_knows(struct knows *knows, const struct json_object *object)
{
	knows->read = recorded_own(object, "read");
	knows->old = json_object_true(object, "old");
	knows->wrote = json_object_true(object, "wrote");
	knows->open = json_object_true(object, "open");
	knows->remembered = (struct remembered){
		.rows = (unsigned)recorded_number(object, "rows", UINT_MAX),
		.pages = (unsigned)recorded_number(object, "pages", UINT_MAX),
		.indexes = (unsigned)recorded_number(object, "indexes", UINT_MAX),
		.tables = (unsigned)recorded_number(object, "tables", UINT_MAX),
	};
}

static void recorded_read_data(struct player *player, const struct json_object *object)
{
	const struct lesson *lesson = player->lesson;
	for (size_t i = 0; i < lesson->spec->nsessions; i++)
		recorded_read_knows(&player->knows[i], json_object_item_object(object, "knows", i));
	player_checks_make(player);
	for (size_t i = 0; i < player->nchecks; i++) {
		const struct json_object *check = json_object_item_object(object, "checks", i);
		player->checks[i].found = recorded_own(check, "found");
		player->checks[i].ok = json_object_true(check, "ok");
	}
	values_begin(player->values, (long)player->order);
	for (size_t i = 0; i < lesson->nlets; i++) {
		const struct json_object *value = json_object_item_object(object, "values", i);
		if (json_object_true(value, "known"))
			values_set(player->values, i, json_object_text(value, "text"));
	}
	player->committed = recorded_own(object, "committed");
}

/* ---- all of it ---- */

static void recorded_nothing_changed(void *arg)
{
	(void)arg;
}

struct player *player_recorded(struct loop *loop, struct ring *ring, const char *name, const struct lesson *lesson,
			       const struct json_object *object)
{
	struct player *player = player_new(loop, ring, &nowhere, name, lesson, recorded_nothing_changed, NULL);
	size_t order = recorded_size(object, "order");
	player_forget_order(player);
	player_take_order(player, order < player->norders ? order : 0);
	recorded_read_server(player, object);
	player->state = (enum player_state)recorded_value(&recorded_player_states, json_object_text(object, "is"));
	player->pace = (enum player_pace)recorded_value(&recorded_paces, json_object_text(object, "pace"));
	player_pause_ms(player, recorded_size(object, "pause_ms"));
	player->strayed = json_object_true(object, "strayed");
	player->strayed_at = recorded_size(object, "strayed_at");
	player->reader = json_object_true(object, "reader");
	player->has_read = json_object_true(object, "has_read");
	player->moment = recorded_size(object, "moment");
	player->impossible = recorded_own(object, "impossible");
	player->error = recorded_own(object, "error");
	player->left = recorded_own(object, "left");
	recorded_read_data(player, object);
	recorded_read_stage(player, object);
	recorded_read_turns(player, object);
	return player;
}
