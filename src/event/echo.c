/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements as SQLAlchemy's echo writes them, with many parameter sets shortened. */
#include "event/echo.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "names.h"
#include "params.h"

enum { SHOWN = 10, TAIL = 2 };

/* An INSERT that may be sent again with other parameters. */
struct echo {
	char *sql; /* NULL: nothing is held back */
	struct names names;
	uint64_t wall_us;
	uint32_t txn;
	unsigned attempt;
	size_t sets;
	struct buf shown[SHOWN]; /* the first 8 sets, and the last 2 by turns */
};

struct echo *echo_new(void)
{
	return NEW(struct echo);
}

static void echo_forget(struct echo *echo)
{
	free(echo->sql);
	names_free(&echo->names);
	echo->sql = NULL;
	echo->sets = 0;
}

void echo_free(struct echo *echo)
{
	if (!echo)
		return;
	echo_forget(echo);
	for (size_t i = 0; i < SHOWN; i++)
		buf_free(&echo->shown[i]);
	free(echo);
}

/* ---- lines ---- */

static void echo_add_head(struct buf *out, uint64_t wall_us)
{
	char date[32];
	clock_show_date(date, wall_us);
	buf_fmt(out, "%s INFO sqlalchemy.engine.base.Engine", date);
}

/* The text keeps its own lines and tabs; all else that is no printable character is written out. */
static void echo_add_text(struct buf *out, const char *text)
{
	if (text[0] != '\n')
		buf_char(out, ' ');
	while (*text) {
		size_t n = strcspn(text, "\n\t");
		text_escape(out, text, n, 0);
		text += n;
		if (*text)
			buf_char(out, *text++);
	}
	buf_char(out, '\n');
}

/* As Python writes a dict. A number that the text leaves out has no name. */
static void echo_add_set(struct buf *out, const struct names *names, const char *params)
{
	bool first = true;
	buf_char(out, '{');
	for (unsigned k = 1; k <= names->n; k++) {
		size_t n = 0;
		if (!names->names[k - 1])
			continue;
		const char *value = params ? params_find(params, k, &n) : NULL;
		bool null = !value || (n == 4 && memcmp(value, "NULL", 4) == 0),
		     bare = null || params_is_bare(value, n);
		buf_fmt(out, "%s'", first ? "" : ", ");
		first = false;
		text_escape(out, names->names[k - 1], strlen(names->names[k - 1]), 0);
		buf_str(out, bare ? "': " : "': '");
		for (size_t i = 0; !bare && i < n; i++) {
			size_t plain = strcspn(value + i, "'\\");
			plain = plain < n - i ? plain : n - i;
			text_escape(out, value + i, plain, 0);
			i += plain;
			if (i < n)
				buf_fmt(out, "\\%c", value[i]);
		}
		if (bare)
			buf_add(out, null ? "None" : value, null ? 4 : n);
		buf_str(out, bare ? "" : "'");
	}
	buf_char(out, '}');
}

static void echo_add_statement(struct buf *out, const struct names *names, const char *sql, uint64_t wall_us)
{
	struct buf text = {0};
	names_put_in(&text, names, sql);
	echo_add_head(out, wall_us);
	echo_add_text(out, buf_text(&text));
	buf_free(&text);
	echo_add_head(out, wall_us);
	buf_char(out, ' ');
}

/* ---- many parameter sets ---- */

static void echo_hold(struct echo *echo, const struct event *event)
{
	if (!echo->sql) {
		echo->sql = mem_dup(event->sql);
		names_find(&echo->names, event->sql);
		echo->wall_us = event->wall_us;
		echo->txn = event->txn;
		echo->attempt = event->attempt;
	}
	size_t at = echo->sets < SHOWN ? echo->sets : SHOWN - TAIL + echo->sets % TAIL;
	buf_clear(&echo->shown[at]);
	echo_add_set(&echo->shown[at], &echo->names, event->params);
	echo->sets++;
}

static bool echo_is_more_of_it(const struct echo *echo, const struct event *event)
{
	return echo->sql && event->verb == VERB_INSERT && echo->txn == event->txn && echo->attempt == event->attempt &&
	       strcmp(echo->sql, event->sql) == 0;
}

void echo_flush(struct echo *echo, struct buf *out)
{
	size_t n = echo->sets;
	if (!echo->sql)
		return;
	echo_add_statement(out, &echo->names, echo->sql, echo->wall_us);
	buf_str(out, n > 1 ? "(" : "");
	for (size_t i = 0; i < n && i < SHOWN; i++) {
		bool cut = n > SHOWN && i == SHOWN - TAIL;
		size_t at = n > SHOWN && i >= SHOWN - TAIL ? SHOWN - TAIL + (n + i) % TAIL : i;
		if (cut)
			buf_fmt(out, "  ... displaying %d of %zu total bound parameter sets ...  ", SHOWN, n);
		else
			buf_str(out, i ? ", " : "");
		buf_str(out, buf_text(&echo->shown[at]));
	}
	buf_str(out, n > 1 ? ")\n" : "\n");
	echo_forget(echo);
}

/* ---- events ---- */

void echo_event(struct echo *echo, struct buf *out, const struct event *event)
{
	if (event->kind != EVENT_SENT || !event->sql)
		return;
	if (!echo_is_more_of_it(echo, event))
		echo_flush(echo, out);
	switch (event->verb) {
	case VERB_INSERT:
		echo_hold(echo, event);
		return;
	case VERB_BEGIN:
		echo_add_head(out, event->wall_us);
		buf_str(out, " BEGIN (implicit)\n");
		return;
	case VERB_COMMIT:
	case VERB_ROLLBACK:
		echo_add_head(out, event->wall_us);
		echo_add_text(out, event->sql);
		return;
	case VERB_OTHER:
	case VERB_SAVEPOINT:
	case VERB_SELECT:
	case VERB_UPDATE:
	case VERB_DELETE:
	case VERB_RELEASE:
	case VERB_ROLLBACK_TO:
	case VERB_DDL:
	case VERB_SET:
		break;
	}
	struct names names = {0};
	names_find(&names, event->sql);
	echo_add_statement(out, &names, event->sql, event->wall_us);
	echo_add_set(out, &names, event->params);
	buf_char(out, '\n');
	names_free(&names);
}
