/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a transfer, driven by answers made by hand: every rejection, the limits of the types, and the words for
 * amounts. */
#include "bank/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/check.h"

static struct catalogue table(void)
{
	return (struct catalogue){
		.name = (char *)"accounts",
		.id_type = (char *)"int8",
		.id_is_number = true,
		.id_max = INT64_MAX,
		.balance_max = INT32_MAX,
		.ledger = true,
		.sql[CAT_READ_TWO] = (char *)"read",
		.sql[CAT_DEBIT] = (char *)"debit",
		.sql[CAT_CREDIT] = (char *)"credit",
		.sql[CAT_LEDGER_CHECKED] = (char *)"checked",
		.sql[CAT_LEDGER_PROBE] = (char *)"probe",
		.sql[CAT_LEDGER_FIND] = (char *)"find",
		.sql[CAT_LEDGER_SAME] = (char *)"same",
		.ledger_name = (char *)"transfers",
		.sql[CAT_CHECK_TWO] = (char *)"check",
	};
}

/* A transfer that was run until something was said about what it read. */
struct scene {
	struct catalogue catalogue;
	struct transfer_spec spec;
	const char *rows[2][2]; /* id, balance; id NULL: no such row */
	const char *found[3];   /* in the ledger */
	bool alone;             /* the commit does not travel with the writes */
	struct transfer *transfer;
	struct batch batch;
	struct err reason;
};

static struct scene scene(const char *from, const char *to)
{
	return (struct scene){
		.catalogue = table(),
		.spec = {.source = "104", .destination = "107"},
		.rows = {{"104", from}, {"107", to}},
	};
}

static enum body_say ask(struct scene *s, const struct answer *answers, size_t n)
{
	struct body *body = transfer_body(s->transfer);
	s->batch = (struct batch){0};
	err_clear(&s->reason);
	return body->ops->next(body, answers, n, &s->batch, &s->reason);
}

static enum body_say play(struct scene *s)
{
	struct rows rows = {.ncols = 2}, ledger = {.ncols = 3, .nrows = s->found[0] != NULL, .cells = s->found};
	const char *cells[4];
	for (size_t i = 0; i < 2; i++)
		if (s->rows[i][0])
			memcpy(cells + 2 * rows.nrows++, s->rows[i], sizeof s->rows[i]);
	rows.cells = cells;
	struct answer answers[] = {{.ok = true, .rows = &rows}, {.ok = true, .rows = &ledger}};
	if (!s->transfer)
		s->transfer = transfer_new(&s->catalogue, &s->spec);
	struct body *body = transfer_body(s->transfer);
	body->ops->reset(body, !s->alone);
	enum body_say say = ask(s, NULL, 0);
	return say == BODY_SEND ? ask(s, answers, s->batch.n) : say;
}

static void done(struct scene *s)
{
	transfer_free(s->transfer);
	s->transfer = NULL;
}

static void rejected(struct scene s, const char *sentence)
{
	assert_int_equal(play(&s), BODY_REJECT);
	assert_int_equal(s.reason.status, ST_REJECTED);
	assert_string_equal(s.reason.text, sentence);
	assert_int_equal(s.batch.n, 0);
	done(&s);
}

static void half_is_rounded_down(void **state)
{
	(void)state;
	struct scene s = scene("1251", "20");
	assert_int_equal(play(&s), BODY_SEND);
	assert_true(s.batch.last);
	assert_int_equal(s.batch.n, 3);
	assert_string_equal(s.batch.statements[0].sql, "debit");
	assert_string_equal(s.batch.statements[0].params[0], "625");
	assert_string_equal(s.batch.statements[0].params[1], "104");
	assert_string_equal(s.batch.statements[1].sql, "credit");
	assert_string_equal(s.batch.statements[1].params[0], "625");
	assert_string_equal(s.batch.statements[1].params[1], "107");
	assert_string_equal(s.batch.statements[2].sql, "checked");
	assert_string_equal(s.batch.statements[2].params[3], "625");
	assert_string_equal(s.batch.statements[2].params[4], "626");
	assert_string_equal(s.batch.statements[2].params[5], "645");
	struct transfer_facts facts = transfer_facts(s.transfer);
	assert_true(facts.decided);
	assert_int_equal(facts.amount, 625);
	assert_int_equal(facts.source_before, 1251);
	assert_int_equal(facts.source_after, 626);
	assert_int_equal(facts.destination_after, 645);
	assert_int_equal(strlen(facts.id), TRANSFER_ID_SIZE - 1);
	done(&s);
}

/* Another attempt reads and decides again, under the same id. */
static void a_retry_starts_over(void **state)
{
	(void)state;
	struct scene s = scene("1000", "0");
	play(&s);
	char *id = mem_dup(transfer_facts(s.transfer).id);
	s.rows[0][1] = "999";
	assert_int_equal(play(&s), BODY_SEND);
	assert_string_equal(s.batch.statements[0].params[0], "499");
	assert_string_equal(transfer_facts(s.transfer).id, id);
	struct scene other = scene("1000", "0");
	play(&other);
	assert_string_not_equal(transfer_facts(other.transfer).id, id);
	free(id);
	done(&s);
	done(&other);
}

static void each_rejection(void **state)
{
	(void)state;
	struct scene s = scene("10", "10");
	s.spec.destination = "104";
	rejected(s, "source and destination are the same account, 104");
	s = scene("10", "10");
	s.rows[0][0] = NULL;
	rejected(s, "there is no account 104 to take from");
	s = scene("10", "10");
	s.rows[1][0] = NULL;
	rejected(s, "there is no account 107 to move to");
	s.rows[0][0] = NULL;
	rejected(s, "there is no account 104 to take from");
	rejected(scene(NULL, "10"), "the balance of account 104 is unknown (NULL): nothing can be taken from it");
	rejected(scene("10", NULL), "the balance of account 107 is unknown (NULL): nothing can be added to it");
	rejected(scene("-3", "10"), "account 104 holds -3: a negative balance cannot be moved");
	rejected(scene("0", "10"), "account 104 holds 0: there is nothing to move");
	rejected(scene("1", "10"), "account 104 holds 1: half of it, rounded down, is 0; there is nothing to move");
	s = scene("10", "10");
	s.spec.rule = TRANSFER_AMOUNT;
	s.spec.amount = 11;
	rejected(s, "account 104 holds 10, less than the 11 to move");
	s.spec.amount = 0;
	rejected(s, "0 is nothing to move: an amount is 1 or more");
	s = scene("0", "10");
	s.spec.rule = TRANSFER_ALL;
	rejected(s, "account 104 holds 0: there is nothing to move");
	rejected(scene("1.50", "10"), "the balance of account 104 is 1.50, which cannot be counted");
	s = scene("10", "10");
	s.spec.id = "17";
	rejected(s, "\"17\" is not a valid transfer id: use a UUID");
}

/* Below zero by an amount that was named, down to the floor, and never by half or all of what is not there. */
static void an_overdraft(void **state)
{
	(void)state;
	struct scene s = scene("10", "-20");
	s.catalogue.balance_floor = -100;
	s.spec.rule = TRANSFER_AMOUNT;
	s.spec.amount = 110;
	assert_int_equal(play(&s), BODY_SEND);
	assert_int_equal(transfer_facts(s.transfer).source_after, -100);
	assert_int_equal(transfer_facts(s.transfer).destination_after, 90);
	done(&s);
	s.spec.amount = 111;
	rejected(s, "account 104 holds 10 and may go down to -100: too little for the 111 to move");
	s.rows[0][1] = "-99";
	s.spec.amount = 1;
	assert_int_equal(play(&s), BODY_SEND);
	done(&s);
	s.spec.amount = 2;
	rejected(s, "account 104 holds -99 and may go down to -100: too little for the 2 to move");
	s.spec.rule = TRANSFER_HALF;
	rejected(s, "account 104 holds -99: a negative balance cannot be moved");
	s.spec.rule = TRANSFER_ALL;
	rejected(s, "account 104 holds -99: a negative balance cannot be moved");
	s.rows[0][1] = "0";
	rejected(s, "account 104 holds 0: there is nothing to move");
	s = scene("2147483647", "-2147483648");
	s.catalogue.balance_floor = INT32_MIN;
	s.spec.rule = TRANSFER_AMOUNT;
	s.spec.amount = 2147483648;
	rejected(s, "2147483648 is more than one transfer can move: a balance holds at most 2147483647");
	s.catalogue.balance_max = INT64_MAX;
	s.catalogue.balance_floor = -INT64_MAX;
	s.spec.amount = INT64_MAX;
	assert_int_equal(play(&s), BODY_SEND);
	done(&s);
	s.rows[0][1] = "-1";
	rejected(s, "account 104 holds -1 and may go down to -9223372036854775807: too little for the "
		    "9223372036854775807 to move");
}

static void the_limits_of_the_types(void **state)
{
	(void)state;
	struct scene s = scene("2147483647", "1073741824"); /* the half is 1073741823 */
	assert_int_equal(play(&s), BODY_SEND);
	assert_int_equal(transfer_facts(s.transfer).destination_after, INT32_MAX);
	done(&s);
	rejected(scene("2147483647", "1073741825"),
		 "account 107 holds 1073741825 and cannot take 1073741823 more: its balance holds at most 2147483647");
	s = scene("9223372036854775807", "-9223372036854775807");
	s.catalogue.balance_max = INT64_MAX;
	s.spec.rule = TRANSFER_ALL;
	assert_int_equal(play(&s), BODY_SEND);
	assert_int_equal(transfer_facts(s.transfer).destination_after, 0);
	done(&s);
	s.rows[1][1] = "0";
	assert_int_equal(play(&s), BODY_SEND);
	assert_string_equal(s.batch.statements[0].params[0], "9223372036854775807");
	done(&s);
	s.rows[1][1] = "1";
	rejected(s, "account 107 holds 1 and cannot take 9223372036854775807 more: its balance holds at most "
		    "9223372036854775807");
	s.rows[0][1] = "9223372036854775808";
	rejected(s, "the balance of account 104 is 9223372036854775808, which cannot be counted");
}

/* The server knows how ids are spelled, and in which order rows come. */
static void ids_in_another_spelling(void **state)
{
	(void)state;
	struct scene s = scene("10", "20");
	const char *swapped[2][2] = {{"107", "20"}, {"104", "10"}};
	memcpy(s.rows, swapped, sizeof swapped);
	s.spec.source = "0104";
	assert_int_equal(play(&s), BODY_SEND);
	assert_string_equal(s.batch.statements[0].params[1], "104");
	assert_string_equal(s.batch.statements[1].params[1], "107");
	assert_string_equal(transfer_source(s.transfer), "104");
	done(&s);
	s = scene("10", NULL);
	s.spec.destination = "0104";
	s.rows[1][0] = NULL;
	rejected(s, "source and destination are the same account, 104");
	s = scene("0", "1");
	s.spec.source = s.rows[0][0] = "\033[2J\n";
	rejected(s, "account \\x1b[2J\\n holds 0: there is nothing to move");
}

static void without_a_ledger(void **state)
{
	(void)state;
	struct scene s = scene("10", "20");
	s.catalogue.ledger = false;
	play(&s);
	assert_int_equal(s.batch.n, 3);
	assert_string_equal(s.batch.statements[2].sql, "check");
	assert_string_equal(s.batch.statements[2].params[0], "104");
	assert_string_equal(s.batch.statements[2].params[3], "25");
	s.alone = true;
	play(&s);
	assert_int_equal(s.batch.n, 3);
	assert_string_equal(s.batch.statements[2].sql, "check");
	struct ledger_probe probe;
	assert_false(transfer_body(s.transfer)->ops->ledger_probe(transfer_body(s.transfer), &probe));
	done(&s);
}

static void an_update_must_touch_one_row(void **state)
{
	(void)state;
	struct scene s = scene("10", "20");
	struct answer answers[] = {
		{.ok = true, .affected = 1}, {.ok = true, .affected = 0}, {.ok = true, .affected = 1}};
	s.alone = true;
	play(&s);
	assert_string_equal(s.batch.statements[2].sql, "checked");
	assert_int_equal(ask(&s, answers, 3), BODY_REJECT);
	assert_string_equal(s.reason.text,
			    "the update of account 107 touched 0 rows, not one: a rule or trigger of the "
			    "table does not let it be changed");
	play(&s);
	answers[1].affected = 1;
	assert_int_equal(ask(&s, answers, 3), BODY_DONE);
	done(&s);
}

static void check_refused(struct scene *s, size_t index, const char *sqlstate, const char *sentence)
{
	struct body *body = transfer_body(s->transfer);
	struct answer answer = {.message = "", .detail = "", .tag = ""};
	memcpy(answer.sqlstate, sqlstate, sizeof answer.sqlstate);
	err_clear(&s->reason);
	assert_int_equal(body->ops->refused(body, index, &answer, &s->reason), sentence != NULL);
	if (sentence)
		assert_string_equal(s->reason.text, sentence);
}

static void errors_that_are_rejections(void **state)
{
	(void)state;
	struct scene s = scene("10", "20");
	s.catalogue.id_max = INT32_MAX;
	s.spec.destination = "abc";
	s.transfer = transfer_new(&s.catalogue, &s.spec);
	struct body *body = transfer_body(s.transfer);
	body->ops->reset(body, true);
	ask(&s, NULL, 0);
	check_refused(&s, 0, "22P02", "there is no account abc: ids of this table are integers");
	check_refused(&s, 0, "42501", NULL);
	done(&s);
	s.spec.source = "99999999999";
	s.spec.destination = "107";
	play(&s);
	body = transfer_body(s.transfer);
	body->ops->reset(body, true);
	ask(&s, NULL, 0);
	check_refused(&s, 0, "22003", "there is no account 99999999999: ids of this table go up to 2147483647");
	done(&s);
	s = scene("10", "20");
	play(&s);
	check_refused(&s, 1, "22003",
		      "account 107 holds 20 and cannot take 5 more: its balance holds at most 2147483647");
	check_refused(&s, 0, "22003", NULL);
	check_refused(&s, 2, "23502",
		      "the balances of 104 and 107 are not what they must be after this transfer: a rule or trigger of "
		      "the table changes them");
	check_refused(
		&s, 2, "22012",
		"the ledger does not hold what was written there of this transfer: a rule or trigger of transfers "
		"changes it");
	check_refused(&s, 2, "42P01", NULL);
	done(&s);
	s.catalogue.deferred = true;
	play(&s);
	assert_string_equal(s.batch.statements[2].sql, "SET CONSTRAINTS ALL IMMEDIATE");
	check_refused(&s, 2, "23502", NULL);
	check_refused(&s, 3, "23502",
		      "the balances of 104 and 107 are not what they must be after this transfer: a rule or trigger of "
		      "the table changes them");
	done(&s);
}

#define UUID "01234567-89ab-cdef-0123-456789abcdef"

static void an_id_happens_once(void **state)
{
	(void)state;
	struct scene s = scene("10", "20");
	s.spec.id = UUID;
	assert_int_equal(play(&s), BODY_SEND);
	assert_string_equal(s.batch.statements[2].params[0], UUID);
	check_refused(&s, 2, "23505",
		      "transfer id " UUID " is in the ledger already; ask again with it to see what it did");
	s.found[0] = "104";
	s.found[1] = "107";
	s.found[2] = "77";
	assert_int_equal(play(&s), BODY_DONE);
	assert_true(transfer_facts(s.transfer).again);
	assert_int_equal(transfer_facts(s.transfer).amount, 77);
	assert_int_equal(transfer_facts(s.transfer).source_after, 10);
	done(&s);
	s.found[1] = "108";
	rejected(s, "transfer id " UUID
		    " is in the ledger already, for 77 from 104 to 108, and this one is for half from 104 to 107");
	s.found[1] = "107";
	s.spec.rule = TRANSFER_AMOUNT;
	s.spec.amount = 5;
	rejected(s, "transfer id " UUID
		    " is in the ledger already, for 77 from 104 to 107, and this one is for 5 from 104 to 107");
	s.spec.amount = 77;
	assert_int_equal(play(&s), BODY_DONE);
	done(&s);
}

/* What the ledger has counts where the answers were lost: never a balance that nobody read. */
static void what_was_found_is_what_the_ledger_has(void **state)
{
	(void)state;
	struct scene s = scene("10", "20");
	const char *cells[] = {"104", "107", "5"};
	struct rows rows = {.nrows = 1, .ncols = 3, .cells = (void *)cells};
	assert_int_equal(play(&s), BODY_SEND);
	const struct body_ops *ops = transfer_body(s.transfer)->ops;
	ops->found(transfer_body(s.transfer), &rows);
	assert_true(transfer_facts(s.transfer).decided && !transfer_facts(s.transfer).recorded);
	assert_int_equal(transfer_facts(s.transfer).source_after, 5);
	cells[2] = "4";
	ops->found(transfer_body(s.transfer), &rows);
	assert_true(transfer_facts(s.transfer).recorded && !transfer_facts(s.transfer).decided);
	assert_int_equal(transfer_facts(s.transfer).amount, 4);
	ops->reset(transfer_body(s.transfer), true);
	ops->found(transfer_body(s.transfer), &rows);
	assert_true(transfer_facts(s.transfer).recorded);
	done(&s);
}

static void check_word(const char *word, unsigned scale, enum transfer_rule rule, int64_t amount)
{
	enum transfer_rule got;
	int64_t n;
	struct err err;
	struct catalogue catalogue = table();
	catalogue.balance_scale = scale;
	assert_int_equal(transfer_rule_parse(word, &catalogue, &got, &n, &err), ST_OK);
	assert_int_equal(got, rule);
	assert_int_equal(n, amount);
	assert_int_equal(transfer_rule_parse(word, NULL, &got, &n, &err), ST_OK);
	assert_int_equal(got, rule);
}

static void check_no_word(const char *word, unsigned scale, const char *sentence)
{
	enum transfer_rule rule;
	int64_t amount;
	struct err err;
	struct catalogue catalogue = table();
	catalogue.balance_scale = scale;
	assert_int_equal(transfer_rule_parse(word, &catalogue, &rule, &amount, &err), ST_USAGE);
	assert_string_equal(err.text, sentence);
}

static void words_for_amounts(void **state)
{
	(void)state;
	check_word("half", 0, TRANSFER_HALF, 0);
	check_word("all", 2, TRANSFER_ALL, 0);
	check_word("1", 0, TRANSFER_AMOUNT, 1);
	check_word("9223372036854775807", 0, TRANSFER_AMOUNT, INT64_MAX);
	check_word("12.34", 2, TRANSFER_AMOUNT, 1234);
	check_word("12.3", 2, TRANSFER_AMOUNT, 1230);
	check_word("12", 2, TRANSFER_AMOUNT, 1200);
	check_word("0.000000000000000001", 18, TRANSFER_AMOUNT, 1);
	check_no_word("9223372036854775808", 0,
		      "the amount 9223372036854775808 is too large: 9223372036854775807 is the "
		      "most that can be counted");
	check_no_word("92233720368547758.08", 2,
		      "the amount 92233720368547758.08 is too large: 92233720368547758.07 is the "
		      "most that can be counted");
	check_no_word("0", 0, "the amount is 0, and must be 1 or more");
	check_no_word("0.00", 2, "the amount is 0.00, and must be 0.01 or more");
	check_no_word("-5", 0, "the amount is -5, and must be 1 or more");
	check_no_word("-99999999999999999999", 0, "the amount is -99999999999999999999, and must be 1 or more");
	static const char *const none[] = {"", "Half", "12x", "1,5", "1.", ".5", "1e3", "NaN"};
	for (size_t i = 0; i < COUNT_OF(none); i++) {
		char sentence[100];
		snprintf(sentence, sizeof sentence,
			 "\"%s\" is not an amount; use half, all or a number like 12 or 12.34", none[i]);
		check_no_word(none[i], 0, sentence);
		check_no_word(none[i], 2, sentence);
	}
}

/* Even where they are zeros: to some people 1.000 is a thousand. */
static void too_many_decimals(void **state)
{
	(void)state;
	check_no_word("1.5", 0, "the amount 1.5 has decimals, and balances of accounts are whole numbers");
	check_no_word("1.000", 0, "the amount 1.000 has decimals, and balances of accounts are whole numbers");
	check_no_word("12.345", 2, "the amount 12.345 has more decimals than the 2 that can be counted");
	check_no_word("12.340", 2, "the amount 12.340 has more decimals than the 2 that can be counted");
	check_no_word("0.001", 2, "the amount 0.001 has more decimals than the 2 that can be counted");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_is_rounded_down),
		cmocka_unit_test(a_retry_starts_over),
		cmocka_unit_test(each_rejection),
		cmocka_unit_test(an_overdraft),
		cmocka_unit_test(the_limits_of_the_types),
		cmocka_unit_test(ids_in_another_spelling),
		cmocka_unit_test(without_a_ledger),
		cmocka_unit_test(an_update_must_touch_one_row),
		cmocka_unit_test(errors_that_are_rejections),
		cmocka_unit_test(an_id_happens_once),
		cmocka_unit_test(what_was_found_is_what_the_ledger_has),
		cmocka_unit_test(words_for_amounts),
		cmocka_unit_test(too_many_decimals),
	};
	return cmocka_run_group_tests_name("unit/transfer", tests, NULL, NULL);
}
