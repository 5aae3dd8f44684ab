/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a transfer may move: the amount, or why there is none; and the words for it. */
#include "rule.h"

#include <string.h>

#include "bank/amount.h"
#include "say.h"

struct rule rule_of(const struct catalogue *catalogue, const struct transfer_spec *spec)
{
	return (struct rule){.rule = spec->rule,
			     .amount = spec->amount,
			     .balance_max = catalogue->balance_max,
			     .balance_floor = catalogue->balance_floor,
			     .scale = catalogue->balance_scale,
			     .wide = catalogue->balance_wide};
}

bool rule_number(const struct rule *rule, const char *text, int64_t *units)
{
	return amount_parse(text, rule->scale, units) == AMOUNT_FINE;
}

static struct amount_text show(const struct rule *rule, int64_t units)
{
	return amount_show(units, rule->scale);
}

enum status rule_same(const char *id, struct err *err)
{
	return err_set(err, ST_REJECTED, "source and destination are the same account, %s", say_id(id).text);
}

enum status rule_overflow(const struct rule *rule, const struct holding *destination, int64_t amount, struct err *err)
{
	return err_set(err, ST_REJECTED, "account %s holds %s and cannot take %s more: %s %s",
		       say_id(destination->id).text, show(rule, destination->balance).text, show(rule, amount).text,
		       rule->wide ? "no balance can be counted above" : "its balance holds at most",
		       show(rule, rule->balance_max).text);
}

static enum status judge_accounts(const struct rule *rule, const struct holding *source,
				  const struct holding *destination, struct err *err)
{
	if (!source->found)
		return err_set(err, ST_REJECTED, "there is no account %s to take from", say_id(source->id).text);
	if (!destination->found)
		return err_set(err, ST_REJECTED, "there is no account %s to move to", say_id(destination->id).text);
	if (source->null)
		return err_set(err, ST_REJECTED,
			       "the balance of account %s is unknown (NULL): nothing can be taken from it",
			       say_id(source->id).text);
	if (destination->null)
		return err_set(err, ST_REJECTED,
			       "the balance of account %s is unknown (NULL): nothing can be added to it",
			       say_id(destination->id).text);
	if (source->balance < 0 && (rule->rule != TRANSFER_AMOUNT || rule->balance_floor == 0))
		return err_set(err, ST_REJECTED, "account %s holds %s: a negative balance cannot be moved",
			       say_id(source->id).text, show(rule, source->balance).text);
	return ST_OK;
}

static enum status find_amount(const struct rule *rule, const struct holding *source, int64_t *amount, struct err *err)
{
	int64_t balance = source->balance;
	*amount = rule->rule == TRANSFER_HALF  ? amount_half(balance)
		  : rule->rule == TRANSFER_ALL ? balance
					       : rule->amount;
	if (balance == 0 && rule->rule != TRANSFER_AMOUNT)
		return err_set(err, ST_REJECTED, "account %s holds 0: there is nothing to move",
			       say_id(source->id).text);
	if (*amount <= 0 && rule->rule == TRANSFER_HALF)
		return err_set(err, ST_REJECTED,
			       "account %s holds %s: half of it, rounded down, is 0; there is nothing to move",
			       say_id(source->id).text, show(rule, balance).text);
	if (*amount <= 0)
		return err_set(err, ST_REJECTED, "%s is nothing to move: an amount is %s or more",
			       show(rule, *amount).text, show(rule, 1).text);
	return ST_OK;
}

/* The floor is above INT64_MIN and an amount above 0, so that their sum fits. */
static enum status judge_amount(const struct rule *rule, const struct holding *source, int64_t amount, struct err *err)
{
	bool enough = source->balance >= rule->balance_floor + amount;
	if (!enough && rule->balance_floor == 0)
		return err_set(err, ST_REJECTED, "account %s holds %s, less than the %s to move",
			       say_id(source->id).text, show(rule, source->balance).text, show(rule, amount).text);
	if (!enough)
		return err_set(err, ST_REJECTED,
			       "account %s holds %s and may go down to %s: too little for the %s to move",
			       say_id(source->id).text, show(rule, source->balance).text,
			       show(rule, rule->balance_floor).text, show(rule, amount).text);
	if (amount > rule->balance_max)
		return err_set(err, ST_REJECTED, "%s is more than one transfer can move: a balance holds at most %s",
			       show(rule, amount).text, show(rule, rule->balance_max).text);
	return ST_OK;
}

enum status rule_decide(const struct rule *rule, const struct holding *source, const struct holding *destination,
			int64_t *amount, struct err *err)
{
	enum status status = judge_accounts(rule, source, destination, err);
	if (!status)
		status = find_amount(rule, source, amount, err);
	if (!status)
		status = judge_amount(rule, source, *amount, err);
	if (status)
		return status;
	/* Both are at most the column's largest number, so the difference cannot overflow where it matters. */
	if (destination->balance > 0 && *amount > rule->balance_max - destination->balance)
		return rule_overflow(rule, destination, *amount, err);
	return ST_OK;
}

/* ---- words ---- */

/* Before the table is known only the spelling can be judged, by as many decimals as the word has. */
static enum status parse_amount(const char *word, const struct catalogue *catalogue, int64_t *amount, struct err *err)
{
	struct said said = say_id(word);
	unsigned decimals = amount_decimals(word), digits = decimals < AMOUNT_DIGITS_MAX ? decimals : AMOUNT_DIGITS_MAX;
	unsigned scale = catalogue ? catalogue->balance_scale : digits;
	enum amount_fault fault = amount_parse(word, scale, amount);
	if (fault == AMOUNT_NO_NUMBER)
		return err_set(err, ST_USAGE, "\"%s\" is not an amount; use half, all or a number like 12 or 12.34",
			       said.text);
	if (word[0] == '-' || (fault == AMOUNT_FINE && *amount == 0))
		return err_set(err, ST_USAGE, "the amount is %s, and must be %s or more", said.text,
			       amount_show(1, scale).text);
	if (decimals > scale && scale == 0)
		return err_set(err, ST_USAGE, "the amount %s has decimals, and balances of %s are whole numbers",
			       said.text, say_id(catalogue->name).text);
	if (decimals > scale)
		return err_set(err, ST_USAGE, "the amount %s has more decimals than the %u that can be counted",
			       said.text, scale);
	if (fault == AMOUNT_TOO_LARGE)
		return err_set(err, ST_USAGE, "the amount %s is too large: %s is the most that can be counted",
			       said.text, amount_show(INT64_MAX, scale).text);
	return ST_OK;
}

enum status transfer_rule_parse(const char *word, const struct catalogue *catalogue, enum transfer_rule *rule,
				int64_t *amount, struct err *err)
{
	*amount = 0;
	*rule = strcmp(word, "half") == 0 ? TRANSFER_HALF : strcmp(word, "all") == 0 ? TRANSFER_ALL : TRANSFER_AMOUNT;
	return *rule == TRANSFER_AMOUNT ? parse_amount(word, catalogue, amount, err) : ST_OK;
}
