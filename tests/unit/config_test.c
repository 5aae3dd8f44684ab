/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the configuration file: what it sets, what is wrong in it and where, and files that mean harm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/config.h"
#include "cli/settings.h"
#include "tests/support/check.h"
#include "verb/verb.h"

static char dir[64], path[80];

static int config_setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/teller-config.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/config", dir);
	return 0;
}

static int config_teardown(void **state)
{
	(void)state;
	rmdir(path);
	unlink(path);
	return rmdir(dir);
}

static void config_put(const char *text, size_t n)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

/* The settings of `teller --config FILE` and up to two words more. */
static struct settings config_of(const char *one, const char *two)
{
	struct settings settings = {0};
	struct err err = {0};
	char *argv[] = {"teller", "--config", path, (char *)(uintptr_t)one, (char *)(uintptr_t)two};
	int argc = one ? two ? 5 : 4 : 3;
	if (settings_parse(&settings, argc, argv, &err))
		fail_msg("%s", err.text);
	return settings;
}

static struct settings config_text(const char *text)
{
	config_put(text, strlen(text));
	return config_of(NULL, NULL);
}

static void check_fault(const char *text, size_t n, unsigned line, const char *why)
{
	char place[120];
	config_put(text, n);
	struct settings settings = config_of(NULL, NULL);
	snprintf(place, sizeof place, "%s:%u: ", path, line);
	const char *said = settings.config.nfaults == 1 ? settings.config.faults[0].text : "";
	if (strncmp(said, place, strlen(place)) != 0 || !strstr(said, why))
		fail_msg("%zu faults, the first is: %s; wanted %s%s", settings.config.nfaults, said, place, why);
	assert_int_equal(settings.txn.max_attempts, 3); /* the rest holds */
	settings_free(&settings);
}

#define REST "set attempts 3\n"
#define CHECK_FAULT(line, why) check_fault(REST line "\n", sizeof(REST line), 2, why)

static void a_file_sets(void **state)
{
	(void)state;
	struct settings s =
		config_text("# mine\n\n  set wire pipeline\nset protocol=restart # and why\nset 'mouse' off\n"
			    "set time 7\nset color never\nset ascii on\nset format json");
	assert_int_equal(s.config.nfaults, 0);
	assert_int_equal(s.txn.wire, WIRE_PIPELINE);
	assert_int_equal(s.txn.protocol, PROTOCOL_RESTART);
	assert_int_equal(s.txn.max_elapsed_ms, 7000);
	assert_true(s.no_mouse && s.ascii);
	assert_int_equal(s.color, COLOR_NEVER);
	assert_int_equal(s.format, FORMAT_JSON);
	settings_free(&s);
}

static void options_win(void **state)
{
	(void)state;
	config_put("set wire oneshot\nset attempts 3\n", 32);
	struct settings s = config_of("--wire", "step");
	assert_int_equal(s.txn.wire, WIRE_STEP);
	assert_int_equal(s.txn.max_attempts, 3);
	settings_free(&s);
}

static const char *command_of(const struct settings *settings, const char *context, const char *key)
{
	const struct binding *binding = keymap_find(settings->config.keymap, context, key);
	return binding ? binding->command : "";
}

static void keys_are_bound(void **state)
{
	(void)state;
	struct settings s =
		config_text("bind F12 list --limit 3 ; [three] the first three\nbind log x,X errors\n"
			    "bind accounts s dest\nunbind accounts d\nbind '#' ledger\nbind global 5 log\n");
	for (size_t i = 0; i < s.config.nfaults; i++)
		fail_msg("%s", s.config.faults[i].text);
	assert_string_equal(command_of(&s, "global", "F12"), "list --limit 3");
	assert_string_equal(keymap_find(s.config.keymap, "global", "F12")->hint, "three");
	assert_string_equal(command_of(&s, "log", "X"), "errors");
	assert_string_equal(command_of(&s, "accounts", "s"), "dest");
	assert_string_equal(command_of(&s, "transfer", "s"), "source"); /* another place */
	assert_string_equal(command_of(&s, "accounts", "d"), "");
	assert_string_equal(command_of(&s, "global", "#"), "ledger");
	assert_string_equal(command_of(&s, "global", "5"), "log");
	assert_string_equal(command_of(&s, "global", "6"), "prompt goto %");
	settings_free(&s);
}

/* Of a line with several keys only the one that is bound anew is taken. */
static void other_keys_stay(void **state)
{
	(void)state;
	size_t n;
	struct settings s = config_text("bind k ledger\n");
	assert_string_equal(command_of(&s, "global", "Up"), "up");
	assert_string_equal(command_of(&s, "global", "k"), "ledger");
	const struct binding *all = keymap_all(s.config.keymap, &n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].command, "up") == 0 && strcmp(all[i].context, "global") == 0)
			assert_string_equal(all[i].keys, "Up");
	settings_free(&s);
}

static void faults_name_their_line(void **state)
{
	(void)state;
	CHECK_FAULT("set wire carrier-pigeon", "wire is one of");
	CHECK_FAULT("set colour never", "a configuration sets protocol, wire");
	CHECK_FAULT("set attempts", "set attempts needs one value");
	CHECK_FAULT("set", "set needs a name and a value");
	CHECK_FAULT("set inject 3", "not \"inject\"");
	CHECK_FAULT("bind", "bind needs a key and a command");
	CHECK_FAULT("bind F12", "bind needs a key and a command");
	CHECK_FAULT("bind Return ledger", "no key is called 'Return'");
	CHECK_FAULT("bind F12 no-such-thing", "there is no command no-such-thing");
	CHECK_FAULT("unbind F12", "F12 is bound to nothing");
	CHECK_FAULT("bnid F12 ledger", "did you mean bind?");
	CHECK_FAULT("bind F12 'ledger", "a quote is not closed");
}

/* As a shell's alias has it: all of the command in quotes. Quotes inside it are the command's own. */
static void a_command_may_be_in_quotes(void **state)
{
	(void)state;
	struct settings s = config_text("bind F12 \"transfer 1 2 half\"\nalias mv 'transfer 1 2'\n"
					"bind accounts x 'list --limit 3' ; [three] the first three\n"
					"bind log y 'filter owner = ''Ada B'''\nalias one \"count\"\n");
	for (size_t i = 0; i < s.config.nfaults; i++)
		fail_msg("%s", s.config.faults[i].text);
	assert_string_equal(command_of(&s, "global", "F12"), "transfer 1 2 half");
	assert_string_equal(named_find(&s.config.aliases, "mv"), "transfer 1 2");
	assert_string_equal(named_find(&s.config.aliases, "one"), "count");
	assert_string_equal(command_of(&s, "accounts", "x"), "list --limit 3");
	assert_string_equal(keymap_find(s.config.keymap, "accounts", "x")->hint, "three");
	assert_string_equal(command_of(&s, "log", "y"), "filter owner = 'Ada B'");
	settings_free(&s);
	CHECK_FAULT("alias pay 'transfer 1 2 half --yes'", "--yes cannot be given beforehand");
	CHECK_FAULT("bind F12 'transfer 1 2 half --yes'", "--yes cannot be given beforehand");
	CHECK_FAULT("bind F12 'nothing 1 2'", "there is no command nothing");
	CHECK_FAULT("alias x ''", "an alias stands for a command");
	CHECK_FAULT("bind F12 'list \"'", "a quote is not closed");
}

static void aliases_stand_for_commands(void **state)
{
	(void)state;
	struct settings s =
		config_text("bind F12 rich 5\nalias rich list --limit # the first\nalias half transfer 1 2 half\n"
			    "unalias half\n");
	for (size_t i = 0; i < s.config.nfaults; i++)
		fail_msg("%s", s.config.faults[i].text);
	assert_string_equal(named_find(&s.config.aliases, "rich"), "list --limit");
	assert_null(named_find(&s.config.aliases, "half"));
	assert_string_equal(command_of(&s, "global", "F12"), "rich 5"); /* wherever the alias stands */
	settings_free(&s);
	CHECK_FAULT("alias", "alias needs a name and a command");
	CHECK_FAULT("alias rich", "alias needs a name and a command");
	CHECK_FAULT("alias list count", "list is the command list already");
	CHECK_FAULT("alias q count", "q is the command quit already");
	CHECK_FAULT("alias transf count", "transf is the command transfer already");
	CHECK_FAULT("alias 104 count", "a name is a letter, then letters");
	CHECK_FAULT("alias a/b count", "a name is a letter, then letters");
	CHECK_FAULT("alias x x", "an alias stands for a command, and x is none");
	CHECK_FAULT("alias pay transfer 1 2 half --yes", "--yes cannot be given beforehand");
	struct buf many = {0};
	for (int i = 0; i < 201; i++)
		buf_fmt(&many, "alias x%d count\n", i);
	s = config_text(buf_text(&many));
	assert_int_equal(s.config.nfaults, 1);
	assert_non_null(strstr(s.config.faults[0].text, ":201: there are 200 names already"));
	settings_free(&s);
	buf_free(&many);
}

static void check_server(const char *text, const char *word, const char *target)
{
	config_put(text, strlen(text));
	struct settings s = config_of(word, NULL);
	assert_int_equal(s.config.nfaults, 0);
	assert_string_equal(s.conninfo.target, target);
	settings_free(&s);
}

static void servers_have_names(void **state)
{
	(void)state;
	static const char text[] =
		"server prod service=prod\nserver test host=h port=5433 user='a b' dbname=bank # mine\n"
		"server crdb crdb://root@h/bank\n";
	check_server(text, "@prod", "service=prod");
	check_server(text, "@test", "host=h port=5433 user='a b' dbname=bank");
	check_server(text, "--dbname=@crdb", "postgresql://root@h:26257/bank");
	struct settings settings = {0};
	struct err err = {0};
	char *argv[] = {"teller", "--config", path, "@prdo"};
	assert_int_equal(settings_parse(&settings, 4, argv, &err), ST_USAGE);
	assert_non_null(strstr(err.text, "there is no server \"prdo\"; a line `server prdo CONNINFO`"));
	settings_free(&settings);
	CHECK_FAULT("server prod", "server needs a name and a place");
	CHECK_FAULT("server 'a b' service=x", "a name is a letter");
	CHECK_FAULT("server prod mysql://h/x", "server prod: there is no scheme mysql://");
}

/* A password is taken only from a file that nobody else can read, and never said. */
static void passwords_are_secret(void **state)
{
	(void)state;
	static const char *const lines[] = {"server prod host=h password=s3cret\n",
					    "server prod postgresql://u:s3cret@h/x\n"};
	for (size_t i = 0; i < 2; i++) {
		struct settings s = config_text(lines[i]);
		assert_int_equal(s.config.nfaults, 0);
		assert_non_null(named_find(&s.config.servers, "prod"));
		settings_free(&s);
		assert_int_equal(chmod(path, 0640), 0);
		s = config_of(NULL, NULL);
		assert_int_equal(s.config.nfaults, 1);
		assert_non_null(
			strstr(s.config.faults[0].text, "server prod has a password, and others can read this file"));
		assert_null(strstr(s.config.faults[0].text, "s3cret"));
		assert_null(named_find(&s.config.servers, "prod"));
		settings_free(&s);
	}
	struct settings s = config_text("postgresql://u:s3cret@h/x\n");
	assert_int_equal(s.config.nfaults, 1);
	assert_null(strstr(s.config.faults[0].text, "s3cret"));
	settings_free(&s);
}

/* Nothing in the file does anything to a server, or answers a question. */
static void nothing_moves_money(void **state)
{
	(void)state;
	CHECK_FAULT("transfer 104 107 half --yes", "a configuration has no command transfer");
	CHECK_FAULT("rival on", "a configuration has no command rival");
	CHECK_FAULT("load", "a configuration has no command load");
	CHECK_FAULT("bind F12 transfer 104 107 half --yes", "--yes cannot be given beforehand");
	CHECK_FAULT("bind F12 prompt transfer 104 107 half --yes", "--yes cannot be given beforehand");
	CHECK_FAULT("bind review Space yes", "there is no command yes");
	CHECK_FAULT("bind review Space ledger", "the keys that answer a question stay");
	CHECK_FAULT("unbind review n", "the keys that answer a question stay");
	CHECK_FAULT("bind ^C ledger", "^C stops what runs");
	CHECK_FAULT("set yes on", "not \"yes\"");
}

static void hostile_lines(void **state)
{
	(void)state;
	CHECK_FAULT("set wire \x1b[2Jstep", "a control character (\\x1b)");
	CHECK_FAULT("set wire \0step", "a control character (\\x00)");
	CHECK_FAULT("bind \xc2\x9b ledger", "a control character (\\x9b)");
	CHECK_FAULT("bind \xff ledger", "it is not UTF-8");
	char line[5200] = REST "bind F12 ledger ";
	memset(line + strlen(line), 'x', sizeof line - 1 - strlen(line));
	check_fault(line, sizeof line - 1, 2, "the line is longer than 4096 bytes");
}

static void ends_of_lines(void **state)
{
	(void)state;
	struct settings s = config_text("\xef\xbb\xbfset attempts 3\r\nbind F12 ledger\r\n\r\n\tset wire step\r");
	assert_int_equal(s.config.nfaults, 0);
	assert_int_equal(s.txn.max_attempts, 3);
	assert_int_equal(s.txn.wire, WIRE_STEP);
	assert_string_equal(command_of(&s, "global", "F12"), "ledger");
	settings_free(&s);
	s = config_text("");
	assert_int_equal(s.config.nfaults, 0);
	settings_free(&s);
}

static void too_many_faults_are_counted(void **state)
{
	(void)state;
	struct buf text = {0};
	for (int i = 0; i < 5000; i++)
		buf_str(&text, "nonsense\n");
	struct settings s = config_text(buf_text(&text));
	assert_int_equal(s.config.nfaults, 21);
	assert_non_null(strstr(s.config.faults[20].text, "more faults"));
	settings_free(&s);
	buf_free(&text);
}

/* The user's own file is passed over with a fault; one that was named is an error. */
static void check_unread(const char *why)
{
	struct settings settings = {0};
	struct err err = {0};
	char *argv[] = {"teller", "--config", path};
	assert_int_equal(settings_parse(&settings, 3, argv, &err), ST_OWN);
	if (!strstr(err.text, why) || !strstr(err.text, path))
		fail_msg("%s; wanted: %s", err.text, why);
	settings_free(&settings);
	char parent[80], own[96];
	snprintf(parent, sizeof parent, "%s/teller", dir);
	snprintf(own, sizeof own, "%s/config", parent);
	assert_int_equal(mkdir(parent, 0700), 0);
	bool there = rename(path, own) == 0;
	setenv("XDG_CONFIG_HOME", dir, 1);
	settings = (struct settings){0};
	assert_int_equal(settings_parse(&settings, 1, argv, &err), ST_OK);
	assert_int_equal(settings.config.nfaults, there);
	if (there)
		assert_non_null(strstr(settings.config.faults[0].text, why));
	settings_free(&settings);
	unsetenv("XDG_CONFIG_HOME");
	if (there)
		assert_int_equal(rename(own, path), 0);
	assert_int_equal(rmdir(parent), 0);
}

static void what_is_no_file_of_ours(void **state)
{
	(void)state;
	unlink(path);
	check_unread("No such file");
	assert_int_equal(mkdir(path, 0700), 0);
	check_unread("it is a directory");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_unread("a device or pipe");
	assert_int_equal(unlink(path), 0);
	config_put(REST, strlen(REST));
	assert_int_equal(chmod(path, 0602), 0);
	check_unread("every user can write to it");
	if (geteuid() == 0) {
		assert_int_equal(chmod(path, 0600) + chown(path, 65534, 65534), 0);
		check_unread("it belongs to another user");
	} else {
		assert_int_equal(chmod(path, 0200), 0);
		check_unread("Permission denied");
	}
	char *much = mem_new(70000);
	memset(much, '\n', 70000);
	unlink(path);
	config_put(much, 70000);
	free(much);
	check_unread("it is longer than 65536 bytes");
}

static void none_is_read(void **state)
{
	(void)state;
	struct settings settings = {0};
	struct err err = {0};
	char *none[] = {"teller", "--no-config"}, *both[] = {"teller", "--no-config", "--config", path};
	char *help[] = {"teller", "--config", path, "--help"};
	assert_int_equal(settings_parse(&settings, 2, none, &err), ST_OK);
	assert_null(settings.config.path);
	assert_string_equal(command_of(&settings, "global", ":"), "prompt");
	settings_free(&settings);
	settings = (struct settings){0};
	assert_int_equal(settings_parse(&settings, 4, both, &err), ST_USAGE);
	settings_free(&settings);
	settings = (struct settings){0};
	assert_int_equal(settings_parse(&settings, 4, help, &err), ST_OK); /* whatever becomes of the file */
	settings_free(&settings);
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	unsetenv("XDG_CONFIG_HOME");
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_sets),
		cmocka_unit_test(options_win),
		cmocka_unit_test(keys_are_bound),
		cmocka_unit_test(other_keys_stay),
		cmocka_unit_test(faults_name_their_line),
		cmocka_unit_test(a_command_may_be_in_quotes),
		cmocka_unit_test(aliases_stand_for_commands),
		cmocka_unit_test(servers_have_names),
		cmocka_unit_test(passwords_are_secret),
		cmocka_unit_test(nothing_moves_money),
		cmocka_unit_test(hostile_lines),
		cmocka_unit_test(ends_of_lines),
		cmocka_unit_test(too_many_faults_are_counted),
		cmocka_unit_test(what_is_no_file_of_ours),
		cmocka_unit_test(none_is_read),
	};
	return cmocka_run_group_tests_name("unit/config", tests, config_setup, config_teardown);
}
