/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The title line: server, connection security and transaction state. */
#include "ui/title.h"

#include <inttypes.h>
#include <string.h>

#include "app/play.h"
#include "app/shown.h"
#include "base/clock.h"
#include "base/text.h"
#include "lab/player.h"
#include "lab/stage.h"
#include "ui/draw.h"
#include "ui/phase.h"

enum { TXN_COLS = 20, PLACE_LEAST = 16, RECORDING_COLS = 45, LANES_COLS = 24 };

static bool is_up(const struct db *db)
{
	enum db_state state = db ? db_state(db) : DB_OFF;
	return state == DB_IDLE || state == DB_BUSY;
}

/* The session to tell of: the one that writes, which is made again only when there is something to write. */
static const struct db *connected(const struct app *app)
{
	return is_up(app->work) ? app->work : is_up(app->browse) ? app->browse : NULL;
}

/* The server to name: a lesson may be played on another one. */
static const struct db *named(const struct app *app)
{
	const struct db *stage = app->player ? stage_control(player_stage(app->player)) : NULL;
	return is_up(stage) ? stage : connected(app);
}

static bool is_elsewhere(const struct app *app, const struct db_facts *facts)
{
	const struct db *db = connected(app);
	return db && facts && strcmp(db_facts(db)->place, facts->place) != 0;
}

static const char *connection_word(const struct app *app)
{
	if (app->phase == PHASE_SERVER)
		return "STARTING";
	if (app->phase == PHASE_FAILED)
		return "NOT CONNECTED";
	enum db_state state = app->browse ? db_state(app->browse) : DB_OFF;
	if (app_rests(app))
		return "CONNECTION RESTS";
	return state == DB_DOWN ? "CONNECTION LOST" : state == DB_OFF ? "NOT CONNECTED" : "CONNECTING";
}

struct line {
	int x, end; /* columns used and there are */
};

/* False where it does not fit. */
static bool title_add(struct line *line, enum style style, const char *text)
{
	int width = (int)text_width(text, strlen(text));
	if (!width || line->x + width > line->end)
		return width == 0;
	line->x += draw_text(0, line->x, line->end - line->x, style, text) + 2;
	return true;
}

/* A role other than the one that logged in, which the place names; "" where it is the same. */
static void role_word(struct buf *out, const struct who *who)
{
	struct buf raw = {0};
	if (who_acts(who)) {
		buf_fmt(&raw, "as %s", who->current_user);
		text_escape(out, buf_text(&raw), raw.len, PLACE_LEAST);
	}
	buf_free(&raw);
}

static const char *pool_word(const struct who *who)
{
	return who->pooled ? "pooler" : "";
}

static void add_between(struct line *line, const struct who *who)
{
	struct buf role = {0};
	role_word(&role, who);
	title_add(line, STYLE_TITLE, buf_text(&role));
	title_add(line, STYLE_TITLE, pool_word(who));
	buf_free(&role);
}

/* The columns that this takes. */
static int between_width(const struct who *who)
{
	struct buf role = {0};
	role_word(&role, who);
	size_t role_cols = text_width(buf_text(&role), role.len), pool_cols = strlen(pool_word(who));
	buf_free(&role);
	return (int)(role_cols + (role_cols ? 2 : 0) + pool_cols + (pool_cols ? 2 : 0));
}

/* Leaves `keep` columns to what comes after it, where it can. */
static void title_add_place(struct line *line, const struct app *app, const struct db_facts *facts, int keep)
{
	struct buf raw = {0}, text = {0};
	if (app->settings.demo && !is_elsewhere(app, facts))
		buf_str(&raw, app->settings.nodes > 1 ? "private cluster" : "private server");
	else if (facts)
		buf_str(&raw, facts->place ? facts->place : "");
	else
		conninfo_show(&raw, &app->settings.conninfo);
	int room = line->end - line->x, most = room > 60 ? room / 2 : room < 30 ? room : 30;
	most = most > room - keep ? room - keep : most;
	text_escape(&text, buf_text(&raw), raw.len, (size_t)(most > PLACE_LEAST ? most : PLACE_LEAST));
	title_add(line, STYLE_TITLE, buf_text(&text));
	buf_free(&raw);
	buf_free(&text);
}

/* TLS comes before the version, unless there is no network to protect. */
static void add_tls(struct line *line, const struct db_facts *facts)
{
	bool bare = facts->tls && strncmp(facts->tls, "no", 2) == 0;
	struct buf text = {0};
	draw_harmless(&text, facts->tls);
	if (facts->remote && !facts->verified)
		title_add(line, STYLE_WARNING, bare ? "NO TLS" : "SERVER NOT VERIFIED");
	if (!(facts->remote && bare))
		title_add(line, STYLE_TITLE, buf_text(&text));
	buf_free(&text);
}

/* "CockroachDB 22.1.0-alpha.1", "CRDB 22.1.0-alpha.1", "CRDB 22.1.0" */
enum product_form { PRODUCT_WHOLE, PRODUCT_SHORT, PRODUCT_LEAST };

static void product_text(struct buf *out, const struct db_facts *facts, enum product_form form)
{
	struct buf version = {0};
	const char *product = form == PRODUCT_WHOLE ? facts->product : facts->short_product;
	draw_harmless(&version, facts->version);
	size_t n = form == PRODUCT_LEAST ? strcspn(buf_text(&version), "-") : version.len;
	buf_fmt(out, "%s %.*s", product ? product : "", (int)n, buf_text(&version));
	buf_free(&version);
}

static void add_product(struct line *line, const struct db_facts *facts)
{
	struct buf text = {0};
	bool added = false;
	for (enum product_form form = PRODUCT_WHOLE; form <= PRODUCT_LEAST && !added; form++) {
		buf_clear(&text);
		product_text(&text, facts, form);
		added = title_add(line, STYLE_TITLE, buf_text(&text));
	}
	buf_free(&text);
}

/* The columns that the shortest form of it takes, with what is said of a network before it. */
static int server_width(const struct db_facts *facts)
{
	bool local = facts->tls && strcmp(facts->tls, "local socket") == 0;
	bool bare = facts->tls && strncmp(facts->tls, "no", 2) == 0;
	struct buf text = {0};
	product_text(&text, facts, PRODUCT_LEAST);
	size_t columns = text_width(buf_text(&text), text.len) + 2;
	if (!local && facts->remote && !facts->verified)
		columns += bare ? sizeof "NO TLS" + 1 : sizeof "SERVER NOT VERIFIED" + 1;
	if (!local && facts->tls && !(facts->remote && bare))
		columns += strlen(facts->tls) + 2;
	buf_free(&text);
	return (int)columns;
}

static void add_server(struct line *line, const struct db_facts *facts)
{
	bool local = facts->tls && strcmp(facts->tls, "local socket") == 0;
	if (!local)
		add_tls(line, facts);
	add_product(line, facts);
	if (local)
		add_tls(line, facts);
}

/* Of a cluster any node will do: it is named where there is room. */
static void add_node(struct line *line, const struct who *who)
{
	struct buf raw = {0}, text = {0};
	if (who->node[0]) {
		buf_fmt(&raw, "node %s", who->node);
		draw_harmless(&text, buf_text(&raw));
		title_add(line, STYLE_TITLE, buf_text(&text));
	}
	buf_free(&raw);
	buf_free(&text);
}

/* What this bank is not for, and what would happen to the next transfer. */
static void add_armed(struct line *line, const struct app *app, const struct db *db)
{
	struct buf levers = {0};
	if (db && db_standby(db))
		title_add(line, STYLE_WARNING, "STANDBY");
	else if (app->settings.read_only || (app->catalogue && app->catalogue->browse_why))
		title_add(line, STYLE_WARNING, "READ-ONLY");
	if (shown_rival_armed(app))
		title_add(line, STYLE_WARNING, "RIVAL ARMED");
	app_armed(&levers, app);
	title_add(line, STYLE_WARNING, buf_text(&levers));
	if (app_is_traced(app))
		title_add(line, STYLE_WARNING, "TRACE");
	buf_free(&levers);
}

/* The sessions of a lesson that are in a transaction, as "A, B"; false where none is. */
static bool title_lanes(struct buf *out, const struct app *app)
{
	struct buf names = {0};
	size_t n = app->player ? stage_lanes(player_stage(app->player)) : 0;
	for (size_t i = 0; i < n; i++) {
		struct stage_lane lane;
		stage_lane(player_stage(app->player), i, &lane);
		if (lane.in_transaction)
			buf_fmt(&names, "%s%s", names.len ? ", " : "", lane.name);
	}
	bool any = names.len > 0;
	buf_str(out, any ? "Txn: " : "");
	text_escape(out, buf_text(&names), names.len, LANES_COLS);
	buf_free(&names);
	return any;
}

static void title_state(struct buf *out, const struct app *app)
{
	if (title_lanes(out, app))
		return;
	if (app->play || connected(app))
		buf_fmt(out, "Txn: %s", app_txn_word(app));
	else
		buf_str(out, connection_word(app));
}

/* ---- a recording ---- */

/* "event 12 of 345", and the time of it. */
static void title_add_recording(struct line *line, const struct app *app)
{
	struct play_place place = play_place(app);
	struct buf at = {0}, raw = {0}, about = {0};
	char time[16];
	clock_show(time, place.wall_us);
	bool room = line->end >= RECORDING_COLS;
	buf_fmt(&at, room ? "event %" PRIu64 " of %" PRIu64 : "%" PRIu64 "/%" PRIu64, place.at, place.of);
	title_add(line, STYLE_WARNING, !room ? "REC" : place.runs ? "PLAYING" : "RECORDING");
	title_add(line, STYLE_TITLE, buf_text(&at));
	title_add(line, STYLE_TITLE, time);
	if (place.speed < 1 || place.speed > 1) {
		buf_clear(&at);
		buf_fmt(&at, "x%.4g", place.speed);
		title_add(line, STYLE_TITLE, buf_text(&at));
	}
	play_describe(&raw, app);
	draw_harmless(&about, buf_text(&raw));
	title_add(line, STYLE_TITLE, buf_text(&about));
	buf_free(&at);
	buf_free(&raw);
	buf_free(&about);
}

static void title_add_run(struct line *line, const struct app *app, const struct db *db)
{
	const struct db_facts *facts = db ? db_facts(db) : NULL;
	title_add(line, STYLE_TITLE, "teller");
	add_armed(line, app, db);
	title_add_place(line, app, facts, db ? between_width(db_who(db)) + server_width(facts) : 0);
	if (db)
		add_between(line, db_who(db));
	if (facts)
		add_server(line, facts);
	if (db)
		add_node(line, db_who(db));
}

/* The state is at the right, always in the same place; the rest comes in the order of its worth, as far as there is
 * room. */
void title_draw(const struct app *app, int columns)
{
	struct buf word = {0};
	title_state(&word, app);
	int width = (int)word.len + 1 > TXN_COLS ? (int)word.len + 1 : TXN_COLS;
	struct line line = {1, columns - width - 1};
	draw_line(0, 0, columns, STYLE_TITLE, "");
	if (app->play)
		title_add_recording(&line, app);
	else
		title_add_run(&line, app, named(app));
	if (app->play)
		add_armed(&line, app, NULL);
	bool calm = strcmp(buf_text(&word), "Txn: none") == 0;
	draw_text(0, columns - width, width, calm ? STYLE_TITLE : STYLE_WARNING, buf_text(&word));
	buf_free(&word);
}

void title_draw_tiny(const struct app *app, int rows, int columns, const char *message)
{
	struct buf line = {0};
	title_state(&line, app);
	buf_str(&line, "  q quits");
	draw_line(0, 0, columns, STYLE_TITLE, buf_text(&line));
	for (int y = 1; y < rows; y++)
		draw_line(y, 0, columns, STYLE_TEXT, y == 1 ? message : "");
	buf_free(&line);
}
