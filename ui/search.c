/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search: the list moves to the first id with the typed prefix, or a text to the line that holds what is typed. */
#include "ui/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/app.h"
#include "app/browse.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/draw.h"

enum { TYPED_MAX = 200 };

void search_close(struct search *search)
{
	free(search->origin);
	search->origin = NULL;
	search->find = NULL;
	search->lines = NULL;
	search->open = false;
	search->why[0] = '\0';
	buf_clear(&search->text);
}

void search_open(struct search *search, struct app *app)
{
	search_close(search);
	search->open = true;
	if (app->pages && pages_count(app->pages) > 0)
		search->origin = mem_dup(pages_row(app->pages, pages_selected(app->pages)).id);
}

void search_open_lines(struct search *search, struct found (*find)(void *lines, const char *text, enum find_way way),
		       void *lines)
{
	search_close(search);
	search->open = true;
	search->find = find;
	search->lines = lines;
	find(lines, "", FIND_BEGIN);
}

void search_free(struct search *search)
{
	search_close(search);
	buf_free(&search->text);
}

/* ---- typing ---- */

/* To the account from which the search began. */
static void search_go_to_origin(const struct search *search, struct app *app)
{
	long at = search->origin ? pages_find(app->pages, search->origin) : -1;
	if (at >= 0 && !pages_loading(app->pages))
		pages_move(app->pages, at - (long)pages_selected(app->pages));
	else if (search->origin)
		pages_jump(app->pages, search->origin);
}

static void search_go_back(const struct search *search, struct app *app)
{
	if (search->find) {
		search->find(search->lines, "", FIND_TYPED);
		return;
	}
	browse_searched(app, NULL);
	if (app->pages)
		search_go_to_origin(search, app);
}

void search_leave(struct search *search, struct app *app)
{
	search_go_back(search, app);
	search_close(search);
}

static void search_look(struct search *search)
{
	char which[FIND_WORDS];
	struct found found = search->find(search->lines, buf_text(&search->text), FIND_TYPED);
	find_words(which, &found);
	snprintf(search->why, sizeof search->why, "%s%s%s", which, which[0] && found.how == FOUND_AROUND ? ", " : "",
		 found.how == FOUND_NONE ? found.part ? "no line that was read so far holds that" : "no line holds that"
		 : found.how == FOUND_AROUND ? "found from the first line on"
					     : "");
}

/* What no id begins with may be in another column: in one that is in memory, as long as it is typed. */
static void search_accounts(struct search *search, struct app *app)
{
	struct err err;
	const char *text = buf_text(&search->text);
	browse_searched(app, text);
	if (pages_search(app->pages, text, &err) == ST_OK)
		return;
	bool more = app->catalogue && app->catalogue->nextra > 0;
	if (more && pages_seek_here(app->pages, text, search->origin))
		return;
	search_go_to_origin(search, app);
	snprintf(search->why, sizeof search->why, "%s",
		 more ? "no id begins so; Enter looks in the other columns" : "no id of this table can begin so");
}

static void changed(struct search *search, struct app *app)
{
	search->why[0] = '\0';
	if (search->find)
		search_look(search);
	else if (search->text.len == 0)
		search_go_back(search, app);
	else if (app->pages)
		search_accounts(search, app);
}

static void search_add(struct search *search, struct app *app, const char *text)
{
	if (search->text.len + strlen(text) > TYPED_MAX)
		return;
	buf_str(&search->text, text);
	changed(search, app);
}

/* The last character goes, all its bytes. */
static void delete_last_char(struct search *search, struct app *app)
{
	size_t n = search->text.len;
	if (n == 0) {
		search_leave(search, app);
		return;
	}
	do
		n--;
	while (n > 0 && (search->text.p[n] & 0xc0) == 0x80);
	search->text.len = n;
	search->text.p[n] = '\0';
	changed(search, app);
}

void search_key(struct search *search, struct app *app, const struct key *key)
{
	char text[5];
	bool control = key->code == K_CHAR && (key->mods & MOD_CTRL);
	if (key->code == K_ENTER) {
		bool seek = !search->find && app->pages && (app->catalogue->nextra > 0 || !search->why[0]);
		search_close(search);
		if (seek)
			browse_seek_unless_here(app);
	} else if (key->code == K_ESC || (control && key->cp == 'c')) {
		search_leave(search, app);
	} else if (key->code == K_BACKSPACE) {
		delete_last_char(search, app);
	} else if (control && key->cp == 'u') {
		buf_clear(&search->text);
		changed(search, app);
	} else if (key->code == K_PASTE) {
		search_add(search, app, key->text);
	} else if (key->code == K_CHAR && !key->mods) {
		key_utf8(text, key->cp);
		search_add(search, app, text);
	}
}

/* ---- drawing ---- */

/* What the selected account is where its id does not begin so; "" where it does. UUIDs may be typed without their
 * dashes. */
static const char *search_beside(const struct search *search, const struct app *app)
{
	if (search->find || !search->text.len || !app->pages || pages_loading(app->pages) ||
	    pages_count(app->pages) == 0)
		return "";
	const char *typed = buf_text(&search->text), *id = pages_row(app->pages, pages_selected(app->pages)).id;
	if (!app->catalogue || strcmp(app->catalogue->id_type, "uuid") == 0 ||
	    strncmp(id, typed, search->text.len) == 0)
		return "";
	return browse_beside(app, typed);
}

struct rect search_draw(const struct search *search, const struct app *app, int y, int columns)
{
	struct buf line = {0};
	const char *beside = search_beside(search, app);
	struct buf note = {0};
	buf_fmt(&note, "%s%s",
		search->why[0] ? search->why
		: beside[0]    ? "no id begins so: "
			       : "",
		search->why[0] ? "" : beside);
	buf_char(&line, '/');
	draw_harmless(&line, buf_text(&search->text));
	int width = (int)text_width(buf_text(&line), line.len);
	draw_line(y, 0, columns, STYLE_TEXT, buf_text(&line));
	if (width + 3 < columns)
		draw_text(y, width + 3, columns - width - 3, STYLE_FAINT, buf_text(&note));
	buf_free(&note);
	buf_free(&line);
	return (struct rect){y, width < columns ? width : columns - 1, 1, 1};
}
