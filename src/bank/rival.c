/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rival: another session of ours that makes the next transfer meet a real conflict. */
#include "bank/rival.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bank/amount.h"
#include "bank/transfer.h"
#include "base/mem.h"
#include "say.h"
#include "unit_body.h"

/*
 * IDLE until the transfer that it watches comes to its writes. Then MOVING, while the gate is held; with the unit OUT
 * the transfer goes on; when that has ended, RETURNING. If the transfer ends while the rival is still MOVING (it was
 * cancelled), the move is cancelled too, and what became of it decides. So is a move that is held up by others, and
 * where not even that is answered its connection is closed: without a commit sent it did not happen.
 */
enum rival_state { RIVAL_IDLE, RIVAL_MOVING, RIVAL_OUT, RIVAL_RETURNING };

enum {
	PATIENCE_MS = 5000,
	GRACE_MS = 1000
}; /* the transfer is held up that long at most; and a cancel may take so long */

struct rival {
	struct timer *patience; /* while MOVING */
	bool late;              /* it is over, and the move was cancelled */
	struct ring *ring;
	struct txn *txn;
	const struct catalogue *catalogue;
	enum rival_state state;
	bool armed;
	char *source, *destination; /* of the transfer that is watched; NULL without one */
	char *third;                /* where the unit is */
	struct unit *unit;          /* the way out */
	struct transfer *back;      /* the way back */
	void (*release)(void *arg);
	void *release_arg;
	void (*ended)(void *arg);
	void *ended_arg;
};

static void rival_say(const struct rival *rival, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void rival_say(const struct rival *rival, const char *fmt, ...)
{
	char text[700];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct event event = {.kind = EVENT_LEVER, .session = SESSION_RIVAL, .rows = -1, .message = text};
	ring_append(rival->ring, &event);
}

static void rival_start(struct rival *rival, struct body *body, const char *what, txn_done_fn *done)
{
	struct txn_options options;
	txn_options_init(&options);
	options.wire = WIRE_STEP; /* its statements are there to be read */
	options.max_elapsed_ms = PATIENCE_MS;
	txn_start(rival->txn, body, what, &options, done, rival);
}

static void rival_forget(struct rival *rival)
{
	free(rival->source);
	free(rival->destination);
	free(rival->third);
	rival->source = rival->destination = rival->third = NULL;
}

/* ---- the way back ---- */

static void rival_end(struct rival *rival)
{
	void (*ended)(void *arg) = rival->ended;
	rival->state = RIVAL_IDLE;
	rival->ended = NULL;
	rival_forget(rival);
	if (ended)
		ended(rival->ended_arg);
}

static void on_back(void *arg, const struct txn_result *result)
{
	struct rival *rival = arg;
	if (result->outcome != OUTCOME_COMMITTED)
		rival_say(rival, "the rival's unit did not come back from %s to %s: %s; `transfer %s %s %s` moves it",
			  say_id(transfer_source(rival->back)).text, say_id(transfer_destination(rival->back)).text,
			  result->reason.text, say_id(transfer_source(rival->back)).text,
			  say_id(transfer_destination(rival->back)).text,
			  amount_show(1, rival->catalogue->balance_scale).text);
	transfer_free(rival->back);
	rival->back = NULL;
	rival_end(rival);
}

static void go_back(struct rival *rival)
{
	struct transfer_spec spec = {
		.source = rival->third, .destination = rival->source, .rule = TRANSFER_AMOUNT, .amount = 1};
	rival->state = RIVAL_RETURNING;
	rival->back = transfer_new(rival->catalogue, &spec);
	rival_say(rival, "the rival moves its unit back from %s to %s", say_id(rival->third).text,
		  say_id(rival->source).text);
	rival_start(rival, transfer_body(rival->back), "the rival moves its unit back", on_back);
}

/* ---- the way out ---- */

static void on_moves(void *arg)
{
	struct rival *rival = arg;
	rival_say(rival, "the rival moves 1 unit from %s to %s between the read and the write of the transfer",
		  say_id(rival->source).text, say_id(unit_third(rival->unit)).text);
}

/* Only a committed move has to be undone; of an unknown one nobody can say. */
static void judge(struct rival *rival, const struct txn_result *result)
{
	if (result->outcome == OUTCOME_COMMITTED) {
		rival->state = RIVAL_OUT;
		rival->third = mem_dup(unit_third(rival->unit));
		return;
	}
	rival->state = RIVAL_IDLE;
	if (result->outcome == OUTCOME_UNKNOWN)
		rival_say(rival,
			  "whether the rival moved 1 unit from %s to %s is not known (transfer %s): %s; compare the "
			  "balances",
			  say_id(rival->source).text, say_id(unit_third(rival->unit)).text, unit_id(rival->unit),
			  result->reason.text);
	else if (!rival->ended && rival->late)
		rival_say(rival, "the rival moves nothing: it was held up for %d s; the transfer goes on without it",
			  PATIENCE_MS / 1000);
	else if (!rival->ended)
		rival_say(rival, "the rival moves nothing: %s; the transfer goes on without it", result->reason.text);
}

static void on_out(void *arg, const struct txn_result *result)
{
	struct rival *rival = arg;
	timer_stop(rival->patience);
	judge(rival, result);
	unit_free(rival->unit);
	rival->unit = NULL;
	if (!rival->ended)
		rival->release(rival->release_arg);
	else if (rival->state == RIVAL_OUT)
		go_back(rival);
	else
		rival_end(rival);
}

/* A commit that was sent is waited for. */
static void on_patience(void *arg)
{
	struct rival *rival = arg;
	if (rival->late) {
		txn_abandon(rival->txn);
		return;
	}
	rival->late = txn_cancel(rival->txn);
	timer_start(rival->patience, GRACE_MS);
}

bool rival_gate(struct rival *rival, const struct txn_gate *next, void (*release)(void *arg), void *arg)
{
	if (!rival->armed || !rival->source || next->attempt != 1 || next->body_batch != 1)
		return false;
	rival->armed = false;
	if (txn_running(rival->txn)) {
		rival_say(rival, "the rival moves nothing: its session is busy; the transfer goes on without it");
		return false;
	}
	rival->release = release;
	rival->release_arg = arg;
	rival->state = RIVAL_MOVING;
	rival->unit = unit_new(rival->catalogue, rival->source, rival->destination, on_moves, rival);
	rival->late = false;
	timer_start(rival->patience, PATIENCE_MS);
	rival_start(rival, unit_body(rival->unit), "the rival moves 1 unit away", on_out);
	return true;
}

/* ---- from outside ---- */

struct rival *rival_new(struct loop *loop, struct ring *ring, struct txn *txn, const struct catalogue *catalogue)
{
	struct rival *rival = NEW(struct rival);
	*rival = (struct rival){.ring = ring, .txn = txn, .catalogue = catalogue};
	rival->patience = timer_new(loop, on_patience, rival);
	return rival;
}

void rival_free(struct rival *rival)
{
	if (!rival)
		return;
	timer_free(rival->patience);
	rival_forget(rival);
	unit_free(rival->unit);
	transfer_free(rival->back);
	free(rival);
}

void rival_arm(struct rival *rival, bool on)
{
	rival->armed = on;
}

bool rival_armed(const struct rival *rival)
{
	return rival->armed;
}

bool rival_busy(const struct rival *rival)
{
	return rival->state != RIVAL_IDLE;
}

void rival_watch(struct rival *rival, const char *source, const char *destination)
{
	rival_forget(rival);
	rival->source = mem_dup(source);
	rival->destination = mem_dup(destination);
}

void rival_transfer_ended(struct rival *rival, void (*done)(void *arg), void *arg)
{
	rival->ended = done;
	rival->ended_arg = arg;
	if (rival->state == RIVAL_MOVING)
		txn_cancel(rival->txn);
	else if (rival->state == RIVAL_OUT)
		go_back(rival);
	else
		rival_end(rival);
}
