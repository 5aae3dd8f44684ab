/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search: the list moves to the first id with the typed prefix, or a text to the line that holds what is typed. */
#ifndef UI_SEARCH_H
#define UI_SEARCH_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/find.h"
#include "ui/keys.h"
#include "ui/layout.h"

struct app;

/* Zero-initialise. */
struct search {
	bool open;
	struct buf text;
	char *origin; /* the account that was selected before; NULL for none */
	/* NULL: accounts are searched, else these lines */
	struct found (*find)(void *lines, const char *text, enum find_way way);
	void *lines;
	char why[128]; /* which line it is, of how many; what was typed cannot begin an id, or is in no line */
};

void search_open(struct search *search, struct app *app);
void search_open_lines(struct search *search, struct found (*find)(void *lines, const char *text, enum find_way way),
		       void *lines);
void search_close(struct search *search);                                       /* as Enter does */
void search_key(struct search *search, struct app *app, const struct key *key); /* Enter stays, Esc goes back */
void search_leave(struct search *search, struct app *app);                      /* as Esc does */
struct rect search_draw(const struct search *search, const struct app *app, int y,
			int columns); /* the cursor's place */
void search_free(struct search *search);

#endif
