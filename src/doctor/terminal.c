/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the doctor checks without a server: terminal, colours, locale, libraries. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/loop.h"
#include "doctor/diagnosis.h"

enum { COLS_MIN = 40, ROWS_MIN = 10 }; /* what the console can be used in */

static void look_at_size(struct diagnosis *d, const char *term)
{
	struct winsize size = {0};
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		diagnosis_add(d, "terminal", NULL, "%s, size unknown", term);
	else if (size.ws_col < COLS_MIN || size.ws_row < ROWS_MIN)
		diagnosis_add(d, "terminal", "make the window larger: the console needs 40 columns and 10 rows",
			      "%s, %u columns and %u rows", term, size.ws_col, size.ws_row);
	else
		diagnosis_add(d, "terminal", NULL, "%s, %u columns and %u rows", term, size.ws_col, size.ws_row);
}

static void look_at_terminal(struct diagnosis *d, const struct terminal_facts *facts)
{
	const char *term = getenv("TERM");
	if (!isatty(STDOUT_FILENO))
		diagnosis_add(d, "terminal", NULL, "standard output is not a terminal: line mode");
	else if (!term || !term[0])
		diagnosis_add(d, "terminal", "set it, as in TERM=xterm-256color", "TERM is not set: line mode");
	else if (strcmp(term, "dumb") == 0)
		diagnosis_add(d, "terminal", NULL, "TERM is dumb: line mode");
	else if (!facts->known)
		diagnosis_add(d, "terminal", "install its description (ncurses-term), or set TERM=xterm-256color",
			      "%s is not in the terminfo database", term);
	else
		look_at_size(d, term);
	if (getenv("NO_COLOR") && getenv("NO_COLOR")[0])
		diagnosis_add(d, "colours", NULL, "none, as NO_COLOR asks");
	else if (facts->colors > 0)
		diagnosis_add(d, "colours", NULL, "%d", facts->colors);
	else
		diagnosis_add(d, "colours", NULL, "none; nothing depends on them");
}

static void look_at_locale(struct diagnosis *d)
{
	const char *charset = nl_langinfo(CODESET), *name = setlocale(LC_CTYPE, NULL);
	bool utf8 = strcmp(charset, "UTF-8") == 0;
	diagnosis_add(d, "locale", utf8 ? NULL : "set LANG=C.UTF-8, or what `locale -a` lists, to see all characters",
		      "%s, characters are %s", name ? name : "unknown", charset);
}

void diagnosis_look_here(struct diagnosis *d)
{
	const struct app *app = d->run->app;
	struct terminal_facts facts = {.curses = "0", .readline = "0"};
	char library[32];
	if (app->terminal)
		app->terminal(&facts);
	look_at_terminal(d, &facts);
	look_at_locale(d);
	conninfo_library(library);
	diagnosis_add(d, "libpq", NULL, "%s", library + strcspn(library, "0123456789"));
	diagnosis_add(d, "libuv", NULL, "%s", loop_library());
	diagnosis_add(d, "ncurses", NULL, "%s", facts.curses + strcspn(facts.curses, "0123456789"));
	diagnosis_add(d, "readline", NULL, "%s", facts.readline);
}
