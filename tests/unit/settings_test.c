/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the program's command line: options, verbs, what is wrong with them, and --help. */
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/options.h"
#include "cli/words.h"
#include "tests/support/check.h"
#include "verb/verb.h"

enum { ARGS_MAX = 40 };

static enum status parse(struct settings *settings, struct err *err, const char *line)
{
	struct words words;
	char *argv[ARGS_MAX] = {"teller"};
	int argc = 1;
	*settings = (struct settings){0};
	*err = (struct err){0};
	assert_int_equal(words_split(&words, line, err), ST_OK);
	for (size_t i = 0; i < words.n; i++)
		argv[argc++] = words.word[i].text;
	enum status status = settings_parse(settings, argc, argv, err);
	words_free(&words);
	return status;
}

static void check_verb(const char *line, const char *command)
{
	struct settings settings;
	struct err err;
	if (parse(&settings, &err, line))
		fail_msg("%s: %s", line, err.text);
	assert_int_equal(settings.ncommands, 1);
	assert_string_equal(settings.commands[0], command);
	settings_free(&settings);
}

static void a_verb_takes_its_words_and_options(void **state)
{
	(void)state;
	check_verb("list", "list");
	check_verb("list --limit 3 --csv", "list --limit=3 --csv");
	check_verb("--limit 3 list", "list --limit=3");
	check_verb("transfer 104 107 half --yes", "transfer 104 107 half --yes");
	check_verb("-h host bank transfer 104 107", "transfer 104 107");
	check_verb("--yes transfer 1 2", "transfer --yes 1 2");
	check_verb("transfer -- -5 --x", "transfer -5 '--x'");
	check_verb("transfer -5 7", "transfer -5 7");
	check_verb("show 'a b'", "show 'a b'");
	check_verb("list --after='it''s'", "list --after='it''s'");
	check_verb("init --accounts 5", "init --accounts=5");
	check_verb("--csv count", "count --csv");
	check_verb("--echo count", "count");
	check_verb("--echo=plain tutorial --accounts 5", "tutorial --accounts=5");
}

static void a_private_bank_by_verb_or_option(void **state)
{
	(void)state;
	static const char *const lines[] = {"demo tutorial", "tutorial --demo", "--demo tutorial"};
	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		struct settings settings;
		struct err err;
		assert_int_equal(parse(&settings, &err, lines[i]), ST_OK);
		assert_true(settings.demo && settings.bare);
		assert_string_equal(settings.commands[0], "tutorial");
		settings_free(&settings);
	}
}

static void check_wrong(const char *line, const char *sentence)
{
	struct settings settings;
	struct err err;
	assert_int_equal(parse(&settings, &err, line), ST_USAGE);
	if (!strstr(err.text, sentence))
		fail_msg("%s: %s", line, err.text);
	settings_free(&settings);
}

static void what_is_wrong_is_named(void **state)
{
	(void)state;
	check_wrong("--fromat csv", "there is no option --fromat; did you mean --format?");
	check_wrong("--zzzzzzzz", "there is no option --zzzzzzzz; for help");
	check_wrong("-h", "host needs a value; for help use -? or --help");
	check_wrong("-Z", "there is no option -Z");
	check_wrong("--plain=yes", "--plain takes no value");
	check_wrong("--format=xml", "--format is one of table|csv|json|jsonl|md, not \"xml\"");
	check_wrong("--max-attempts 0", "--max-attempts takes a whole number");
	check_wrong("--backoff x", "--backoff BASE");
	check_wrong("lsit", "there is no verb lsit; did you mean list?");
	check_wrong("tranfser 1 2", "did you mean transfer?");
	check_wrong("bank me 3", "\"3\" is one word too many");
	check_wrong("list --limt 3", "there is no option --limt; did you mean --limit?");
	check_wrong("count --id x", "there is no option --id");
	check_wrong("--id x", "there is no option --id");
	check_wrong("--keep /tmp/x", "--keep goes with");
	check_wrong("--accounts 5", "--accounts goes with");
	check_wrong("demo bank", "demo takes no word");
	check_wrong("demo demo", "demo is given twice");
	check_wrong("-d mysql://h/x", "there is no scheme mysql://");
}

static void a_connection_as_in_psql(void **state)
{
	(void)state;
	struct settings s;
	struct err err;
	unsetenv("DATABASE_URL");
	assert_int_equal(parse(&s, &err, "-h localhost -p5433 -U me -d bank"), ST_OK);
	assert_string_equal(s.conninfo.host, "localhost");
	assert_string_equal(s.conninfo.port, "5433");
	assert_string_equal(s.conninfo.user, "me");
	assert_string_equal(s.conninfo.target, "bank");
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "bank me"), ST_OK);
	assert_string_equal(s.conninfo.target, "bank");
	assert_string_equal(s.conninfo.user, "me");
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "-d bank me --host=h"), ST_OK);
	assert_string_equal(s.conninfo.user, "me");
	assert_string_equal(s.conninfo.host, "h");
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "crdb://h"), ST_OK);
	assert_string_equal(s.conninfo.target, "postgresql://h:26257/defaultdb");
	settings_free(&s);
}

static void database_url_is_the_last_resort(void **state)
{
	(void)state;
	struct settings s;
	struct err err;
	unsetenv("PGHOST");
	setenv("DATABASE_URL", "postgresql://there/x", 1);
	assert_int_equal(parse(&s, &err, ""), ST_OK);
	assert_string_equal(s.conninfo.target, "postgresql://there/x");
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "bank"), ST_OK);
	assert_string_equal(s.conninfo.target, "postgresql://there/x");
	assert_string_equal(s.conninfo.dbname, "bank");
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "-h here"), ST_OK);
	assert_null(s.conninfo.target);
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "postgresql://here/y"), ST_OK);
	assert_string_equal(s.conninfo.target, "postgresql://here/y");
	settings_free(&s);
	unsetenv("DATABASE_URL");
}

static void options_of_the_program(void **state)
{
	(void)state;
	struct settings s;
	struct err err;
	assert_int_equal(
		parse(&s, &err,
		      "demo --accounts 7 -c 'list --csv' -c count --json --plain --echo -y --ascii --color never "
		      "--seed 9 --protocol restart --wire step --max-attempts 3 --backoff 5,50 --keep d -wW"),
		ST_OK);
	assert_int_equal(s.echo, ECHO_SQLALCHEMY); /* the option behind it is none of its business */
	assert_true(s.demo && s.plain && s.yes && s.ascii && s.never_ask && s.ask_password);
	assert_int_equal(s.accounts, 7);
	assert_int_equal(s.ncommands, 2);
	assert_string_equal(s.commands[1], "count");
	assert_int_equal(s.format, FORMAT_JSON);
	assert_int_equal(s.color, COLOR_NEVER);
	assert_int_equal(s.seed, 9);
	assert_int_equal(s.txn.protocol, PROTOCOL_RESTART);
	assert_int_equal(s.txn.wire, WIRE_STEP);
	assert_int_equal(s.txn.max_attempts, 3);
	assert_int_equal(s.txn.backoff_base_ms, 5);
	assert_int_equal(s.txn.backoff_cap_ms, 50);
	assert_string_equal(s.keep, "d");
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "-V"), ST_OK);
	assert_true(s.show_version);
	settings_free(&s);
	assert_int_equal(parse(&s, &err, "'-?'"), ST_OK);
	assert_true(s.show_help);
	settings_free(&s);
}

static void expect_narrow(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") >= 80)
			fail_msg("too wide: %.90s", line);
}

static void help_of_a_verb_is_narrow_and_complete(void **state)
{
	(void)state;
	struct buf out = {0};
	for (size_t i = 0; i < verb_table_n; i++) {
		const struct command *command = verb_table[i];
		if (!(command->flags & COMMAND_VERB))
			continue;
		buf_clear(&out);
		settings_help(&out, command);
		expect_narrow(out.p);
		assert_non_null(strstr(out.p, command->help));
		for (size_t o = 0; o < COMMAND_OPTIONS_MAX && command->options[o].name; o++)
			if (!strstr(out.p, command->options[o].name))
				fail_msg("%s: --%s is missing", command->name, command->options[o].name);
	}
	buf_free(&out);
}

static void help_is_narrow_and_complete(void **state)
{
	(void)state;
	struct buf out = {0};
	settings_help(&out, NULL);
	expect_narrow(out.p);
	size_t n;
	const struct option *options = options_table(&n);
	for (size_t i = 0; i < n; i++)
		if (options[i].help && !strstr(out.p, options[i].name))
			fail_msg("--%s is missing", options[i].name);
	assert_non_null(strstr(out.p, "transfer"));
	assert_non_null(strstr(out.p, "128+n"));
	assert_non_null(strstr(out.p, "$TELLER_PG_BINDIR"));
	assert_non_null(strstr(out.p, "\n      --id UUID             the transfer's id in the ledger\n"
				      "      --dry-run             show what"));
	buf_clear(&out);
	settings_version(&out);
	assert_non_null(strstr(out.p, "teller "));
	assert_int_equal(strcspn(out.p, "\n"), out.len - 1);
	buf_free(&out);
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verb_takes_its_words_and_options),
		cmocka_unit_test(a_private_bank_by_verb_or_option),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(a_connection_as_in_psql),
		cmocka_unit_test(database_url_is_the_last_resort),
		cmocka_unit_test(options_of_the_program),
		cmocka_unit_test(help_is_narrow_and_complete),
		cmocka_unit_test(help_of_a_verb_is_narrow_and_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
