/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step on its way through the player: asked for, sent, judged by what the server did, and what comes next. */
#include <stdlib.h>

#include "player_internal.h"

/*
 * In the order in which it happens:
 *
 *	1  player_next(), player_step()  a person, a script or the pace asks for a step; while another one is on its way,
 *	                                 that is kept in `wants`
 *	2  player_send()                 the step goes to the stage, whose road is stage_step.c
 *	3  player_judge()                did it do what the lesson expects? which answer was right?
 *	4  player_settle()               ready for the next one: what is wanted, or the pace, begins at 1 again
 *
 * 3 and 4 come from player_on_fact(): the stage tells what became of the step.
 */

/* ---- which one is next, and can it be sent? ---- */

size_t player_next_turn(const struct player *player)
{
	size_t i = 0, n = player->nturns;
	while (i < n && (player->turns[i].sent || player->turns[i].dropped))
		i++;
	return i;
}

static bool player_at_breakpoint(const struct player *player)
{
	size_t turn = player_next_turn(player);
	return turn < player->nturns && player->turns[turn].breakpoint;
}

static bool player_any_lane(const struct player *player, enum lane_state state)
{
	for (size_t i = 0; i < player->lesson->spec->nsessions; i++) {
		struct stage_lane lane;
		stage_lane(player->stage, i, &lane);
		if (lane.state == state)
			return true;
	}
	return false;
}

static bool player_lane_waits(const struct player *player, size_t session)
{
	struct stage_lane lane;
	stage_lane(player->stage, session, &lane);
	return lane.state == LANE_WAITING || lane.state == LANE_HELD;
}

/* The session of the next step waits, or, behind the last one, any: what lets it go on may have come just now. */
bool player_waits(const struct player *player)
{
	size_t turn = player_next_turn(player);
	if (turn < player->nturns)
		return player_lane_waits(player, player->lesson->spec->steps[player->turns[turn].step].session);
	return !player->strayed && (player_any_lane(player, LANE_WAITING) || player_any_lane(player, LANE_HELD));
}

/* A session that waits, for ever, for what this order does not bring; -1: none is known to. */
static long player_stuck(const struct player *player)
{
	const struct spec *spec = player->lesson->spec;
	size_t turn = player_next_turn(player);
	for (size_t i = 0; i < spec->nsessions; i++)
		if ((turn == player->nturns || spec->steps[player->turns[turn].step].session == i) &&
		    player_lane_waits(player, i) && stage_stuck(player->stage, i))
			return (long)i;
	return -1;
}

/* The order cannot go on, and the error says so until another session is sent a step. */
static void player_look_impossible(struct player *player)
{
	struct stage_lane lane;
	struct buf why = {0}, error = {0};
	long session = player->impossible || player->strayed ? -1 : player_stuck(player);
	if (session < 0)
		return;
	stage_lane(player->stage, (size_t)session, &lane);
	stage_impossible(&why, player->stage, lane.record);
	buf_fmt(&error, "this order is not possible: %s", why.p);
	player_fail(player, error.p);
	player->impossible = buf_take(&why);
	buf_free(&error);
}

static void player_forget_error(struct player *player)
{
	free(player->error);
	free(player->impossible);
	player->error = player->impossible = NULL;
}

/* Somebody else has let it go on. */
static void player_look_possible(struct player *player)
{
	if (player->impossible && !player_waits(player))
		player_forget_error(player);
}

/* ---- 1: asked for; 2: sent ---- */

static void player_by_hand(struct player *player)
{
	player->pace = PLAYER_BY_HAND;
	player->go_to = 0;
}

/* Marked before it is sent: the facts about it come from inside. */
static enum status player_send(struct player *player, size_t i, struct err *err)
{
	struct turn *turn = &player->turns[i];
	size_t step = turn->step, row = player->nsent;
	bool in_turn = i == player_next_turn(player);
	bool planned = !player->strayed && turn->place == (long)stage_turn(player->stage); /* its marks hold */
	bool unseen = player->reader && player->nsent < player->go_to;
	bool put = in_turn && !unseen && (turn->given >= 0 || player_asks(player));
	bool asked = put && player_ask_of(player, i);
	turn->moot = !asked;
	turn->sent = true;
	turn->changed = ++player->moment;
	turn->record = stage_nrecords(player->stage);
	player->sent[player->nsent++] = i;
	enum status status = in_turn && planned ? stage_next(player->stage, err) : stage_step(player->stage, step, err);
	if (status) {
		player->turns[i].sent = player->turns[i].moot = false;
		player->nsent--;
		player->moment--;
		player->pace = PLAYER_BY_HAND;
		return status;
	}
	player_forget_error(player);
	player->has_read = false;
	if (!in_turn && !player->strayed) {
		player->strayed = true;
		player->strayed_at = row;
	}
	if (asked)
		player->asked = (long)i;
	return ST_OK;
}

static void player_finish(struct player *player)
{
	player->state = PLAYER_CHECKING;
	if (player->strayed || player_any_lane(player, LANE_WAITING) || player_any_lane(player, LANE_LOST))
		stage_end(player->stage);
	else
		player_checks_ask(player);
}

static enum status player_after_the_end(struct player *player, struct err *err)
{
	size_t following = player_following(player);
	bool more = following < player->norders;
	if (more && player->reader && !player->has_read && !player->impossible) {
		player->has_read = true;
		return err_set(err, ST_USAGE,
			       "that was all of this order: Space again plays the next one, R plays this one again");
	}
	if (more) {
		player_begin(player, following);
		return ST_OK;
	}
	return err_set(err, ST_USAGE, "that was all of it: R plays it again, Esc goes back to the lessons");
}

enum status player_next(struct player *player, struct err *err)
{
	switch (player->state) {
	case PLAYER_CHECKING:
		return ST_OK;
	case PLAYER_STARTING:
	case PLAYER_BUSY:
		player->wants = WANTS_NEXT;
		return ST_OK;
	case PLAYER_OVER:
	case PLAYER_FAILED:
		return player_after_the_end(player, err);
	case PLAYER_READY:
		break;
	}
	bool over = player_next_turn(player) == player->nturns;
	bool for_ever = player->impossible || stage_blind(player->stage); /* as far as is known */
	if (player->impossible && !over)
		return player_after_the_end(player, err);
	if (player_waits(player) && !(over && for_ever)) { /* then it is sent as soon as that is over */
		player->wants = WANTS_NEXT;
		return ST_OK;
	}
	size_t turn = player_next_turn(player);
	if (player_holds(player)) {
		player->has_read = true;
		player_tell(player);
		return ST_OK;
	}
	if (turn < player->nturns)
		return player_send(player, turn, err);
	player_finish(player);
	player_tell(player);
	return ST_OK;
}

enum status player_step(struct player *player, size_t session, struct err *err)
{
	const struct spec *spec = player->lesson->spec;
	if (session >= spec->nsessions)
		return err_set(err, ST_USAGE, "this lesson has %zu sessions", spec->nsessions);
	if (player->state == PLAYER_BUSY) {
		player->wants = (long)session;
		return ST_OK;
	}
	if (player->state != PLAYER_READY)
		return err_set(err, ST_USAGE, "not now: no step can be sent");
	for (size_t i = 0; i < player->nturns; i++)
		if (!player->turns[i].sent && !player->turns[i].dropped &&
		    spec->steps[player->turns[i].step].session == session)
			return player_send(player, i, err);
	return err_set(err, ST_USAGE, "%.40s has no step left in this order", spec->sessions[session].name);
}

/* ---- 3: what became of it ---- */

static struct turn *player_turn_of(struct player *player, const struct stage_record *record)
{
	for (size_t i = 0; i < player->nturns; i++)
		if (player->turns[i].sent && !player->turns[i].note && player->turns[i].record == record->number)
			return &player->turns[i];
	return NULL;
}

/* The verdict is fresh, and to be read, whenever it is another than before. */
static void player_decide(struct player *player, struct turn *turn, long right)
{
	if (turn->judged && turn->right == right)
		return;
	turn->judged = true;
	turn->right = right;
	turn->decided = player->moment;
	player->has_read = false;
}

/* What only waits may still end in many ways: answers that name an end are judged then. */
static void player_judge_answers(struct player *player, struct turn *turn, const struct lesson_ask *ask,
				 const struct lesson_fact *fact)
{
	for (size_t i = 0; i < ask->nanswers; i++) {
		if (!lesson_answers(player->lesson, (long)player->order, ask, i, fact))
			continue;
		player_decide(player, turn, (long)i);
		return;
	}
	if (fact->complete)
		player_decide(player, turn, turn->right);
}

/* The turn of a question that was asked about another one's step. */
static struct turn *player_turn_asked(struct player *player, const struct lesson_ask *ask)
{
	for (size_t i = 0; i < player->nturns; i++) {
		struct turn *turn = &player->turns[i];
		if (turn->step == (size_t)ask->scope.step && turn->sent && turn->attempt <= 1 && !turn->note)
			return turn->moot ? NULL : turn;
	}
	return NULL;
}

/* All questions that this step decides; another one's is about its end. */
static void player_judge_questions(struct player *player, struct turn *turn, const struct lesson_fact *fact)
{
	const struct lesson_ask *ask;
	size_t at = 0;
	while ((ask = lesson_ask_about(player->lesson, (long)player->order, (long)turn->step, &at))) {
		bool own = ask->scope.step == ask->about;
		struct turn *asked = own ? turn : player_turn_asked(player, ask);
		if (asked && (own || fact->complete))
			player_judge_answers(player, asked, ask, fact);
	}
}

static void player_judge(struct player *player, const struct stage_record *record)
{
	const struct lesson *lesson = player->lesson;
	struct turn *turn = player_turn_of(player, record);
	struct observed observed = {0};
	if (!turn)
		return;
	turn->changed = player->moment;
	observed_record(&observed, lesson->spec, record);
	const struct lesson_expect *expect = lesson_expect_of(lesson, (long)player->order, (long)record->step);
	bool first = turn->attempt <= 1;
	if (first)
		player_judge_questions(player, turn, &observed.fact);
	if (expect && first && !player->strayed && record->done)
		turn->surprise = !lesson_holds(&expect->outcome, &observed.fact);
	if (record->done)
		player_learn(player, record, &observed.fact);
	observed_free(&observed);
}

/* ---- 4: what comes next ---- */

/* True where the step in front of it is one to stop at. */
static bool player_stops(const struct player *player)
{
	bool verdict = player->reader && player_verdict_on_answer(player);
	if (player->nsent < player->go_to)
		return false;
	return player->go_to || player_at_breakpoint(player) || player_asks(player) || player_holds(player) || verdict;
}

static void player_go_on(struct player *player)
{
	struct err err;
	if (player->state != PLAYER_READY || player_waits(player))
		return;
	if (player_next_turn(player) < player->nturns && player_stops(player))
		player_by_hand(player);
	else if (player_next(player, &err))
		player_fail(player, err.text);
}

/* What was asked for while a step was on its way. */
static void player_do_wanted(struct player *player)
{
	struct err err;
	long wants = player->wants;
	if (wants == WANTS_NEXT && player_waits(player))
		return;
	player->wants = WANTS_NOTHING;
	if (player->reader && (player_asks(player) || player_verdict(player)))
		return;
	if (wants == WANTS_NEXT ? player_next(player, &err) : player_step(player, (size_t)wants, &err))
		player_fail(player, err.text);
}

static void player_settle(struct player *player)
{
	if (stage_state(player->stage) != STAGE_STANDING || player->state == PLAYER_CHECKING)
		return;
	bool runs = !stage_settled(player->stage);
	player->state = runs ? PLAYER_BUSY : PLAYER_READY;
	if (runs)
		return;
	bool over = player_next_turn(player) == player->nturns && !player_any_lane(player, LANE_WAITING) &&
		    !player_any_lane(player, LANE_HELD);
	if (over) {
		player_finish(player);
	} else if (player->wants != WANTS_NOTHING) {
		player_do_wanted(player);
	} else if (player->pace == PLAYER_GOES_ON) {
		player_go_on(player);
	} else if (player->pace == PLAYER_AUTO) {
		timer_start(player->pause, player->pause_ms);
	}
}

/* ---- 3 and 4, as the stage tells it ---- */

void player_on_fact(void *arg, const struct stage_fact *fact)
{
	struct player *player = arg;
	switch (fact->kind) {
	case FACT_STARTS:
		player_starts(player);
		break;
	case FACT_BEGUN:
		player_watch(player);
		player_settle(player);
		break;
	case FACT_SENT:
		player_settle(player);
		break;
	case FACT_WAITS:
	case FACT_GOES_ON:
		player_look_possible(player);
		player_judge(player, fact->record);
		player_recall(player);
		player_settle(player);
		break;
	case FACT_ASKED:
		player_look_impossible(player);
		player_settle(player);
		break;
	case FACT_AGAIN:
		player_turns_again(player, fact);
		break;
	case FACT_OUTCOME:
		player_turns_outcome(player, fact);
		break;
	case FACT_DONE:
		player_look_possible(player);
		player_judge(player, fact->record);
		player_watch(player);
		player_recall(player);
		player_settle(player);
		break;
	case FACT_LOST:
		player_fail(player, fact->text);
		player_settle(player);
		break;
	case FACT_FAILED:
		player_failed(player, fact);
		break;
	case FACT_ENDED:
		player_ended(player, fact);
		break;
	case FACT_SET_UP:
	case FACT_SAID:
	case FACT_CANCELS:
	case FACT_PLAYED:
	case FACT_TORN_DOWN:
		break;
	}
	player_tell(player);
}

/* ---- the pace ---- */

void player_on_pause(void *arg)
{
	struct player *player = arg;
	struct err err;
	if (player->state != PLAYER_READY || player->pace != PLAYER_AUTO || player_waits(player))
		return;
	if (player_holds(player)) {
		player->has_read = true;
	} else if (player_asks(player)) {
		return;
	} else if (player_at_breakpoint(player)) {
		player_by_hand(player);
	} else if (player_next(player, &err)) {
		player_fail(player, err.text);
		player_by_hand(player);
	}
	player_tell(player);
}

void player_pace(struct player *player, enum player_pace pace)
{
	struct err err;
	timer_stop(player->pause);
	player->pace = pace;
	player->go_to = 0;
	if (pace == PLAYER_BY_HAND || player->state != PLAYER_READY)
		return;
	if (pace == PLAYER_AUTO && (player_asks(player) || player_holds(player))) {
		timer_start(player->pause, player->pause_ms);
		return;
	}
	/* From where it stands it goes on, whatever there is to stop at. */
	if (player_next(player, &err)) {
		player_fail(player, err.text);
		player_by_hand(player);
	}
	player_tell(player);
}

void player_go_to(struct player *player, size_t sent)
{
	if (!sent)
		return;
	player->pace = PLAYER_GOES_ON;
	player->go_to = sent;
	player_settle(player);
}

void player_cancel(struct player *player)
{
	player_by_hand(player);
	for (size_t i = 0; i < player->lesson->spec->nsessions && stage_state(player->stage) == STAGE_STANDING; i++) {
		struct stage_lane lane;
		stage_lane(player->stage, i, &lane);
		if (lane.state == LANE_RUNNING || lane.state == LANE_WAITING)
			stage_cancel(player->stage, i);
	}
}
