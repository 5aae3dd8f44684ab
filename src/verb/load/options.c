/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load: what its options ask for, and the sentence that says it before money is moved. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/options.h"
#include "load_internal.h"

enum { LOAD_SECONDS_LONGEST = 86400 * 7 };

/* "10", "0.5" */
static enum status options_decimal(const char *word, const char *what, double most, double *number, struct err *err)
{
	char *end;
	bool digits = isdigit((unsigned char)word[0]) && strspn(word, "0123456789.") == strlen(word);
	*number = digits ? strtod(word, &end) : -1;
	if (digits && !*end && *number <= most)
		return ST_OK;
	return err_set(err, ST_USAGE, "%s takes a number from 0 to %.0f, not \"%.80s\"", what, most, word);
}

static enum status options_seconds(const struct run *run, const char *name, uint64_t *ms, struct err *err)
{
	const char *word = run_option(run, name);
	double seconds;
	char what[32] = "--";
	strcat(what, name);
	if (!word)
		return ST_OK;
	if (options_decimal(word, what, LOAD_SECONDS_LONGEST, &seconds, err))
		return err->status;
	*ms = (uint64_t)(seconds * 1000);
	return ST_OK;
}

struct load_number {
	const char *name;
	unsigned long long min, max;
	uint64_t value;
};

static enum status options_numbers(const struct run *run, struct load_number *numbers, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *word = run_option(run, numbers[i].name);
		unsigned long long value;
		char what[32] = "--";
		strcat(what, numbers[i].name);
		if (!word)
			continue;
		if (options_number(word, what, numbers[i].min, numbers[i].max, &value, err))
			return err->status;
		numbers[i].value = value;
	}
	return ST_OK;
}

static enum status options_counts(const struct run *run, struct load_spec *spec, struct err *err)
{
	enum { WORKERS, IN_FLIGHT, COUNT, HOT, READ_SHARE, RATE, NUMBERS };
	struct load_number numbers[NUMBERS] = {
		[WORKERS] = {"workers", 1, LOAD_WORKERS_MAX, LOAD_WORKERS},
		[IN_FLIGHT] = {"in-flight", 1, LOAD_IN_FLIGHT_MAX, 1},
		[COUNT] = {"count", 1, 1000000000, 0},
		[HOT] = {"hot", 2, LOAD_ACCOUNTS_MAX, 0},
		[READ_SHARE] = {"read-share", 0, 100, 0},
		[RATE] = {"rate", 1, 1000000, 0},
	};
	if (options_numbers(run, numbers, NUMBERS, err))
		return err->status;
	spec->workers = (unsigned)numbers[WORKERS].value;
	spec->in_flight = (unsigned)numbers[IN_FLIGHT].value;
	spec->count = numbers[COUNT].value;
	spec->hot = (unsigned)numbers[HOT].value;
	spec->read_share = (unsigned)numbers[READ_SHARE].value;
	spec->rate = numbers[RATE].value;
	return ST_OK;
}

/* At least two ids, with commas between them. */
static bool options_are_several(const char *of)
{
	size_t n = 0;
	for (const char *at = of; *at; at += strcspn(at, ","), at += *at == ',')
		n += *at != ',';
	return n > 1;
}

static enum status options_draw(const struct run *run, struct load_spec *spec, struct err *err)
{
	const char *zipf = run_option(run, "zipf");
	spec->of = run_option(run, "of");
	if (zipf && options_decimal(zipf, "--zipf", 10, &spec->zipf, err))
		return err->status;
	if (spec->of && spec->hot)
		return err_set(err, ST_USAGE, "--of names the accounts, and --hot counts them: give one of the two");
	if (spec->of && !options_are_several(spec->of))
		return err_set(err, ST_USAGE, "--of takes two ids or more with commas between them, not \"%.80s\"",
			       spec->of);
	return ST_OK;
}

/* By default as --wire has it. */
static enum status options_way(const struct run *run, struct load_spec *spec, struct err *err)
{
	const char *word = run_option(run, "way");
	bool oneshot = run->app->settings.txn.wire == WIRE_ONESHOT;
	spec->txn = run->app->settings.txn;
	if (load_is_race(run)) /* each has options of its own */
		return ST_OK;
	if (load_way_parse(word      ? word
			   : oneshot ? "oneshot"
				     : "read-write",
			   &spec->way, err) ||
	    load_way_options(&spec->way, &spec->txn, err))
		return err->status;
	if (spec->in_flight > 1 && spec->way.kind != LOAD_ONESHOT)
		return err_set(err, ST_USAGE,
			       "--in-flight takes transfers that are one round trip each: add --way oneshot");
	return ST_OK;
}

static enum status options_amount(const struct run *run, const struct catalogue *catalogue, struct load_spec *spec,
				  struct err *err)
{
	const char *word = run_option(run, "amount");
	spec->rule = TRANSFER_AMOUNT;
	spec->amount = 1;
	return word ? transfer_rule_parse(word, catalogue, &spec->rule, &spec->amount, err) : ST_OK;
}

enum status load_options(const struct run *run, const struct catalogue *catalogue, struct load_spec *spec,
			 struct err *err)
{
	const struct settings *settings = &run->app->settings;
	*spec = (struct load_spec){.conninfo = &settings->conninfo, .bank = &settings->bank, .seed = settings->seed};
	enum status status = options_counts(run, spec, err);
	if (!status)
		status = options_seconds(run, "time", &spec->time_ms, err);
	if (!status)
		status = options_seconds(run, "warm-up", &spec->warm_up_ms, err);
	if (!status)
		status = options_draw(run, spec, err);
	if (!status)
		status = options_way(run, spec, err);
	if (!status)
		status = options_amount(run, catalogue, spec, err);
	if (!status && !run_option(run, "time") && !spec->count)
		spec->time_ms = LOAD_TIME_MS;
	return status;
}

/* ---- the sentence ---- */

static void describe_end(struct buf *out, const struct load_spec *spec)
{
	if (spec->count)
		buf_fmt(out, "make %" PRIu64 " random %s", spec->count,
			text_plural(spec->count, "transfer", "transfers"));
	else if (spec->time_ms)
		buf_fmt(out, "make random transfers for %.4g s", (double)spec->time_ms / 1000);
	else
		buf_str(out, "make random transfers until it is stopped");
}

static void describe_accounts(struct buf *out, const struct load_spec *spec, const struct catalogue *catalogue)
{
	buf_str(out, " among ");
	if (spec->of)
		text_escape(out, spec->of, strlen(spec->of), 60);
	else if (spec->hot)
		buf_fmt(out, "the first %u accounts of ", spec->hot);
	else
		buf_str(out, "the accounts of ");
	if (!spec->of)
		text_escape(out, catalogue->name, strlen(catalogue->name), 60);
}

void load_describe(struct buf *out, const struct load_spec *spec, const struct run *run)
{
	const char *amount = run_option(run, "amount");
	describe_end(out, spec);
	buf_fmt(out, ", by %u %s", spec->workers, text_plural(spec->workers, "worker", "workers"));
	describe_accounts(out, spec, run->app->catalogue);
	buf_str(out, ", each of ");
	text_escape(out, amount ? amount : "the smallest unit", amount ? strlen(amount) : 17, 40);
	if (!load_is_race(run)) {
		buf_fmt(out, ", the way %s", spec->way.word);
		return;
	}
	buf_fmt(out, ", each of the ways %s", run->args[1]);
	for (size_t i = 0; i < run->nmore; i++)
		buf_fmt(out, " %s", run->more[i]);
}
