/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts: read, written, halved, and what they refuse, at every scale and at the limits. */
#include "bank/amount.h"

#include "base/mem.h"
#include "tests/support/check.h"

static void check_fault(const char *text, unsigned scale, enum amount_fault fault)
{
	int64_t units = 7;
	if (amount_parse(text, scale, &units) != fault)
		fail_msg("\"%s\" at scale %u", text, scale);
	assert_int_equal(units, 0);
}

static void check_units(const char *text, unsigned scale, int64_t units)
{
	int64_t got = 0;
	if (amount_parse(text, scale, &got) != AMOUNT_FINE || got != units)
		fail_msg("\"%s\" at scale %u is %lld, not %lld", text, scale, (long long)got, (long long)units);
}

static void numbers_are_read_exactly(void **state)
{
	(void)state;
	check_units("0", 0, 0);
	check_units("-0", 0, 0);
	check_units("007", 0, 7);
	check_units("12.34", 2, 1234);
	check_units("12.3", 2, 1230);
	check_units("12", 2, 1200);
	check_units("-0.01", 2, -1);
	check_units("0.001", 3, 1);
	check_units("12.3400", 2, 1234);
	check_units("5.000", 0, 5);
	check_units("0.000000000000000001", 18, 1);
	check_units("-0.999999999999999999", 18, -999999999999999999);
	check_units("9999999999999999.99", 2, 999999999999999999);
	check_units("00000000000000000000000000000000000001.5", 1, 15);
}

static void what_is_no_number(void **state)
{
	(void)state;
	static const char *const words[] = {"",    "-",     "+1",   ".",        ".5",   "5.",  "1.2.3",
					    "1,5", "1 ",    " 1",   "1e3",      "0x10", "--1", "-.5",
					    "NaN", "12.3a", "1.-5", "Infinity", "1.5\n"};
	for (size_t i = 0; i < COUNT_OF(words); i++)
		for (unsigned scale = 0; scale <= 2; scale++)
			check_fault(words[i], scale, AMOUNT_NO_NUMBER);
}

static void parts_of_a_unit_are_refused(void **state)
{
	(void)state;
	check_fault("0.5", 0, AMOUNT_TOO_FINE);
	check_fault("12.345", 2, AMOUNT_TOO_FINE);
	check_fault("12.3400000000000000000000000000001", 2, AMOUNT_TOO_FINE);
	check_fault("0.0000000000000000001", 18, AMOUNT_TOO_FINE);
}

static void the_limits(void **state)
{
	(void)state;
	check_units("9223372036854775807", 0, INT64_MAX);
	check_units("-9223372036854775808", 0, INT64_MIN);
	check_fault("9223372036854775808", 0, AMOUNT_TOO_LARGE);
	check_fault("-9223372036854775809", 0, AMOUNT_TOO_LARGE);
	check_units("92233720368547758.07", 2, INT64_MAX);
	check_fault("92233720368547758.08", 2, AMOUNT_TOO_LARGE);
	check_fault("9223372036854775807", 1, AMOUNT_TOO_LARGE);
	check_fault("10", 18, AMOUNT_TOO_LARGE);
	check_units("9.223372036854775807", 18, INT64_MAX);
	check_fault("99999999999999999999999999", 0, AMOUNT_TOO_LARGE);
	check_units("0", 18, 0);
}

static void check_shown(int64_t units, unsigned scale, const char *text)
{
	assert_string_equal(amount_show(units, scale).text, text);
	check_units(text, scale, units);
}

static void what_is_shown_is_read_again(void **state)
{
	(void)state;
	check_shown(0, 0, "0");
	check_shown(0, 2, "0.00");
	check_shown(1, 2, "0.01");
	check_shown(-1, 2, "-0.01");
	check_shown(-100, 2, "-1.00");
	check_shown(1234, 2, "12.34");
	check_shown(1234, 0, "1234");
	check_shown(5, 18, "0.000000000000000005");
	check_shown(INT64_MAX, 0, "9223372036854775807");
	check_shown(INT64_MIN, 0, "-9223372036854775808");
	check_shown(INT64_MIN, 18, "-9.223372036854775808");
	check_shown(INT64_MAX, 1, "922337203685477580.7");
}

static void digits_behind_the_point(void **state)
{
	(void)state;
	assert_int_equal(amount_decimals("12"), 0);
	assert_int_equal(amount_decimals("12."), 0);
	assert_int_equal(amount_decimals("12.340"), 3);
}

static void halves_are_rounded_down(void **state)
{
	(void)state;
	assert_int_equal(amount_half(0), 0);
	assert_int_equal(amount_half(1), 0);
	assert_int_equal(amount_half(1001), 500);
	assert_int_equal(amount_half(-1), -1);
	assert_int_equal(amount_half(-2), -1);
	assert_int_equal(amount_half(INT64_MAX), INT64_MAX / 2);
	assert_int_equal(amount_half(INT64_MIN), INT64_MIN / 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_exactly),    cmocka_unit_test(what_is_no_number),
		cmocka_unit_test(parts_of_a_unit_are_refused), cmocka_unit_test(the_limits),
		cmocka_unit_test(what_is_shown_is_read_again), cmocka_unit_test(digits_behind_the_point),
		cmocka_unit_test(halves_are_rounded_down),
	};
	return cmocka_run_group_tests_name("unit/amount", tests, NULL, NULL);
}
