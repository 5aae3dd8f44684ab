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

static void search_go_back(const struct search *search, struct app *app)
{
	if (search->find)
		search->find(search->lines, "", FIND_TYPED);
	else if (app->pages && search->origin)
		pages_jump(app->pages, search->origin);
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
		 found.how == FOUND_NONE     ? "no line holds that"
		 : found.how == FOUND_AROUND ? "found from the first line on"
					     : "");
}

static void changed(struct search *search, struct app *app)
{
	struct err err;
	search->why[0] = '\0';
	if (search->find)
		search_look(search);
	else if (search->text.len == 0)
		search_go_back(search, app);
	else if (app->pages && pages_search(app->pages, buf_text(&search->text), &err) != ST_OK)
		snprintf(search->why, sizeof search->why, "%s", "no id of this table can begin so");
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
		search_close(search);
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
