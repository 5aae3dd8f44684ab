/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The player as it is shown: its rows, questions and score. */
#include "player_internal.h"

const char *player_name(const struct player *player)
{
	return player->name;
}

const struct lesson *player_lesson(const struct player *player)
{
	return player->lesson;
}

const struct stage *player_stage(const struct player *player)
{
	return player->stage;
}

const struct values *player_values(const struct player *player)
{
	return player->values;
}

enum player_state player_state(const struct player *player)
{
	return player->state;
}

enum player_pace player_paced(const struct player *player)
{
	return player->pace;
}

uint64_t player_pause(const struct player *player)
{
	return player->pause_ms;
}

const char *player_error(const struct player *player)
{
	return player->error;
}

const char *player_impossible(const struct player *player)
{
	return player->impossible;
}

const char *player_left(const struct player *player)
{
	return player->left;
}

bool player_strayed(const struct player *player)
{
	return player->strayed;
}

size_t player_true_rows(const struct player *player)
{
	size_t at = 0;
	size_t most = player->strayed ? player->strayed_at : PLAYER_ALL_TRUE;
	while (at < player->nsent && at < most && !player->turns[player->sent[at]].surprise)
		at++;
	return at < player->nsent && at < most ? at + 1 : most;
}

bool player_left_open(const struct player *player, size_t session)
{
	return player->knows[session].open;
}

size_t player_order(const struct player *player)
{
	return player->order;
}

bool player_can(const struct player *player, size_t order, struct err *why)
{
	struct lesson_server server = player->server;
	server.second = player->second;
	return !player->server_known || lesson_runs(player->lesson, (long)order, &server, why);
}

static size_t player_from(const struct player *player, size_t order)
{
	struct err why;
	while (order < player->norders && !player_can(player, order, &why))
		order++;
	return order;
}

size_t player_first(const struct player *player)
{
	return player_from(player, 0);
}

size_t player_following(const struct player *player)
{
	return player_from(player, player->order + 1);
}

struct player_place player_place(const struct player *player)
{
	struct player_place place = {0};
	struct err why;
	for (size_t i = 0; i < player->norders; i++) {
		bool can = player_can(player, i, &why);
		place.of += can;
		place.at += can && i <= player->order;
	}
	return place;
}

/* ---- rows ---- */

size_t player_nrows(const struct player *player)
{
	size_t n = 0;
	for (size_t i = 0; i < player->nturns; i++)
		n += !player->turns[i].dropped;
	return n;
}

size_t player_nsent(const struct player *player)
{
	return player->nsent;
}

/* Behind what was sent stands what was not, in the order of the permutation. */
static size_t turn_of_row(const struct player *player, size_t row)
{
	if (row < player->nsent)
		return player->sent[row];
	size_t left = row - player->nsent, turn = 0;
	while (player->turns[turn].sent || player->turns[turn].dropped || left-- > 0)
		turn++;
	return turn;
}

struct player_row player_row(const struct player *player, size_t row)
{
	size_t i = turn_of_row(player, row);
	const struct turn *turn = &player->turns[i];
	return (struct player_row){
		.step = turn->step,
		.attempt = turn->attempt,
		.begins = turn->begins,
		.note = turn->note,
		.record = turn->sent && !turn->note ? stage_record(player->stage, turn->record) : NULL,
		.next = row == player->nsent && player->state != PLAYER_OVER,
		.breakpoint = turn->breakpoint,
		.surprise = turn->surprise,
		.fresh = turn->sent && turn->changed == player->moment,
	};
}

size_t player_next_row(const struct player *player)
{
	return player->nsent < player_nrows(player) ? player->nsent : player_nrows(player);
}

void player_break(struct player *player, size_t row)
{
	if (row < player->nsent || row >= player_nrows(player))
		return;
	struct turn *turn = &player->turns[turn_of_row(player, row)];
	turn->breakpoint = !turn->breakpoint;
	player_tell(player);
}

const char *player_title(const struct player *player)
{
	return lesson_text(player->lesson, LESSON_TITLE, (long)player->order, -1);
}

void player_sql(struct buf *out, const struct player *player, size_t row)
{
	struct player_row of = player_row(player, row);
	if (of.record)
		buf_str(out, of.record->sql);
	else
		values_show(out, player->values, player->lesson, of.step);
}

/* ---- questions ---- */

static bool player_is_done(const struct player *player, long step)
{
	for (size_t i = 0; i < player->nturns; i++) {
		const struct turn *turn = &player->turns[i];
		const struct stage_record *record =
			turn->sent && !turn->note ? stage_record(player->stage, turn->record) : NULL;
		if (record && turn->step == (size_t)step && record->done)
			return true;
	}
	return false;
}

/* What is already decided is not asked, nor what may be no question any more. */
const struct lesson_ask *player_ask_of(const struct player *player, size_t turn)
{
	const struct turn *asked = &player->turns[turn];
	const struct lesson_ask *ask = lesson_ask_of(player->lesson, (long)player->order, (long)asked->step);
	if (!ask || asked->attempt > 1 || asked->note || asked->moot)
		return NULL;
	if (asked->sent)
		return ask;
	bool decided = ask->about != ask->scope.step && player_is_done(player, ask->about);
	return decided || player_true_rows(player) != PLAYER_ALL_TRUE ? NULL : ask;
}

/* The one about the next step comes first; the last one that was asked stays until then. */
static long question_turn(const struct player *player)
{
	size_t next = player_next_turn(player);
	if (next < player->nturns && player_ask_of(player, next))
		return (long)next;
	return player->asked;
}

static struct player_question question_of(const struct player *player, size_t i)
{
	const struct turn *turn = &player->turns[i];
	bool fresh = turn->judged && turn->decided == player->moment;
	return (struct player_question){player_ask_of(player, i), turn->given, turn->judged, fresh, turn->right};
}

struct player_question player_question(const struct player *player)
{
	long i = question_turn(player);
	return i < 0 ? (struct player_question){.given = -1, .right = -1} : question_of(player, (size_t)i);
}

struct player_question player_row_question(const struct player *player, size_t row)
{
	return question_of(player, turn_of_row(player, row));
}

static bool player_any_verdict(const struct player *player, bool answered)
{
	for (size_t i = 0; i < player->nsent; i++) {
		struct player_question question = question_of(player, player->sent[i]);
		if (question.ask && question.fresh && (question.given >= 0 || !answered))
			return true;
	}
	return false;
}

bool player_verdict(const struct player *player)
{
	return player_any_verdict(player, false);
}

bool player_verdict_on_answer(const struct player *player)
{
	return player_any_verdict(player, true);
}

/* The next step has a question that was not answered. */
static bool player_has_question(const struct player *player)
{
	long i = question_turn(player);
	return i >= 0 && !player->turns[i].sent && player->turns[i].given < 0 && player->state == PLAYER_READY;
}

bool player_holds(const struct player *player)
{
	return player->reader && !player->has_read && player_has_question(player) && player_verdict(player);
}

bool player_asks(const struct player *player)
{
	return player_has_question(player) && !player_holds(player);
}

enum status player_answer(struct player *player, size_t answer, struct err *err)
{
	long i = question_turn(player);
	if (i < 0 || player->turns[i].sent)
		return err_set(err, ST_USAGE, "no question is open");
	if (player_holds(player))
		return err_set(err, ST_USAGE, "Space shows the next question first");
	size_t n = player_ask_of(player, (size_t)i)->nanswers;
	if (answer > n)
		return err_set(err, ST_USAGE, "the answers are 1 to %zu; 0 or Space passes it over", n);
	if (answer > 0)
		player->turns[i].given = (long)answer - 1;
	return player_next(player, err);
}

size_t player_nchecks(const struct player *player)
{
	return player->nchecks;
}

const struct player_check *player_check(const struct player *player, size_t i)
{
	return &player->checks[i];
}

const char *player_committed(const struct player *player)
{
	return player->committed;
}

const char *player_read(const struct player *player, size_t session, bool *old)
{
	*old = player->knows[session].old;
	return player->knows[session].read;
}

const struct remembered *player_remembered(const struct player *player, size_t session)
{
	return &player->knows[session].remembered;
}

struct player_score player_score(const struct player *player)
{
	struct player_score score = {0};
	for (size_t i = 0; i < player->nturns; i++) {
		const struct turn *turn = &player->turns[i];
		score.asked += turn->judged && player_ask_of(player, i) != NULL;
		score.answered += turn->judged && turn->given >= 0;
		score.right += turn->judged && turn->given >= 0 && turn->given == turn->right;
		score.surprises += turn->surprise;
	}
	for (size_t i = 0; i < player->nchecks; i++)
		score.failed += player->checks[i].found && !player->checks[i].ok;
	return score;
}
