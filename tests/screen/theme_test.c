/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Themes on a screen: the colours of its cells, tried out, kept and taken back, on terminals with many, few and none. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/check.h"
#include "tests/support/console.h"
#include "tests/support/pg.h"
#include "tests/support/proc.h"

/* The numbers of the colours that the themes have for text and ground on a terminal with 256. */
enum { OWN = -1, DARK_GROUND = 234, DARK_TEXT = 252, LIGHT_GROUND = 231, LIGHT_TEXT = 235 };

static struct term *theme_open(void **state, const char *option, const char *value, const char *const env[])
{
	const char *const argv[] = {proc_teller(), option, value, NULL};
	struct term *term = term_start(argv, env, 30, 120);
	*state = term;
	term_expect(term, "7001");
	term_expect(term, "Txn: none");
	return term;
}

struct ground {
	int fg, bg;
};

/* Of an account that is not selected; of the row of the keys to its end, where nothing is written. */
static bool looks_so(struct term *term, void *arg)
{
	const struct ground *want = arg;
	int row, col;
	if (!term_find(term, "7002", &row, &col))
		return false;
	struct term_pen text = term_pen(term, row, col), blank = term_pen(term, 29, 119);
	return text.fg == want->fg && text.bg == want->bg && blank.bg == want->bg;
}

static void expect_ground(struct term *term, int fg, int bg)
{
	struct ground want = {fg, bg};
	char what[60];
	snprintf(what, sizeof what, "text of colour %d on %d", fg, bg);
	term_wait(term, looks_so, &want, what);
}

static void an_option_names_one(void **state)
{
	struct term *term = theme_open(state, "--theme", "dark", NULL);
	expect_ground(term, DARK_TEXT, DARK_GROUND);
	term_type(term, ":theme light<Enter>");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	term_type(term, ":theme mono<Enter>");
	expect_ground(term, OWN, OWN);
	term_type(term, ":theme drak<Enter>");
	term_expect(term, "there is no theme drak; did you mean dark?");
	expect_ground(term, OWN, OWN);
	console_quit(term);
}

/* The selected theme is shown at once; Esc takes it back, Enter keeps it. */
static void they_are_tried_out(void **state)
{
	struct term *term = theme_open(state, NULL, NULL, NULL);
	expect_ground(term, OWN, OWN);
	term_type(term, ":theme<Enter>");
	term_expect(term, "light text on a dark ground");
	expect_ground(term, OWN, OWN);
	term_type(term, "<Down>");
	expect_ground(term, DARK_TEXT, DARK_GROUND);
	term_type(term, "<Down>");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	term_type(term, "<Esc>");
	term_expect_gone(term, "light text on a dark ground");
	expect_ground(term, OWN, OWN);
	term_type(term, ":theme<Enter>");
	term_expect(term, "light text on a dark ground");
	term_type(term, "<Down><Down><Enter>");
	term_expect(term, "theme light: dark text on a light ground");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	term_type(term, ":theme<Enter>"); /* it begins at the one there is */
	term_expect(term, "light text on a dark ground");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	term_type(term, "<Up>");
	expect_ground(term, DARK_TEXT, DARK_GROUND);
	term_type(term, "q");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	console_quit(term);
}

static void a_role_is_changed(void **state)
{
	struct term *term = theme_open(state, "--theme", "dark", NULL);
	term_type(term, ":colour text bright-yellow blue<Enter>");
	expect_ground(term, 11, 4);
	term_type(term, ":colour text '#00ff00' 17<Enter>");
	expect_ground(term, 46, 17);
	term_type(term, ":theme light<Enter>"); /* what was changed stays changed */
	expect_ground(term, 46, 17);
	term_type(term, ":colour text theme<Enter>");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	term_type(term, ":colour txt red<Enter>");
	term_expect(term, "there is no role txt; did you mean text?");
	term_type(term, ":colour text mauve<Enter>");
	term_expect(term, "a colour is default, a name such as red");
	term_type(term, ":colour text red default blinking<Enter>");
	term_expect(term, "attributes are bold, underline, reverse, dim");
	expect_ground(term, LIGHT_TEXT, LIGHT_GROUND);
	console_quit(term);
}

static void terminals_with_few_and_none(void **state)
{
	static const struct {
		const char *term, *no_color;
		struct ground dark, light;
	} cases[] = {
		{"TERM=xterm-256color", "NO_COLOR=", {DARK_TEXT, DARK_GROUND}, {LIGHT_TEXT, LIGHT_GROUND}},
		{"TERM=xterm-256color", "NO_COLOR=1", {OWN, OWN}, {OWN, OWN}},
		{"TERM=xterm", "NO_COLOR=", {7, 0}, {0, 7}},
		{"TERM=vt100", "NO_COLOR=", {OWN, OWN}, {OWN, OWN}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *const env[] = {cases[i].term, cases[i].no_color, NULL};
		struct term *term = theme_open(state, "--theme", "dark", env);
		expect_ground(term, cases[i].dark.fg, cases[i].dark.bg);
		term_type(term, ":theme light<Enter>");
		expect_ground(term, cases[i].light.fg, cases[i].light.bg);
		console_quit(term);
		term_teardown(state);
	}
}

static void a_file_names_one_and_options_win(void **state)
{
	char path[200];
	snprintf(path, sizeof path, "%s/theme.config", getenv("HOME"));
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("theme light\ncolour faint 91 # a role\n", file);
	assert_int_equal(fclose(file), 0);
	expect_ground(theme_open(state, "--config", path, NULL), LIGHT_TEXT, LIGHT_GROUND);
	console_quit(*state);
	term_teardown(state);
	const char *const argv[] = {proc_teller(), "--theme=dark", "--config", path, NULL};
	struct term *term = *state = term_start(argv, NULL, 30, 120);
	expect_ground(term, DARK_TEXT, DARK_GROUND);
	console_quit(term);
}

/* A terminal with all colours, by its own description, and by COLORTERM beside one with 256. */
static const char direct[] =
	"xterm-direct|all colours,\n\tRGB,colors#0x1000000,pairs#0x7FFF,"
	"setab=\\E[%?%p1%{8}%<%t4%p1%d%e48\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m,"
	"setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38\\:2\\:\\:%p1%{65536}%/%d\\:%p1%{256}%/%{255}%&%d\\:%p1%{255}%&%d%;m,"
	"use=xterm-256color,\n";

static void all_colours(void **state)
{
	char home[150], source[200], terminfo[200];
	static const char *const terms[][2] = {{"TERM=xterm-direct", "COLORTERM"},
					       {"TERM=xterm-256color", "COLORTERM=truecolor"},
					       {"TERM=xterm-256color", "COLORTERM=24bit"}};
	snprintf(home, sizeof home, "%s/terminfo", getenv("HOME"));
	snprintf(source, sizeof source, "%s.src", home);
	snprintf(terminfo, sizeof terminfo, "TERMINFO=%s", home);
	FILE *file = fopen(source, "w");
	assert_non_null(file);
	fputs(direct, file);
	assert_int_equal(fclose(file), 0);
	struct proc *tic = proc_run((const char *const[]){"tic", "-x", "-o", home, source, NULL}, NULL, NULL);
	proc_expect_status(tic, 0);
	proc_free(tic);
	for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
		const char *const env[] = {terms[i][0], terms[i][1], terminfo, NULL};
		struct term *term = theme_open(state, "--theme", "colour-blind", env);
		term_expect_output(term, "48:2::18:18:18");
		term_type(term, ":colour text '#123456'<Enter>");
		term_expect_output(term, "38:2::18:52:86");
		console_quit(term);
		term_teardown(state);
	}
	struct term *term = theme_open(state, "--theme", "colour-blind", (const char *const[]){terminfo, NULL});
	expect_ground(term, 254, 233); /* COLORTERM says nothing: the nearest of 256 */
	console_quit(term);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_option_names_one, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(they_are_tried_out, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_role_is_changed, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(terminals_with_few_and_none, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(a_file_names_one_and_options_win, console_bank, term_teardown),
		cmocka_unit_test_setup_teardown(all_colours, console_bank, term_teardown),
	};
	return cmocka_run_group_tests_name("screen/theme", tests, pg_own_database, NULL);
}
