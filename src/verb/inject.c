/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands inject and delay: failures of the next attempts, and a wait before each round trip. */
#include <inttypes.h>
#include <string.h>

#include "cli/options.h"
#include "set.h"
#include "verb_internal.h"

enum { FAIL_MAX = 1000, DELAY_MAX_MS = 60000 };

/* ---- inject ---- */

void inject_show(struct buf *out, const struct app *app)
{
	const struct txn_inject *inject = txn_inject(app->txn);
	const char *between = "";
	if (inject->fail) {
		buf_fmt(out, "%u", inject->fail);
		between = ", ";
	}
	if (inject->cut) {
		buf_fmt(out, "%scut", between);
		between = ", ";
	}
	if (inject->cut_before) {
		buf_fmt(out, "%scut-before", between);
		between = ", ";
	}
	if (inject->strike)
		buf_fmt(out, "%snode", between);
	if (!out->len)
		buf_str(out, "off");
}

enum status inject_set(struct app *app, const char *word, struct err *err)
{
	struct txn_inject *inject = txn_inject(app->txn);
	unsigned long long n = 0;
	if (strcmp(word, "cut") == 0)
		inject->cut = true;
	else if (strcmp(word, "cut-before") == 0)
		inject->cut_before = true;
	else if (strcmp(word, "node") == 0)
		return own_cluster_arm(app, err);
	else if (strcmp(word, "off") == 0)
		*inject = (struct txn_inject){.delay_ms = inject->delay_ms};
	else if (word[0] < '0' || word[0] > '9')
		return err_set(err, ST_USAGE,
			       "inject takes a number of attempts, cut, cut-before, node or off, not \"%.80s\"", word);
	else if (options_number(word, "inject", 1, FAIL_MAX, &n, err))
		return ST_USAGE;
	else
		inject->fail = (unsigned)n;
	return ST_OK;
}

void inject_explain(struct buf *out, const struct app *app)
{
	const struct txn_inject *inject = txn_inject(app->txn);
	if (inject->fail)
		buf_fmt(out, "; the server will fail the next %u %s with a retryable error", inject->fail,
			inject->fail == 1 ? "attempt" : "attempts");
	if (inject->cut)
		buf_str(out, "; our connection will be dropped with the next commit in flight");
	if (inject->cut_before)
		buf_str(out, "; our connection will be dropped before the next commit is sent");
	if (inject->strike)
		buf_str(out, "; the node of the next transfer will be killed with the commit in flight");
	if (!out->len)
		buf_str(out, ": nothing will be injected");
}

/* ---- delay ---- */

void delay_show(struct buf *out, const struct app *app)
{
	uint64_t delay_ms = txn_inject(app->txn)->delay_ms;
	if (delay_ms)
		buf_fmt(out, "%" PRIu64, delay_ms);
	else
		buf_str(out, "off");
}

enum status delay_set(struct app *app, const char *word, struct err *err)
{
	unsigned long long ms = 0;
	if (strcmp(word, "off") != 0 && (word[0] < '0' || word[0] > '9'))
		return err_set(err, ST_USAGE, "delay takes milliseconds or off, not \"%.80s\"", word);
	if (strcmp(word, "off") != 0 && options_number(word, "delay", 0, DELAY_MAX_MS, &ms, err))
		return ST_USAGE;
	txn_inject(app->txn)->delay_ms = ms;
	return ST_OK;
}

void delay_explain(struct buf *out, const struct app *app)
{
	if (txn_inject(app->txn)->delay_ms)
		buf_str(out, " ms before each round trip");
}

const struct command verb_delay = {
	.name = "delay",
	.args = {{"MS|off", ARG_WORD, true}},
	.help = "wait before each round trip of a transfer",
	.run = do_setting,
};

const struct command verb_inject = {
	.name = "inject",
	.args = {{"N|cut|cut-before|node|off", ARG_WORD, true}},
	.help = "make the next attempts fail, or cut the next commit",
	.run = do_setting,
};
