/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands theme and colour: what the screen looks like. */
#include "cli/config.h"
#include "src/verb/verb_internal.h"

/* ---- theme ---- */

static void theme_say(const struct run *run)
{
	enum theme theme = run->app->settings.config.looks.theme;
	app_result(run->app, "theme %s: %s", theme_word(theme), theme_meaning(theme));
}

static void theme_list(struct app *app)
{
	enum theme now = app->settings.config.looks.theme;
	for (enum theme theme = 0; theme < THEME_COUNT; theme++)
		app_result(app, "%c %-13s  %s", theme == now ? '*' : ' ', theme_word(theme), theme_meaning(theme));
}

/* Without a name a screen has a list to try them out, and lines are printed. */
static void do_theme(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	enum status status = ST_OK;
	if (run->nargs > 0 && !(status = config_do(&app->settings, "theme", run->args[0], &err))) {
		theme_say(run);
		app_changed(app);
	} else if (run->nargs == 0 && (!app->face.act || !app->face.act(app->face.self, "theme", NULL))) {
		theme_list(app);
	}
	run_end(run, status, status ? err.text : NULL);
}

const struct command verb_theme = {
	.name = "theme",
	.args = {{THEME_CHOICES, ARG_WORD, true}},
	.flags = COMMAND_SCREEN,
	.help = "the colours of the screen; without a word: a list to try them out",
	.run = do_theme,
};

/* ---- colour ---- */

static void colour_say(struct buf *out, const struct looks *looks, enum style style)
{
	struct look look = looks_get(looks, style);
	buf_fmt(out, "colour %-11s  ", style_word(style));
	colour_show(out, look.fg);
	buf_char(out, ' ');
	colour_show(out, look.bg);
	buf_char(out, ' ');
	colour_attributes_show(out, look.attributes);
	buf_fmt(out, "%s\n", looks->changed[style] ? "" : "  # as the theme has it");
}

static void do_colour(struct run *run)
{
	struct app *app = run->app;
	struct err err = {0};
	struct buf text = {0};
	enum status status = ST_OK;
	if (run->nargs > 0 && !(status = config_do(&app->settings, "colour", run->args[0], &err)))
		app_changed(app);
	for (enum style style = 0; style < STYLE_COUNT && run->nargs == 0; style++)
		colour_say(&text, &app->settings.config.looks, style);
	if (run->nargs == 0)
		app_show(app, "Colours", &text);
	run_end(run, status, status ? err.text : NULL);
}

const struct command verb_colour = {
	.name = "colour",
	.alias = "color",
	.args = {{"ROLE FG [BG [ATTRIBUTES]]", ARG_CONFIG, true}},
	.help = "what one kind of text looks like: colour good cyan default bold",
	.run = do_colour,
};
