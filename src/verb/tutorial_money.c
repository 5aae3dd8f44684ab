/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tutorial's accounts, its transfer and its count. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/output.h"
#include "tutorial_internal.h"

enum { CHUNK = 1000, TRIES = 10 };

static void print_count(struct teaching *teaching)
{
	struct buf table = {0};
	int width = (int)strlen(teaching->count) < 5 ? 5 : (int)strlen(teaching->count);
	buf_fmt(&table, " %*s\n", -width, "count");
	buf_fill(&table, '-', (size_t)width + 2);
	buf_fmt(&table, "\n %*s\n(1 row)\n", width, teaching->count);
	teaching_print(teaching, true);
	if (app_prints(teaching->run->app))
		output_text(stdout, table.p, table.len);
	else
		buf_str(&teaching->shown, table.p);
	buf_free(&table);
}

/* ---- the count ---- */

static void on_count(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct teaching *teaching = arg;
	teaching_keep_error(teaching, answer);
	if (answer->ok && answer->rows && rows_cell(answer->rows, 0, 0))
		snprintf(teaching->count, sizeof teaching->count, "%s", rows_cell(answer->rows, 0, 0));
}

static void counted(struct teaching *teaching)
{
	print_count(teaching);
	teaching_finish(teaching);
}

/* ---- the transfer ---- */

/* As with the tutorial's program, nobody can tell: its transactions leave nothing that could be looked up. */
static void money_unknown(struct teaching *teaching, const char *what, const struct txn_result *result)
{
	err_set(&teaching->err, ST_UNKNOWN, "OUTCOME UNKNOWN: it is not known whether %s: %s", what,
		result->reason.text);
	teaching_finish(teaching);
}

static void move_half(struct teaching *teaching);

static void on_moved(void *arg, const struct txn_result *result)
{
	struct teaching *teaching = arg;
	teaching_print(teaching, false);
	if (result->outcome == OUTCOME_COMMITTED)
		teaching_ask(teaching, teaching->sql.count, NULL, on_count, counted);
	else if (result->outcome == OUTCOME_REJECTED && teaching->pairs < TRIES)
		move_half(teaching);
	else if (result->outcome == OUTCOME_UNKNOWN)
		money_unknown(teaching, "its transfer was made", result);
	else
		teaching_fail(teaching, txn_status(result->outcome), "at its transfer", result->reason.text);
}

static struct txn_options options_of(const struct app *app)
{
	struct txn_options options = app->settings.txn;
	options.unnumbered = true; /* the tutorial's statements, and no other */
	return options;
}

static void move_half(struct teaching *teaching)
{
	struct app *app = teaching->run->app;
	size_t n = ids_count(teaching->ids);
	struct txn_options options = options_of(app);
	if (n < 2) {
		teaching_fail(teaching, ST_REJECTED, "at its transfer",
			      "that takes two accounts, and there is only one");
		return;
	}
	size_t source = rng_below(&teaching->rng, n), other = rng_below(&teaching->rng, n - 1);
	teaching->source = ids_at(teaching->ids, source);
	teaching->destination = ids_at(teaching->ids, other + (other >= source));
	teaching->pairs++;
	halving_free(teaching->halving);
	teaching->halving = halving_new(&teaching->sql, teaching->source, teaching->destination);
	txn_start(app->txn, halving_body(teaching->halving), "the tutorial's transfer", &options, on_moved, teaching);
}

/* ---- accounts ---- */

void teaching_add_accounts(struct teaching *teaching);

static void on_added(void *arg, const struct txn_result *result)
{
	struct teaching *teaching = arg;
	teaching_print(teaching, false);
	if (result->outcome == OUTCOME_COMMITTED) {
		teaching->added += teaching->chunk;
		teaching_add_accounts(teaching);
	} else if (result->outcome == OUTCOME_REJECTED && adding_collided(teaching->adding) &&
		   teaching->collisions++ < TRIES) {
		app_say(teaching->run->app, ST_OK, "%s; all are drawn again", result->reason.text);
		teaching_read_ids(teaching);
	} else if (result->outcome == OUTCOME_UNKNOWN) {
		money_unknown(teaching, "its accounts were added", result);
	} else {
		char after[64];
		snprintf(after, sizeof after, "after adding %u accounts", teaching->added);
		teaching_fail(teaching, txn_status(result->outcome), after, result->reason.text);
	}
}

void teaching_add_accounts(struct teaching *teaching)
{
	struct app *app = teaching->run->app;
	struct txn_options options = options_of(app);
	unsigned left = teaching->wanted - teaching->added;
	adding_free(teaching->adding);
	teaching->adding = NULL;
	if (left == 0) {
		move_half(teaching);
		return;
	}
	teaching->chunk = left < CHUNK ? left : CHUNK;
	teaching->adding = adding_new(app->catalogue, &teaching->sql, teaching->ids, teaching->chunk, &teaching->rng,
				      &teaching->err);
	if (teaching->adding)
		txn_start(app->txn, adding_body(teaching->adding), "the tutorial's accounts", &options, on_added,
			  teaching);
	else
		teaching_finish(teaching);
}

static void on_ids(void *arg, size_t index, const struct answer *answer)
{
	(void)index;
	struct teaching *teaching = arg;
	teaching_keep_error(teaching, answer);
	for (size_t i = 0; answer->rows && i < answer->rows->nrows; i++)
		if (rows_cell(answer->rows, i, 0))
			ids_add(teaching->ids, rows_cell(answer->rows, i, 0));
}

void teaching_read_ids(struct teaching *teaching)
{
	ids_free(teaching->ids);
	teaching->ids = ids_new();
	teaching_ask(teaching, teaching->sql.ids, NULL, on_ids, teaching_add_accounts);
}
