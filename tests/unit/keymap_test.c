/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the keymap: the language it is written in, and that every default key means a command that exists. */
#include "app/keymap.h"

#include <stdio.h>
#include <string.h>

#include "app/command.h"
#include "base/asset.h"
#include "tests/support/check.h"
#include "verb/verb.h"

static struct keymap *parsed(const char *text)
{
	struct keymap *keymap = keymap_new();
	struct err err = {0};
	assert_int_equal(keymap_parse(keymap, text, &err), ST_OK);
	return keymap;
}

static void check_error(const char *text, const char *part)
{
	struct keymap *keymap = keymap_new();
	struct err err = {0};
	assert_int_equal(keymap_parse(keymap, text, &err), ST_USAGE);
	assert_non_null(strstr(err.text, part));
	keymap_free(keymap);
}

static void parts_of_a_line(void **state)
{
	(void)state;
	struct keymap *keymap = parsed("# a comment\n\n  log  Up,k   up 3  ; [up] three lines up  \nglobal : prompt");
	const struct binding *binding = keymap_find(keymap, "log", "k");
	assert_non_null(binding);
	assert_string_equal(binding->command, "up 3");
	assert_string_equal(binding->hint, "up");
	assert_string_equal(binding->note, "three lines up");
	assert_ptr_equal(keymap_find(keymap, "log", "Up"), binding);
	assert_string_equal(keymap_find(keymap, "global", ":")->note, "");
	assert_null(keymap_find(keymap, "log", "j"));
	assert_null(keymap_find(keymap, "accounts", "k"));
	keymap_free(keymap);
}

static void later_lines_win(void **state)
{
	(void)state;
	struct keymap *keymap = parsed("log f follow\nlog f errors\n");
	assert_string_equal(keymap_find(keymap, "log", "f")->command, "errors");
	keymap_free(keymap);
}

static void digits_are_put_in(void **state)
{
	(void)state;
	struct keymap *keymap = parsed("global digit prompt goto %\n");
	struct buf out = {0};
	const struct binding *binding = keymap_find(keymap, "global", "7");
	assert_non_null(binding);
	keymap_command(&out, binding, "7");
	assert_string_equal(buf_text(&out), "prompt goto 7");
	buf_clear(&out);
	keymap_keys(&out, binding);
	assert_string_equal(buf_text(&out), "0-9");
	assert_null(keymap_find(keymap, "global", "x"));
	buf_free(&out);
	keymap_free(keymap);
}

static void errors_name_the_line(void **state)
{
	(void)state;
	check_error("log f follow\nacounts s source\n", "line 2: unknown context 'acounts'");
	check_error("log Return full\n", "'Return'");
	check_error("log Up,Dwn up\n", "'Dwn'");
	check_error("log f\n", "line 1");
	check_error("log\n", "line 1");
}

static void every_default_key_means_something(void **state)
{
	(void)state;
	size_t n;
	struct keymap *keymap = parsed(asset_keymap_conf);
	const struct binding *all = keymap_all(keymap, &n);
	assert_true(n > 30);
	for (size_t i = 0; i < n; i++) {
		char name[40];
		snprintf(name, sizeof name, "%.*s", (int)strcspn(all[i].command, " "), all[i].command);
		bool answer = strcmp(all[i].context, "review") == 0 && (!strcmp(name, "yes") || !strcmp(name, "no"));
		if (!answer && !command_exact(name))
			fail_msg("%s %s: there is no command %s", all[i].context, all[i].keys, name);
		assert_true(all[i].note[0] != '\0');
	}
	keymap_free(keymap);
}

/* Nothing else in the keymap may answer the question of the review box. */
static void only_y_is_yes(void **state)
{
	(void)state;
	size_t n;
	struct keymap *keymap = parsed(asset_keymap_conf);
	const struct binding *all = keymap_all(keymap, &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].command, "yes") == 0) {
			assert_string_equal(all[i].keys, "y");
			assert_string_equal(all[i].context, "review");
		}
	keymap_free(keymap);
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_of_a_line),
		cmocka_unit_test(later_lines_win),
		cmocka_unit_test(digits_are_put_in),
		cmocka_unit_test(errors_name_the_line),
		cmocka_unit_test(every_default_key_means_something),
		cmocka_unit_test(only_y_is_yes),
	};
	return cmocka_run_group_tests_name("unit/keymap", tests, NULL, NULL);
}
