/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the key decoder: characters, sequences of many terminals, Esc, pastes, and rubbish swallowed whole. */
#include "ui/keys.h"

#include <string.h>

#include "app/keyname.h"
#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/check.h"

/* The names of all keys, with a blank after each. */
static void drain(struct keys *keys, struct buf *out)
{
	struct key key;
	while (keys_next(keys, &key)) {
		char name[KEY_NAME_SIZE];
		key_show(name, &key);
		buf_fmt(out, "%s ", name);
		if (key.code == K_PASTE)
			buf_fmt(out, "[%s]%s ", key.text, key.cut ? "cut" : "");
	}
}

/* Fed at once, and byte by byte: the same keys. */
static void check_bytes(const char *bytes, size_t n, const char *expected)
{
	for (int piecewise = 0; piecewise < 2; piecewise++) {
		struct keys *keys = keys_new();
		struct buf out = {0};
		for (size_t i = 0; piecewise && i < n; i++) {
			keys_feed(keys, bytes + i, 1);
			drain(keys, &out);
		}
		if (!piecewise)
			keys_feed(keys, bytes, n);
		drain(keys, &out);
		if (keys_wait_ms(keys)) {
			keys_settle(keys);
			drain(keys, &out);
		}
		assert_string_equal(buf_text(&out), expected);
		assert_int_equal(keys_wait_ms(keys), 0);
		buf_free(&out);
		keys_free(keys);
	}
}

static void check(const char *bytes, const char *expected)
{
	check_bytes(bytes, strlen(bytes), expected);
}

static void characters(void **state)
{
	(void)state;
	check("jG ,", "j G Space Comma ");
	check("é李\xf0\x9f\x98\x80", "é 李 \xf0\x9f\x98\x80 ");
	check("\r\n\t\x7f\x08", "Enter Enter Tab Backspace Backspace ");
	check("\x01\x03\x1a\x1f", "^A ^C ^Z ^_ ");
	check_bytes("\0", 1, "^@ ");
}

static void broken_utf8_is_unknown(void **state)
{
	(void)state;
	check("\xc3(", "unknown ( ");
	check("\xff", "unknown ");
	check("\xe6\x9d", "unknown unknown ");
	check("\xc2\x9b", "unknown "); /* a CSI of eight bits is not one here */
}

static void arrows_of_many_terminals(void **state)
{
	(void)state;
	check("\x1b[A\x1b[B\x1b[C\x1b[D", "Up Down Right Left ");
	check("\x1bOA\x1bOB\x1bOC\x1bOD", "Up Down Right Left ");
	check("\x1b[1;5A\x1b[1;2B\x1b[1;3C", "C-Up S-Down M-Right ");
	check("\x1b[a\x1b[Z", "S-Up S-Tab ");
}

static void home_end_and_pages(void **state)
{
	(void)state;
	check("\x1b[H\x1b[F\x1bOH\x1bOF", "Home End Home End ");
	check("\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "Home End Home End ");
	check("\x1b[2~\x1b[3~\x1b[5~\x1b[6~", "Insert Delete PgUp PgDn ");
	check("\x1b[5;5~\x1b[3^", "C-PgUp C-Delete ");
}

static void function_keys(void **state)
{
	(void)state;
	check("\x1bOP\x1bOQ\x1bOR\x1bOS", "F1 F2 F3 F4 ");
	check("\x1b[11~\x1b[12~\x1b[13~\x1b[14~\x1b[15~", "F1 F2 F3 F4 F5 ");
	check("\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~", "F6 F7 F8 F9 F10 F11 F12 ");
	check("\x1b[[A\x1b[[E", "F1 F5 ");
	check("\x1b[1;2P\x1b[16~\x1b[22~", "S-F1 unknown unknown ");
}

static void keypad(void **state)
{
	(void)state;
	check("\x1bOM\x1bOp\x1bOy\x1bOk", "Enter 0 9 + ");
}

static struct key mouse_of(const char *bytes)
{
	struct keys *keys = keys_new();
	struct key key;
	keys_feed(keys, bytes, strlen(bytes));
	assert_true(keys_next(keys, &key));
	struct key copy = key;
	assert_false(keys_next(keys, &key)); /* used whole */
	assert_int_equal(keys_wait_ms(keys), 0);
	keys_free(keys);
	return copy;
}

static void the_mouse(void **state)
{
	(void)state;
	struct key key = mouse_of("\x1b[<0;12;345M");
	assert_int_equal(key.code, K_CLICK);
	assert_int_equal(key.x, 11);
	assert_int_equal(key.y, 344);
	assert_int_equal(mouse_of("\x1b[<64;1;1M").code, K_WHEEL_UP);
	assert_int_equal(mouse_of("\x1b[<65;1;1M").code, K_WHEEL_DOWN);
	assert_int_equal(mouse_of("\x1b[<69;1;1M").code, K_WHEEL_DOWN); /* with Shift */
	static const char *const nothing[] = {"\x1b[<0;12;345m", "\x1b[<1;1;1M", "\x1b[<32;1;1M", "\x1b[<66;1;1M",
					      "\x1b[<0;0;1M",    "\x1b[<0;1;0M", "\x1b[<0;1M",    "\x1b[<M",
					      "\x1b[<0;1;1;!M",  "\x1b[<0;1;1~", "\x1b[>0;1;1M"};
	for (size_t i = 0; i < COUNT_OF(nothing); i++)
		assert_int_equal(mouse_of(nothing[i]).code, K_NONE);
	check("\x1b[<65;1;1M\x1b[<0;3;3Mq", "WheelDown Click q ");
	check("\x1b[<65;1", "unknown ");
}

static void escape_alone_needs_time(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	struct key key;
	keys_feed(keys, "\x1b", 1);
	assert_false(keys_next(keys, &key));
	assert_in_range(keys_wait_ms(keys), 1, 50);
	keys_settle(keys);
	assert_true(keys_next(keys, &key));
	assert_int_equal(key.code, K_ESC);
	assert_int_equal(keys_wait_ms(keys), 0);
	keys_free(keys);
}

static void escape_before_other_keys(void **state)
{
	(void)state;
	check("\x1b", "Esc ");
	check("\x1b\x1b", "Esc Esc ");
	check("\x1b\x1b[A", "Esc Up ");
	check("\x1bx\x1b[", "M-x M-[ ");
	check("\x1bO", "M-O ");
}

static void unknown_sequences_are_swallowed_whole(void **state)
{
	(void)state;
	check("\x1b[?1;2cq", "unknown q ");
	check("\x1b[99~q", "unknown q ");
	check("\x1b[38;5;12mq", "unknown q ");
	check("\x1b]11;rgb:0/0/0\x07q", "unknown q ");
	check("\x1bP1$r0m\x1b\\q", "unknown q ");
	check("\x1b[M !!q", "unknown q ");
	check("\x1b[12", "unknown ");
	check("\x1b[1\x1b[A", "unknown Up ");
}

static void terminfo_comes_first(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	struct buf out = {0};
	keys_define(keys, "\x1b[M", K_F1, 0);
	keys_define(keys, "\x1b[225z", K_F1 + 1, 0);
	keys_feed(keys, "\x1b[Mq\x1b[225zq", 11);
	drain(keys, &out);
	assert_string_equal(buf_text(&out), "F1 q F2 q ");
	buf_free(&out);
	keys_free(keys);
}

static void pastes_are_one_harmless_line(void **state)
{
	(void)state;
	check("\x1b[200~goto 5\x1b[201~q", "paste [goto 5] q ");
	check("\x1b[200~a\r\nb\nc\td\x1b[A\x03\x1b[201~", "paste [a b c d[A] ");
	check("\x1b[200~\xff李\xc2\x9b\x1b[201~", "paste [李] ");
	check("\x1b[200~\x1b[201~", "paste [] ");
	check("\x1b[200~never ended", "paste [never ended] ");
}

static void long_pastes_are_cut(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	struct key key;
	keys_feed(keys, "\x1b[200~", 6);
	for (int i = 0; i < 10000; i++)
		keys_feed(keys, "0123456789", 10);
	assert_false(keys_next(keys, &key));
	keys_feed(keys, "\x1b[201~", 6);
	assert_true(keys_next(keys, &key));
	assert_int_equal(strlen(key.text), KEYS_PASTE_MAX);
	assert_true(key.cut);
	assert_false(keys_next(keys, &key));
	keys_free(keys);
}

static void dropped_keys_are_gone(void **state)
{
	(void)state;
	struct keys *keys = keys_new();
	struct key key;
	keys_feed(keys, "yyy\x1b[200~y", 10);
	assert_true(keys_next(keys, &key));
	keys_drop(keys);
	assert_false(keys_next(keys, &key));
	assert_int_equal(keys_wait_ms(keys), 0);
	keys_free(keys);
}

static void names(void **state)
{
	(void)state;
	static const char *const known[] = {"j",   ":",     "?",      "Space", "Comma", "^C",
					    "F12", "S-Tab", "C-Left", "PgDn",  "-",     "é"};
	static const char *const unknown[] = {"", "jj", "F13", "^CC", "Return", "paste", "C-"};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		assert_true(keyname_known(known[i]));
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		assert_false(keyname_known(unknown[i]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters),
		cmocka_unit_test(broken_utf8_is_unknown),
		cmocka_unit_test(arrows_of_many_terminals),
		cmocka_unit_test(home_end_and_pages),
		cmocka_unit_test(function_keys),
		cmocka_unit_test(keypad),
		cmocka_unit_test(the_mouse),
		cmocka_unit_test(escape_alone_needs_time),
		cmocka_unit_test(escape_before_other_keys),
		cmocka_unit_test(unknown_sequences_are_swallowed_whole),
		cmocka_unit_test(terminfo_comes_first),
		cmocka_unit_test(pastes_are_one_harmless_line),
		cmocka_unit_test(long_pastes_are_cut),
		cmocka_unit_test(dropped_keys_are_gone),
		cmocka_unit_test(names),
	};
	return cmocka_run_group_tests_name("ui/keys", tests, NULL, NULL);
}
