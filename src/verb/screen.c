/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands that move something on the screen, and help. */
#include <stdio.h>
#include <string.h>

#include "app/browse.h"
#include "base/mem.h"
#include "verb_internal.h"

enum { USAGE_COLUMNS = 22 };

static void no_screen(struct run *run)
{
	struct err err;
	err_set(&err, ST_USAGE, "%s moves something on a screen, and there is none here", run->command->name);
	run_end(run, ST_USAGE, err.text);
}

void do_screen(struct run *run)
{
	struct face *face = &run->app->face;
	const char *argument = run->nargs > 0 ? run->args[0] : NULL;
	if (!face->act || !face->act(face->self, run->command->name, argument))
		no_screen(run);
	else
		run_end(run, ST_OK, NULL);
}

/* Whoever leaves the ledger needs its session no longer; a recorded one has none. */
static void do_bank(struct run *run)
{
	struct app *app = run->app;
	if (!app->play) {
		history_free(app->history);
		app->history = NULL;
	}
	do_screen(run);
}

static enum status check_clear(const struct run *run, struct err *err)
{
	if (run->nargs == 0 || strcmp(run->args[0], "undo") == 0)
		return ST_OK;
	return err_set(err, ST_USAGE, "clear empties the log, clear undo shows its lines again; not \"%.80s\"",
		       run->args[0]);
}

static void do_goto(struct run *run)
{
	struct app *app = run->app;
	if (!app->pages) {
		no_screen(run);
		return;
	}
	browse_goto(app, run->args[0]);
	run_end(run, ST_OK, NULL);
}

static void do_refresh(struct run *run)
{
	struct app *app = run->app;
	if (!app->pages) {
		no_screen(run);
		return;
	}
	pages_refresh(app->pages);
	if (app->history)
		history_refresh(app->history);
	run_end(run, ST_OK, NULL);
}

/* ---- help ---- */

static void print_options(struct app *app, const struct command *command)
{
	for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name; i++) {
		const struct command_option *option = &command->options[i];
		struct buf left = {0};
		buf_fmt(&left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
		app_result(app, "    %-*s %s", USAGE_COLUMNS - 4, left.p, option->help);
		buf_free(&left);
	}
}

static void print_command(struct app *app, const struct command *command)
{
	struct buf usage = {0};
	const char *asks = command->flags & COMMAND_CONFIRM ? "; asks first" : "";
	command_usage(&usage, command);
	if (usage.len > USAGE_COLUMNS) {
		app_result(app, "%s", usage.p);
		buf_clear(&usage);
	}
	app_result(app, "%-*s %s%s", USAGE_COLUMNS, usage.p, command->help, asks);
	buf_free(&usage);
}

static void print_help(struct app *app, const struct command *only)
{
	size_t n;
	const struct command *const *table = command_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (only ? table[i] == only : !(table[i]->flags & COMMAND_SCREEN))
			print_command(app, table[i]);
		if (only == table[i])
			print_options(app, only);
	}
}

/* All of them, those of the screen too: a program reads this. */
static enum status write_help(const struct run *run, const struct command *only, struct err *err)
{
	static const char *const names[] = {"command", "usage", "help"};
	static const bool left[] = {false, false, false};
	enum output_format format;
	enum status status = run_format(run, &format, err);
	if (status)
		return status;
	size_t n;
	const struct command *const *table = command_table(&n);
	struct output *output = output_new(stdout, format, COUNT_OF(names), names, left);
	for (size_t i = 0; i < n; i++) {
		struct buf usage = {0};
		command_usage(&usage, table[i]);
		if (!only || only == table[i])
			output_rows(output, (const char *const[]){table[i]->name, buf_text(&usage), table[i]->help}, 1);
		buf_free(&usage);
	}
	return output_end(output, run->app, err);
}

static void do_help(struct run *run)
{
	const struct command *only = run->nargs > 0 ? command_find(run->args[0]) : NULL;
	struct err err = {0};
	if (!app_prints(run->app)) {
		do_screen(run);
		return;
	}
	if (record_wanted(run)) {
		enum status status = write_help(run, only, &err);
		run_end(run, status, err.text[0] ? err.text : NULL);
		return;
	}
	print_help(run->app, only);
	run_end(run, ST_OK, NULL);
}

/* clang-format off */
#define MOVES(NAME, TEXT) \
	{.name = NAME, .args = {{"N", ARG_COUNT, true}}, .flags = COMMAND_SCREEN, .help = TEXT, .run = do_screen}
#define SHOWS(NAME, TEXT) {.name = NAME, .flags = COMMAND_SCREEN, .help = TEXT, .run = do_screen}
const struct command verb_dashboard = {
	.name = "dashboard",
	.flags = COMMAND_SCREEN,
	.help = "to the load: what it does, second by second",
	.run = do_screen,
};

const struct command verb_back = SHOWS("back", "close what is on top, or leave a filter");
const struct command verb_breakpoint = SHOWS("breakpoint", "let a lesson stop before the selected step, or not");
const struct command verb_browse_log = SHOWS("browse-log", "show the browsing statements in the log, or not");
const struct command verb_close = SHOWS("close", "go back to where this was opened from");
const struct command verb_copy = SHOWS("copy", "copy the selected event, or the text shown, to the terminal's clipboard");
const struct command verb_detail = SHOWS("detail", "show the selected step of a lesson in full");
const struct command verb_down = MOVES("down", "move down");
const struct command verb_errors = SHOWS("errors", "show only errors in the log, or all");
const struct command verb_first = SHOWS("first", "go to the first row");
const struct command verb_follow = SHOWS("follow", "keep the newest event of the log in view, or not");
const struct command verb_full = SHOWS("full", "show the full text of what is selected");
const struct command verb_half_down = MOVES("half-down", "move down half a page");
const struct command verb_half_up = MOVES("half-up", "move up half a page");
const struct command verb_last = SHOWS("last", "go to the last row");
const struct command verb_left = MOVES("left", "scroll to the left");
const struct command verb_log = SHOWS("log", "go to the log");
const struct command verb_match = SHOWS("match", "search the lines of a list, the log, the help or a full text while you type");
const struct command verb_next_match = SHOWS("next-match", "go to the next line that holds what was searched for");
const struct command verb_next_pane = SHOWS("next-pane", "go to the next pane");
const struct command verb_open = SHOWS("open", "play the selected lesson");
const struct command verb_page_down = MOVES("page-down", "move down a page");
const struct command verb_page_up = MOVES("page-up", "move up a page");
const struct command verb_previous_match = SHOWS("previous-match", "go to the line before that holds it");
const struct command verb_previous_pane = SHOWS("previous-pane", "go to the previous pane");
const struct command verb_redraw = SHOWS("redraw", "draw the whole screen again");
const struct command verb_right = MOVES("right", "scroll to the right");
const struct command verb_run = SHOWS("run", "run the command that the selected line of the help stands for");
const struct command verb_suspend = SHOWS("suspend", "stop teller; the shell's fg brings it back");
const struct command verb_up = MOVES("up", "move up");
const struct command verb_zoom = SHOWS("zoom", "give the whole screen to this pane, or share it again");
/* clang-format on */

const struct command verb_bank = {
	.name = "bank",
	.flags = COMMAND_SCREEN,
	.help = "go to the accounts and the transfer",
	.run = do_bank,
};

const struct command verb_clear = {
	.name = "clear",
	.args = {{"undo", ARG_WORD, true}},
	.flags = COMMAND_SCREEN,
	.help = "empty the log for what comes; scrolling does not bring its lines back, `clear undo` does",
	.run = do_screen,
	.check = check_clear,
};

const struct command verb_goto = {
	.name = "goto",
	.args = {{"ID", ARG_ACCOUNT, false}},
	.flags = COMMAND_SCREEN | COMMAND_BANK,
	.help = "go to that account, or the next one there is",
	.run = do_goto,
};

const struct command verb_help = {
	.name = "help",
	.alias = "?",
	.args = {{"COMMAND", ARG_COMMAND, true}},
	.options =
		{
			COMMAND_FORMATS,
		},
	.flags = COMMAND_VERB,
	.help = "the commands, or one of them",
	.run = do_help,
	.check = record_check,
};

const struct command verb_prompt = {
	.name = "prompt",
	.args = {{"TEXT", ARG_REST, true}},
	.flags = COMMAND_SCREEN,
	.help = "open the command line, with this text in it",
	.run = do_screen,
};

const struct command verb_refresh = {
	.name = "refresh",
	.flags = COMMAND_SCREEN | COMMAND_BANK,
	.help = "read the accounts on the screen again",
	.run = do_refresh,
};
