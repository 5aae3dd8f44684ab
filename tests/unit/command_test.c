/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of the command line inside the program: words, names, arguments, completion, output. */
#include "app/command.h"
#include "cli/complete.h"
#include "cli/settings.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/app.h"
#include "base/mem.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/words.h"
#include "tests/support/check.h"
#include "verb/verb.h"

/* ---- words ---- */

static void check_words(const char *line, const char *const *expected, size_t n)
{
	struct words words;
	struct err err;
	assert_int_equal(words_split(&words, line, &err), ST_OK);
	assert_int_equal(words.n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(words.word[i].text, expected[i]);
	words_free(&words);
}

static void words_and_quotes(void **state)
{
	(void)state;
	check_words("", NULL, 0);
	check_words(" \t # a comment", NULL, 0);
	check_words("a  b\tc", (const char *const[]){"a", "b", "c"}, 3);
	check_words("a 'b c' '' 'it''s'", (const char *const[]){"a", "b c", "", "it's"}, 4);
	check_words("--after='x y' z # rest", (const char *const[]){"--after=x y", "z"}, 2);
	check_words("a#b '#c'", (const char *const[]){"a#b", "#c"}, 2);
	check_words("a \"b c\" \"\" \"say \"\"hi\"\"\" \"#c\"",
		    (const char *const[]){"a", "b c", "", "say \"hi\"", "#c"}, 5);
	check_words("\"it's\" 'the \"sum\"' --where=\"x y\"",
		    (const char *const[]){"it's", "the \"sum\"", "--where=x y"}, 3);
}

static void wrong_lines(void **state)
{
	(void)state;
	struct words words;
	struct err err;
	static const char *const open[] = {"show 'a b", "show \"a b", "show 'a\"", "show \"a'", "show a\"b"};
	for (size_t i = 0; i < COUNT_OF(open); i++) {
		assert_int_equal(words_split(&words, open[i], &err), ST_USAGE);
		assert_non_null(strstr(err.text, "quote is not closed"));
		words_free(&words);
	}
	struct buf line = {0};
	buf_fill(&line, 'a', LINE_MAX_BYTES + 1);
	assert_int_equal(words_split(&words, line.p, &err), ST_USAGE);
	assert_non_null(strstr(err.text, "longer than"));
	words_free(&words);
	buf_clear(&line);
	for (int i = 0; i <= WORDS_MAX; i++)
		buf_str(&line, "a ");
	assert_int_equal(words_split(&words, line.p, &err), ST_USAGE);
	words_free(&words);
	buf_free(&line);
}

static void quoting_is_read_back(void **state)
{
	(void)state;
	static const char *const hard[] = {"",  "a",  "a b", "it's",    "--x",  "#x", "a\nb",
					   "'", "''", "\"",  "\"a b\"", "a\"b", "'\""};
	for (size_t i = 0; i < COUNT_OF(hard); i++) {
		struct buf line = {0};
		run_quote(&line, hard[i]);
		check_words(line.p, &hard[i], 1);
		buf_free(&line);
	}
}

/* ---- names ---- */

static void the_table_is_in_order(void **state)
{
	(void)state;
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(table[i]->run);
		assert_non_null(table[i]->help);
		if (i)
			assert_true(strcmp(table[i - 1]->name, table[i]->name) < 0);
	}
}

static void names_are_found(void **state)
{
	(void)state;
	assert_string_equal(command_find("transfer")->name, "transfer");
	assert_string_equal(command_find("tran")->name, "transfer");
	assert_null(command_find("tra")); /* trace, too */
	assert_string_equal(command_find("q")->name, "quit");
	assert_string_equal(command_find("destination")->name, "dest");
	assert_null(command_find("re"));
	assert_null(command_find(""));
	assert_null(command_find("nonsense"));
	assert_null(command_exact("tr"));
}

static void usage_says_what_is_optional(void **state)
{
	(void)state;
	struct buf out = {0};
	command_usage(&out, command_find("transfer"));
	assert_string_equal(out.p, "transfer [FROM [TO [half|all|AMOUNT]]]");
	buf_clear(&out);
	command_usage(&out, command_find("goto"));
	assert_string_equal(out.p, "goto ID");
	buf_free(&out);
}

/* ---- running, without a connection ---- */

struct said {
	struct buf text;
	enum status status;
	int ended;
	char *action;
};

static void on_say(void *self, enum status status, const char *text)
{
	(void)status;
	struct said *said = self;
	buf_str(&said->text, text);
}

static bool on_act(void *self, const char *action, const char *argument)
{
	struct said *said = self;
	free(said->action);
	if (asprintf(&said->action, "%s(%s)", action, argument ? argument : "") < 0)
		said->action = NULL;
	return true;
}

static void on_done(void *arg, enum status status)
{
	struct said *said = arg;
	said->status = status;
	said->ended++;
}

static struct app *new_app(struct said *said)
{
	struct settings settings = {0};
	struct err err;
	char *argv[] = {"teller"};
	assert_int_equal(settings_parse(&settings, 1, argv, &err), ST_OK);
	struct app *app = app_new(&settings);
	app->face = (struct face){.say = on_say, .act = on_act, .self = said};
	app->phase = PHASE_FAILED; /* nothing here may connect */
	err_set(&app->failure, ST_CONNECT, "no server here");
	return app;
}

static void check_run(const char *line, enum status status, const char *sentence)
{
	struct said said = {0};
	struct app *app = new_app(&said);
	command_run(app, line, on_done, &said);
	assert_int_equal(said.ended, 1);
	if (!strstr(buf_text(&said.text), sentence) || said.status != status)
		fail_msg("%s: %d: %s", line, (int)said.status, buf_text(&said.text));
	buf_free(&said.text);
	free(said.action);
	app_free(app);
}

static void wrong_commands_are_named(void **state)
{
	(void)state;
	check_run("", ST_OK, "");
	check_run("# comment", ST_OK, "");
	check_run("tranfser 1 2", ST_USAGE, "there is no command tranfser; did you mean transfer?");
	check_run("re", ST_USAGE, "\"re\" is the beginning of");
	check_run("goto", ST_USAGE, "goto needs ID; usage: goto ID");
	check_run("count 5", ST_USAGE, "count has no place for 5");
	check_run("transfer 1 2 third", ST_USAGE, "third");
	check_run("list --limt 3", ST_USAGE, "list has no option --limt; did you mean --limit?");
	check_run("list --limit", ST_USAGE, "--limit needs a value");
	check_run("list --csv=1", ST_USAGE, "--csv takes no value");
	check_run("rival maybe", ST_USAGE, "on, off or toggle");
	check_run("down -3", ST_USAGE, "N takes a whole number");
	check_run("show ''", ST_USAGE, "ID is empty");
	check_run("help nosuch", ST_USAGE, "there is no command nosuch");
	check_run("list", ST_CONNECT, "no server here");
}

static void check_act(const char *line, const char *action)
{
	struct said said = {0};
	struct app *app = new_app(&said);
	command_run(app, line, on_done, &said);
	assert_int_equal(said.status, ST_OK);
	assert_string_equal(said.action, action);
	buf_free(&said.text);
	free(said.action);
	app_free(app);
}

static void screen_commands_go_to_the_screen(void **state)
{
	(void)state;
	check_act("zoom", "zoom()");
	check_act("down 5", "down(5)");
	check_act("prompt goto 1", "prompt(goto 1)");
	check_act("\\help", "help()");
	check_act("?", "help()");
	check_act("help goto", "help(goto)");
}

/* ---- completion ---- */

static void check_completion(const char *line, const char *first, size_t n, size_t from)
{
	struct said said = {0};
	struct app *app = new_app(&said);
	struct buf out = {0};
	size_t at = 99;
	assert_int_equal(command_complete(app, line, strlen(line), &out, &at), n);
	assert_int_equal(at, from);
	if (n && first)
		assert_string_equal(out.p, first);
	buf_free(&out);
	app_free(app);
}

static void completion_knows_names_and_arguments(void **state)
{
	(void)state;
	check_completion("set ", "protocol", 18, 4);
	check_completion("set overdraft ", "none", 2, 14);
	check_completion("set balance-column a", "auto", 1, 19);
	check_completion("set l", "locking", 1, 4);
	check_completion("set locking o", "on", 2, 12);
	check_completion("sort b", "balance", 1, 5);
	check_completion("filter ", NULL, 0, 7); /* it has columns once there is a table */
	check_completion("set wire ", "pipeline", 3, 9);
	check_completion("set protocol s", "savepoint", 1, 13);
	check_completion("set isolation ", "serializable", 2, 14);
	check_completion("set inject c", "cut", 2, 11);
	check_completion("set mouse ", "on", 3, 10);
	check_completion("set color n", "never", 1, 10);
	check_completion("set format j", "json", 2, 11);
	check_completion("set pro", "protocol", 1, 4);
	check_completion("theme d", "dark", 1, 6);
	check_completion("colour so", "source", 1, 7);
	check_completion("colour source bright-r", "bright-red", 1, 14);
	check_completion("colour source red d", "default", 1, 18);
	check_completion("colour source red default u", "underline", 1, 26);
	check_completion("bind acc", "accounts", 1, 5);
	check_completion("bind accounts F12 led", "ledger", 1, 18);
	check_completion("bind F12 led", "ledger", 1, 9);
	check_completion("unbind lo", "load", 2, 7);
	check_completion("alias rich led", "ledger", 1, 11);
	check_completion("set time ", NULL, 0, 9);
	check_completion("tran", "transfer", 1, 0);
	check_completion("tra", "trace", 2, 0);
	check_completion("rival o", "off", 2, 6);
	check_completion("rival on", "on", 1, 6);
	check_completion("transfer 1 2 ", "all", 2, 13);
	check_completion("transfer --i", "--id=", 1, 9);
	check_completion("trace export x --to m", "md", 2, 20);
	check_completion("trace export x --to=s", "--to=svg", 1, 15);
	check_completion("trace export x --fr", "--from=", 1, 15);
	check_completion("load --way=lo", "--way=lock", 1, 5);
	check_completion("lab c", "check", 1, 4);
	check_completion("lab run lost", "lost-update", 1, 8);
	check_completion("protocol ", "auto", 4, 9);
	check_completion("inject c", "cut", 2, 7);
	check_completion("help qu", "quit", 1, 5);
	check_completion("nonsense x", "", 0, 9);
	check_completion("  zo", "zoom", 1, 2);
}

static const char *const made[] = {"one.csv", "only one.csv", ".hidden",    "oh\x1b[31mno",
				   "oh\nno",  "\xff",         "other/a.csv"};

static void make_files(void)
{
	assert_int_equal(mkdir("other", 0700), 0);
	for (size_t i = 0; i < COUNT_OF(made); i++) {
		FILE *file = fopen(made[i], "we");
		assert_non_null(file);
		fclose(file);
	}
}

static void remove_files(void)
{
	for (size_t i = 0; i < COUNT_OF(made); i++)
		assert_int_equal(unlink(made[i]), 0);
	assert_int_equal(rmdir("other"), 0);
}

static void completion_knows_files(void **state)
{
	(void)state;
	char directory[] = "/tmp/teller-complete.XXXXXX";
	char *before = getcwd(NULL, 0);
	assert_non_null(mkdtemp(directory));
	assert_int_equal(chdir(directory), 0);
	make_files();
	check_completion("export ", NULL, 3, 7);
	check_completion("export one", "one.csv", 1, 7);
	check_completion("export 'on", "'only one.csv'", 1, 7);
	check_completion("export .", ".hidden", 1, 7);
	check_completion("export oh", NULL, 0, 7);
	check_completion("import ot", "other/", 1, 7);
	check_completion("import other/", "other/a.csv", 1, 7);
	check_completion("import nowhere/", NULL, 0, 7);
	check_completion("lab run ./on", "./one.csv", 1, 8);
	check_completion("export one.csv ", NULL, 0, 15);
	check_completion("protocol on", NULL, 0, 9);
	remove_files();
	assert_int_equal(chdir(before), 0);
	assert_int_equal(rmdir(directory), 0);
	free(before);
}

/* ---- output ---- */

static void check_output(enum output_format format, const char *const *cells, size_t nrows, const char *expected)
{
	static const char *const names[] = {"id", "balance", "owner"};
	static const bool right[] = {true, true, false};
	char *text = NULL;
	size_t size;
	struct err err;
	FILE *to = open_memstream(&text, &size);
	struct output *output = output_new(to, format, 3, names, right);
	if (nrows)
		output_rows(output, cells, nrows);
	assert_int_equal(output_end(output, NULL, &err), ST_OK);
	fclose(to);
	assert_string_equal(text, expected);
	free(text);
}

static void rows_in_every_format(void **state)
{
	(void)state;
	static const char *const cells[] = {"104", "1250", "Ann, \"A\"", "9007199254740993", NULL, "\x1b[31m", "7",
					    "-1",  ""};
	check_output(FORMAT_CSV, cells, 3,
		     "id,balance,owner\n104,1250,\"Ann, \"\"A\"\"\"\n9007199254740993,,\x1b[31m\n7,-1,\"\"\n");
	check_output(FORMAT_JSON, cells, 1,
		     "[\n{\"id\":\"104\",\"balance\":\"1250\",\"owner\":\"Ann, \\\"A\\\"\"}\n]\n");
	check_output(FORMAT_JSONL, cells + 3, 1,
		     "{\"id\":\"9007199254740993\",\"balance\":null,\"owner\":\"\\u001B[31m\"}\n");
	check_output(FORMAT_TABLE, cells, 2,
		     "              id  balance  owner\n"
		     "----------------  -------  --------\n"
		     "             104     1250  Ann, \"A\"\n"
		     "9007199254740993     NULL  \\x1b[31m\n");
	check_output(FORMAT_MARKDOWN, cells, 2,
		     "| id | balance | owner |\n| ---: | ---: | --- |\n| 104 | 1250 | Ann, \"A\" |\n"
		     "| 9007199254740993 | NULL | \\\\x1b\\[31m |\n");
	check_output(FORMAT_MARKDOWN, NULL, 0, "| id | balance | owner |\n| ---: | ---: | --- |\n");
	check_output(FORMAT_CSV, NULL, 0, "id,balance,owner\n");
	check_output(FORMAT_JSON, NULL, 0, "[]\n");
	check_output(FORMAT_TABLE, NULL, 0, "id  balance  owner\n--  -------  -----\n");
}

int main(void)
{
	command_use(verb_table, verb_table_n);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_quotes),
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(quoting_is_read_back),
		cmocka_unit_test(the_table_is_in_order),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(usage_says_what_is_optional),
		cmocka_unit_test(wrong_commands_are_named),
		cmocka_unit_test(screen_commands_go_to_the_screen),
		cmocka_unit_test(completion_knows_names_and_arguments),
		cmocka_unit_test(completion_knows_files),
		cmocka_unit_test(rows_in_every_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
