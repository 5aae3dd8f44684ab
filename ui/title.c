/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The title line: where we are connected, how safely, and the state of the transaction as a word. */
#include "ui/title.h"

#include <string.h>

#include "app.h"
#include "base/text.h"
#include "ui/draw.h"
#include "ui/stage.h"

enum { TXN_COLS = 20 };

static bool connected(const struct app *app)
{
	enum db_state state = app->work ? db_state(app->work) : DB_OFF;
	return state == DB_IDLE || state == DB_BUSY;
}

static const char *connection_word(const struct app *app)
{
	if (app->stage == STAGE_SERVER)
		return "STARTING";
	if (app->stage == STAGE_FAILED)
		return "NOT CONNECTED";
	enum db_state state = app->work ? db_state(app->work) : DB_OFF;
	return state == DB_DOWN ? "CONNECTION LOST" : state == DB_OFF ? "NOT CONNECTED" : "CONNECTING";
}

struct line {
	int x, end; /* columns used and there are */
};

static void add(struct line *line, enum style style, const char *text)
{
	int width = (int)text_width(text, strlen(text));
	if (!width || line->x + width + 2 > line->end)
		return;
	line->x += draw_text(0, line->x, line->end - line->x, style, text) + 2;
}

static void add_place(struct line *line, const struct app *app, const struct db_facts *facts)
{
	struct buf raw = {0}, text = {0};
	if (app->settings.demo)
		buf_str(&raw, "private server");
	else if (facts)
		buf_str(&raw, facts->place ? facts->place : "");
	else
		conninfo_show(&raw, &app->settings.conninfo);
	text_escape(&text, buf_text(&raw), raw.len, line->end > 60 ? 48 : 24);
	add(line, STYLE_TITLE, buf_text(&text));
	buf_free(&raw);
	buf_free(&text);
}

static void add_server(struct line *line, const struct db_facts *facts)
{
	struct buf raw = {0}, text = {0};
	bool unsafe = facts->remote && !facts->verified;
	bool bare = facts->tls && strncmp(facts->tls, "no", 2) == 0;
	if (unsafe)
		add(line, STYLE_WARNING, bare ? "NO TLS" : "SERVER NOT VERIFIED");
	buf_fmt(&raw, "%s %s", facts->product ? facts->product : "", facts->version ? facts->version : "");
	draw_harmless(&text, buf_text(&raw));
	add(line, STYLE_TITLE, buf_text(&text));
	buf_clear(&text);
	draw_harmless(&text, facts->tls);
	if (!(unsafe && bare))
		add(line, STYLE_TITLE, buf_text(&text));
	buf_free(&raw);
	buf_free(&text);
}

static void state(struct buf *out, const struct app *app)
{
	if (connected(app))
		buf_fmt(out, "Txn: %s", app_txn_word(app));
	else
		buf_str(out, connection_word(app));
}

/* The state stands at the right, always in the same place; the rest comes in the order of its worth, as far as there is room. */
void title_draw(const struct app *app, int columns)
{
	struct buf word = {0};
	state(&word, app);
	int width = (int)word.len + 1 > TXN_COLS ? (int)word.len + 1 : TXN_COLS;
	struct line line = {1, columns - width};
	draw_line(0, 0, columns, STYLE_TITLE, "");
	add(&line, STYLE_TITLE, "teller");
	if (app->rival && rival_armed(app->rival))
		add(&line, STYLE_WARNING, "RIVAL ARMED");
	const struct db_facts *facts = connected(app) ? db_facts(app->work) : NULL;
	add_place(&line, app, facts);
	if (facts)
		add_server(&line, facts);
	bool calm = strcmp(buf_text(&word), "Txn: none") == 0;
	draw_text(0, columns - width, width, calm ? STYLE_TITLE : STYLE_WARNING, buf_text(&word));
	buf_free(&word);
}

void title_draw_tiny(const struct app *app, int rows, int columns, const char *message)
{
	struct buf line = {0};
	state(&line, app);
	buf_str(&line, "  q quits");
	draw_line(0, 0, columns, STYLE_TITLE, buf_text(&line));
	for (int y = 1; y < rows; y++)
		draw_line(y, 0, columns, STYLE_TEXT, y == 1 ? message : "");
	buf_free(&line);
}
