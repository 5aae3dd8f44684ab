/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of what can be set while teller runs: settings and levers, what each says, and that a wrong word changes
 * nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "base/mem.h"
#include "cli/run.h"
#include "cli/settings.h"
#include "tests/support/check.h"
#include "verb/verb.h"

struct said {
	struct buf text;
	enum status status;
};

static struct said said;
static struct app *app;

static void on_say(void *self, enum status status, const char *text)
{
	(void)self;
	(void)status;
	buf_fmt(&said.text, "%s\n", text);
}

static void on_done(void *arg, enum status status)
{
	(void)arg;
	said.status = status;
}

static int open_app(void **state)
{
	(void)state;
	struct settings settings = {0};
	struct err err;
	char *argv[] = {"teller"};
	assert_int_equal(settings_parse(&settings, 1, argv, &err), ST_OK);
	app = app_new(&settings);
	app->face = (struct face){.say = on_say};
	app->phase = PHASE_FAILED; /* nothing here may connect */
	return 0;
}

static int close_app(void **state)
{
	(void)state;
	app_free(app);
	buf_free(&said.text);
	return 0;
}

static void check_line(const char *line, enum status status, const char *sentence)
{
	buf_clear(&said.text);
	command_run(app, line, on_done, NULL);
	if (said.status != status || !strstr(buf_text(&said.text), sentence))
		fail_msg("%s: %d: %s", line, (int)said.status, buf_text(&said.text));
}

static void check_begins(const char *line, const char *beginning)
{
	check_line(line, ST_USAGE, beginning);
	assert_ptr_equal(strstr(said.text.p, beginning), said.text.p);
}

static void check_armed(const char *text)
{
	struct buf armed = {0};
	app_armed(&armed, app);
	assert_string_equal(buf_text(&armed), text);
	buf_free(&armed);
}

static void inject_arms_and_disarms(void **state)
{
	(void)state;
	const struct txn_inject *inject = txn_inject(app->txn);
	check_armed("");
	check_line("inject", ST_OK, "inject off");
	check_line("inject 2", ST_OK, "inject 2; the server will fail the next 2 attempts");
	assert_int_equal(inject->fail, 2);
	check_line("delay 500", ST_OK, "delay 500 ms before each round trip");
	check_line("inject cut", ST_OK, "inject 2, cut; ");
	check_line("inject cut-before", ST_OK, "inject 2, cut, cut-before; ");
	assert_true(inject->cut && inject->cut_before);
	check_armed("INJECT 2  CUT ARMED  CUT-BEFORE ARMED  DELAY 500 ms");
	check_line("inject off", ST_OK, "inject off: nothing will be injected");
	assert_true(!inject->fail && !inject->cut && !inject->cut_before && inject->delay_ms == 500);
	check_line("delay", ST_OK, "delay 500 ms");
	check_line("delay off", ST_OK, "delay off");
	check_armed("");
}

static void every_setting_that_is_offered_is_there(void **state)
{
	(void)state;
	const struct command *set = command_exact("set");
	for (const char *name = set->args[0].name; *name; name += strcspn(name, "|"), name += *name == '|') {
		char line[80];
		snprintf(line, sizeof line, "set %.*s", (int)strcspn(name, "|"), name);
		check_line(line, ST_OK, line + strlen("set "));
	}
}

static void wrong_words_change_nothing(void **state)
{
	(void)state;
	struct txn_options before = app->settings.txn;
	check_line("inject 40001x", ST_USAGE, "inject takes a whole number from 1 to 1000");
	check_line("inject 0", ST_USAGE, "inject takes a whole number");
	check_line("inject fire", ST_USAGE, "cut, cut-before, node or off, not \"fire\"");
	check_line("delay -1", ST_USAGE, "delay takes milliseconds or off");
	check_line("delay 99999999", ST_USAGE, "delay takes a whole number from 0 to 60000");
	check_line("protocol saveopint", ST_USAGE, "auto|savepoint|restart|none, not \"saveopint\"");
	check_line("wire wireless", ST_USAGE, "pipeline|step|oneshot, not \"wireless\"");
	check_line("set attempts 0", ST_USAGE, "attempts takes a whole number from 1");
	check_begins("set attempts 0", "attempts takes");
	check_begins("set protocol x", "protocol is one of");
	check_begins("protocol x", "protocol is one of");
	check_begins("set wire x", "wire is one of");
	check_begins("wire x", "wire is one of");
	check_begins("set isolation x", "isolation is one of");
	check_begins("set backoff x", "backoff BASE takes");
	check_begins("set backoff 1,x", "backoff CAP takes");
	check_line("set backoff 10,x", ST_USAGE, "whole number");
	check_line("set backoff x", ST_USAGE, "whole number");
	check_line("set time 0", ST_USAGE, "time takes a whole number from 1");
	check_line("set speed 5", ST_USAGE, "there is no setting \"speed\"; there are protocol, wire, attempts");
	assert_memory_equal(&app->settings.txn, &before, sizeof before);
	check_armed("");
}

static void protocol_without_a_word_is_the_next(void **state)
{
	(void)state;
	static const struct {
		enum txn_protocol protocol;
		const char *sentence;
	} turns[] = {
		{PROTOCOL_SAVEPOINT, "protocol savepoint: "},
		{PROTOCOL_RESTART, "protocol restart: "},
		{PROTOCOL_NONE, "protocol none: nothing is retried"},
		{PROTOCOL_AUTO, "protocol auto: savepoint on CockroachDB, restart on PostgreSQL"},
	};
	for (size_t i = 0; i < COUNT_OF(turns); i++) {
		check_line("protocol", ST_OK, turns[i].sentence);
		assert_int_equal(app->settings.txn.protocol, turns[i].protocol);
	}
	check_line("protocol none", ST_OK, "protocol none");
	assert_int_equal(app->settings.txn.protocol, PROTOCOL_NONE);
}

static void wire_says_what_is_set(void **state)
{
	(void)state;
	check_line("wire", ST_OK, "wire pipeline: as few round trips");
	check_line("wire oneshot", ST_OK, "wire oneshot: the whole transfer in one round trip");
	assert_int_equal(app->settings.txn.wire, WIRE_ONESHOT);
	check_line("wire", ST_OK, "wire oneshot");
}

static void set_sets_and_lists(void **state)
{
	(void)state;
	const struct txn_options *options = &app->settings.txn;
	check_line("set attempts 4", ST_OK, "attempts 4 in all");
	check_line("set time 7", ST_OK, "time 7 s");
	check_line("set backoff 30,90", ST_OK, "backoff 30,90 ms: waits of up to 30 ms, then twice that, to 90 ms");
	check_line("set protocol restart", ST_OK, "protocol restart");
	check_line("set wire step", ST_OK, "wire step: one statement a round trip");
	check_line("set inject cut", ST_OK, "inject cut; ");
	check_line("set delay 5", ST_OK, "delay 5 ms");
	check_line("set isolation 'Repeatable Read'", ST_OK, "isolation repeatable-read: ");
	check_line("set locking", ST_OK, "locking auto: transfers read accounts FOR UPDATE on CockroachDB");
	check_line("set locking on", ST_OK, "locking on: transfers read accounts FOR UPDATE, unless");
	check_line("set locking maybe", ST_USAGE, "locking is one of auto|on|off");
	assert_int_equal(options->max_attempts, 4);
	assert_int_equal(options->max_elapsed_ms, 7000);
	assert_int_equal(options->backoff_base_ms, 30);
	assert_int_equal(options->backoff_cap_ms, 90);
	check_line("set time", ST_OK, "time 7 s");
	check_line("set", ST_OK, "");
	static const char *const lines[] = {"protocol        restart",  "wire            step",
					    "attempts        4",        "time            7 s",
					    "backoff         30,90 ms", "delay           5 ms",
					    "inject          cut",      "isolation       repeatable-read: ",
					    "locking         on: "};
	const char *at = buf_text(&said.text);
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		at = strstr(at, lines[i]);
		assert_non_null(at);
	}
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(inject_arms_and_disarms, open_app, close_app),
		cmocka_unit_test_setup_teardown(every_setting_that_is_offered_is_there, open_app, close_app),
		cmocka_unit_test_setup_teardown(wrong_words_change_nothing, open_app, close_app),
		cmocka_unit_test_setup_teardown(protocol_without_a_word_is_the_next, open_app, close_app),
		cmocka_unit_test_setup_teardown(wire_says_what_is_set, open_app, close_app),
		cmocka_unit_test_setup_teardown(set_sets_and_lists, open_app, close_app),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
